import { attemptAll, errorCodeOf } from '../errors.ts';
import type { TimeLimit } from '../graph/chats.ts';
import { openGaps } from './readBack.ts';
import { lastModifiedOf, recordMessage } from './recordMessage.ts';
import type { Services } from './services.ts';

/** Two clocks and Graph's own delay: what changed shortly before the last look is looked at again. */
const OVERLAP_MS = 90_000;
/** How far back the very first look goes. */
const FIRST_LOOK_MS = 5 * 60_000;
/** An outage longer than a subscription lives is not made up for by texting about old calls. */
const FURTHEST_LOOK_MS = 3 * 24 * 60 * 60_000;

/** Graph allows 30 requests a second (https://learn.microsoft.com/graph/throttling-limits). */
const CHATS_AT_ONCE = 8;

/** A new chat is read while the hub waits, and other calls behind it: what takes longer is left to the timer. */
const NEW_CHAT: TimeLimit = { timeoutMs: 2_000 };

const ALL_CHATS = 'chats';
/** A chat that could not be read back keeps a time of its own, and the others go on. */
const ONE_CHAT = 'chat:';

/**
 * Reads back what changed in the service account's chats and sends through the same door what is not stored yet: Graph
 * never tells of a chat notification that was lost. A chat that cannot be read is tried again from the same time on;
 * throws for it once all others have been read.
 */
export async function reconcileChats(services: Services): Promise<void> {
  const { store, chats, log } = services;
  if (!chats) {
    log.error('Chats cannot be read back: settings are missing');
    return;
  }
  const startedAt = services.now();
  const [watermark, lagging, gaps] = await Promise.all([
    store.watermarks.get(ALL_CHATS),
    store.watermarks.list(ONE_CHAT),
    openGaps(store.watermarks),
  ]);
  const since = lookFrom(watermark, gaps.from, startedAt);
  const found = await chats.recentChats({ changedSince: since });
  if (found.outcome !== 'chats') {
    throw new Error(`Chats cannot be read back: ${found.code}`);
  }
  if (!found.isComplete) log.error('More chats changed than can be read back at once, the newest were read');
  const from = new Map(found.chats.map(({ id }) => [id, since]));
  const lag = new Map(lagging.map(({ name, time }) => [name.slice(ONE_CHAT.length), time]));
  for (const [id, time] of lag) {
    from.set(id, notBefore(Math.min(time.getTime(), from.get(id)?.getTime() ?? Number.POSITIVE_INFINITY), startedAt));
  }

  const errors: unknown[] = [];
  const waiting = [...from];
  const readNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [chatId, changedSince] = next;
      const laggingSince = lag.get(chatId) ?? null;
      await reconcileOne(services, chatId, changedSince, laggingSince).catch((caught: unknown) => errors.push(caught));
    }
  };
  await Promise.all(Array.from({ length: CHATS_AT_ONCE }, readNext));
  await store.watermarks.set(ALL_CHATS, startedAt);
  await gaps.close();
  if (errors.length > 0) {
    throw new AggregateError(errors, `Chats could not be read back (${errors.map(errorCodeOf).join(', ')})`);
  }
}

/** Reads a chat that Graph says is new: its first message may have come before anybody was subscribed to it. */
export async function reconcileNewChat(services: Services, chatId: string): Promise<void> {
  const lag = await services.store.watermarks.get(`${ONE_CHAT}${chatId}`);
  const from = services.now().getTime() - FIRST_LOOK_MS;
  await reconcileOne(services, chatId, new Date(Math.min(from, lag?.getTime() ?? from)), lag, NEW_CHAT);
}

async function reconcileOne(
  services: Services,
  chatId: string,
  since: Date,
  laggingSince: Date | null,
  limit: TimeLimit = {},
): Promise<void> {
  const { watermarks } = services.store;
  try {
    await reconcileChat(services, chatId, since, limit);
  } catch (caught) {
    if (laggingSince === null || since < laggingSince) await watermarks.set(`${ONE_CHAT}${chatId}`, since);
    throw caught;
  }
  if (laggingSince) await watermarks.remove(`${ONE_CHAT}${chatId}`);
}

/** A gap begins when Graph last said that there was a subscription, by our clock: the overlap is for the two clocks. */
function lookFrom(watermark: Date | null, gap: Date | null, now: Date): Date {
  const from = watermark === null ? now.getTime() - FIRST_LOOK_MS : watermark.getTime() - OVERLAP_MS;
  return notBefore(Math.min(from, gap === null ? from : gap.getTime() - OVERLAP_MS), now);
}

function notBefore(from: number, now: Date): Date {
  return new Date(Math.max(from, now.getTime() - FURTHEST_LOOK_MS));
}

async function reconcileChat(services: Services, chatId: string, since: Date, limit: TimeLimit): Promise<void> {
  const { chats, store, log } = services;
  const found = await chats?.messagesSince(chatId, since, limit);
  if (found === undefined) return;
  if (found.outcome === 'gone') {
    log.warn('A chat can no longer be read', { code: found.code });
    return;
  }
  if (found.outcome !== 'messages') {
    throw new Error(`A chat cannot be read back: ${found.code}`);
  }
  if (!found.isComplete) log.error('More messages changed than can be read back at once, the newest were read');
  await attemptAll(
    found.messages,
    async ({ id: messageId, message }) => {
      const stored = await store.chatMessages.get(chatId, messageId);
      if (stored && stored.lastModifiedAt === lastModifiedOf(message)) return;
      if (!stored) log.warn('Message was never announced, found by reading chats back');
      await recordMessage(services, arrivalOf(chatId, messageId, services.now()), message);
    },
    'Messages could not be read back',
  );
}

/** As if Graph had announced it, so that it can be replayed like what Graph announces. */
function arrivalOf(chatId: string, messageId: string, now: Date) {
  const resource = `chats('${chatId}')/messages('${messageId}')`;
  const notification = { changeType: 'created', resource };
  const receivedAt = now.toISOString();
  return { via: 'reconcile' as const, chatId, messageId, notification, hubEnqueuedAt: null, receivedAt };
}
