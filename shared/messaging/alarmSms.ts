import type { Alarm, TellingKind } from '../watch/alarm.ts';
import { bySeverity } from '../watch/finding.ts';
import { callTime } from './callTime.ts';
import { countSegments, toGsmText } from './smsSegments.ts';

/** What is told of one alarm. */
export interface AlarmNews {
  kind: TellingKind;
  alarm: Pick<Alarm, 'severity' | 'title' | 'what' | 'todo' | 'since' | 'overAt'>;
}

export interface AlarmStyle {
  /** IANA name of the zone whose clock the team reads. */
  timeZone: string;
  now: Date;
}

const MOST_SEGMENTS = 3;
/** A time of day says enough for this long; after that the date stands before it. */
const SAME_DAY_MS = 12 * 60 * 60_000;

/**
 * One SMS of at most three segments with all that is new: the worst first, what is over last. What does not fit is
 * counted, and the status names it. Begins with ALARM or OVER, so that nobody takes it for an emergency call.
 */
export function composeAlarmSms(news: readonly AlarmNews[], style: AlarmStyle): string {
  const lines = [...news].sort(inOrder).map((one) => lineOf(one, style));
  for (let count = lines.length; count > 0; count -= 1) {
    const body = withRest(lines.slice(0, count), lines.length - count);
    if (fits(body)) return body;
  }
  const [first] = [...news].sort(inOrder);
  return first ? withRest([shortLineOf(first, style)], lines.length - 1) : '';
}

function inOrder(a: AlarmNews, b: AlarmNews): number {
  const isOver = ({ kind }: AlarmNews) => Number(kind === 'over');
  const ranked = ({ alarm }: AlarmNews) => ({ severity: alarm.severity, since: new Date(alarm.since) });
  return isOver(a) - isOver(b) || bySeverity(ranked(a), ranked(b));
}

function withRest(lines: readonly string[], more: number): string {
  return toGsmText([...lines, ...(more > 0 ? [`and ${more} more: npm run status`] : [])].join('\n'));
}

function fits(body: string): boolean {
  return countSegments(body).segments <= MOST_SEGMENTS;
}

function lineOf({ kind, alarm }: AlarmNews, style: AlarmStyle): string {
  const since = timeOf(alarm.since, style);
  if (kind === 'over') return `OVER ${alarm.title} (${since} to ${timeOf(alarm.overAt ?? alarm.since, style)})`;
  const still = kind === 'lasts' ? 'still ' : '';
  return `ALARM (${still}${alarm.severity}, since ${since}) ${alarm.what} ${alarm.todo}`;
}

/** Without what to do, which the status says too. */
function shortLineOf({ kind, alarm }: AlarmNews, style: AlarmStyle): string {
  const line = lineOf({ kind, alarm: { ...alarm, todo: 'Run: npm run status' } }, style);
  return fits(withRest([line], 99))
    ? line
    : `ALARM (${alarm.severity}) ${alarm.title.slice(0, 80)}. Run: npm run status`;
}

function timeOf(iso: string, { timeZone, now }: AlarmStyle): string {
  const at = new Date(iso);
  const hasDate = now.getTime() - at.getTime() > SAME_DAY_MS;
  return callTime(at, timeZone, { hasDate, hasSeconds: false, hasZone: true }) ?? iso;
}
