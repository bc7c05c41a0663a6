import { type Account, askAzure, listOf } from './azure.ts';
import { type Check, fine, judged, unknown } from './check.ts';
import { ProgramError, type RunProgram } from './runProgram.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = 'resource providers';
/** What infra/ creates resources of. */
const NEEDED = [
  'Microsoft.EventHub',
  'Microsoft.Insights',
  'Microsoft.KeyVault',
  'Microsoft.ManagedIdentity',
  'Microsoft.OperationalInsights',
  'Microsoft.Storage',
  'Microsoft.Web',
];
/** https://learn.microsoft.com/azure/azure-functions/flex-consumption-how-to#enable-virtual-network-integration */
const NEEDED_INSIDE = ['Microsoft.App', 'Microsoft.Network'];
/** It takes a minute or two. */
const REGISTRATION_TIMEOUT_MS = 600_000;

export interface ProviderOptions {
  /** Asked before anything is registered; without it nothing is. */
  agree?: (question: string) => Promise<boolean>;
  say: (line: string) => void;
}

/** Whether the providers are registered; those that are not are, where who deploys agrees. */
export async function checkProviders(
  run: RunProgram,
  account: Account,
  env: Environment,
  { agree, say }: ProviderOptions,
): Promise<Check> {
  const isInside = `${env.OUTBOUND_ONLY ?? ''}`.toLowerCase() === 'true';
  const needed = [...NEEDED, ...(isInside ? NEEDED_INSIDE : [])];
  try {
    const missing = await listMissing(run, account, needed);
    if (missing.length === 0) return fine(NAME, `all ${needed.length} are registered`);
    const question = `Not registered in the subscription yet: ${missing.join(', ')}. Register now?`;
    if (agree === undefined || !(await agree(question))) return notRegistered(missing, account);
    return await register(run, account, missing, say);
  } catch (caught) {
    if (caught instanceof ProgramError) return unknown(NAME, `cannot be read: ${caught.message}`);
    throw caught;
  }
}

async function listMissing(run: RunProgram, account: Account, needed: readonly string[]): Promise<string[]> {
  const query = '[].[namespace,registrationState]';
  const args = ['provider', 'list', '--query', query, '--subscription', account.subscriptionId];
  const registered = new Set(
    listOf(await askAzure(run, args)).flatMap((row) => {
      const [namespace, state] = listOf(row);
      return state === 'Registered' ? [`${namespace}`.toLowerCase()] : [];
    }),
  );
  return needed.filter((namespace) => !registered.has(namespace.toLowerCase()));
}

function notRegistered(missing: readonly string[], { subscriptionId }: Account): Check {
  const commands = missing.map(
    (namespace) => `az provider register --namespace ${namespace} --wait --subscription ${subscriptionId}`,
  );
  const problem = {
    what: `Not registered in the subscription: ${missing.join(', ')}.`,
    why: 'Nothing of these can be created in the subscription before.',
    mend: 'With the first all are registered; the others do the same one by one:',
    commands: ['npm run deployment -- before --register', ...commands],
  };
  return judged(NAME, [problem], '');
}

async function register(
  run: RunProgram,
  { subscriptionId }: Account,
  missing: readonly string[],
  say: (line: string) => void,
): Promise<Check> {
  const problems = [];
  for (const namespace of missing) {
    say(`Registering ${namespace}; this can take some minutes …`);
    try {
      const args = ['provider', 'register', '--namespace', namespace, '--wait', '--subscription', subscriptionId];
      await run('az', args, { timeoutMs: REGISTRATION_TIMEOUT_MS });
    } catch (caught) {
      if (!(caught instanceof ProgramError)) throw caught;
      problems.push({
        what: `${namespace} could not be registered: ${caught.message}`,
        why: 'Nothing of it can be created in the subscription before.',
        mend: 'Azure portal > Subscriptions > Resource providers, by somebody who is Owner or Contributor.',
      });
    }
  }
  return judged(NAME, problems, `registered now: ${missing.join(', ')}`);
}
