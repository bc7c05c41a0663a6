import { type Account, askAzure, at, listOf } from './azure.ts';
import { type Check, fine, judged, type Problem, unknown } from './check.ts';
import { ProgramError, type RunProgram } from './runProgram.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ROLES_NAME = 'rights in the directory';
const GRANTED = ['CLIENT_ID', 'PAGE_CLIENT_ID', 'CHANGE_TRACKING_PRINCIPAL_ID'];

/** Template ids: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference */
const ROLES = {
  global: '62e90394-69f5-4237-9190-012177145e10',
  privilegedRole: 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  application: '9b895d92-2cd3-44c7-9d02-a6d2d5ea5ac3',
  cloudApplication: '158c047a-c907-4556-b7ef-446551a6b5f7',
};

/**
 * Whether who is signed in may make the app registrations, and give the managed identity its permission of Microsoft
 * Graph; the roles for applications may not do the latter. Where another person did both, whether their ids are given.
 */
export async function checkDirectoryRights(run: RunProgram, account: Account, env: Environment): Promise<Check> {
  if (`${env.GRAPH_EXTENSION ?? ''}`.toLowerCase() === 'false') return checkGranted(env);
  if (!account.isUser) return unknown(ROLES_NAME, 'those of a service principal are not looked into');
  const url = `${account.graph}/v1.0/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=displayName,roleTemplateId`;
  try {
    const held = listOf(at(await askAzure(run, ['rest', '--method', 'get', '--url', url]), 'value'));
    return judge(account, new Set(held.map((role) => `${at(role, 'roleTemplateId')}`)));
  } catch (caught) {
    if (caught instanceof ProgramError) return unknown(ROLES_NAME, `cannot be read: ${caught.message}`);
    throw caught;
  }
}

function judge({ userName }: Account, ids: ReadonlySet<string>): Check {
  const isGlobal = ids.has(ROLES.global);
  const mayCreate = isGlobal || ids.has(ROLES.application) || ids.has(ROLES.cloudApplication);
  const mayGrant = isGlobal || ids.has(ROLES.privilegedRole);
  if (mayCreate && mayGrant) return fine(ROLES_NAME, 'app registrations and permissions of Microsoft Graph');
  const lacking = [
    ...(mayCreate ? [] : ['Cloud Application Administrator (or Application Administrator)']),
    ...(mayGrant ? [] : ['Privileged Role Administrator']),
  ];
  const problem = {
    what: `${userName} lacks the directory role ${lacking.join(' and the directory role ')}.`,
    why: 'The deployment makes two app registrations, and gives the managed identity a permission of Microsoft Graph.',
    mend: 'Activate or ask for the role, and sign in again (az login, azd auth login). Or deploy in two steps, and have scripts/grant-permissions run in between by somebody who holds it (docs/deploy.md, "Without rights in the directory"):',
    commands: ['azd env set GRAPH_EXTENSION false', 'azd provision'],
  };
  return judged(ROLES_NAME, [problem], '');
}

/**
 * The first deployment makes the managed identity that the script needs, so it begins without these ids. Once the
 * identity is there nothing stands in their way.
 */
function checkGranted(env: Environment): Check {
  const missing = GRANTED.filter((name) => !env[name]);
  const malformed = GRANTED.filter((name) => env[name] && !GUID.test(env[name] ?? ''));
  const identity = env.AZURE_MANAGED_IDENTITY_PRINCIPAL_ID;
  if (missing.length > 0 && malformed.length === 0 && !identity) {
    return unknown(ROLES_NAME, 'none yet: run scripts/grant-permissions once this has made the managed identity');
  }
  const problems = [
    ...malformed.map((name) => ({
      what: `${name} must be a GUID, and GRAPH_EXTENSION is false.`,
      why: WHY_GRANTED,
      mend: 'Set it to what scripts/grant-permissions printed:',
      commands: [`azd env set ${name} <id>`],
    })),
    ...(missing.length > 0 && identity ? [notGranted(missing, env)] : []),
  ];
  return judged(ROLES_NAME, problems, 'made by scripts/grant-permissions');
}

const WHY_GRANTED =
  'Without the extension the deployment makes no app registration: it must be told of those that are there.';

/** For a POSIX shell, where the value holds anything that one takes for its own. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

function notGranted(missing: readonly string[], env: Environment): Problem {
  const { SERVICE_ACCOUNT, AZURE_FUNCTION_APP_URL, AZURE_MANAGED_IDENTITY_PRINCIPAL_ID, AZURE_ENV_NAME } = env;
  const host = (AZURE_FUNCTION_APP_URL ?? '').replace(/^https:\/\//, '') || '<host>';
  const options = [
    `--service-account ${quoted(SERVICE_ACCOUNT || '<UPN>')}`,
    `--function-app-host-name ${quoted(host)}`,
    `--managed-identity-principal-id ${quoted(AZURE_MANAGED_IDENTITY_PRINCIPAL_ID ?? '')}`,
    `--environment-name ${quoted(AZURE_ENV_NAME || '<name>')}`,
  ];
  return {
    what: `GRAPH_EXTENSION is false, and of what the script answers these are missing: ${missing.join(', ')}.`,
    why: WHY_GRANTED,
    mend: 'Somebody who holds the directory roles runs this (--dry-run shows what it would do) and gives you the lines that it prints:',
    commands: [`scripts/grant-permissions.sh ${options.join(' ')}`],
  };
}
