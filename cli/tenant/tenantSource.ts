import { errorCodeOf } from '../../shared/errors.ts';
import type { TenantStore, TenantVersion } from '../../shared/store/tenantStore.ts';
import { type ConfigFault, faultText } from '../../shared/tenant/reading/faults.ts';
import { readTenantExport } from '../../shared/tenant/reading/readTenantExport.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { openExportDirectory } from './exportDirectory.ts';

/** An export with faults: `lines` name each with its file and path. */
export class BrokenExportError extends Error {
  override readonly name = 'BrokenExportError';
  readonly lines: readonly string[];

  constructor(directory: string, faults: readonly ConfigFault[], count: number) {
    super(`${directory} is refused: ${count} ${count === 1 ? 'fault' : 'faults'}`);
    this.lines = faults.map(faultText);
  }
}

/** Throws a {@link BrokenExportError}, or in an administrator's words where the folder cannot be read. */
export async function readExportDirectory(directory: string): Promise<TenantConfig> {
  const read = await readTenantExport(await openExportDirectory(directory));
  if ('faults' in read) throw new BrokenExportError(directory, read.faults, read.count);
  return read.config;
}

/** The configuration in force. Throws in an administrator's words where there is none, or it cannot be read. */
export async function readStoredConfig(
  store: TenantStore | null,
): Promise<{ version: TenantVersion; config: TenantConfig; damaged: number[] }> {
  const newest = await fromStorage(storeOf(store).newest());
  if (newest === null) throw new Error('No configuration is imported yet: npm run tenant -- import DIR');
  return newest;
}

export function storeOf(store: TenantStore | null): TenantStore {
  if (!store) throw new Error('The settings name no storage (AlertStorage): npm run doctor says what is missing');
  return store;
}

/** A request to the storage, whose failure is told by its code alone. */
export async function fromStorage<T>(request: Promise<T>, also = ''): Promise<T> {
  try {
    return await request;
  } catch (caught) {
    const text = `The storage does not answer as it should (${errorCodeOf(caught)})`;
    throw new Error(also === '' ? text : `${text}. ${also}`, { cause: caught });
  }
}
