import { randomUUID } from 'node:crypto';
import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { attemptAll, errorCodeOf } from '../errors.ts';
import type { Channel } from '../messaging/channel.ts';
import type { BurstKind } from '../oncall/burst.ts';
import { type Delivery, deliveryKeyOf } from '../oncall/delivery.ts';
import { isOvertaken } from '../oncall/overtaken.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { afterSending, deliver, LEASE_MS, noteAttempt, type WakeUp } from './deliver.ts';
import { type ListLease, takeListLease } from './listLease.ts';
import { audienceOfHeld, type ListBody, listWordsOf } from './listWords.ts';
import type { Services } from './services.ts';
import { alertWork } from './startAlert.ts';
import { inTurns, type Turn } from './turns.ts';
import { forgetUntold } from './untoldCalls.ts';

/** Somebody else sends the lists: how soon to look whether they have. */
const LOOK_AGAIN_MS = 5_000;
/** Nobody waits for a list longer than this beyond its time, whatever holds it up. */
const OVERDUE_MS = 40_000;
/** A queue's clock and ours differ a little. */
const EARLY_MS = 500;
/** Calls that are older by their source's clock are told by their own work, alone. */
const CALLS_SINCE_MS = 6 * 60 * 60_000;
/** About what one message has room for. */
const CALLS_TOGETHER = 16;
const LISTS_AT_ONCE = 3;

/** The alert that found its deliveries due. */
interface FoundBy {
  call: EmergencyCall;
  work: AlertWork;
  wake: WakeUp;
}

/** One call of a list, and its deliveries in order of duty. */
interface HeldCall {
  callId: string;
  rows: Row<Delivery>[];
}

/**
 * Tells everybody who is held of every call that they are held for: `own`, and whatever else is due, in lists. One
 * process at a time does this for tests and one for real calls; the others look again. Returns the deliveries of `own` as
 * they then stand. Whatever goes wrong on the way tells `own` alone.
 */
export async function tellLists(
  services: Services,
  found: FoundBy,
  own: readonly Row<Delivery>[],
): Promise<Delivery[]> {
  const [kind] = own.flatMap(({ value }) => value.held?.kind ?? []);
  if (kind === undefined || own.some(({ value }) => isOverdue(value, services.now()))) {
    return tellAlone(services, found, own);
  }
  const lease = await orLogged(services, 'Who sends the lists is not known', takeListLease(services, kind));
  if (lease === null) return tellAlone(services, found, own);
  if (lease === 'taken') return own.map(({ value }) => lookAgain(services, value));
  try {
    const due = await orLogged(services, 'What is to be listed is not known', listDue(services, kind, own));
    if (due === null) return await tellAlone(services, found, own);
    const after = new Map<string, Delivery>();
    // Of what fails, the work of each call looks again, and knows by the claims what was done.
    await orLogged(services, 'Not every list was told', tellDue(services, { lease, wake: found.wake, after }, due));
    return own.map((row) => after.get(nameOf(row.value)) ?? lookAgain(services, row.value));
  } finally {
    await orLogged(services, 'The lease of the lists was not given back, it lapses', lease.release());
  }
}

/** `null` for what failed: no failure on the way to a list may end the telling. */
async function orLogged<T>({ log }: Services, failure: string, task: Promise<T>): Promise<T | null> {
  try {
    return await task;
  } catch (caught) {
    log.error(failure, { error: errorCodeOf(caught) });
    return null;
  }
}

function isOverdue({ nextAttemptAt }: Delivery, now: Date): boolean {
  return nextAttemptAt !== null && now.getTime() - Date.parse(nextAttemptAt) > OVERDUE_MS;
}

/** Not stored: when it was to be told stays what it was. */
function lookAgain({ now }: Services, delivery: Delivery): Delivery {
  return { ...delivery, nextAttemptAt: new Date(now().getTime() + LOOK_AGAIN_MS).toISOString() };
}

const nameOf = (delivery: Delivery) => `${delivery.callId}|${deliveryKeyOf(delivery)}`;

async function tellAlone(services: Services, found: FoundBy, own: readonly Row<Delivery>[]): Promise<Delivery[]> {
  const channel = services.channels.sms;
  const after: Delivery[] = [];
  if (!channel) return after;
  await attemptAll(
    inTurns(inOrderOfDuty(own).map((row) => ({ row }))),
    async ({ row, turn }) => {
      try {
        const { recipientId: id, to } = row.value;
        after.push(await deliver(services, { ...found, channel, turn }, { id, to }, row));
      } finally {
        turn.pass();
      }
    },
    'Not every recipient could be told',
  );
  return after;
}

function inOrderOfDuty(rows: readonly Row<Delivery>[]): Row<Delivery>[] {
  return [...rows].sort((a, b) => (a.value.held?.rank ?? 0) - (b.value.held?.rank ?? 0));
}

/** By call, the oldest first. */
async function listDue({ store, now }: Services, kind: BurstKind, own: readonly Row<Delivery>[]): Promise<HeldCall[]> {
  const listed = await store.deliveries.listHeld(kind, new Date(now().getTime() - CALLS_SINCE_MS));
  const rows = new Map([...own, ...listed].map((row) => [nameOf(row.value), row]));
  const latest = now().getTime() + EARLY_MS;
  const due = [...rows.values()].filter(({ value }) => Date.parse(value.nextAttemptAt ?? '') <= latest);
  const byCall = new Map<string, Row<Delivery>[]>();
  for (const row of due) byCall.set(row.value.callId, [...(byCall.get(row.value.callId) ?? []), row]);
  // The id of a call begins with its time, counted backwards.
  return [...byCall]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .map(([callId, held]) => ({ callId, rows: inOrderOfDuty(held) }));
}

interface Round {
  lease: ListLease;
  wake: WakeUp;
  /** What became of each delivery, by its name. */
  after: Map<string, Delivery>;
}

/** Calls of which the same people are to hear stand in the same lists. */
async function tellDue(services: Services, round: Round, due: readonly HeldCall[]): Promise<void> {
  const groups = new Map<string, HeldCall[]>();
  for (const held of due) {
    const people = [...new Set(held.rows.map(({ value }) => `${value.recipientId}>${value.to}`))].join('|');
    groups.set(people, [...(groups.get(people) ?? []), held]);
  }
  const chunks = [...groups.values()].flatMap((calls) =>
    Array.from({ length: Math.ceil(calls.length / CALLS_TOGETHER) }, (_, n) =>
      calls.slice(n * CALLS_TOGETHER, (n + 1) * CALLS_TOGETHER),
    ),
  );
  const lane = async () => {
    for (let next = chunks.shift(); next; next = chunks.shift()) {
      if (!(await round.lease.renew())) return;
      await tellChunk(services, round, next);
    }
  };
  await attemptAll(
    Array.from({ length: LISTS_AT_ONCE }, () => lane),
    (run) => run(),
    'Not every list could be told',
  );
}

/** One call to be told to one person. */
interface Item {
  call: EmergencyCall;
  row: Row<Delivery>;
}

/** The same in a message, with what that says of the call. */
type SaidItem = Item & ListBody['of'][number];

/** Reads the calls anew: what was answered meanwhile must be in the words. Everybody in order of duty. */
async function tellChunk(services: Services, round: Round, chunk: readonly HeldCall[]): Promise<void> {
  // One that cannot be read is told by its own work.
  const calls = await Promise.all(
    chunk.map(({ callId }) =>
      orLogged(services, 'A call cannot be read for the list', services.store.calls.get(callId)),
    ),
  );
  const items = chunk.flatMap(({ rows }, index): Item[] => {
    const call = calls[index]?.value;
    return call ? rows.flatMap((row) => (isOvertaken(call.response, row.value) ? [] : [{ call, row }])) : [];
  });
  for (const isTest of [false, true]) {
    const people = new Map<string, Item[]>();
    for (const item of items.filter(({ call }) => call.isTest === isTest)) {
      const { recipientId } = item.row.value;
      people.set(recipientId, [...(people.get(recipientId) ?? []), item]);
    }
    await attemptAll(
      inTurns([...people.values()].map((own) => ({ own }))),
      async ({ own, turn }) => {
        try {
          await tellPerson(services, round, { own, isTest, turn });
        } finally {
          turn.pass();
        }
      },
      'Not everybody could be told of further calls',
    );
  }
}

async function tellPerson(
  services: Services,
  round: Round,
  { own, isTest, turn }: { own: readonly Item[]; isTest: boolean; turn: Turn },
): Promise<void> {
  const [first] = own;
  const channel = services.channels.sms;
  if (!first || !channel) return;
  const { recipientId, to } = first.row.value;
  for (const { items, body } of messagesOf(services, own, { isTest, recipientId })) {
    const [single] = items;
    if (!single) continue;
    if (items.some(({ call }) => call.id !== single.call.id)) {
      await tellTogether(services, round, { channel, turn, items, body });
      continue;
    }
    for (const { call, row } of items) {
      const work = alertWork(call.id, row.value.alertKey, services.now());
      const audience = audienceOfHeld(services, call, row.value);
      const alert = { call, work, channel, wake: round.wake, turn, ...(audience ? { audience } : {}) };
      const delivery = await deliver(services, alert, { id: recipientId, to }, row);
      round.after.set(nameOf(delivery), delivery);
    }
  }
}

/** Words that cannot be composed as a list stand for nobody: each call is told as any is. */
function messagesOf(
  services: Services,
  own: readonly Item[],
  reader: { isTest: boolean; recipientId: string },
): { items: SaidItem[]; body: string }[] {
  try {
    // Of a call that was handed back meanwhile somebody may be held twice: it is one call, and one line.
    const ids = [...new Set(own.map(({ call }) => call.id))];
    const byCall = ids.map((id) => own.filter(({ call }) => call.id === id));
    const calls = byCall.flatMap(([item]) => (item ? [{ call: item.call, held: item.row.value }] : []));
    return listWordsOf(services, calls, reader).map(({ of, body }) => ({
      items: of.flatMap((said) => (byCall[said.index] ?? []).map((item) => ({ ...item, ...said }))),
      body,
    }));
  } catch (caught) {
    services.log.error('A list could not be composed, its calls are told alone', { error: errorCodeOf(caught) });
    const said = { factsVersion: 0, homeAddress: null };
    return own.map((item, index) => ({ items: [{ ...item, index, said }], body: '' }));
  }
}

/**
 * Claims the delivery of each call with the words of the message, sends it, and records what came of it for each. A claim
 * that somebody else has, or that was not written, takes nothing from the others: in doubt that call is told twice.
 */
async function tellTogether(
  services: Services,
  round: Round,
  { channel, turn, items, body }: { channel: Channel; turn: Turn; items: readonly SaidItem[]; body: string },
): Promise<void> {
  const { store, log, now } = services;
  const listed = items.map(({ row }) => ({ callId: row.value.callId, alertKey: row.value.alertKey }));
  const claims = await Promise.allSettled(
    items.map(({ row, said }) => {
      const claimed = claimOf(row.value, { ...said, bodies: [body], listed, ...round.wake }, now());
      return store.deliveries.replace(row, claimed);
    }),
  );
  const held = claims.flatMap((claim) =>
    claim.status === 'fulfilled' && claim.value !== 'changed' ? [claim.value] : [],
  );
  for (const claim of claims) {
    if (claim.status === 'rejected')
      log.error('A call of a list could not be claimed', { error: errorCodeOf(claim.reason) });
  }
  const [first] = held;
  if (!first) return;
  const { to, callId, alertKey, recipientId } = first.value;
  await turn.come();
  const result = await channel.send({ to, body, reference: { callId, alertKey, recipientId } });
  turn.pass();
  log.info('List of further calls', { recipient: recipientId, calls: held.length, outcome: result.outcome });
  await attemptAll(
    held,
    async (row) => {
      if (result.outcome === 'accepted') forgetUntold(services, row.value.callId);
      const after = afterSending(row.value, [result], now());
      // Tried again as a list; what may have arrived is asked for by each call's own work.
      const kept = items.find((item) => nameOf(item.row.value) === nameOf(row.value))?.row.value.held;
      const isListAgain = result.outcome === 'temporary' && kept !== undefined;
      const next = isListAgain ? withoutList({ ...after, held: kept }) : after;
      const written = await store.deliveries.replace(row, next);
      round.after.set(nameOf(next), next);
      if (written === 'changed') log.warn('Claim was taken over while sending', { callId: next.callId });
      await noteAttempt(services, next, [result]);
    },
    'What came of a list was not recorded for each of its calls',
  );
}

function withoutList({ listed: _, ...delivery }: Delivery): Delivery {
  return delivery;
}

/** What is claimed for one call with the words of its message. */
type Claimed = Required<Pick<Delivery, 'bodies' | 'factsVersion' | 'homeAddress' | 'listed'>> & WakeUp;

function claimOf({ held: _, ...before }: Delivery, claimed: Claimed, now: Date): Delivery {
  return {
    ...before,
    state: 'claimed',
    owner: randomUUID(),
    attempts: before.attempts + 1,
    claimedAt: now.toISOString(),
    leaseUntil: new Date(now.getTime() + LEASE_MS).toISOString(),
    nextAttemptAt: null,
    providerMessages: [],
    ...claimed,
  };
}
