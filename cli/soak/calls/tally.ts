import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultChange } from '../../../local/faults/schedule.ts';
import type { Stack } from '../../../local/stack.ts';
import type { TwilioMessage } from '../../../local/twilio/message.ts';
import type { EmergencyCall } from '../../../shared/emergency/emergencyCall.ts';
import type { Services } from '../../../shared/pipeline/services.ts';
import { type LeftOver, leftOver } from './drain.ts';
import { callsNamedIn, type PlacedSoakCall } from './plan.ts';

/** What became of the calls. */
export interface CallTally {
  told: number;
  /** Numbers of the plan of the calls that nobody was told of. */
  lost: number[];
  /** Of these calls somebody of the team heard nothing. */
  notEverybody: number[];
  /** Calls of which somebody got more than one first message. */
  toldTwice: number;
  /** Those messages beyond the first of each person, and how many of them are of calls with more than one record. */
  extraMessages: number;
  extraByMoreRecords: number;
  updates: number;
  callsWithMoreRecords: number;
  callsWithoutRecord: number;
  late: number[];
  slowestSeconds: number;
  messages: number;
  /** About a call that was told before it could be read, by the code of a record that it then did not get. */
  unknownCodes: number;
  /** Of no call: alarms. */
  otherMessages: number;
  left: LeftOver;
  unsettledDeliveries: number;
  deadLetters: Record<string, number>;
  deadLettersWithoutReason: number;
}

export interface TallyScene {
  stack: Stack;
  services: Services;
  calls: readonly PlacedSoakCall[];
  changes: readonly FaultChange[];
  /** When the schedule of the faults began. */
  beganAtMs: number;
}

/** The team of `local/oneStepRoster.json`. */
const TEAM = ['+14255550111', '+14255550112'];
const FIRST_ALERT = /^(TEST )?EMERGENCY (CALL|MESSAGE)/;
const ABOUT_A_CALL = /^(TEST )?(EMERGENCY|UPDATE|NO EMERGENCY)/;
const MOST_ROWS = 100_000;
const MOST_TRIES = 30;
/** Promise 1: within two minutes of the notification; where Twilio was down, within one of its return. */
const TOLD_WITHIN_MS = 120_000;
const AFTER_TWILIO_MS = 60_000;

/** Reads back every record and every message. */
export async function tallyCalls(scene: TallyScene): Promise<CallTally> {
  const { stack, services, calls } = scene;
  const { store } = services;
  const began = new Date((calls[0]?.placedAtMs ?? Date.now()) - 60_000);
  const [records, deliveries, letters, left] = await Promise.all([
    patiently(() => store.calls.listNewest(MOST_ROWS)),
    patiently(() => store.deliveries.listSince(began, MOST_ROWS)),
    patiently(() => store.deadLetters.list(MOST_ROWS)),
    patiently(() => leftOver(services)),
  ]);
  const sent = (stack.twilio?.messages() ?? []).filter(
    ({ direction, createdAt }) => direction !== 'inbound' && createdAt.getTime() >= scene.beganAtMs,
  );
  const recordOfMessage = new Map(
    deliveries.flatMap(({ callId, providerMessages }) => providerMessages.map(({ id }) => [id, callId] as const)),
  );
  const recordsOf = recordFinder(records);
  const byCall = messagesByCall(sent, calls, recordsOf, recordOfMessage);
  const outcomes = calls.map((call) => outcomeOf(scene, call, byCall.get(call.n) ?? [], recordsOf(call)));
  const attributed = new Set([...byCall.values()].flat());
  const others = sent.filter((message) => !attributed.has(message));
  const unknownCodes = others.filter(({ body }) => ABOUT_A_CALL.test(body)).length;
  return {
    ...summary(outcomes),
    messages: sent.length,
    unknownCodes,
    otherMessages: others.length - unknownCodes,
    left,
    unsettledDeliveries: deliveries.filter(({ state }) => state === 'claimed' || state === 'waiting').length,
    deadLetters: countBy(letters.map(({ reason }) => reason.replace(/\d{3,}/g, '#'))),
    deadLettersWithoutReason: letters.filter(({ reason }) => !reason).length,
  };
}

/** The product gives a request little time; a machine that has been busy may need more. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read();
    } catch (caught) {
      if (tries === MOST_TRIES) throw caught;
      await sleep(1_000);
    }
  }
}

type RecordsOf = (call: PlacedSoakCall) => EmergencyCall[];

/** By the chat message and by the event: one record, or more where people were told before the sources were matched. */
function recordFinder(records: readonly EmergencyCall[]): RecordsOf {
  const byKey = new Map<string, EmergencyCall[]>();
  const note = (key: string, record: EmergencyCall) => byKey.set(key, [...(byKey.get(key) ?? []), record]);
  for (const record of records) {
    if (record.chat) note(`${record.chat.chatId}\n${record.chat.messageId}`, record);
    if (record.event) note(record.event.eventId, record);
  }
  return ({ chatId, messageId, eventId }) => [
    ...new Set([`${chatId}\n${messageId}`, eventId].flatMap((key) => byKey.get(key) ?? [])),
  ];
}

/** By the place that a message names; by its record, or its record's code, where it names none. */
function messagesByCall(
  sent: readonly TwilioMessage[],
  calls: readonly PlacedSoakCall[],
  recordsOf: RecordsOf,
  recordOfMessage: ReadonlyMap<string, string>,
): Map<number, TwilioMessage[]> {
  const byRecord = new Map<string, number>();
  const byCode = new Map<string, PlacedSoakCall[]>();
  for (const call of calls) {
    for (const { id, code } of recordsOf(call)) {
      byRecord.set(id, call.n);
      byCode.set(code, [...(byCode.get(code) ?? []), call]);
    }
  }
  const numbersOf = (message: TwilioMessage): number[] => {
    const named = callsNamedIn(message.body);
    if (named.length > 0) return [...new Set(named)];
    const recorded = byRecord.get(recordOfMessage.get(message.sid) ?? '');
    if (recorded !== undefined) return [recorded];
    // Three characters name more than one call of a long run: the last that was made before the message.
    const code = /\bCall ([0-9A-Z]{3})\b/.exec(message.body)?.[1] ?? '';
    const call = byCode.get(code)?.findLast(({ placedAtMs }) => placedAtMs <= message.createdAt.getTime());
    return call ? [call.n] : [];
  };
  const byCall = new Map<number, TwilioMessage[]>();
  for (const message of sent) {
    for (const n of numbersOf(message)) byCall.set(n, [...(byCall.get(n) ?? []), message]);
  }
  return byCall;
}

interface Outcome {
  n: number;
  records: number;
  isTold: boolean;
  isEverybodyTold: boolean;
  extraMessages: number;
  updates: number;
  /** From the announcement to the first message; `null` where there is none. */
  waitMs: number | null;
  isLate: boolean;
}

function outcomeOf(
  scene: TallyScene,
  { n, placedAtMs }: PlacedSoakCall,
  messages: readonly TwilioMessage[],
  records: readonly EmergencyCall[],
): Outcome {
  const arrived = messages.filter(({ status }) => status !== 'failed' && status !== 'undelivered');
  const phones = new Set(arrived.map(({ to }) => to));
  const firsts = arrived.filter(({ body }) => FIRST_ALERT.test(body));
  const firstAt = Math.min(...arrived.map(({ createdAt }) => createdAt.getTime()));
  // What Graph held back it announced later; what it never announced counts from the call.
  const announcedAt = Math.min(
    ...records.flatMap(({ hubEnqueuedAt }) => (hubEnqueuedAt ? [Date.parse(hubEnqueuedAt)] : [])),
  );
  const since = Number.isFinite(announcedAt) ? announcedAt : placedAtMs;
  const isTold = arrived.length > 0;
  return {
    n,
    records: records.length,
    isTold,
    isEverybodyTold: TEAM.every((phone) => phones.has(phone)),
    extraMessages: [...phones].reduce(
      (sum, phone) => sum + Math.max(0, firsts.filter(({ to }) => to === phone).length - 1),
      0,
    ),
    updates: arrived.length - firsts.length,
    waitMs: isTold ? Math.max(0, firstAt - since) : null,
    isLate: isTold && firstAt > deadlineOf(scene, since),
  };
}

/** Twilio's failures put it off, for as long as they follow each other within it. */
function deadlineOf({ changes, beganAtMs }: TallyScene, sinceMs: number): number {
  let deadline = sinceMs + TOLD_WITHIN_MS;
  for (const [index, { what, part, atMs }] of changes.entries()) {
    if (what !== 'applied' || part !== 'twilio') continue;
    const lifted = changes.slice(index).find((change) => change.what === 'lifted' && change.part === part);
    const endsAt = beganAtMs + (lifted?.atMs ?? atMs);
    if (beganAtMs + atMs <= deadline && endsAt >= sinceMs) deadline = Math.max(deadline, endsAt + AFTER_TWILIO_MS);
  }
  return deadline;
}

function summary(outcomes: readonly Outcome[]) {
  const numbers = (list: readonly Outcome[]) => list.map(({ n }) => n);
  const extra = (list: readonly Outcome[]) => list.reduce((sum, { extraMessages }) => sum + extraMessages, 0);
  return {
    told: outcomes.filter(({ isTold }) => isTold).length,
    lost: numbers(outcomes.filter(({ isTold }) => !isTold)),
    notEverybody: numbers(outcomes.filter(({ isTold, isEverybodyTold }) => isTold && !isEverybodyTold)),
    toldTwice: outcomes.filter(({ extraMessages }) => extraMessages > 0).length,
    extraMessages: extra(outcomes),
    extraByMoreRecords: extra(outcomes.filter(({ records }) => records > 1)),
    updates: outcomes.reduce((sum, { updates }) => sum + updates, 0),
    callsWithMoreRecords: outcomes.filter(({ records }) => records > 1).length,
    callsWithoutRecord: outcomes.filter(({ records }) => records === 0).length,
    late: numbers(outcomes.filter(({ isLate }) => isLate)),
    slowestSeconds: Math.round(Math.max(0, ...outcomes.map(({ waitMs }) => waitMs ?? 0)) / 1_000),
  };
}

export function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
