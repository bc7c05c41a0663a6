import { type Account, askAzure, at, listOf } from './azure.ts';
import { type Check, fine, judged, unknown } from './check.ts';
import { ProgramError, type RunProgram } from './runProgram.ts';

const NAME = 'rights on the subscription';

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ROLES = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  userAccess: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  rbac: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
};

/**
 * Whether who is signed in may create resources and assign roles: the role assignments that reach the whole
 * subscription, through groups and management groups as well. What another role allows is not looked into.
 */
export async function checkRights(run: RunProgram, account: Account): Promise<Check> {
  const scope = `/subscriptions/${account.subscriptionId}`;
  try {
    const answer = await askAzure(run, [
      'role',
      'assignment',
      'list',
      '--assignee',
      account.principalId,
      '--include-groups',
      '--include-inherited',
      '--scope',
      scope,
      '--subscription',
      account.subscriptionId,
    ]);
    return judge(account, listOf(answer));
  } catch (caught) {
    if (caught instanceof ProgramError) return unknown(NAME, `cannot be read: ${caught.message}`);
    throw caught;
  }
}

function judge({ subscriptionId, subscriptionName, userName }: Account, assignments: readonly unknown[]): Check {
  const held = assignments.filter((one) => reaches(`${at(one, 'scope')}`, subscriptionId));
  const ids = new Set(held.map((one) => `${at(one, 'roleDefinitionId')}`.split('/').at(-1)?.toLowerCase() ?? ''));
  const names = [...new Set(held.map((one) => `${at(one, 'roleDefinitionName')}`))];
  const mayCreate = ids.has(ROLES.owner) || ids.has(ROLES.contributor);
  const mayAssign = ids.has(ROLES.owner) || ids.has(ROLES.userAccess) || ids.has(ROLES.rbac);
  if (mayCreate && mayAssign) return fine(NAME, names.join(', '));
  const known: string[] = Object.values(ROLES);
  if ([...ids].some((id) => !known.includes(id))) {
    return unknown(NAME, `${names.join(', ')}: it is not looked into what these roles allow`);
  }
  const what = [...(mayCreate ? [] : ['create resources']), ...(mayAssign ? [] : ['assign roles'])].join(' or ');
  const problem = {
    what: `${userName} may not ${what} in the subscription "${subscriptionName}" (${names.join(', ') || 'no role'}).`,
    why: 'A deployment creates resources and gives the managed identity its rights on them.',
    mend: 'Ask for Owner on the subscription, or for Contributor and Role Based Access Control Administrator. Where the role is eligible only, activate it (https://aka.ms/myroles). Then sign in again:',
    commands: ['az login', 'azd auth login'],
  };
  return judged(NAME, [problem], '');
}

function reaches(scope: string, subscriptionId: string): boolean {
  const lower = scope.toLowerCase();
  return (
    lower === '/' ||
    lower === `/subscriptions/${subscriptionId.toLowerCase()}` ||
    lower.startsWith('/providers/microsoft.management/managementgroups/')
  );
}
