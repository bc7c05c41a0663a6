import { civilMorningAfter, isCivilHour } from './testReminders.ts';

/** What the roster says of a site whose emergency address is tested. */
export interface TestedSite {
  id: string;
  name: string;
  /** Its emergency calls go through a provider of one's own: Microsoft's bot does not answer there. */
  directRouting: boolean;
  /** `tell`: ids of the people who test it. */
  test: { everyDays: number; tell: string[] } | null;
}

/** A test call that came from the site. */
export interface TestCall {
  id: string;
  code: string;
  /** ISO 8601, UTC. */
  at: string;
  /** Id of the caller, where they are on the roster. */
  callerId: string | null;
}

/** What somebody said about the address that was read back. */
export interface TestAnswer {
  by: string;
  at: string;
  answer: 'right' | 'wrong';
  /** What they wrote beside it; `null` for nothing. */
  said: string | null;
  messageSid: string;
}

/** One message to those who test, while it is being sent or could not be sent to everybody. */
export interface TestTelling {
  kind: 'remind' | 'ask';
  startedAt: string;
  /** Names the run that holds it until `leaseUntil`. */
  owner: string;
  leaseUntil: string;
  /** Ids of those who are still to be told. */
  waiting: string[];
}

/** One test of a site, from the first reminder or the call until the next one. Times are ISO 8601 in UTC. */
export interface TestRound {
  /** Names the test in messages and answers; the codes of its calls do too. */
  code: string;
  /** The first reminder, or the call. */
  begunAt: string;
  reminders: number;
  remindedAt: string | null;
  /** The oldest first. */
  calls: TestCall[];
  /** Of the newest call: how often people were asked. */
  questions: number;
  askedAt: string | null;
  /** Ids of those whom a message about it reached. */
  told: string[];
  /** Ids of those whom the last message could not reach. */
  unreached: string[];
  answers: TestAnswer[];
  telling: TestTelling | null;
}

/** The tests of a site: the current one, and the last one before it that was answered. */
export interface SiteTest {
  siteId: string;
  /** The last test call, or answer to a test without one; `null` for never. */
  lastTestAt: string | null;
  round: TestRound | null;
  answered: TestRound | null;
}

export type TestVerdict = 'right' | 'wrong';

/** Nothing has happened since a reminder or question: as many days until the next one. */
const AGAIN_AFTER_DAYS = 3;
/** Nobody is asked more often about one call. */
const MOST_QUESTIONS = 3;
/** Whoever mends an address tries it again within a week. */
const RETEST_AFTER_DAYS = 7;
/** Of an older call nobody remembers what they heard. */
const ASKED_WITHIN_MS = 24 * 60 * 60_000;
const MOST_CALLS = 10;
const MOST_ANSWERS = 50;

export function neverTested(siteId: string): SiteTest {
  return { siteId, lastTestAt: null, round: null, answered: null };
}

/** What people said together: whoever says that it was wrong is right until they say otherwise themselves. */
export function verdictOf(answers: readonly Pick<TestAnswer, 'by' | 'answer'>[] = []): TestVerdict | null {
  const last = new Map(answers.map(({ by, answer }) => [by, answer]));
  if (last.size === 0) return null;
  return [...last.values()].includes('wrong') ? 'wrong' : 'right';
}

/** The last test that somebody answered. */
export function lastAnswered({ round, answered }: SiteTest): TestRound | null {
  return verdictOf(round?.answers) === null ? answered : round;
}

/** What an answer to it can be given with. */
export function codesOf({ code, calls }: TestRound): string[] {
  return [...new Set([code, ...calls.map((call) => call.code)])];
}

/** The same with test calls that are not on it yet. After an answer a call begins another test. */
export function noteCalls(before: SiteTest, calls: readonly TestCall[]): SiteTest {
  const known = new Set([...(before.round?.calls ?? []), ...(before.answered?.calls ?? [])].map(({ id }) => id));
  const isNew = ({ id, at }: TestCall) => !known.has(id) && (before.lastTestAt === null || at > before.lastTestAt);
  const inOrder = [...calls].filter(isNew).sort((a, b) => a.at.localeCompare(b.at));
  return inOrder.reduce(noteCall, before);
}

function noteCall(before: SiteTest, call: TestCall): SiteTest {
  const isOpen = before.round !== null && verdictOf(before.round.answers) === null;
  const round = isOpen && before.round ? before.round : newRound(call.code, call.at);
  return {
    ...before,
    lastTestAt: call.at,
    answered: lastAnswered(before),
    round: { ...round, calls: [...round.calls, call].slice(-MOST_CALLS), questions: 0, askedAt: null, telling: null },
  };
}

function newRound(code: string, begunAt: string): TestRound {
  return {
    ...{ code, begunAt, reminders: 0, remindedAt: null, calls: [], questions: 0, askedAt: null },
    ...{ told: [], unreached: [], answers: [], telling: null },
  };
}

/** When the next test of a site is due: at once where there was none; `null` where none is wanted. */
export function dueAt(tests: SiteTest, { test }: TestedSite, timeZone: string): Date | null {
  if (test === null) return null;
  if (tests.lastTestAt === null) return new Date(0);
  const isWrong = verdictOf(lastAnswered(tests)?.answers) === 'wrong';
  const days = isWrong ? Math.min(RETEST_AFTER_DAYS, test.everyDays) : test.everyDays;
  return civilMorningAfter(new Date(tests.lastTestAt), days, timeZone);
}

/** Since when a test has been missing: since it was due, of a site that was never tested since the first reminder. */
export function missingSince(tests: SiteTest, site: TestedSite, timeZone: string): Date | null {
  const { round, lastTestAt } = tests;
  if (lastTestAt !== null) return dueAt(tests, site, timeZone);
  return site.test === null || round === null ? null : new Date(round.begunAt);
}

/**
 * What is to be said to those who test a site: what was begun and is held by nobody, the question about a test call (the
 * first one at whatever hour: the caller has just hung up), or a reminder that a test is due. `null` for nothing.
 */
export function nextTelling(
  tests: SiteTest,
  site: TestedSite,
  { now, timeZone }: { now: Date; timeZone: string },
): TestTelling['kind'] | null {
  const { round } = tests;
  const isCivil = isCivilHour(now, timeZone);
  if (round?.telling && now.getTime() < Date.parse(round.telling.leaseUntil)) return null;
  if (round?.telling && isStillWanted(round, round.telling, now)) {
    return round.telling.kind === 'ask' || isCivil ? round.telling.kind : null;
  }
  if (round && isQuestionDue(round, { now, timeZone })) return 'ask';
  const due = dueAt(tests, site, timeZone);
  if (!isCivil || due === null || now < due) return null;
  const reminded = round?.remindedAt ?? null;
  const isRemindedOfThis = reminded !== null && (tests.lastTestAt === null || reminded > tests.lastTestAt);
  const again = Math.min(AGAIN_AFTER_DAYS, site.test?.everyDays ?? AGAIN_AFTER_DAYS);
  return !isRemindedOfThis || now >= civilMorningAfter(new Date(reminded), again, timeZone) ? 'remind' : null;
}

/** A day later the next message is due soon anyway, and an answered test needs none. */
function isStillWanted(round: TestRound, { startedAt }: TestTelling, now: Date): boolean {
  return verdictOf(round.answers) === null && now.getTime() - Date.parse(startedAt) < ASKED_WITHIN_MS;
}

function isQuestionDue(round: TestRound, { now, timeZone }: { now: Date; timeZone: string }): boolean {
  const call = round.calls.at(-1);
  if (!call || verdictOf(round.answers) !== null) return false;
  if (round.askedAt === null) return now.getTime() - Date.parse(call.at) < ASKED_WITHIN_MS;
  const again = civilMorningAfter(new Date(round.askedAt), AGAIN_AFTER_DAYS, timeZone);
  // A reminder of the next test takes its place.
  const isLatest = round.remindedAt === null || round.remindedAt < call.at;
  return isLatest && round.questions < MOST_QUESTIONS && now >= again && isCivilHour(now, timeZone);
}

/** Longer than telling everybody takes with each request at its limit, shorter than the time to the next run. */
const LEASE_MS = 2 * 60_000;

/** Takes a message up for sending: whoever writes this first sends it. What was begun goes on with those who wait. */
export function takeUp(
  tests: SiteTest,
  kind: TestTelling['kind'],
  { recipients, owner, now, newCode }: { recipients: readonly string[]; owner: string; now: Date; newCode: string },
): SiteTest {
  const at = now.toISOString();
  const leaseUntil = new Date(now.getTime() + LEASE_MS).toISOString();
  const begun = tests.round?.telling?.kind === kind ? tests.round.telling : null;
  if (begun && tests.round) {
    return { ...tests, round: { ...tests.round, telling: { ...begun, owner, leaseUntil } } };
  }
  const telling = { kind, startedAt: at, owner, leaseUntil, waiting: [...recipients] };
  if (kind === 'ask' && tests.round) {
    const { questions } = tests.round;
    return { ...tests, round: { ...tests.round, questions: questions + 1, askedAt: at, unreached: [], telling } };
  }
  const { round, lastTestAt } = tests;
  const isSame = round !== null && (round.remindedAt ?? '') > (lastTestAt ?? '') && verdictOf(round.answers) === null;
  const reminded = isSame ? round : newRound(newCode, at);
  return {
    ...tests,
    answered: lastAnswered(tests),
    round: { ...reminded, reminders: reminded.reminders + 1, remindedAt: at, unreached: [], telling },
  };
}

/** What one attempt to tell somebody came to. */
export type TestTold = 'told' | 'refused' | 'later';

/** After the sending: whoever could not be told yet is told by a later run, unless somebody has taken it over. */
export function afterTelling(
  tests: SiteTest,
  owner: string,
  results: ReadonlyMap<string, TestTold>,
  now: Date,
): SiteTest {
  const { round } = tests;
  if (round?.telling?.owner !== owner) return tests;
  const idsWith = (result: TestTold) => [...results].filter(([, one]) => one === result).map(([id]) => id);
  const waiting = round.telling.waiting.filter((id) => results.get(id) === 'later');
  const told = [...new Set([...round.told, ...idsWith('told')])];
  const unreached = [...new Set([...round.unreached, ...idsWith('refused')])];
  const telling = waiting.length > 0 ? { ...round.telling, leaseUntil: now.toISOString(), waiting } : null;
  return { ...tests, round: { ...round, told, unreached, telling } };
}

/** With one more answer; the same message twice is one. An answer to a test without a call is the test. */
export function withAnswer(tests: SiteTest, answer: TestAnswer): SiteTest {
  const { round, lastTestAt } = tests;
  if (round === null || round.answers.some(({ messageSid }) => messageSid === answer.messageSid)) return tests;
  const isOwnTest = round.calls.length === 0 && (lastTestAt === null || answer.at > lastTestAt);
  return {
    ...tests,
    lastTestAt: isOwnTest && round.answers.length === 0 ? answer.at : lastTestAt,
    round: { ...round, answers: [...round.answers, answer].slice(-MOST_ANSWERS), telling: null },
  };
}
