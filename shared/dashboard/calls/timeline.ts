import type { Services } from '../../pipeline/services.ts';
import type { TimelineEntry } from '../../store/timelineStore.ts';
import type { CallDetail, CallRaw } from '../contract.ts';
import { toRawText } from '../rawText.ts';
import { personOf, toTime } from './summary.ts';

/** Shown elsewhere: as raw data, as a delivery, as who did it. */
const ELSEWHERE = new Set(['notification', 'content', 'bodies', 'providerMessages', 'by', 'recipientId']);
/** What may hold the words of a message, or the place. */
const TELLING = new Set(['text', 'facts', 'body', 'said', 'reasons', 'location']);

/** `withFacts`: false where they would tell what is withheld. Oldest first. */
export function toTimeline(
  services: Services,
  entries: readonly TimelineEntry[],
  withFacts: boolean,
): CallDetail['timeline'] {
  return entries.map(({ at, clock, kind, detail }) => {
    const who = detail.by ?? detail.recipientId;
    const shown = Object.entries(detail).filter(
      ([name, value]) =>
        value !== null && value !== undefined && !ELSEWHERE.has(name) && (withFacts || !TELLING.has(name)),
    );
    return {
      at: toTime(at),
      clock,
      kind,
      person: typeof who === 'string' ? personOf(services, who) : null,
      detail: Object.fromEntries(shown.map(([name, value]) => [name, toText(value)])),
    };
  });
}

/** What came in about a call, as it came. */
export function notificationsOf(entries: readonly TimelineEntry[]): CallRaw['notifications'] {
  return entries.flatMap(({ at, detail: { notification, content } }) =>
    [notification, content]
      .filter((value) => value !== null && value !== undefined)
      .map((value) => ({ at: toTime(at), json: toRawText(value) })),
  );
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(toText).join('; ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
