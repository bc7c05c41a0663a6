import type { StatusPart } from '../statusReport.ts';
import { askAzure, at, listOf } from './azure.ts';
import { ProgramError, type RunProgram } from './runProgram.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = 'app secrets';

/** Where Azure knows the function app; `null` outside a deployment. */
export function functionAppId(env: Environment): string | null {
  const { AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, AZURE_FUNCTION_APP_NAME } = env;
  if (!AZURE_SUBSCRIPTION_ID || !AZURE_RESOURCE_GROUP || !AZURE_FUNCTION_APP_NAME) return null;
  return `/subscriptions/${AZURE_SUBSCRIPTION_ID}/resourceGroups/${AZURE_RESOURCE_GROUP}/providers/Microsoft.Web/sites/${AZURE_FUNCTION_APP_NAME}`;
}

/** https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#rotation. Throws {@link ProgramError}. */
export async function refreshAppSecrets(run: RunProgram, appId: string): Promise<void> {
  const url = `${appId}/config/configreferences/appsettings/refresh?api-version=2022-03-01`;
  await run('az', ['rest', '--method', 'post', '--url', url]);
}

/**
 * Whether the function app itself could read its secrets, as App Service tells it:
 * https://learn.microsoft.com/rest/api/appservice/web-apps/get-app-settings-key-vault-references
 */
export async function lookAtAppSecrets(run: RunProgram, appId: string): Promise<StatusPart> {
  const url = `${appId}/config/configreferences/appsettings?api-version=2024-11-01`;
  try {
    const items = listOf(at(await askAzure(run, ['rest', '--method', 'get', '--url', url]), 'value'));
    const bad = items.filter((item) => !['Resolved', 'Initialized'].includes(`${at(item, 'properties', 'status')}`));
    const detail = `${items.length - bad.length} of ${items.length} read by the function app`;
    return { part: NAME, state: bad.length > 0 ? 'critical' : 'ok', since: null, detail, findings: bad.map(toFinding) };
  } catch (caught) {
    if (!(caught instanceof ProgramError)) throw caught;
    return { part: NAME, state: 'unknown', since: null, detail: caught.message, findings: [] };
  }
}

function toFinding(item: unknown): StatusPart['findings'][number] {
  const name = `${at(item, 'name')}`;
  return {
    id: `appSecret:${name}`,
    severity: 'critical',
    since: null,
    title: `${name} not read`,
    what: `The function app cannot read ${name} from the Key Vault (${at(item, 'properties', 'status')}): what needs it is off.`,
    todo: 'Azure portal > the function app > Environment variables > that setting says why. After mending: npm run deployment -- secrets, then restart the app.',
  };
}
