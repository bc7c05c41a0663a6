import { attemptAll } from '../errors.ts';
import { lastModifiedOf, recordMessage } from './recordMessage.ts';
import type { Services } from './services.ts';

/** Two clocks and Graph's own delay: what changed shortly before the last look is looked at again. */
const OVERLAP_MS = 90_000;
/** How far back the very first look goes. */
const FIRST_LOOK_MS = 5 * 60_000;
/** An outage longer than a subscription lives is not made up for by texting about old calls. */
const FURTHEST_LOOK_MS = 3 * 24 * 60 * 60_000;

const WATERMARK = 'chats';

/**
 * Reads back what changed in the service account's chats and sends through the same door what is not stored yet: Graph
 * never tells of a chat notification that was lost. Where it looks from moves on only when all of it could be read.
 */
export async function reconcileChats(services: Services): Promise<void> {
  const { store, chats, log } = services;
  if (!chats) {
    log.error('Chats cannot be read back: settings are missing');
    return;
  }
  const startedAt = services.now();
  const since = lookFrom(await store.watermarks.get(WATERMARK), startedAt);
  const found = await chats.recentChats({ changedSince: since });
  if (found.outcome !== 'chats') {
    throw new Error(`Chats cannot be read back: ${found.code}`);
  }
  if (!found.isComplete) log.error('More chats changed than can be read back at once, the newest were read');
  await attemptAll(found.chats, ({ id }) => reconcileChat(services, id, since), 'Chats could not be read back');
  await store.watermarks.set(WATERMARK, startedAt);
}

function lookFrom(watermark: Date | null, now: Date): Date {
  const from = watermark === null ? now.getTime() - FIRST_LOOK_MS : watermark.getTime() - OVERLAP_MS;
  return new Date(Math.max(from, now.getTime() - FURTHEST_LOOK_MS));
}

async function reconcileChat(services: Services, chatId: string, since: Date): Promise<void> {
  const { chats, store, log } = services;
  const found = await chats?.messagesSince(chatId, since);
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
