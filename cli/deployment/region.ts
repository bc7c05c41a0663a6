import { type Account, askAzure, at, listOf, regionName } from './azure.ts';
import { type Check, judged, type Problem, unknown } from './check.ts';
import { ProgramError, type RunProgram } from './runProgram.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const REGION = 'region';

/** Whether the region has the Flex Consumption plan. */
export async function checkRegion(run: RunProgram, account: Account, env: Environment): Promise<Check> {
  const wanted = env.AZURE_LOCATION ?? '';
  if (wanted === '') {
    const problem = {
      what: 'No region is chosen (AZURE_LOCATION).',
      why: 'Not every region has the plan that the functions run on.',
      mend: 'Look which do, and choose one:',
      commands: ['az functionapp list-flexconsumption-locations --output table', 'azd env set AZURE_LOCATION <region>'],
    };
    return judged(REGION, [problem], '');
  }
  try {
    const args = ['functionapp', 'list-flexconsumption-locations', '--subscription', account.subscriptionId];
    const names = listOf(await askAzure(run, args)).map((one) => regionName(at(one, 'name')));
    if (names.length === 0) return unknown(REGION, 'Azure did not say which regions have Flex Consumption');
    const problem = {
      what: `The region ${wanted} does not have the Flex Consumption plan.`,
      why: 'The functions run on it: nothing else keeps an instance ready for the next call at this price.',
      mend: `Choose one of: ${names.sort().join(', ')}.`,
      commands: ['azd env set AZURE_LOCATION <region>'],
    };
    return judged(REGION, names.includes(regionName(wanted)) ? [] : [problem], `${wanted} has Flex Consumption`);
  } catch (caught) {
    if (caught instanceof ProgramError) return unknown(REGION, `cannot be looked up: ${caught.message}`);
    throw caught;
  }
}

const NAMES = 'names';
/** A long token of the subscription, the environment and the region is in each of them: nobody else has these names. */
const WHY_FREE = 'each holds a token of subscription, environment and region; no deleted vault is in the way';

/**
 * Whether a deleted Key Vault keeps the name that the new one would get. The names of an earlier deployment of this
 * environment are the only ones that can be the same, and a vault is the only thing of it that outlives its deletion.
 */
export async function checkNames(run: RunProgram, account: Account, env: Environment): Promise<Check> {
  try {
    const args = ['keyvault', 'list-deleted', '--resource-type', 'vault', '--subscription', account.subscriptionId];
    const deleted = listOf(await askAzure(run, args)).filter((vault) => isInTheWay(vault, env));
    return judged(NAMES, deleted.map(toProblem), WHY_FREE);
  } catch (caught) {
    if (caught instanceof ProgramError) return unknown(NAMES, `deleted vaults cannot be listed: ${caught.message}`);
    throw caught;
  }
}

function isInTheWay(vault: unknown, env: Environment): boolean {
  const known = env.AZURE_KEY_VAULT_NAME ?? '';
  if (known !== '' && `${at(vault, 'name')}`.toLowerCase() === known.toLowerCase()) return true;
  return (
    at(vault, 'properties', 'tags', 'azd-env-name') === (env.AZURE_ENV_NAME ?? '') &&
    regionName(at(vault, 'properties', 'location')) === regionName(env.AZURE_LOCATION ?? '')
  );
}

function toProblem(vault: unknown): Problem {
  const name = `${at(vault, 'name')}`;
  const location = `${at(vault, 'properties', 'location')}`;
  const group = /\/resourceGroups\/([^/]+)\//i.exec(`${at(vault, 'properties', 'vaultId')}`)?.[1] ?? '<its group>';
  const isProtected = at(vault, 'properties', 'purgeProtectionEnabled') === true;
  const date = `${at(vault, 'properties', 'scheduledPurgeDate')}`.slice(0, 10);
  return {
    what: `The Key Vault ${name} of an earlier deployment of this environment is deleted, but not gone.`,
    why: 'It keeps its name, so the new one cannot be created. It also holds the key of the stored sign-in.',
    mend: isProtected
      ? `It is protected, and cannot be removed before ${date}. Use another environment name (azd env new <name>), or bring it back:`
      : `Bring it back with the first two, or remove it with all that it holds with the last:`,
    commands: [
      `az group create --name ${group} --location ${location}`,
      `az keyvault recover --name ${name} --location ${location}`,
      ...(isProtected ? [] : [`az keyvault purge --name ${name} --location ${location}`]),
    ],
  };
}
