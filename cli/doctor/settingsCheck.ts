import type { SettingFault } from '../../shared/settings.ts';
import type { Check, DoctorContext, DoctorFinding } from './check.ts';

/** Without these the product works all the same, with less comfort. Whatever is not here is worth an alarm. */
const COMFORT =
  /^(HEARTBEAT_URL|RETENTION_\w+|LEGAL_HOLD|SMS_DETAIL|CALLS_TOLD_ALONE|TEST_NUMBERS|DEFAULT_COUNTRY|EXTRA_EMERGENCY_PHRASES|LAST_RESORT_NUMBERS|LIFECYCLE_NOTIFICATION_URL|CHAT_RESOURCE_DATA)$/;

/** Every fault of a setting by its name. One that stands in the Key Vault and cannot be read is told there. */
export const settingsCheck: Check = {
  part: 'settings',
  async look({ reading }) {
    const elsewhere = new Set(reading.keyVault.unread.map(({ name }) => name));
    const faults = reading.faults.filter(({ name }) => !elsewhere.has(name));
    const names = [...new Set(faults.map(({ name }) => name))];
    return {
      detail: names.length === 0 ? 'all can be used' : `${names.join(', ')} cannot be used`,
      findings: names.map((name) =>
        toFinding(
          name,
          faults.filter((fault) => fault.name === name),
          reading.source,
        ),
      ),
    };
  },
};

function toFinding(
  name: string,
  faults: readonly SettingFault[],
  { kind }: DoctorContext['reading']['source'],
): DoctorFinding {
  return {
    id: `setting:${name}`,
    severity: COMFORT.test(name) ? 'warning' : 'critical',
    what: faults.map(({ problem }) => `${name} ${problem}.`).join(' '),
    why: `Off or limited because of it: ${faults[0]?.feature ?? 'unknown'}.`,
    todo:
      kind === 'deployment'
        ? 'Mend it among the inputs of the deployment (azd env set), then: azd provision.'
        : kind === 'stack'
          ? 'Mend it in local.settings.json or the environment, and start the stack anew: npm start.'
          : `Mend ${name} in local.settings.json or the environment.`,
  };
}
