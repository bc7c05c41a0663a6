import { asRecord } from './azureRest.ts';
import { NoTokenError } from './cannotLook.ts';
import type { Check, DoctorContext, DoctorFinding } from './check.ts';
import type { UnreadReference } from './keyVaultReferences.ts';
import { groupOf, outputOf } from './outputs.ts';

const WHY =
  'A secret that the function app cannot read counts as missing: what needs it is off, and calls may go untold.';

/**
 * Whether the settings that stand in the Key Vault can be read: by the function app, as App Service itself says, and by
 * whoever asks, without which the other parts cannot be looked at.
 */
export const keyVaultCheck: Check = {
  part: 'Key Vault',
  async look(context) {
    const { unread, references } = context.reading.keyVault;
    if (!context.deployment) return { detail: 'no setting stands there' };
    const { deployment } = context;
    // Nobody is signed in to Azure: told of that part.
    if (unread.length > 0 && unread.every(({ isNoToken }) => isNoToken)) throw new NoTokenError();
    const findings = [...new Set(unread.map(({ code }) => code))].map((code) =>
      unreadHere(
        unread.filter((one) => one.code === code),
        code,
        deployment.AZURE_KEY_VAULT_NAME,
      ),
    );
    const readHere = `${references - unread.length} of ${references} references read here`;
    const ofApp = await referencesOfApp(context).catch((caught: unknown) => {
      if (findings.length === 0) throw caught;
      return null;
    });
    if (ofApp === null) return { detail: `${readHere}; what the function app reads cannot be seen`, findings };
    const broken = ofApp.filter(({ status }) => status !== 'Resolved' && status !== 'Initialized');
    return {
      detail: `${readHere}, ${ofApp.length - broken.length} of ${ofApp.length} by the function app`,
      findings: [
        ...findings,
        ...broken.map(
          ({ name, status }): DoctorFinding => ({
            id: `appReference:${name}`,
            severity: 'critical',
            what: `The function app cannot read ${name} from the Key Vault (${status}).`,
            why: WHY,
            todo: 'Azure portal, the function app, Environment variables, that setting: it says why. Then: azd provision --no-state.',
          }),
        ),
      ],
    };
  },
};

function unreadHere(unread: readonly UnreadReference[], code: string, vault = '<vault>'): DoctorFinding {
  const names = unread
    .map(({ name, secret }) => `${name} (${secret ?? 'no reference that can be read'})`)
    .join(' and ');
  return {
    id: `references:${unread.map(({ name }) => name).join()}`,
    // Whoever may not read a secret says nothing of whether the function app may.
    severity: isAbsent(code) ? 'critical' : 'warning',
    what: `${names} cannot be read from here: ${code}.`,
    why: 'What needs it could not be looked at from here. Whether the function app can read it is told apart.',
    todo: secretAdvice(code, vault),
  };
}

function isAbsent(code: string): boolean {
  return /NotFound|404|Empty|Disabled|InvalidSyntax/.test(code);
}

function secretAdvice(code: string, vault: string): string {
  return isAbsent(code)
    ? `Set the secret in the Key Vault ${vault}: for Twilio's, azd env config unset infra.parameters.twilioAuthToken and azd provision, which then asks for it; token-cache-key is made by a hook of azd provision --no-state.`
    : `Give yourself the role Key Vault Secrets User on the Key Vault ${vault}, and look at its firewall and at az login.`;
}

/** https://learn.microsoft.com/rest/api/appservice/web-apps/get-app-settings-key-vault-references */
async function referencesOfApp({ azure, deployment }: DoctorContext): Promise<{ name: string; status: string }[]> {
  const app = `${groupOf(deployment)}/providers/Microsoft.Web/sites/${outputOf(deployment, 'AZURE_FUNCTION_APP_NAME')}`;
  const items = await azure.listResources(`${app}/config/configreferences/appsettings?api-version=2024-11-01`);
  return items.map(({ name, properties }) => {
    const { status, secretName } = asRecord(properties);
    const secret = typeof secretName === 'string' ? ` (secret ${plain(secretName)})` : '';
    return { name: `${plain(name)}${secret}`, status: plain(status) };
  });
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value.replace(/[^\w.-]/g, '') : 'unknown';
}
