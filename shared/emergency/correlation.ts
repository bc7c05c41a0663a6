import type { CallSource } from './emergencyCall.ts';
import { foldForMatch } from './plainText.ts';

/** What one source, or both, said of one call of a caller. */
export interface Opening {
  callId: string;
  /** Names the chat message and the event that told of it. */
  chat: string | null;
  event: string | null;
  /** When the call was made, by the clock of whichever source told of it first; ISO 8601, UTC. */
  at: string;
  /** Number dialled and callback number, as far as they are known. */
  numberDialed: string | null;
  callbackNumber: string | null;
  /** The place, which both sources word alike where it was made for that; `undefined` in what was stored earlier. */
  location?: string | null;
  /** Whether the number dialled is one for tests; what was stored before this was known says nothing. */
  isTest?: boolean;
  /** Names the event that ended it; `null` while none did. */
  endedBy: string | null;
}

/** What is to be matched with the openings of the same caller: `callId` is its own id, if it is a call of its own. */
export interface Told extends Omit<Opening, 'chat' | 'event' | 'endedBy'> {
  source: CallSource;
  /** Names the message or event. */
  key: string;
}

/** Two sources tell of one call within this time, or it counts as two. */
const WINDOW_MS = 120_000;
/** By how much the clocks of two sources may differ. */
const CLOCKS_MS = 10_000;
/** Who tries 933 may need 911 a minute later: where only one source names the number, both tell of a test within this. */
const TEST_WINDOW_MS = 30_000;
/** What does not name its call is not about one that began longer ago. */
const LONGEST_CALL_MS = 4 * 60 * 60_000;
/** The end of a call still finds its beginning for this long. */
const REMEMBERED_MS = 24 * 60 * 60_000;
/** Bounds the row of a caller who calls without end; the oldest are forgotten. */
const MOST_REMEMBERED = 60;

/**
 * Which call this tells of, given what was told of the same caller. The same message or event: the same call. Told by
 * the other source within two minutes, with no number that contradicts it, and not matched yet: the same call; of
 * several the one at the same place, else the nearest in time. Two of the same source never are: a redial is a new call. In doubt, two calls.
 * Returns the same list when there is nothing new to remember.
 */
export function correlate(openings: readonly Opening[], told: Told): { callId: string; openings: readonly Opening[] } {
  const same = openings.find((opening) => opening[told.source] === told.key);
  if (same) return { callId: same.callId, openings };
  const [partner] = openings
    .filter((opening) => opening[told.source] === null && mayBeOne(opening, told))
    .sort((a, b) => Number(isThere(b, told)) - Number(isThere(a, told)) || distance(a, told) - distance(b, told));
  if (partner) {
    const matched: Opening = {
      ...partner,
      [told.source]: told.key,
      numberDialed: partner.numberDialed ?? told.numberDialed,
      callbackNumber: partner.callbackNumber ?? told.callbackNumber,
      isTest: partner.isTest === true || told.isTest === true,
    };
    return { callId: partner.callId, openings: openings.map((one) => (one === partner ? matched : one)) };
  }
  const { source, key, ...rest } = told;
  const opened: Opening = { ...rest, chat: null, event: null, endedBy: null, [source]: key };
  return { callId: told.callId, openings: remembered([...openings, opened], told.at) };
}

/** The end of a call, as an event tells of it. */
export interface Ending {
  /** Names the event of the end; the same for a duplicate. */
  key: string;
  /** Which may be the id of the event that began the call, or not. */
  eventId: string;
  at: string;
}

/**
 * The call of this caller that an event ends: the one that the same event began, else the newest that was made before,
 * within hours, and has not ended. `null` when there is none: its beginning was never told.
 */
export function correlateEnd(
  openings: readonly Opening[],
  { key, eventId, at }: Ending,
): { callId: string | null; openings: readonly Opening[] } {
  const ended = openings.find(({ endedBy }) => endedBy === key);
  if (ended) return { callId: ended.callId, openings };
  const begun = openings.filter((one) => one.endedBy === null && Date.parse(one.at) <= Date.parse(at) + CLOCKS_MS);
  const [newest] = begun
    .filter((one) => Date.parse(at) - Date.parse(one.at) <= LONGEST_CALL_MS)
    .sort((a, b) => b.at.localeCompare(a.at));
  const ending = begun.find(({ event }) => event === eventId) ?? newest;
  if (!ending) return { callId: null, openings };
  return {
    callId: ending.callId,
    openings: openings.map((one) => (one === ending ? { ...ending, endedBy: key } : one)),
  };
}

function mayBeOne(opening: Opening, told: Told): boolean {
  return (
    distance(opening, told) <= (isHalfKnownTest(opening, told) ? TEST_WINDOW_MS : WINDOW_MS) &&
    !contradict(opening.numberDialed, told.numberDialed) &&
    !contradict(opening.callbackNumber, told.callbackNumber)
  );
}

/** One is a test, and the other does not say what was dialled. */
function isHalfKnownTest(a: Opening, b: Told): boolean {
  return (a.isTest === true && b.numberDialed === null) || (b.isTest === true && a.numberDialed === null);
}

/** Says nothing where places are worded differently: a Place's name here, an address there. */
function isThere(opening: Opening, { location }: Told): boolean {
  return location != null && opening.location != null && foldForMatch(opening.location) === foldForMatch(location);
}

function distance(opening: Opening, told: Told): number {
  return Math.abs(Date.parse(opening.at) - Date.parse(told.at));
}

function contradict(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function remembered(openings: readonly Opening[], now: string): Opening[] {
  const since = Date.parse(now) - REMEMBERED_MS;
  return openings.filter(({ at }) => Date.parse(at) >= since).slice(-MOST_REMEMBERED);
}
