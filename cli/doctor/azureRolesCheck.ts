import { asRecord } from './azureRest.ts';
import { CannotLookError, type Check, type DoctorContext, type DoctorFinding } from './check.ts';

/** "Microsoft Graph Change Tracking": https://learn.microsoft.com/graph/change-notifications-delivery-event-hubs */
const CHANGE_TRACKING_APP_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ROLES = {
  'Azure Event Hubs Data Sender': '2b629674-e913-4c01-ae53-ef4638d8f975',
  'Azure Event Hubs Data Receiver': 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde',
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
} as const;

type Role = keyof typeof ROLES;

interface Need {
  who: 'Microsoft Graph Change Tracking' | 'the managed identity';
  role: Role;
  /** Kind and name of the resource, below the resource group. */
  resource: string;
  why: string;
}

/** What no data plane shows an administrator: who of the others may do what. Asked of Azure Resource Manager. */
export const azureRolesCheck: Check = {
  part: 'Azure roles',
  async look(context) {
    const { deployment } = context;
    if (!deployment) return { unseen: 'cannot be seen from here: no deployment is looked at' };
    const identity = deployment.AZURE_MANAGED_IDENTITY_PRINCIPAL_ID ?? '';
    const changeTracking = await findChangeTracking(context);
    const needs = needsOf(deployment);
    const lacking = await Promise.all(
      needs.map(async (need) => {
        const principal = need.who === 'the managed identity' ? identity : changeTracking;
        return principal !== null && (await hasRole(context, principal, need)) ? [] : [need];
      }),
    );
    const missing = lacking.flat();
    return {
      detail: `${needs.length - missing.length} of ${needs.length} that are needed are assigned`,
      findings: missing.map((need) => toFinding(need, changeTracking !== null)),
    };
  },
};

function needsOf(deployment: Readonly<Record<string, string>>): Need[] {
  const hub = `Microsoft.EventHub/namespaces/${deployment.AZURE_EVENT_HUBS_NAMESPACE}`;
  const storage = `Microsoft.Storage/storageAccounts/${deployment.AZURE_STORAGE_ACCOUNT_NAME}`;
  const vault = `Microsoft.KeyVault/vaults/${deployment.AZURE_KEY_VAULT_NAME}`;
  const ours = 'the managed identity';
  return [
    {
      who: 'Microsoft Graph Change Tracking',
      role: 'Azure Event Hubs Data Sender',
      resource: hub,
      why: 'Graph cannot put notifications into the Event Hub: no subscription can be made or renewed.',
    },
    {
      who: ours,
      role: 'Azure Event Hubs Data Receiver',
      resource: hub,
      why: 'The function app reads no notification: nobody is told of a call.',
    },
    {
      who: ours,
      role: 'Azure Event Hubs Data Sender',
      resource: hub,
      why: 'No canary is sent, so that a silent hub goes unnoticed.',
    },
    {
      who: ours,
      role: 'Storage Table Data Contributor',
      resource: storage,
      why: 'No call is recorded: calls are texted from memory only.',
    },
    {
      who: ours,
      role: 'Storage Queue Data Contributor',
      resource: storage,
      why: 'Alerts wait for the sweep instead of going out at once.',
    },
    {
      who: ours,
      role: 'Key Vault Secrets User',
      resource: vault,
      why: 'Secrets and certificates cannot be read: no SMS, and no emergency call event.',
    },
  ];
}

/** The object id of its service principal; `null` where the tenant has none. */
async function findChangeTracking({ azure }: DoctorContext): Promise<string | null> {
  const { status, body } = await azure.directory(`/servicePrincipals(appId='${CHANGE_TRACKING_APP_ID}')?$select=id`);
  if (status === 404) return null;
  if (typeof body.id !== 'string') throw new CannotLookError('Microsoft Graph gave no service principal');
  return body.id;
}

/**
 * Assigned at the resource, above it, or at something in it, such as the hub of a namespace.
 * https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope
 */
async function hasRole(
  { azure, deployment }: DoctorContext,
  principal: string,
  { role, resource }: Need,
): Promise<boolean> {
  const { AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP } = deployment ?? {};
  const scope = `/subscriptions/${AZURE_SUBSCRIPTION_ID}/resourceGroups/${AZURE_RESOURCE_GROUP}/providers/${resource}`;
  const filter = encodeURIComponent(`principalId eq '${principal}'`);
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=${filter}`;
  const assignments = await azure.listResources(path);
  return assignments.some(({ properties }) =>
    String(asRecord(properties).roleDefinitionId).toLowerCase().endsWith(`/${ROLES[role]}`),
  );
}

function toFinding({ who, role, resource, why }: Need, isPrincipalThere: boolean): DoctorFinding {
  const [kind = '', name = ''] = resource.split('/').slice(-2);
  const isAbsent = who !== 'the managed identity' && !isPrincipalThere;
  return {
    id: `role:${who}:${role}`,
    severity: 'critical',
    what: isAbsent
      ? `The tenant has no service principal of ${who}.`
      : `${who.charAt(0).toUpperCase()}${who.slice(1)} lacks the role ${role} on ${name} (${kind}).`,
    why,
    todo: isAbsent
      ? `Run: az ad sp create --id ${CHANGE_TRACKING_APP_ID}. Then: azd provision.`
      : `Run: azd provision. Or Azure portal, ${name}, Access control (IAM), Add role assignment.`,
  };
}
