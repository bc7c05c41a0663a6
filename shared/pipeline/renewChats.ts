import { allCovered, type ChatCoverage } from '../graph/chatCoverage.ts';
import { SignInError } from '../graph/signInError.ts';
import {
  allChatsTarget,
  chatIdOf,
  chatsTarget,
  isOneChat,
  type OneChatSource,
  oneChatTarget,
} from '../graph/subscriptionTargets.ts';
import { type ChatKind, chatKind } from './chatKind.ts';
import { coverChats, retireSingleChats } from './coverChats.ts';
import { type SourceReport, untouched } from './renewalReport.ts';
import type { RenewalRound } from './renewalRound.ts';
import type { RenewalRun } from './renewalRun.ts';
import type { RenewalServices } from './renewalServices.ts';
import { atSource, carryOut, type LifecycleWord } from './renewSource.ts';
import type { HeldRecord } from './subscriptionLease.ts';

/**
 * Sees to it that Graph tells of the service account's chat messages: by one subscription to all of its chats; while
 * Graph refuses that, by one for each chat. Returns how chats are heard of now, `null` where that is not known.
 */
export async function renewChats(
  services: RenewalServices,
  round: RenewalRound,
  word: LifecycleWord | null = null,
): Promise<ChatCoverage | null> {
  const kind = chatKind(services);
  if (!kind) {
    services.log.error('There is no subscription to chat messages: settings are missing');
    round.add(untouched('chat', 'off'));
    return null;
  }
  let coverage: ChatCoverage | null = null;
  const wanted = { includeResourceData: kind.subscription.chatResourceData === 'encrypted' };
  await round.attempt(() =>
    atSource(kind, 'chat', wanted, async (run, record) => {
      coverage = await bestCoverage(kind, round, run, record, word);
      return coverage;
    }),
  );
  return coverage;
}

async function bestCoverage(
  kind: ChatKind,
  round: RenewalRound,
  run: RenewalRun,
  record: HeldRecord,
  word: LifecycleWord | null,
): Promise<ChatCoverage | null> {
  const { now, log } = kind.services;
  const before = record.value.coverage;
  const userId = await userIdOf(kind, run);
  if (userId === null) return before;
  await carryOut(run, record, allChatsTarget(userId, kind.subscription), word, now());
  const isRefused = run.outcome.refusedWith !== null || record.value.refusal !== null;
  if (!run.isAlive() && !isRefused) return before;
  if (run.isAlive()) await retireSingleChats({ kind, round, record });
  const coverage = run.isAlive()
    ? allCovered(before, now())
    : await coverChats({ kind, round, run, record, word }, userId);
  if (coverage.mode !== (before?.mode ?? 'allChats')) {
    const { mode, covered, polled } = coverage;
    log.error('Chats are heard of in another way', { mode, covered, polled, refusedWith: run.outcome.refusedWith });
  }
  return coverage;
}

/**
 * One subscription of the other way, on Graph's word; `null` when it is not wanted, because one subscription covers all
 * chats.
 */
export async function renewChatOnWord(
  services: RenewalServices,
  source: 'chats' | OneChatSource,
  word: LifecycleWord,
): Promise<SourceReport | null> {
  const kind = chatKind(services);
  if (!kind) return untouched(source, 'off');
  const all = await services.store.subscriptions.read('chat');
  if ((all?.value.coverage?.mode ?? 'allChats') === 'allChats') return null;
  const { subscription } = kind;
  const wanted = { includeResourceData: isOneChat(source) && subscription.chatResourceData === 'encrypted' };
  return atSource(kind, source, wanted, async (run, record) => {
    const userId = await userIdOf(kind, run);
    if (userId === null) return null;
    const target = isOneChat(source)
      ? oneChatTarget(chatIdOf(source), subscription)
      : chatsTarget(userId, subscription);
    await carryOut(run, record, target, word, services.now());
    return null;
  });
}

async function userIdOf({ signIn }: ChatKind, run: RenewalRun): Promise<string | null> {
  try {
    const account = await signIn.account();
    if (account) return account.userId;
    run.fail('signIn', 'notSignedIn');
  } catch (caught) {
    if (!(caught instanceof SignInError)) throw caught;
    run.fail('signIn', caught.code, caught.retryAfterMs);
  }
  return null;
}
