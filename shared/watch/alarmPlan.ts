import type { Alarm, TellingKind } from './alarm.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';

/** Longer than telling everybody takes with each request at its limit, shorter than the time to the next run. */
const LEASE_MS = 2 * MINUTE_MS;
/** Promise 5: alarms are not repeated more than hourly, whatever the news and however often they come and go. */
const SHORTEST_PAUSE_MS = HOUR_MS;
/** A critical alarm keeps somebody awake for a night, not for a week. */
const HOURLY_FOR_MS = 6 * HOUR_MS;
const LATER_CRITICAL_PAUSE_MS = 6 * HOUR_MS;
const WARNING_PAUSE_MS = DAY_MS;
const WEEKLY_PAUSE_MS = 7 * DAY_MS;
/** A warning that was over so lately comes and goes: it has to be found twice before it is told again. */
const FLAPPING_MS = DAY_MS;
const HISTORY = 20;

export interface AlarmContext {
  /** Roster ids of those who are told. */
  administrators: readonly string[];
  /** Names this run. */
  owner: string;
  now: Date;
}

/** What becomes of one alarm: `telling.owner` of a row to be told is this run's. */
export interface AlarmStep {
  before: Alarm | null;
  after: Alarm;
}

/**
 * What this run makes of the alarms: those that change, with whatever is to be told. A new one is told at once; it is
 * repeated while it lasts, and told to be over once it is no longer found. One that comes and goes is told to begin and
 * to be over no more than hourly each, since promise 5 says so of every alarm: what lasts until then is told then. Only
 * a warning that has become critical does not wait. What a part that could not be looked at has
 * of alarms stays, and so does what another run is telling at this moment.
 */
export function planAlarms(
  parts: readonly WatchedPart[],
  alarms: readonly Alarm[],
  context: AlarmContext,
): AlarmStep[] {
  const known = new Map(alarms.map((alarm) => [alarm.id, alarm]));
  const found = parts.flatMap(({ name, findings }) => findings.map((finding) => ({ part: name, finding })));
  const ids = new Set(found.map(({ finding }) => finding.id));
  const unseen = new Set(parts.filter(({ isSeen }) => !isSeen).map(({ name }) => name));
  const lasting = found.map(({ part, finding }) => {
    const before = known.get(finding.id) ?? null;
    return before && isHeld(before, context) ? null : { before, after: lasts(part, finding, before, context) };
  });
  const ended = alarms
    .filter((alarm) => !ids.has(alarm.id) && !isHeld(alarm, context))
    .map((before) => (unseen.has(before.part) && before.overAt === null ? null : ends(before, context)));
  return [...lasting, ...ended].filter((step) => step !== null);
}

/** Another run is telling it at this moment. */
function isHeld({ telling }: Alarm, { now, owner }: AlarmContext): boolean {
  return telling !== null && telling.owner !== owner && Date.parse(telling.leaseUntil) > now.getTime();
}

function lasts(part: string, finding: Finding, before: Alarm | null, context: AlarmContext): Alarm {
  const isBeginning = before === null || before.overAt !== null;
  const base = isBeginning ? beginning(part, finding, before, context.now) : { ...before, runs: before.runs + 1 };
  const alarm = { ...base, ...wordsOf(finding), part };
  const isUnfinished = alarm.telling !== null && alarm.telling.kind !== 'over';
  const isDueToAll = alarm.told !== null && isDueAgain(alarm, alarm.told, context.now);
  if (isUnfinished && !isDueToAll) return tell(alarm, alarm.telling?.kind ?? 'begins', context);
  if (isBeginning && mustBeFoundTwice(finding, before, context.now)) return { ...alarm, telling: null };
  if (alarm.told !== null && !isDueToAll) return { ...alarm, telling: null };
  if (alarm.told === null && wasToldLately(alarm, context.now)) return { ...alarm, telling: null };
  return tell({ ...alarm, telling: null }, alarm.told === null ? 'begins' : 'lasts', context);
}

function wordsOf({
  severity,
  title,
  what,
  todo,
  news,
  isWeekly,
}: Finding): Pick<Alarm, 'severity' | 'title' | 'what' | 'todo' | 'news' | 'isWeekly'> {
  return { severity, title, what, todo, news: news ?? null, isWeekly: isWeekly ?? false };
}

function beginning(part: string, finding: Finding, before: Alarm | null, now: Date): Alarm {
  return {
    id: finding.id,
    part,
    ...wordsOf(finding),
    since: (finding.since ?? now).toISOString(),
    runs: 1,
    overAt: null,
    told: null,
    toldBefore: before?.told ?? before?.toldBefore ?? null,
    knownTo: before?.knownTo ?? [],
    telling: null,
    refused: [],
    history: before?.history ?? [],
  };
}

function mustBeFoundTwice({ severity, mayPass }: Finding, before: Alarm | null, now: Date): boolean {
  const overAt = before?.overAt ?? null;
  if (mayPass) return true;
  return severity === 'warning' && overAt !== null && now.getTime() - Date.parse(overAt) < FLAPPING_MS;
}

/** Before it began anew, and as severe. */
function wasToldLately({ severity, toldBefore = null }: Alarm, now: Date): boolean {
  if (toldBefore === null || (severity === 'critical' && toldBefore.severity === 'warning')) return false;
  return now.getTime() - Date.parse(toldBefore.lastAt) < SHORTEST_PAUSE_MS;
}

function isDueAgain({ severity, news, isWeekly }: Alarm, told: NonNullable<Alarm['told']>, now: Date): boolean {
  if (severity === 'critical' && told.severity === 'warning') return true;
  const pauseMs = now.getTime() - Date.parse(told.lastAt);
  if (news !== told.news && pauseMs >= SHORTEST_PAUSE_MS) return true;
  if (severity === 'warning') return pauseMs >= (isWeekly ? WEEKLY_PAUSE_MS : WARNING_PAUSE_MS);
  const isEarly = Date.parse(told.lastAt) - Date.parse(told.firstAt) < HOURLY_FOR_MS;
  return pauseMs >= (isEarly ? SHORTEST_PAUSE_MS : LATER_CRITICAL_PAUSE_MS);
}

/**
 * Only those hear that it is over who heard of it, and within an hour of the last "over" only what was begun to be told.
 * Nothing is said twice: `null` when there is nothing to do.
 */
function ends(before: Alarm, context: AlarmContext): AlarmStep | null {
  const knownTo = before.knownTo.filter((id) => context.administrators.includes(id));
  const isDue = before.telling?.kind === 'over' || !wasOverLately(before, context.now);
  const isToBeTold = knownTo.length > 0 && isDue;
  if (before.overAt !== null && before.telling === null && !isToBeTold) return null;
  const after = { ...before, knownTo, runs: 0, overAt: before.overAt ?? context.now.toISOString() };
  return { before, after: isToBeTold ? tell(after, 'over', context) : { ...after, telling: null } };
}

function wasOverLately({ history }: Alarm, now: Date): boolean {
  const last = history.findLast(({ kind }) => kind === 'over');
  return last !== undefined && now.getTime() - Date.parse(last.at) < SHORTEST_PAUSE_MS;
}

/** Takes the alarm up for telling. What was begun and not finished goes on with those who are still waiting. */
function tell(alarm: Alarm, kind: TellingKind, { administrators, owner, now }: AlarmContext): Alarm {
  const begun = alarm.telling?.kind === kind ? alarm.telling : null;
  const waiting = begun?.waiting ?? (kind === 'over' ? alarm.knownTo : administrators);
  const leaseUntil = new Date(now.getTime() + LEASE_MS).toISOString();
  return {
    ...alarm,
    telling: {
      kind,
      startedAt: begun?.startedAt ?? now.toISOString(),
      owner,
      leaseUntil,
      // Whoever has left the roster meanwhile is told nothing more.
      waiting: waiting.filter((id) => administrators.includes(id)),
      doubts: begun?.doubts ?? [],
    },
  };
}

/** What one attempt to tell somebody came to. */
export type Told =
  | { outcome: 'told' }
  | { outcome: 'refused'; failure: string }
  | { outcome: 'later' }
  | { outcome: 'doubtful'; body: string; since: string };

/**
 * The alarm after its telling: those who were told know of it, those whom the provider refuses for good are noted, and
 * the others are told by a later run.
 */
export function afterTelling(alarm: Alarm, results: ReadonlyMap<string, Told>, now: Date): Alarm {
  const { telling } = alarm;
  if (telling === null) return alarm;
  const idsWith = (outcome: Told['outcome']) =>
    telling.waiting.filter((id) => (results.get(id)?.outcome ?? 'later') === outcome);
  const told = idsWith('told');
  const waiting = [...idsWith('later'), ...idsWith('doubtful')];
  const at = now.toISOString();
  const knownTo = telling.kind === 'over' ? waiting : [...new Set([...alarm.knownTo, ...told, ...idsWith('doubtful')])];
  return {
    ...alarm,
    knownTo,
    // Where nobody can be told for good, it is tried again when it would be repeated.
    told: told.length > 0 || waiting.length === 0 ? toldNow(alarm, telling.kind, at) : alarm.told,
    telling: waiting.length > 0 ? { ...telling, leaseUntil: at, waiting, doubts: doubtsIn(results) } : null,
    refused: [
      ...alarm.refused.filter(({ recipientId }) => !results.has(recipientId)),
      ...idsWith('refused').flatMap((recipientId) => {
        const result = results.get(recipientId);
        return result?.outcome === 'refused' ? [{ recipientId, failure: result.failure, at }] : [];
      }),
    ],
    history: told.length > 0 ? [...alarm.history, { at, kind: telling.kind, to: told }].slice(-HISTORY) : alarm.history,
  };
}

function toldNow({ told, severity, news }: Alarm, kind: TellingKind, at: string): Alarm['told'] {
  return kind === 'over' ? told : { firstAt: told?.firstAt ?? at, lastAt: at, severity, news };
}

function doubtsIn(results: ReadonlyMap<string, Told>): { recipientId: string; body: string; since: string }[] {
  return [...results].flatMap(([recipientId, result]) =>
    result.outcome === 'doubtful' ? [{ recipientId, body: result.body, since: result.since }] : [],
  );
}
