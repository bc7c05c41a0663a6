import { randomUUID } from 'node:crypto';
import { errorCodeOf, isUnprocessable } from '../errors.ts';
import {
  type BurstKind,
  givePlaces,
  nextListAt,
  type PlaceSeeker,
  readToldAlone,
  type ToldAlone,
} from '../oncall/burst.ts';
import { type Audience, type Delivery, deliveryKeyOf } from '../oncall/delivery.ts';
import type { DeliveryStep, Reachable } from '../oncall/deliveryPlan.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import type { Store } from '../store/store.ts';
import { type Addressee, timelineEntryOf, type WakeUp } from './deliver.ts';
import type { Services } from './services.ts';

/** Whoever is to be told waits for this: what takes longer is told alone. */
const BUDGET_MS = 500;
/** So many refused writes mean that others took places; after that it is told alone. */
const MOST_TRIES = 6;

/** Who waits for the list, and until when. */
export interface HeldBack {
  ids: ReadonlySet<string>;
  until: Date;
}

const NOBODY: ReadonlySet<string> = new Set();

/** The rows as this process saw them last: places are never given back before their minute is over. */
const memories = new WeakMap<Store, Map<BurstKind, Row<unknown> | null>>();

function memoryOf({ store }: Services): Map<BurstKind, Row<unknown> | null> {
  const memory = memories.get(store) ?? new Map<BurstKind, Row<unknown> | null>();
  memories.set(store, memory);
  return memory;
}

/** Reads what is not in memory yet, beside what else an alert needs: nobody waits for it then. Never throws. */
export async function recallPlaces(services: Services): Promise<void> {
  const memory = memoryOf(services);
  if (memory.has('real') || services.settings.callsToldAlone === 0) return;
  try {
    const row = await services.store.bursts.get('alone', 'real');
    if (!memory.has('real')) memory.set('real', row);
  } catch (caught) {
    services.log.warn('Calls told one by one could not be read yet', { error: errorCodeOf(caught) });
  }
}

/**
 * Who is not told of a call in a message of their own, since their phone had its fill of those within the last minute:
 * by SMS, of a call that they were not told of before. Whatever goes wrong here holds nobody. Never throws, and is bound
 * in time.
 */
export async function holdBack(
  services: Services,
  { call, work }: { call: { id: string; isTest: boolean }; work: AlertWork },
  recipients: readonly Reachable[],
  { deliveries, steps }: { deliveries: readonly Delivery[]; steps: readonly DeliveryStep<Reachable>[] },
): Promise<HeldBack> {
  const { settings, log, now } = services;
  const until = nextListAt(now());
  const nobody = { ids: NOBODY, until };
  const most = settings.callsToldAlone;
  if (most === 0 || !tellsAnew(work)) return nobody;
  const seekers = recipients.flatMap((recipient) => seekerOf(recipient, deliveries, steps));
  if (!seekers.some(({ standing }) => standing === 'new')) return nobody;
  const kind: BurstKind = call.isTest ? 'test' : 'real';
  const request = { callId: call.id, seekers, most };
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), BUDGET_MS);
  });
  try {
    const held = await Promise.race([takePlaces(services, kind, request, late.signal), end]);
    if (held !== 'late') return { ids: held, until };
    log.warn('Whether calls are to be listed was not known in time, the call is told alone', { callId: call.id });
  } catch (caught) {
    log.error('Whether calls are to be listed is not known, the call is told alone', { error: errorCodeOf(caught) });
    if (isUnprocessable(caught)) await Promise.race([forget(services, kind), end]);
  } finally {
    late.abort();
    clearTimeout(timer);
  }
  return nobody;
}

/** An alert by which somebody hears of a call for the first time; whom somebody asked for is told at once. */
function tellsAnew({ alertKey, isForced = false }: AlertWork): boolean {
  return alertKey === 'first' || (alertKey.startsWith('step-') && !isForced);
}

/** Who is reached by another way is told at once, and so is whoever could not be told by the one before. */
function seekerOf(
  { id }: Reachable,
  deliveries: readonly Delivery[],
  steps: readonly DeliveryStep<Reachable>[],
): PlaceSeeker[] {
  const own = deliveries.filter(({ recipientId }) => recipientId === id);
  if (own.some(isHeld)) return [{ id, standing: 'held' }];
  const isNew = steps.some(
    (step) => step.kind === 'send' && step.recipient.id === id && step.existing === null && step.way.channel === 'sms',
  );
  return [{ id, standing: isNew && own.length === 0 ? 'new' : 'tried' }];
}

interface Held {
  call: { id: string; isTest: boolean; factsVersion: number };
  work: AlertWork;
  wake: WakeUp;
  audience: Audience;
}

/** Keeps a delivery for the list: nothing is sent. Whoever has it already keeps it. */
export async function hold(
  { store, log, now }: Services,
  { call, work, wake, audience }: Held,
  { id, to, rank }: Addressee & { rank: number },
  until: Date,
): Promise<Delivery> {
  const at = now().toISOString();
  const delivery: Delivery = {
    ...{ callId: call.id, alertKey: work.alertKey, recipientId: id, channel: 'sms', to },
    ...{ state: 'waiting', owner: randomUUID(), attempts: 0, ...wake },
    ...{ firstClaimedAt: at, claimedAt: at, leaseUntil: at, nextAttemptAt: until.toISOString() },
    ...{
      bodies: [],
      providerMessages: [],
      factsVersion: call.factsVersion,
      settledAt: null,
      lastError: null,
      doubts: 0,
    },
    held: { kind: call.isTest ? 'test' : 'real', rank, audience },
  };
  if (!(await store.deliveries.claim(delivery))) {
    const holder = await store.deliveries.get(call.id, deliveryKeyOf(delivery));
    if (!holder) throw new Error('A claim vanished');
    return holder.value;
  }
  log.info('Held for the list of further calls', { callId: call.id, alert: work.alertKey, recipient: id });
  const entry = timelineEntryOf(delivery, at);
  const detail = { ...entry.detail, until: delivery.nextAttemptAt };
  await store.timeline.append(call.id, { ...entry, kind: 'message.held', detail });
  return delivery;
}

/** Waits for the list, and was never tried. */
export function isHeld({ state, held }: Delivery): boolean {
  return state === 'waiting' && held !== undefined;
}

async function takePlaces(
  services: Services,
  kind: BurstKind,
  request: { callId: string; seekers: readonly PlaceSeeker[]; most: number },
  late: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { bursts } = services.store;
  const memory = memoryOf(services);
  for (let triesLeft = MOST_TRIES; triesLeft > 0 && !late.aborted; triesLeft -= 1) {
    const known = memory.get(kind);
    const row = known === undefined ? await bursts.get('alone', kind) : known;
    const now = services.now();
    const { after, isChanged, held } = givePlaces(toldAloneIn(services, row), { ...request, now });
    memory.set(kind, row);
    if (!isChanged) return held;
    const written = await bursts.write('alone', kind, row, after);
    if (written !== 'changed') {
      memory.set(kind, written);
      return held;
    }
    memory.delete(kind);
  }
  return NOBODY;
}

function toldAloneIn({ log }: Services, row: Row<unknown> | null): ToldAlone {
  const told = row === null ? {} : readToldAlone(row.value);
  if (told === null) log.error('What is known of calls told one by one makes no sense, it is written anew');
  return told ?? {};
}

async function forget(services: Services, kind: BurstKind): Promise<void> {
  const { store, log } = services;
  memoryOf(services).delete(kind);
  try {
    await store.bursts.remove('alone', kind);
  } catch (caught) {
    log.error('What is known of calls told one by one cannot be removed', { error: errorCodeOf(caught) });
  }
}
