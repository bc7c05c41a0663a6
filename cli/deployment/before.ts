import type { Account } from './azure.ts';
import { type Check, unknown } from './check.ts';
import { checkDirectoryRights } from './directory.ts';
import { checkInputs, checkRoster } from './inputs.ts';
import { checkProviders, type ProviderOptions } from './providers.ts';
import { checkNames, checkRegion } from './region.ts';
import { checkRights } from './rights.ts';
import type { RunProgram } from './runProgram.ts';
import { checkSignedIn } from './signedIn.ts';
import { checkTenant } from './tenant.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface Look {
  name: string;
  look(account: Account): Promise<Check>;
}

/**
 * Everything that can be known before anything is created, all of it at once. Creates nothing; registers resource
 * providers only where `agree` says yes. Throws only for what nobody thought of.
 */
export async function lookBefore(
  { run, env }: { run: RunProgram; env: Environment },
  options: ProviderOptions,
): Promise<Check[]> {
  const looks: Look[] = [
    { name: 'rights on the subscription', look: (account) => checkRights(run, account) },
    { name: 'rights in the directory', look: (account) => checkDirectoryRights(run, account, env) },
    { name: 'tenant', look: (account) => checkTenant(run, account, env) },
    { name: 'resource providers', look: (account) => checkProviders(run, account, env, options) },
    { name: 'region', look: (account) => checkRegion(run, account, env) },
    { name: 'names', look: (account) => checkNames(run, account, env) },
  ];
  const { check, account } = await checkSignedIn(run, env);
  const asked = await Promise.all(
    looks.map(({ name, look }) =>
      account === null ? unknown(name, 'not looked at: that needs the sign-in') : look(account),
    ),
  );
  return [check, ...asked, checkInputs(env), await checkRoster(env)];
}
