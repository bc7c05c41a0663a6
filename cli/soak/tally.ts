import { callIdOf, type EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import type { Work } from '../../shared/oncall/work.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { FIRST_MESSAGE_AT, type MessageKind } from './messages.ts';
import { keyOf, type Scene, type SoakMessage } from './scene.ts';

/** What the tables hold after a round, against what was announced in it; summed over all rounds. */
export interface Tally {
  /** Distinct messages about a call that stood in an item without damage, and those of them found by the call's id. */
  announced: number;
  recorded: number;
  /** Announced without damage and not recorded: what remained is work to fetch them, or nothing. */
  onlyAsWork: number;
  lost: number;
  fromDamage: number;
  /** Calls of ordinary messages, or of messages nobody wrote. */
  falseCalls: number;
  repeatedCalls: number;
  callsWithoutAlert: number;
  callsNotWokenFor: number;
  ordinaryAnnounced: number;
  ordinaryKept: number;
  damagedAnnounced: number;
  damagedKept: number;
  deadLetters: number;
  deadLettersWithoutReason: number;
  workRows: number;
  unexpectedWork: number;
}

export interface RoundTally {
  counts: Tally;
  /** What was announced without damage and is not where it should be. */
  missing: SoakMessage[];
  reasons: string[];
}

const END_OF_TIME = new Date('9999-12-31T00:00:00Z');
const EXPECTED_WORK: ReadonlySet<string> = new Set<Work['kind']>(['alert', 'fetchMessage']);

/** Reads back everything that a round wrote. `intact` holds the keys of what was announced without damage. */
export async function tallyRound(
  { services: { store }, messages, woken }: Scene,
  intact: ReadonlySet<string>,
): Promise<RoundTally> {
  const [calls, workRows, letters] = await Promise.all([
    store.calls.listNewest(Number.POSITIVE_INFINITY),
    store.work.listDue(END_OF_TIME, Number.POSITIVE_INFINITY),
    store.deadLetters.list(Number.POSITIVE_INFINITY),
  ]);
  const verdicts = await verdictsIn(store, messages);
  const work = workRows.map(({ value }) => value);
  const byId = new Map(calls.map((call) => [call.id, call]));
  const ofKind = (kind: MessageKind) => messages.filter((message) => message.kind === kind && intact.has(message.key));

  const expected = ofKind('emergency');
  const missing = expected.filter((message) => !isCallOf(byId.get(idOf(message)), message));
  const isFetched = keysOf(work.filter(({ kind }) => kind === 'fetchMessage'));
  const ordinary = ofKind('ordinary');
  const ordinaryMissing = ordinary.filter(({ key }) => verdicts.get(key) !== 'other');
  const damaged = ofKind('damaged');
  const damagedMissing = damaged.filter(({ key }) => !verdicts.has(key) && !isFetched.has(key));
  const kinds = new Map(messages.map(({ key, kind }) => [key, kind]));
  const expectedIds = new Set(expected.map(idOf));
  const kindsOfOthers = calls.filter(({ id }) => !expectedIds.has(id)).map((call) => kinds.get(keyOfCall(call)));
  const fromDamage = kindsOfOthers.filter((kind) => kind === 'emergency' || kind === 'damaged').length;
  const alerted = new Set(work.flatMap((one) => (one.kind === 'alert' ? one.callId : [])));

  return {
    counts: {
      announced: expected.length,
      recorded: expected.length - missing.length,
      onlyAsWork: missing.filter(({ key }) => isFetched.has(key)).length,
      lost: missing.filter(({ key }) => !isFetched.has(key)).length,
      fromDamage,
      falseCalls: kindsOfOthers.length - fromDamage,
      repeatedCalls: calls.length - new Set(calls.map(keyOfCall)).size,
      callsWithoutAlert: calls.filter(({ id }) => !alerted.has(id)).length,
      callsNotWokenFor: calls.filter(({ id }) => !woken.has(id)).length,
      ordinaryAnnounced: ordinary.length,
      ordinaryKept: ordinary.length - ordinaryMissing.length,
      damagedAnnounced: damaged.length,
      damagedKept: damaged.length - damagedMissing.length,
      deadLetters: letters.length,
      deadLettersWithoutReason: letters.filter(({ reason }) => !reason?.trim()).length,
      workRows: work.length,
      unexpectedWork: work.filter(({ kind }) => !EXPECTED_WORK.has(kind)).length,
    },
    missing: [...missing, ...ordinaryMissing, ...damagedMissing],
    reasons: letters.map(({ reason }) => reason),
  };
}

/** By the rule of the record: the id of a message that has a time of Teams as its id does not hang on when it arrived. */
function idOf({ chatId, messageId }: SoakMessage): string {
  return callIdOf(chatId, messageId, new Date(FIRST_MESSAGE_AT));
}

function isCallOf(call: EmergencyCall | undefined, { key }: SoakMessage): boolean {
  return call !== undefined && keyOfCall(call) === key && call.content === 'read';
}

function keyOfCall({ chat }: EmergencyCall): string {
  return chat === null ? '' : keyOfRecord(chat);
}

function keyOfRecord({ chatId, messageId }: { chatId: string; messageId: string }): string {
  return keyOf(chatId, messageId);
}

function keysOf(work: readonly Work[]): ReadonlySet<string> {
  return new Set(work.flatMap((one) => (one.kind === 'fetchMessage' ? keyOfRecord(one) : [])));
}

/** What the kept chat messages were judged to be, by key. */
async function verdictsIn(
  { chatMessages }: Services['store'],
  messages: readonly SoakMessage[],
): Promise<ReadonlyMap<string, string>> {
  const chatIds = [...new Set(messages.map(({ chatId }) => chatId))];
  const kept = await Promise.all(chatIds.map((chatId) => chatMessages.listOfChat(chatId)));
  return new Map(kept.flat().map((message) => [keyOfRecord(message), message.verdict]));
}

export const NO_TALLY: Tally = {
  ...{ announced: 0, recorded: 0, onlyAsWork: 0, lost: 0, fromDamage: 0, falseCalls: 0, repeatedCalls: 0 },
  ...{
    callsWithoutAlert: 0,
    callsNotWokenFor: 0,
    ordinaryAnnounced: 0,
    ordinaryKept: 0,
    damagedAnnounced: 0,
    damagedKept: 0,
  },
  ...{ deadLetters: 0, deadLettersWithoutReason: 0, workRows: 0, unexpectedWork: 0 },
};

export function addTallies(a: Tally, b: Tally): Tally {
  const names = Object.keys(a) as (keyof Tally)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as Tally;
}
