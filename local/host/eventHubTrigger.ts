import type {
  EventHubConsumerClient,
  PartitionContext,
  ReceivedEventData,
  SubscriptionEventHandlers,
} from '@azure/event-hubs';
import { createOwnerId, openCheckpointStore } from './checkpointStore.ts';
import { createEventHubInput } from './eventHubInput.ts';
import type { EventHubSettings } from './hostJson.ts';
import {
  type HostContext,
  type Listener,
  NotKnownHereError,
  type TriggeredFunction,
  type TriggerKind,
} from './trigger.ts';

const CATEGORY = 'Host.Triggers.EventHub';
/** The client looks for partitions to read at this interval; what it lost it reads again only then. */
const MOST_BALANCING_INTERVAL_MS = 5_000;

/**
 * The Event Hub trigger as azure-sdk-for-net has it (EventHubListener.PartitionProcessor.cs): the partitions side by
 * side, each a batch at a time; the checkpoint is written once the function has returned, whether it succeeded or
 * failed for good, but neither while its retry policy still tries nor once the host shuts down.
 */
export const eventHubTrigger: TriggerKind = {
  check(fn, host) {
    const { cardinality, connection, dataType } = fn.trigger;
    if (cardinality !== 'many') throw new NotKnownHereError(`cardinality "${String(cardinality ?? 'one')}"`);
    if (dataType !== undefined && dataType !== 'string') throw new NotKnownHereError(`dataType "${String(dataType)}"`);
    host.setting(String(connection));
    host.hostStorage();
  },
  start: listen,
  async inputFromText(fn, host, text) {
    const body = Buffer.from(text);
    const event = { body, sequenceNumber: 0, offset: '', partitionKey: null, enqueuedTimeUtc: host.now() };
    return createEventHubInput(fn, [event], null, host);
  },
};

async function listen(fn: TriggeredFunction, host: HostContext): Promise<Listener> {
  const settings = host.hostJson.eventHubs;
  const receiving = new Set<string>();
  const ownerId = createOwnerId();
  const client = await openClient(fn, host, ownerId, receiving);
  const handlers: SubscriptionEventHandlers = {
    ...createPartitionHandlers(fn, host, receiving),
    async processInitialize({ partitionId }) {
      receiving.add(partitionId);
    },
    async processClose(_reason, { partitionId }) {
      receiving.delete(partitionId);
    },
  };
  const subscription = client.subscribe(handlers, {
    maxBatchSize: settings.maxEventBatchSize,
    prefetchCount: Math.max(settings.prefetchCount, settings.maxEventBatchSize),
    startPosition: startPositionOf(settings),
    skipParsingBodyAsJson: true,
  });
  return {
    async stop() {
      await subscription.close();
      await client.close();
    },
  };
}

async function openClient(
  { trigger }: TriggeredFunction,
  host: HostContext,
  ownerId: string,
  receiving: ReadonlySet<string>,
): Promise<EventHubConsumerClient> {
  // Loaded only for apps that have such a trigger.
  const { EventHubConsumerClient } = await import('@azure/event-hubs');
  const store = await openCheckpointStore(host.hostStorage(), {
    waitsForExpiry: host.waitsForOwnershipExpiry,
    // The client believes that it reads what it owns, also where it had to give up reading.
    isReceiving: (ownership) => ownership.ownerId !== ownerId || receiving.has(ownership.partitionId),
  });
  const settings = host.hostJson.eventHubs;
  const connectionString = host.setting(String(trigger.connection));
  const consumerGroup = String(trigger.consumerGroup ?? '$Default');
  const options = {
    identifier: ownerId,
    loadBalancingOptions: {
      strategy: 'greedy' as const,
      updateIntervalInMs: Math.min(settings.loadBalancingUpdateIntervalMs, MOST_BALANCING_INTERVAL_MS),
      partitionOwnershipExpirationIntervalInMs: settings.partitionOwnershipExpirationIntervalMs,
    },
    retryOptions: { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 5_000 },
  };
  // A hub that the connection string names has precedence.
  return /;EntityPath=/i.test(connectionString)
    ? new EventHubConsumerClient(consumerGroup, connectionString, store, options)
    : new EventHubConsumerClient(consumerGroup, connectionString, String(trigger.eventHubName), store, options);
}

/** The client calls `processEvents` of one partition again only after it has resolved. */
function createPartitionHandlers(fn: TriggeredFunction, host: HostContext, receiving: ReadonlySet<string>) {
  const batches = new Map<string, number>();

  async function processEvents(events: ReceivedEventData[], context: PartitionContext): Promise<void> {
    const last = events.at(-1);
    if (!last || host.shutdown.aborted) return;
    const { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId } = context;
    const batch = (batches.get(partitionId) ?? 0) + 1;
    batches.set(partitionId, batch);
    const isCheckpointingAfterInvocation = batch % host.hostJson.eventHubs.batchCheckpointFrequency === 0;
    const source = {
      fullyQualifiedNamespace,
      eventHubName,
      consumerGroup,
      partitionId,
      isCheckpointingAfterInvocation,
    };
    const input = createEventHubInput(fn, events, source, host);
    await host.executor.runWithRetries(fn.metadata, input, `(null)`);
    // Neither for a partition that another host has taken meanwhile.
    const isStillOurs = receiving.has(partitionId) && !host.shutdown.aborted;
    if (isCheckpointingAfterInvocation && isStillOurs) await host.settle(context.updateCheckpoint(last));
  }

  return {
    processEvents,
    async processError(error: Error, { partitionId }: PartitionContext): Promise<void> {
      const where = partitionId ? `partition ${partitionId}` : 'the hub';
      host.log('warning', CATEGORY, `Reading ${where} for ${fn.metadata.name}: ${error.message}`);
    },
  };
}

function startPositionOf({ startFrom }: EventHubSettings) {
  if (startFrom === 'start') return { offset: '-1', isInclusive: false };
  if (startFrom === 'end') return { offset: '@latest', isInclusive: false };
  return { enqueuedOn: startFrom };
}
