import type { Finding, WatchedPart } from './finding.ts';
import type { Observations, SettingsState } from './observations.ts';
import { judge } from './watchedPart.ts';

type Fault = SettingsState['faults'][number];

/** Without these nobody hears of a call, or one of the two sources is silent. A fault of another one costs comfort. */
const NEEDED_TO_TELL =
  /^(TWILIO_|AlertStorage|TENANT_ID|CLIENT_ID|SERVICE_ACCOUNT|TOKEN_CACHE_KEY|GRAPH_BASE_URL|AUTHORITY_HOST|NOTIFICATION_URL|EVENT_NOTIFICATION_URL|EMERGENCY_CALLING_POLICIES|ENCRYPTION_CERTIFICATE|MANAGED_IDENTITY_CLIENT_ID)/;

/** What stands among the settings and is none: the roster that was imported, and the file that lies beside the functions. */
const CURES: Readonly<Record<string, string>> = {
  Roster: 'Mend the roster: npm run roster -- import FILE',
  ROSTER_FILE: 'Mend the roster file and deploy it.',
};

/** Settings that cannot be used, and a roster with faults. Each setting is one finding, however much is wrong with it. */
export function checkSettings({ settings }: Observations): WatchedPart {
  return judge('settings', settings, ({ faults }) => {
    const names = [...new Set(faults.map(({ name }) => name))];
    const findings = names.map((name) =>
      settingFault(
        name,
        faults.filter((fault) => fault.name === name),
      ),
    );
    return { detail: names.length === 0 ? 'all can be used' : `${names.join(', ')} cannot be used`, findings };
  });
}

function settingFault(name: string, faults: readonly Fault[]): Finding {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return {
    id: `setting:${name}`,
    severity: NEEDED_TO_TELL.test(name) ? 'critical' : 'warning',
    since: null,
    title: `setting ${name}`,
    what: `${name}: ${shortened(first?.problem ?? 'cannot be used')}${more}. Off or limited: ${first?.feature ?? 'unknown'}.`,
    todo: CURES[name] ?? `Mend ${name} in the settings of the function app.`,
    news: String(faults.length),
  };
}

/** The rest is in the log and in the status. */
function shortened(problem: string): string {
  return problem.length > 140 ? `${problem.slice(0, 139)}...` : problem;
}
