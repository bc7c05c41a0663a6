import { errorCodeOf } from '../errors.ts';
import { SignInError } from '../graph/signInError.ts';
import type { Watermark } from '../store/watermarkStore.ts';
import type { Observations, Observed } from '../watch/observations.ts';
import { observeChannel, observePeople } from './observePeople.ts';
import { observeSiteTests } from './observeSiteTests.ts';
import { observeCertificates, observeSubscriptions, observeToken } from './observeSources.ts';
import { observeTenant } from './observeTenant.ts';
import { observeCalls, observeCanaries, observeDeadLetters, observeWork } from './observeWork.ts';
import type { Services } from './services.ts';
import { RAN, WATCHED_SINCE } from './timers.ts';

export interface ObserveOptions {
  /** This machine's own clock in milliseconds, which no test moves: it is compared with the storage's. */
  machineNow?: () => number;
  /** For each part. */
  timeoutMs?: number;
}

/** Each request has a limit of its own; some parts need several, and ask a second time before they say no. */
const TIMEOUT_MS = 20_000;
/** As `reconcileChats` names them: up to when all chats were read, and of those that lag, each one. */
const ALL_CHATS = 'chats';
const ONE_CHAT = 'chat:';

/**
 * Looks at everything that is watched, at once and each part for itself: one that fails or takes too long is an
 * observation too. Changes nothing but the sign-in, which is refreshed. Never throws.
 */
export async function observe(services: Services, options: ObserveOptions = {}): Promise<Observations> {
  const { machineNow = Date.now, timeoutMs = TIMEOUT_MS } = options;
  const { store, settings, chats, signIn, appSignIn } = services;
  const see = <T>(look: () => Promise<T> | T): Promise<Observed<T>> => seen(look, timeoutMs);
  const [
    marks,
    poison,
    people,
    channel,
    subscriptions,
    account,
    app,
    calls,
    work,
    deadLetters,
    canaries,
    certificates,
    tenant,
    siteTests,
  ] = await Promise.all([
    see(() => store.watermarks.list('')),
    see(async () => ({ ...(await store.poisonQueue.look()), lookedAt: machineNow() })),
    see(() => observePeople(services)),
    see(() => observeChannel(services)),
    see(() => observeSubscriptions(services)),
    see(() => observeToken(signIn, async () => (await store.signIn.read())?.value.refreshedAt ?? null)),
    see(() => observeToken(appSignIn, async () => null)),
    see(() => observeCalls(services)),
    see(() => observeWork(services)),
    see(() => observeDeadLetters(services)),
    see(() => observeCanaries(services)),
    see(() => observeCertificates(services)),
    see(() => observeTenant(store)),
    see(() => observeSiteTests(services)),
  ]);
  return {
    watchedSince: 'value' in marks ? timeOf(marks.value, WATCHED_SINCE) : null,
    storage: storageFrom([marks, calls, work, deadLetters], poison),
    settings: { value: { faults: [...services.faults, ...services.rosterProblems()] } },
    people,
    channel,
    subscriptions,
    signIn: account,
    appSignIn: app,
    chats: mapped(marks, (list) => ({
      isWanted: chats !== null && settings.graph !== null,
      readUpTo: timeOf(list, ALL_CHATS),
      lagging: list.filter(({ name }) => name.startsWith(ONE_CHAT)).map(({ time }) => time),
    })),
    calls,
    work,
    poison: mapped(poison, ({ messages, oldest }) => ({ messages, oldest })),
    deadLetters,
    canaries,
    timers: mapped(marks, (list) => ({
      ranAt: Object.fromEntries(
        list.filter(({ name }) => name.startsWith(RAN)).map(({ name, time }) => [name.slice(RAN.length), time]),
      ),
    })),
    certificates,
    tenant,
    siteTests,
  };
}

/** A second look before it is said that there is nothing to be seen: one request that fails says little. */
async function seen<T>(look: () => Promise<T> | T, timeoutMs: number): Promise<Observed<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Observed<T>>((resolve) => {
    timer = setTimeout(() => resolve({ failed: 'timeout' }), timeoutMs);
  });
  const twice = async () => {
    const first = await attempt(look);
    return 'value' in first ? first : attempt(look);
  };
  try {
    return await Promise.race([twice(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function attempt<T>(look: () => Promise<T> | T): Promise<Observed<T>> {
  try {
    return { value: await look() };
  } catch (caught) {
    return { failed: caught instanceof SignInError ? caught.code : errorCodeOf(caught) };
  }
}

function mapped<T, U>(observed: Observed<T>, change: (value: T) => U): Observed<U> {
  return 'value' in observed ? { value: change(observed.value) } : observed;
}

function timeOf(marks: readonly Watermark[], name: string): Date | null {
  return marks.find((mark) => mark.name === name)?.time ?? null;
}

/**
 * It is down when none of the tables answers: without them no call is on record, whatever the queues do. One table that
 * fails is a part that cannot be looked at.
 */
function storageFrom(
  tables: readonly Observed<unknown>[],
  poison: Observed<{ storageTime: Date | null; lookedAt: number }>,
): Observations['storage'] {
  const [first] = tables;
  if (first && 'failed' in first && tables.every((part) => 'failed' in part)) return { failed: first.failed };
  if ('failed' in poison || poison.value.storageTime === null) return { value: { clockOffsetMs: null } };
  return { value: { clockOffsetMs: poison.value.lookedAt - poison.value.storageTime.getTime() } };
}
