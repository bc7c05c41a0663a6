import rhea, { type EventContext } from 'rhea';
import { type EventContent, readBatch, readEvent, readPartitionKey } from './eventContent.ts';
import { notImplemented, type Refusal, type Refusals } from './refusals.ts';

/** The largest message the service takes, in bytes (Standard tier). */
export const MAX_MESSAGE_BYTES = 1_048_576;

const BATCH_FORMAT = 0x80013700;

/**
 * Takes what a producer sent and settles it: accepted once `keep` has all events of it, else rejected with the
 * service's condition and nothing of it kept.
 */
export function receiveEvents(
  context: EventContext,
  parts: {
    refusals: Refusals;
    takeSendRejection(): boolean;
    keep(events: EventContent[], partitionKey: string | null): void;
  },
): void {
  const { delivery } = context;
  if (parts.takeSendRejection()) {
    delivery?.reject({
      condition: 'com.microsoft:server-busy',
      description: 'The server was unable to process the request; please retry the operation. (50002)',
    });
    return;
  }
  const reading = readSend(context);
  if ('condition' in reading) {
    delivery?.reject(parts.refusals.remember(reading));
    return;
  }
  parts.keep(reading.events, reading.partitionKey);
  delivery?.accept();
}

function readSend({
  message,
  delivery,
}: EventContext): { events: EventContent[]; partitionKey: string | null } | Refusal {
  // rhea decodes format 0 (the default, 0 or absent) by itself, and hands any other over as it came.
  const payload = Buffer.isBuffer(message) ? message : rhea.message.encode(message);
  const format = delivery?.format ?? 0;
  if (payload.length > MAX_MESSAGE_BYTES) {
    return tooLarge(delivery?.id ?? 0, payload.length);
  }
  if (format !== 0 && format !== BATCH_FORMAT) {
    return notImplemented(`the message format 0x${format.toString(16)}`);
  }
  try {
    const events = format === BATCH_FORMAT ? readBatch(payload) : [readEvent(payload)];
    return { events, partitionKey: readPartitionKey(payload) };
  } catch (error) {
    return { condition: 'amqp:decode-error', description: `The message cannot be read: ${error}` };
  }
}

function tooLarge(deliveryId: number, size: number): Refusal {
  return {
    condition: 'amqp:link:message-size-exceeded',
    description:
      `The received message (delivery-id:${deliveryId}, size:${size} bytes) exceeds the limit ` +
      `(${MAX_MESSAGE_BYTES} bytes) currently allowed on the link.`,
  };
}
