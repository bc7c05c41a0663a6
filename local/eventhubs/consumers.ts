import type { Sender } from 'rhea';
import type { Node } from './addresses.ts';
import { encodeForDelivery } from './eventContent.ts';
import type { EventLog } from './eventLog.ts';
import { decideOwnership, stolen } from './ownership.ts';
import { notImplemented, type Refusals } from './refusals.ts';
import { startOf } from './startPosition.ts';

/** A receiver of one partition, as a test may see it. */
export interface ReceiverInfo {
  partitionId: string;
  /** In lower case. */
  consumerGroup: string;
  /** `null` for a receiver without one. */
  ownerLevel: number | null;
  /** What the client calls itself. */
  name: string;
}

export interface Consumers {
  attach(link: Sender, node: Extract<Node, { kind: 'consumer' }>): void;
  /** Hands out what may be handed out now, by what has arrived and what each receiver has credit for. */
  deliver(): void;
  list(): ReceiverInfo[];
}

interface Receiver extends ReceiverInfo {
  link: Sender;
  /** The sequence number of the next event for it. */
  next: number;
  /** How many deliveries were given to the link since it was attached. */
  sent: number;
  wantsLastEnqueued: boolean;
}

/** rhea keeps these on a link and does not declare them. */
interface LinkCredit {
  credit: number;
  delivery_count: number;
}

const SELECTOR_FILTER = 'apache.org:selector-filter:string';
const LAST_ENQUEUED_CAPABILITY = 'com.microsoft:enable-receiver-runtime-metric';

export function createConsumers(parts: {
  log: EventLog;
  refusals: Refusals;
  now: () => Date;
  isHanging(partitionId: string): boolean;
}): Consumers {
  const { log, refusals, now, isHanging } = parts;
  let receivers: Receiver[] = [];

  function deliverTo(receiver: Receiver): void {
    const events = log.events(receiver.partitionId);
    while (!isHanging(receiver.partitionId) && hasCredit(receiver)) {
      const event = events[receiver.next];
      if (event === undefined) {
        return;
      }
      const lastEnqueued = receiver.wantsLastEnqueued ? (events.at(-1) ?? null) : null;
      receiver.link.send(encodeForDelivery(event, lastEnqueued, now()), undefined, 0);
      receiver.next += 1;
      receiver.sent += 1;
    }
  }

  function openReceivers(): Receiver[] {
    receivers = receivers.filter(({ link }) => link.is_open());
    return receivers;
  }

  return {
    attach(link, node) {
      const selector = readSelector(link);
      const start =
        typeof selector === 'object' && selector !== null ? selector : startOf(selector, log.events(node.partitionId));
      if (typeof start !== 'number') {
        link.close(refusals.remember(start));
        return;
      }
      const present = openReceivers().filter(
        ({ partitionId, consumerGroup }) => partitionId === node.partitionId && consumerGroup === node.consumerGroup,
      );
      const ownerLevel = readOwnerLevel(link);
      const decision = decideOwnership(
        present.map((receiver) => receiver.ownerLevel),
        ownerLevel,
      );
      if (!decision.accept) {
        link.close(decision.refusal);
        return;
      }
      if (decision.stealFromAll) {
        present.forEach((loser) => {
          loser.link.close(stolen(ownerLevel, loser.ownerLevel));
        });
      }
      const receiver: Receiver = {
        link,
        partitionId: node.partitionId,
        consumerGroup: node.consumerGroup,
        ownerLevel,
        name: String(link.properties?.['com.microsoft:receiver-name'] ?? link.name),
        next: start,
        sent: 0,
        wantsLastEnqueued: [link.desired_capabilities].flat().some((name) => String(name) === LAST_ENQUEUED_CAPABILITY),
      };
      receivers.push(receiver);
      link.on('sendable', () => deliverTo(receiver));
      link.on('sender_draining', () => {
        deliverTo(receiver);
        link.set_drained(true);
      });
    },
    deliver() {
      openReceivers().forEach(deliverTo);
    },
    list: () =>
      openReceivers().map(({ partitionId, consumerGroup, ownerLevel, name }) => ({
        partitionId,
        consumerGroup,
        ownerLevel,
        name,
      })),
  };
}

/**
 * rhea lowers the credit only when it writes, so what was given to the link and not yet written is counted here. What
 * the peer may receive in all since the attach is its delivery count and its credit together.
 */
function hasCredit(receiver: Receiver): boolean {
  const { credit, delivery_count } = receiver.link as unknown as LinkCredit;
  receiver.sent = Math.max(receiver.sent, delivery_count);
  return receiver.link.is_open() && receiver.link.sendable() && receiver.sent < delivery_count + credit;
}

function readOwnerLevel(link: Sender): number | null {
  const level = link.properties?.['com.microsoft:epoch'];
  return level === undefined || level === null ? null : Number(level);
}

/** The one filter that is known, as text; `null` when there is none. */
function readSelector(link: Sender): string | null | ReturnType<typeof notImplemented> {
  const filters = Object.entries(link.source?.filter ?? {});
  const unknown = filters.find(([name]) => name !== SELECTOR_FILTER);
  if (unknown !== undefined) {
    return notImplemented(`the filter ${unknown[0]}`);
  }
  const selector = filters[0]?.[1];
  return selector === undefined ? null : String(selector);
}
