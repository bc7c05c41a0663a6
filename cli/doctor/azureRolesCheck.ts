import infra from '../../infra/roles.json' with { type: 'json' };
import { asRecord } from './azureRest.ts';
import { CannotLookError } from './cannotLook.ts';
import type { Check, DoctorContext, DoctorFinding } from './check.ts';
import { groupOf, outputOf } from './outputs.ts';

/** "Microsoft Graph Change Tracking": https://learn.microsoft.com/graph/change-notifications-delivery-event-hubs */
const CHANGE_TRACKING_APP_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';

/** Without this one the product works all the same. */
const COMFORT = 'Monitoring Metrics Publisher';

type Assignment = (typeof infra)['assignments'][number];

/** An assignment as Azure has it, in small letters. */
interface Held {
  scope: string;
  role: string;
}

/**
 * Who of the others may do what, which no data plane shows an administrator: every assignment of `infra/roles.json` to
 * the function app's identity and to Graph, asked of Azure Resource Manager.
 */
export const azureRolesCheck: Check = {
  part: 'Azure roles',
  async look(context) {
    const { deployment } = context;
    if (!deployment) return { unseen: 'cannot be seen from here: no deployment is looked at' };
    const changeTracking = await findChangeTracking(context);
    const held: Record<string, readonly Held[]> = {
      app: await listHeld(context, outputOf(deployment, 'AZURE_MANAGED_IDENTITY_PRINCIPAL_ID')),
      changeTracking: changeTracking === null ? [] : await listHeld(context, changeTracking),
    };
    const needed = infra.assignments.filter(({ to }) => to in held);
    const missing = needed.filter((one) => !(held[one.to] ?? []).some((has) => satisfies(has, one, deployment)));
    return {
      detail: `${needed.length - missing.length} of ${needed.length} that are needed are assigned`,
      findings: missing.map((one) => toFinding(one, changeTracking !== null)),
    };
  },
};

/** The object id of its service principal; `null` where the tenant has none. */
async function findChangeTracking({ azure }: DoctorContext): Promise<string | null> {
  const { status, body } = await azure.directory(`/servicePrincipals(appId='${CHANGE_TRACKING_APP_ID}')?$select=id`);
  if (status === 404) return null;
  if (typeof body.id !== 'string') throw new CannotLookError('Microsoft Graph gave no service principal');
  return body.id;
}

/**
 * What a principal holds at the resource group, above it and below.
 * https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope
 */
async function listHeld({ azure, deployment }: DoctorContext, principal: string): Promise<Held[]> {
  const filter = encodeURIComponent(`principalId eq '${principal}'`);
  const path = `${groupOf(deployment)}/providers/Microsoft.Authorization/roleAssignments`;
  const items = await azure.listResources(`${path}?api-version=2022-04-01&$filter=${filter}`);
  return items.map(({ properties }) => {
    const { scope, roleDefinitionId } = asRecord(properties);
    return { scope: String(scope).toLowerCase(), role: String(roleDefinitionId).toLowerCase().split('/').at(-1) ?? '' };
  });
}

/** At the resource, above it, or at something in it, such as the hub of a namespace. */
function satisfies(
  { scope, role }: Held,
  { role: name, on }: Assignment,
  deployment: Readonly<Record<string, string>>,
) {
  if (role !== infra.roles[name as keyof typeof infra.roles]) return false;
  const group = groupOf(deployment).toLowerCase();
  if (`${group}/`.startsWith(`${scope.replace(/\/$/, '')}/`)) return true;
  const resource = `${group}/providers/${resourceOf(on, deployment)}`.toLowerCase();
  const isInside = scope === resource || scope.startsWith(resource.endsWith('/') ? resource : `${resource}/`);
  // The host's account is not among the outputs: it is the other one.
  const product = `${group}/providers/${resourceOf('productStorage', deployment)}`.toLowerCase();
  return isInside && !(on === 'hostStorage' && scope.startsWith(product));
}

/** Kind and name below the resource group; only the kind where the deployment does not tell the name. */
function resourceOf(on: string, deployment: Readonly<Record<string, string>>): string {
  switch (on) {
    case 'eventHub':
      return `Microsoft.EventHub/namespaces/${outputOf(deployment, 'AZURE_EVENT_HUBS_NAMESPACE')}`;
    case 'productStorage':
      return `Microsoft.Storage/storageAccounts/${outputOf(deployment, 'AZURE_STORAGE_ACCOUNT_NAME')}`;
    case 'hostStorage':
      return 'Microsoft.Storage/storageAccounts/';
    case 'keyVault':
      return `Microsoft.KeyVault/vaults/${outputOf(deployment, 'AZURE_KEY_VAULT_NAME')}`;
    default:
      return 'Microsoft.Insights/components/';
  }
}

const PLACES: Record<string, string> = {
  eventHub: 'the Event Hub',
  hostStorage: 'the storage account of the Functions host',
  productStorage: 'the storage account of the product',
  keyVault: 'the Key Vault',
  applicationInsights: 'Application Insights',
};

function toFinding({ to, role, on, why }: Assignment, isPrincipalThere: boolean): DoctorFinding {
  const isGraph = to === 'changeTracking';
  const isAbsent = isGraph && !isPrincipalThere;
  return {
    id: `role:${to}:${on}:${role}`,
    severity: role === COMFORT ? 'warning' : 'critical',
    what: isAbsent
      ? 'The tenant has no service principal of Microsoft Graph Change Tracking, which sends into the hub.'
      : `${isGraph ? 'Microsoft Graph Change Tracking' : 'The managed identity'} lacks the role ${role} on ${PLACES[on] ?? on}.`,
    why: isGraph
      ? 'Graph cannot put notifications into the Event Hub: no subscription can be made or renewed.'
      : `It is there for this: ${why}.`,
    todo: isAbsent
      ? `Run: az ad sp create --id ${CHANGE_TRACKING_APP_ID}. Then: azd provision --no-state.`
      : 'Run: azd provision --no-state. Or Azure portal, that resource, Access control (IAM), Add role assignment.',
  };
}
