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
    mend: 'Activate or ask for the role, and sign in again (az login, azd auth login). Or have it done by somebody who holds it, with scripts/grant-permissions, and say so:',
    commands: ['azd env set GRAPH_EXTENSION false'],
  };
  return judged(ROLES_NAME, [problem], '');
}

function checkGranted(env: Environment): Check {
  const missing = GRANTED.filter((name) => !GUID.test(env[name] ?? ''));
  const problems = missing.map((name) => ({
    what: `${name} ${env[name] ? 'must be a GUID' : 'is missing'}, and GRAPH_EXTENSION is false.`,
    why: 'Without the extension the deployment makes no app registration: it must be told of those that are there.',
    mend: 'Run scripts/grant-permissions, which prints it, then:',
    commands: [`azd env set ${name} <id>`],
  }));
  return judged(ROLES_NAME, problems, 'made by scripts/grant-permissions');
}

const TENANT_NAME = 'tenant';
const UPN = /^[\w.'-]+@[\w.-]+$/;
const DOMAIN = /^([a-z0-9-]+\.)+[a-z]{2,}$/i;

/** Whether the service account is in this tenant and may sign in, and whether TENANT_DOMAIN is one of its domains. */
export async function checkTenant(run: RunProgram, account: Account, env: Environment): Promise<Check> {
  const upn = env.SERVICE_ACCOUNT ?? '';
  const domain = env.TENANT_DOMAIN ?? '';
  // What is no UPN or domain is told as that, and asked for nowhere.
  const [found, known] = await Promise.all([
    UPN.test(upn) ? lookForAccount(run, account, upn) : 'ok',
    DOMAIN.test(domain) ? lookForDomain(run, account, domain) : 'ok',
  ]);
  const answers = [found, known];
  const problems = answers.filter((one): one is Problem => typeof one === 'object');
  if (problems.length === 0 && answers.includes('unknown')) {
    return unknown(TENANT_NAME, 'the directory did not answer: service account and domain were not looked up');
  }
  return judged(TENANT_NAME, problems, 'the service account and the domain are there');
}

type Answer = 'ok' | 'unknown' | Problem;

async function lookForAccount(run: RunProgram, { graph, tenantId }: Account, upn: string): Promise<Answer> {
  try {
    const url = `${graph}/v1.0/users/${upn}?$select=id,accountEnabled`;
    const user = await askAzure(run, ['rest', '--method', 'get', '--url', url]);
    if (at(user, 'accountEnabled') !== false) return 'ok';
    return {
      what: 'The service account (SERVICE_ACCOUNT) is blocked from signing in.',
      why: 'Its chats are where Teams tells of emergency calls, and they are read with its sign-in.',
      mend: `Microsoft 365 admin center > Users > Active users > ${upn} > Unblock sign-in`,
    };
  } catch (caught) {
    if (!(caught instanceof ProgramError)) throw caught;
    if (!/Request_ResourceNotFound/.test(caught.said)) return 'unknown';
    return {
      what: `There is no account ${upn} (SERVICE_ACCOUNT) in the tenant ${tenantId}.`,
      why: 'Its chats are where Teams tells of emergency calls, and the deployment gives consent for it alone.',
      mend: 'Create it first, with a Teams licence: Microsoft 365 admin center > Users > Active users. Or name the right one:',
      commands: ['azd env set SERVICE_ACCOUNT <its UPN>'],
    };
  }
}

async function lookForDomain(run: RunProgram, { graph, tenantId }: Account, domain: string): Promise<Answer> {
  try {
    const url = `${graph}/v1.0/domains?$select=id,isVerified`;
    const domains = listOf(at(await askAzure(run, ['rest', '--method', 'get', '--url', url]), 'value'));
    const names = domains.filter((one) => at(one, 'isVerified') === true).map((one) => `${at(one, 'id')}`);
    if (names.some((name) => name.toLowerCase() === domain.toLowerCase())) return 'ok';
    return {
      what: `TENANT_DOMAIN is no verified domain of the tenant ${tenantId}.`,
      why: 'Microsoft Graph finds the Event Hub by it: with another it can put no notification there.',
      mend: 'Name one of its domains:',
      commands: [`azd env set TENANT_DOMAIN ${names.find((name) => name.endsWith('.onmicrosoft.com')) ?? '<domain>'}`],
    };
  } catch (caught) {
    if (!(caught instanceof ProgramError)) throw caught;
    return 'unknown';
  }
}
