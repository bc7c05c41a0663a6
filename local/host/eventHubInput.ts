import type { ReceivedEventData } from '@azure/event-hubs';
import type { TriggerInput } from './executor.ts';
import { toDotNetTime } from './queueInput.ts';
import type { TypedData } from './rpc.ts';
import type { HostContext, TriggeredFunction } from './trigger.ts';

/** Where events came from. */
export interface PartitionSource {
  fullyQualifiedNamespace: string;
  eventHubName: string;
  consumerGroup: string;
  partitionId: string;
  isCheckpointingAfterInvocation: boolean;
}

export type HubEvent = Pick<
  ReceivedEventData,
  'body' | 'sequenceNumber' | 'offset' | 'partitionKey' | 'enqueuedTimeUtc' | 'properties' | 'systemProperties'
>;

/**
 * What the real host hands over with a batch (EventHubTriggerBindingStrategy.cs; GrpcMessageConversionExtensions.cs of
 * azure-functions-host). Empty bodies, keys and offsets are left out of their lists unless the app asked for them, so
 * that these do not line up any more; `SystemPropertiesArray` always does.
 */
export function createEventHubInput(
  { bindingName }: TriggeredFunction,
  events: readonly HubEvent[],
  source: PartitionSource | null,
  host: HostContext,
): TriggerInput {
  const includesEmpty = Boolean(host.capabilities.IncludeEmptyEntriesInMessagePayload?.trim());
  const strings = (values: readonly (string | null | undefined)[]): TypedData => ({
    collectionString: { string: values.map((value) => value ?? '').filter((value) => includesEmpty || value !== '') },
  });
  const triggerMetadata: Record<string, TypedData> = {
    ...(source ? { PartitionContext: json(toPartitionContext(source)) } : {}),
    PartitionKeyArray: strings(events.map(({ partitionKey }) => partitionKey)),
    OffsetArray: strings(events.map(({ offset }) => offset)),
    SequenceNumberArray: { collectionSint64: { sint64: events.map(({ sequenceNumber }) => sequenceNumber) } },
    EnqueuedTimeUtcArray: json(events.map(({ enqueuedTimeUtc }) => toDotNetTime(enqueuedTimeUtc, ''))),
    PropertiesArray: json(events.map(({ properties }) => properties ?? {})),
    SystemPropertiesArray: json(events.map(toSystemProperties)),
  };
  return { inputData: [{ name: bindingName, data: strings(events.map(({ body }) => textOf(body))) }], triggerMetadata };
}

function json(value: unknown): TypedData {
  return { json: JSON.stringify(value) };
}

function toPartitionContext(source: PartitionSource): Record<string, unknown> {
  return {
    IsCheckpointingAfterInvocation: source.isCheckpointingAfterInvocation,
    FullyQualifiedNamespace: source.fullyQualifiedNamespace,
    EventHubName: source.eventHubName,
    ConsumerGroup: source.consumerGroup,
    PartitionId: source.partitionId,
  };
}

/** Times have no zone where they are .NET's DateTime, and one where they are its DateTimeOffset. */
function toSystemProperties(event: HubEvent): Record<string, unknown> {
  const { sequenceNumber, offset, partitionKey = null, enqueuedTimeUtc } = event;
  return {
    ...event.systemProperties,
    'x-opt-sequence-number': sequenceNumber,
    'x-opt-offset': offset,
    'x-opt-enqueued-time': toDotNetTime(enqueuedTimeUtc, '+00:00'),
    ...(partitionKey === null ? {} : { 'x-opt-partition-key': partitionKey }),
    SequenceNumber: sequenceNumber,
    Offset: offset,
    PartitionKey: partitionKey,
    EnqueuedTimeUtc: toDotNetTime(enqueuedTimeUtc, ''),
  };
}

function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  return typeof body === 'string' ? body : JSON.stringify(body ?? '');
}
