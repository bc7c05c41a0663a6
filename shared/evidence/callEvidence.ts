import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import type { Delivery } from '../oncall/delivery.ts';
import type { ResponseAction } from '../oncall/response.ts';
import type { TimelineEntry } from '../store/timelineStore.ts';

/** Everything that is on record about one call. */
export interface CallEvidence {
  call: EmergencyCall;
  deliveries: readonly Delivery[];
  /** Oldest first. */
  timeline: readonly TimelineEntry[];
}

/** The name that a roster gives an id; `null` where none does. */
export type NameOf = (id: string) => string | null;

/** A moment and whose clock it is by. */
export interface Moment {
  at: string;
  clock: TimelineEntry['clock'];
}

/** What somebody answered. */
export interface RecordedAnswer {
  at: string;
  by: string;
  via: string;
  action: ResponseAction['kind'];
  verdict: string;
  reason: string | null;
}

/** The answers on the timeline, refused ones too, oldest first. */
export function answersOf(timeline: readonly TimelineEntry[]): RecordedAnswer[] {
  return timeline
    .filter(({ kind }) => kind.startsWith('answer.'))
    .map(({ at, kind, detail }) => ({
      at,
      by: textOf(detail.by),
      via: textOf(detail.via),
      action: kind.slice('answer.'.length) as ResponseAction['kind'],
      verdict: textOf(detail.verdict),
      reason: typeof detail.reason === 'string' ? detail.reason : null,
    }));
}

/** The best known beginning of a call: by Teams' clock, else by the hub's, else by ours. */
export function beginningOf({ occurredAt, hubEnqueuedAt, receivedAt }: EmergencyCall): Moment {
  if (occurredAt !== null) return { at: occurredAt, clock: 'teams' };
  return hubEnqueuedAt !== null ? { at: hubEnqueuedAt, clock: 'eventHub' } : { at: receivedAt, clock: 'ours' };
}

/** Seconds between two moments to the millisecond, negative where the clocks disagree; `null` where one is not known. */
export function secondsBetween(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isNaN(ms) ? null : ms / 1_000;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
