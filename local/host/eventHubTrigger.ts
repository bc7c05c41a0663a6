import type {
  CheckpointStore,
  EventHubConsumerClient,
  PartitionContext,
  ReceivedEventData,
  Subscription,
} from '@azure/event-hubs';
import { openCheckpointStore } from './checkpointStore.ts';
import { createEventHubInput } from './eventHubInput.ts';
import type { EventHubSettings } from './hostJson.ts';
import { type Balancer, startBalancer } from './partitionBalancer.ts';
import {
  type HostContext,
  type Listener,
  NotKnownHereError,
  type TriggeredFunction,
  type TriggerKind,
} from './trigger.ts';

const CATEGORY = 'Host.Triggers.EventHub';
/** Hosts of one machine find each other's end sooner than those in the cloud. */
const MOST_BALANCING_INTERVAL_MS = 5_000;
const RECONNECT_MS = 500;
const OPERATION_TIMEOUT_MS = 5_000;
/** The client notices a broken connection when it asks for events anew. */
const IDLE_SECONDS = 1;

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

/** Loaded only for apps that need it: that takes as long as all else of a start. */
export function loadClient(): Promise<typeof import('@azure/event-hubs')> {
  return import('@azure/event-hubs');
}

async function listen(fn: TriggeredFunction, host: HostContext): Promise<Listener> {
  const store = await openCheckpointStore(host.hostStorage());
  const client = await openClient(fn, host, store);
  try {
    const balancer = shareAndRead(fn, host, client, store, await client.getPartitionIds());
    return {
      async stop() {
        await balancer.stop();
        await client.close();
      },
    };
  } catch (caught) {
    await client.close();
    throw caught;
  }
}

async function openClient(
  fn: TriggeredFunction,
  host: HostContext,
  store: CheckpointStore,
): Promise<EventHubConsumerClient> {
  const { EventHubConsumerClient } = await loadClient();
  const connectionString = host.setting(String(fn.trigger.connection));
  const group = consumerGroupOf(fn);
  const options = {
    // How soon a partition is read again after its connection broke off.
    loadBalancingOptions: { updateIntervalInMs: RECONNECT_MS },
    retryOptions: { maxRetries: 1, retryDelayInMs: RECONNECT_MS, timeoutInMs: OPERATION_TIMEOUT_MS },
  };
  // A hub that the connection string names has precedence.
  return /;EntityPath=/i.test(connectionString)
    ? new EventHubConsumerClient(group, connectionString, store, options)
    : new EventHubConsumerClient(group, connectionString, String(fn.trigger.eventHubName), store, options);
}

function consumerGroupOf({ trigger }: TriggeredFunction): string {
  return String(trigger.consumerGroup ?? '$Default');
}

function shareAndRead(
  fn: TriggeredFunction,
  host: HostContext,
  client: EventHubConsumerClient,
  store: CheckpointStore,
  partitionIds: string[],
): Balancer {
  const settings = host.hostJson.eventHubs;
  const warn = (where: string, message: string) =>
    host.log('warning', CATEGORY, `Reading ${where} for ${fn.metadata.name}: ${message}`);

  function open(partitionId: string): Subscription {
    const handlers = {
      processEvents: createProcessor(fn, host, () => balancer.isOurs(partitionId)),
      processError: async ({ message, name }: Error) => warn(`partition ${partitionId}`, message || name),
      async processClose(reason: string) {
        if (reason === 'OwnershipLost') balancer.lose(partitionId);
      },
    };
    return client.subscribe(partitionId, handlers, {
      maxBatchSize: settings.maxEventBatchSize,
      prefetchCount: Math.max(settings.prefetchCount, settings.maxEventBatchSize),
      maxWaitTimeInSeconds: IDLE_SECONDS,
      startPosition: startPositionOf(settings),
      skipParsingBodyAsJson: true,
    });
  }

  const { fullyQualifiedNamespace, eventHubName } = client;
  const balancer = startBalancer({
    hub: { fullyQualifiedNamespace, eventHubName, consumerGroup: consumerGroupOf(fn) },
    partitionIds,
    store,
    intervalMs: Math.min(settings.loadBalancingUpdateIntervalMs, MOST_BALANCING_INTERVAL_MS),
    expirationMs: settings.partitionOwnershipExpirationIntervalMs,
    waitsForExpiry: host.waitsForOwnershipExpiry,
    open,
    onError: (message) => warn('the hub', message),
  });
  return balancer;
}

/** For the events of one partition: the client hands over a batch only after the one before has been processed. */
function createProcessor(fn: TriggeredFunction, host: HostContext, isOurs: () => boolean) {
  const { batchCheckpointFrequency } = host.hostJson.eventHubs;
  let batches = 0;

  return async (events: ReceivedEventData[], context: PartitionContext): Promise<void> => {
    const last = events.at(-1);
    if (!last || host.shutdown.aborted) return;
    batches += 1;
    const isCheckpointingAfterInvocation = batches % batchCheckpointFrequency === 0;
    const { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId } = context;
    const source = { fullyQualifiedNamespace, eventHubName, consumerGroup, partitionId };
    const input = createEventHubInput(fn, events, { ...source, isCheckpointingAfterInvocation }, host);
    await host.executor.runWithRetries(fn.metadata, input, '(null)');
    // Not for a partition either that another host has taken meanwhile.
    const isCheckpointing = isCheckpointingAfterInvocation && isOurs() && !host.shutdown.aborted;
    if (isCheckpointing) await host.settle(context.updateCheckpoint(last));
  };
}

function startPositionOf({ startFrom }: EventHubSettings) {
  if (startFrom === 'start') return { offset: '-1', isInclusive: false };
  if (startFrom === 'end') return { offset: '@latest', isInclusive: false };
  return { enqueuedOn: startFrom };
}
