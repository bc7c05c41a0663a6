import { openStorageAccount, type StorageAccount } from './storageAccount.ts';
import { type HostContext, NotKnownHereError } from './trigger.ts';

/**
 * Settings are the app's environment; a connection is the setting of its name, as a connection string. Each account is
 * opened once. Throws by the name of the setting when it is missing or none.
 */
export function openConnections(env: Record<string, string>): Pick<HostContext, 'setting' | 'storage' | 'hostStorage'> {
  const accounts = new Map<string, StorageAccount>();

  function setting(name: string): string {
    const value = env[name];
    if (value) return value;
    const isIdentity = Object.keys(env).some((key) => key.startsWith(`${name}__`));
    if (isIdentity) throw new NotKnownHereError(`a connection by managed identity (${name}__…)`);
    throw new Error(`the setting "${name}" is missing`);
  }

  function storage(connection: string): StorageAccount {
    // The real host looks for the name with its prefix first, so that "Storage" means AzureWebJobsStorage.
    const name = env[`AzureWebJobs${connection}`] ? `AzureWebJobs${connection}` : connection;
    const connectionString = setting(name);
    try {
      const account = accounts.get(connectionString) ?? openStorageAccount(connectionString);
      accounts.set(connectionString, account);
      return account;
    } catch (caught) {
      throw new Error(`the setting "${name}" ${(caught as Error).message}`);
    }
  }

  return { setting, storage, hostStorage: () => storage('AzureWebJobsStorage') };
}
