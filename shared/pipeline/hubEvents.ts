import type { HubEvent } from './ingestNotifications.ts';

/**
 * What the Event Hub trigger hands over (cardinality `many`) as events with the hub's own time and place. The worker
 * gives each event's properties in `systemPropertiesArray`, in the order of the events; what is missing there is `null`.
 */
export function toHubEvents(messages: unknown, triggerMetadata: Readonly<Record<string, unknown>>): HubEvent[] {
  const bodies: unknown[] = Array.isArray(messages) ? messages : [messages];
  const properties = asArray(triggerMetadata.systemPropertiesArray);
  const times = asArray(triggerMetadata.enqueuedTimeUtcArray);
  const partition = asRecord(triggerMetadata.partitionContext).partitionId ?? 'unknown';
  return bodies.map((body, index) => {
    const own = asRecord(properties[index]);
    return {
      body,
      enqueuedAt: toIso(own.enqueuedTimeUtc ?? own.enqueuedTime ?? times[index]),
      source: `partition ${String(partition)}, sequence number ${String(own.sequenceNumber ?? 'unknown')}`,
    };
  });
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The host writes the hub's times with a zone or without one; they are UTC. */
function toIso(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const time = new Date(/[Zz]|[+-]\d\d:\d\d$/.test(value) ? value : `${value}Z`);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
