import { type Account, askAzure, at, listOf } from './azure.ts';
import { type Check, judged, type Problem, unknown } from './check.ts';
import { ProgramError, type RunProgram } from './runProgram.ts';

type Environment = Readonly<Record<string, string | undefined>>;

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
