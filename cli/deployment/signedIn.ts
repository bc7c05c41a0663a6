import { type Account, askAzure, at, claimsOf } from './azure.ts';
import { type Check, judged, type Problem, unknown } from './check.ts';
import { ProgramError, type RunProgram } from './runProgram.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = 'Azure sign-in';
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOT_SIGNED_IN = /az login|azd auth login|not logged in|AADSTS/i;
const HELPS_LATER = 'The steps after this one read and write the deployment with your sign-in at the Azure CLI.';

/**
 * Whether both command line tools are signed in, as the same person, to the subscription and tenant of the azd
 * environment. `account` is `null` where nothing else can be asked.
 */
export async function checkSignedIn(
  run: RunProgram,
  env: Environment,
): Promise<{ check: Check; account: Account | null }> {
  const subscriptionId = env.AZURE_SUBSCRIPTION_ID ?? '';
  if (!GUID.test(subscriptionId)) return { check: judged(NAME, [noSubscription(subscriptionId)], ''), account: null };
  const asked = await askAccount(run, subscriptionId);
  if ('what' in asked) return { check: judged(NAME, [asked], ''), account: null };
  const { account, state } = asked;
  const problems = [
    ...wrongTenant(account, env.AZURE_TENANT_ID),
    ...(state === 'Enabled' ? [] : [notEnabled(account, state)]),
  ];
  const developer = await checkDeveloperTool(run, account);
  if (developer !== null && 'state' in developer && problems.length === 0) return { check: developer, account };
  if (developer !== null && 'what' in developer) problems.push(developer);
  const detail = `${account.userName}, subscription "${account.subscriptionName}"`;
  return { check: judged(NAME, problems, detail), account: problems.length === 0 ? account : null };
}

async function askAccount(
  run: RunProgram,
  subscriptionId: string,
): Promise<{ account: Account; state: string } | Problem> {
  try {
    const shown = await askAzure(run, ['account', 'show', '--subscription', subscriptionId]);
    const token = await askAzure(run, ['account', 'get-access-token', '--subscription', subscriptionId]);
    const claims = claimsOf(at(token, 'accessToken'));
    if (claims === null) throw new ProgramError('refused', 'The Azure CLI gave a token that names nobody.');
    const isGovernment = at(shown, 'environmentName') === 'AzureUSGovernment';
    const account = {
      principalId: claims.oid,
      userName: `${at(shown, 'user', 'name')}`,
      isUser: at(shown, 'user', 'type') === 'user',
      subscriptionId,
      subscriptionName: `${at(shown, 'name')}`,
      tenantId: claims.tid,
      // https://learn.microsoft.com/graph/deployments
      graph: isGovernment ? 'https://graph.microsoft.us' : 'https://graph.microsoft.com',
    };
    return { account, state: `${at(shown, 'state')}` };
  } catch (caught) {
    if (!(caught instanceof ProgramError)) throw caught;
    return noAnswer(caught, subscriptionId);
  }
}

function noAnswer(error: ProgramError, subscriptionId: string): Problem {
  if (error.kind === 'missing') {
    return {
      what: error.message,
      why: HELPS_LATER,
      mend: 'Install it (https://learn.microsoft.com/cli/azure/install-azure-cli), and sign in:',
      commands: ['az login --tenant <tenant of the subscription>'],
    };
  }
  if (/subscription of '.*' doesn't exist|could not be found|SubscriptionNotFound/i.test(error.said)) {
    return {
      what: `Your sign-in at the Azure CLI does not see the subscription ${subscriptionId}.`,
      why: HELPS_LATER,
      mend: 'Sign in to the tenant of the subscription, or choose another subscription:',
      commands: ['az login --tenant <tenant>', 'azd env set AZURE_SUBSCRIPTION_ID <id>'],
    };
  }
  return {
    what: NOT_SIGNED_IN.test(error.said) ? 'Nobody is signed in to the Azure CLI.' : error.message,
    why: HELPS_LATER,
    mend: 'Sign in:',
    commands: ['az login --tenant <tenant of the subscription>'],
  };
}

function noSubscription(value: string): Problem {
  return {
    what: value === '' ? 'No subscription is chosen (AZURE_SUBSCRIPTION_ID).' : 'AZURE_SUBSCRIPTION_ID must be a GUID.',
    why: 'Rights, resource providers, region and names can only be looked at in the subscription that is deployed to.',
    mend: 'Find its id, and choose it:',
    commands: ['az account list --output table', 'azd env set AZURE_SUBSCRIPTION_ID <id>'],
  };
}

function wrongTenant({ tenantId }: Account, wanted: string | undefined): Problem[] {
  if (!wanted || wanted.toLowerCase() === tenantId.toLowerCase()) return [];
  return [
    {
      what: `The subscription belongs to the tenant ${tenantId}, and AZURE_TENANT_ID names ${wanted}.`,
      why: 'The app registrations are made in the tenant of the subscription, and it must be the one that Teams runs in.',
      mend: 'Choose a subscription of the other tenant, or, where this one is right:',
      commands: [`azd env set AZURE_TENANT_ID ${tenantId}`],
    },
  ];
}

function notEnabled({ subscriptionName }: Account, state: string): Problem {
  return {
    what: `The subscription "${subscriptionName}" is not enabled (${state}).`,
    why: 'Nothing can be created in it.',
    mend: 'Azure portal > Subscriptions says what it lacks. Or choose another:',
    commands: ['azd env set AZURE_SUBSCRIPTION_ID <id>'],
  };
}

/**
 * azd creates, and gives rights to whoever it is signed in as; the steps after it use the Azure CLI. Where azd cannot be
 * asked for a reason of its own that is no obstacle: it has come this far.
 */
async function checkDeveloperTool(run: RunProgram, account: Account): Promise<Problem | Check | null> {
  try {
    const answer: unknown = JSON.parse(
      await run('azd', ['auth', 'token', '--output', 'json', '--tenant-id', account.tenantId]),
    );
    const claims = claimsOf(at(answer, 'token'));
    if (claims === null || claims.oid === account.principalId) return null;
    return {
      what: 'azd and the Azure CLI are signed in as two different people.',
      why: 'azd gives the rights to the vault and the tables to whom it is signed in as; the Azure CLI would be refused there.',
      mend: 'Sign both in as the same person:',
      commands: [`azd auth login --tenant-id ${account.tenantId}`, `az login --tenant ${account.tenantId}`],
    };
  } catch (caught) {
    if (caught instanceof ProgramError && (caught.kind === 'missing' || NOT_SIGNED_IN.test(caught.said))) {
      const isMissing = caught.kind === 'missing';
      return {
        what: isMissing ? caught.message : 'Nobody is signed in to azd for the tenant of the subscription.',
        why: 'azd creates everything in Azure.',
        mend: isMissing
          ? 'Install it (https://learn.microsoft.com/azure/developer/azure-developer-cli/install-azd), and sign in:'
          : 'Sign in:',
        commands: [`azd auth login --tenant-id ${account.tenantId}`],
      };
    }
    return unknown(NAME, `${account.userName}; azd did not say who is signed in to it`);
  }
}
