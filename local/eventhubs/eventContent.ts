import rhea from 'rhea';
import { encodeAnnotations, encodeData, readMap, readSections, SECTION, type TypedValue } from './amqp.ts';

/** One event as its producer sent it. */
export interface EventContent {
  /** The header section, or empty. */
  header: Buffer;
  annotations: Record<string, TypedValue>;
  /** Properties, application properties, body and footer: they reach every consumer byte for byte. */
  bareMessage: Buffer;
  /** What the Data sections hold; empty when the body is an AMQP value or sequence. */
  body: Buffer;
}

/** An event as the hub keeps it. */
export interface StoredEvent {
  partitionId: string;
  /** Counts from 0 in each partition. */
  sequenceNumber: number;
  /** Where the event begins in its partition, in bytes: never equal to the sequence number but for the first. */
  offset: string;
  enqueuedAt: Date;
  partitionKey: string | null;
  content: EventContent;
}

const PARTITION_KEY = 'x-opt-partition-key';

/** An event that holds just these bytes. */
export function contentOf(body: Buffer): EventContent {
  return {
    header: Buffer.alloc(0),
    annotations: {},
    bareMessage: encodeData(body),
    body,
  };
}

/** Reads an encoded message of format 0. Throws when it is not one. */
export function readEvent(message: Buffer): EventContent {
  const sections = readSections(message);
  const bytesOf = (wanted: (code: number) => boolean) =>
    Buffer.concat(sections.filter(({ code }) => wanted(code)).map(({ bytes }) => bytes));
  const annotations = sections.find(({ code }) => code === SECTION.messageAnnotations);
  return {
    header: bytesOf((code) => code === SECTION.header),
    annotations: annotations ? readMap(annotations.content) : {},
    bareMessage: bytesOf((code) => code >= SECTION.properties),
    body: Buffer.concat(dataOf(sections)),
  };
}

/** Reads a batch (message format 0x80013700): an envelope whose Data sections are one encoded message each. */
export function readBatch(envelope: Buffer): EventContent[] {
  return dataOf(readSections(envelope)).map(readEvent);
}

/** The key of a message or of a batch's envelope, which decides for all events of the batch. */
export function readPartitionKey(message: Buffer): string | null {
  const key = readEvent(message).annotations[PARTITION_KEY]?.value;
  return typeof key === 'string' ? key : null;
}

/**
 * The event as it is delivered, with what the service adds to it. `lastEnqueued` is the partition's last event, for
 * a receiver that asked to be told of it with each event.
 */
export function encodeForDelivery(event: StoredEvent, lastEnqueued: StoredEvent | null, now: Date): Buffer {
  const { types } = rhea;
  return Buffer.concat([
    event.content.header,
    lastEnqueued === null ? Buffer.alloc(0) : encodeLastEnqueued(lastEnqueued, now),
    encodeAnnotations(SECTION.messageAnnotations, {
      ...event.content.annotations,
      ...keyAnnotation(event.partitionKey),
      'x-opt-sequence-number': types.wrap_long(event.sequenceNumber),
      'x-opt-offset': types.wrap_string(event.offset),
      'x-opt-enqueued-time': types.wrap_timestamp(event.enqueuedAt.getTime()),
    }),
    event.content.bareMessage,
  ]);
}

function keyAnnotation(partitionKey: string | null): Record<string, unknown> {
  return partitionKey === null ? {} : { [PARTITION_KEY]: rhea.types.wrap_string(partitionKey) };
}

function encodeLastEnqueued(last: StoredEvent, now: Date): Buffer {
  const { types } = rhea;
  return encodeAnnotations(SECTION.deliveryAnnotations, {
    last_enqueued_sequence_number: types.wrap_long(last.sequenceNumber),
    last_enqueued_offset: types.wrap_string(last.offset),
    last_enqueued_time_utc: types.wrap_timestamp(last.enqueuedAt.getTime()),
    runtime_info_retrieval_time_utc: types.wrap_timestamp(now.getTime()),
  });
}

function dataOf(sections: ReturnType<typeof readSections>): Buffer[] {
  return sections.filter(({ code }) => code === SECTION.data).map(({ content }) => content.value as Buffer);
}
