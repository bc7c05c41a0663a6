import { createCredential } from '../azureCredential.ts';
import type { Services } from './services.ts';

/** Puts events into given partitions of the hub. */
export interface CanarySender {
  partitionIds(): Promise<string[]>;
  send(partitionId: string, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** The hub that `ingestNotifications` reads. */
const HUB_NAME = 'teams-events';
/** The timer must end before its next run, whatever the hub does. */
const RETRIES = { maxRetries: 1, retryDelayInMs: 1_000, timeoutInMs: 15_000 };

/** Connects with the first request: as the connection string says, else as the managed identity. */
export async function openCanarySender({ settings }: Services): Promise<CanarySender> {
  const { eventHub, managedIdentityClientId } = settings;
  if (!eventHub) throw new Error('The Event Hub is not configured');
  const { EventHubProducerClient } = await import('@azure/event-hubs');
  const options = { retryOptions: RETRIES };
  const client =
    'connectionString' in eventHub
      ? new EventHubProducerClient(eventHub.connectionString, HUB_NAME, options)
      : new EventHubProducerClient(
          eventHub.fullyQualifiedNamespace,
          HUB_NAME,
          createCredential(managedIdentityClientId),
          options,
        );
  return {
    partitionIds: () => client.getPartitionIds(),
    send: (partitionId, body) => client.sendBatch([{ body }], { partitionId }),
    close: () => client.close(),
  };
}
