import { TableClient } from '@azure/data-tables';
import { QueueClient, type StoragePipelineOptions } from '@azure/storage-queue';
import { createCredential, withoutBackgroundRenewal } from '../azureCredential.ts';
import type { Settings } from '../settings.ts';

/**
 * One storage request, its retries included, ends within this many milliseconds: ingest falls back to other ways when
 * the storage does not take a call within 3 s.
 */
export const STORAGE_TIMEOUT_MS = 2_500;

/** The limit for one request as an option of the storage clients. */
export function withinStorageTimeout(): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(STORAGE_TIMEOUT_MS) };
}

export interface StorageClients {
  table(name: string): TableClient;
  queue(name: string): QueueClient;
}

/**
 * Clients for the product's storage account: by connection string, or by the two service addresses as the managed
 * identity. Nothing is sent until a client is used.
 */
export async function createStorageClients(storage: NonNullable<Settings['storage']>): Promise<StorageClients> {
  const tableOptions = { retryOptions: { maxRetries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 500 } };
  const queueOptions: StoragePipelineOptions = {
    retryOptions: { maxTries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 500 },
  };
  if ('connectionString' in storage) {
    const { connectionString } = storage;
    // Only Azurite speaks plain HTTP, and only on this machine.
    const allowInsecureConnection = connectionString.includes('http://127.0.0.1');
    return {
      table: (name) =>
        TableClient.fromConnectionString(connectionString, name, { ...tableOptions, allowInsecureConnection }),
      queue: (name) => new QueueClient(connectionString, name, queueOptions),
    };
  }
  const credential = withoutBackgroundRenewal(createCredential(storage.clientId));
  return {
    table: (name) => new TableClient(storage.tableServiceUri, name, credential, tableOptions),
    queue: (name) => new QueueClient(`${storage.queueServiceUri.replace(/\/$/, '')}/${name}`, credential, queueOptions),
  };
}
