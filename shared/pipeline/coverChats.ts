import { type ChatCoverage, mayTryAgain, partlyCovered, type Refusal } from '../graph/chatCoverage.ts';
import { listChats } from '../graph/chatList.ts';
import { isAlive } from '../graph/subscriptionPlan.ts';
import { chatIdOf, chatSourceOf, chatsTarget, isOneChat, oneChatTarget } from '../graph/subscriptionTargets.ts';
import type { SubscriptionRecord } from '../store/subscriptionStore.ts';
import type { ChatKind } from './chatKind.ts';
import type { SourceReport } from './renewalReport.ts';
import type { RenewalRound } from './renewalRound.ts';
import type { RenewalRun } from './renewalRun.ts';
import { type LifecycleWord, renewSource, retireSource } from './renewSource.ts';
import type { HeldRecord } from './subscriptionLease.ts';

/** Graph tries the hub before each answer; more at once would not be the newest chats first. */
const AT_ONCE = 8;

export interface Coverer {
  kind: ChatKind;
  round: RenewalRound;
  run: RenewalRun;
  record: HeldRecord;
  word: LifecycleWord | null;
}

/**
 * The other way, where Graph refuses the subscription to all chats: one to the list of chats and one to each chat, the
 * newest first, until Graph refuses one more. All chats are read back besides.
 */
export async function coverChats(coverer: Coverer, userId: string): Promise<ChatCoverage> {
  const { kind, round, run, record } = coverer;
  const { services, subscription, graph, signIn } = kind;
  const before = record.value.coverage;
  const target = chatsTarget(userId, subscription);
  const chats = await round.attempt(() => renewSource(kind, 'chats', target, null));
  const records = await recordsOfSingleChats(kind);
  const listed = await listChats(graph, signIn);
  if (listed.outcome === 'failed') run.fail('list', listed.code, listed.retryAfterMs);
  const wanted = listed.outcome === 'listed' ? listed.chatIds : [...records.keys()];
  if (listed.outcome === 'listed' && listed.isComplete) {
    const left = [...records].filter(([chatId]) => !wanted.includes(chatId)).map(([, one]) => one);
    await retireAll(coverer, left);
  }
  const { covered, refusal } = await coverEach(coverer, wanted, records);
  const polled = listed.outcome === 'listed' ? wanted.length - covered : (before?.polled ?? 0);
  const hearsOfNewChats = chats?.state === 'active';
  return partlyCovered(before, { covered, polled, hearsOfNewChats, refusal }, services.now());
}

/** What is left of the other way, once one subscription covers all chats again. */
export async function retireSingleChats({ kind, round, record }: Omit<Coverer, 'run' | 'word'>): Promise<void> {
  const records = await kind.services.store.subscriptions.records();
  const left = records.filter(({ source }) => source === 'chats' || isOneChat(source));
  await retireAll({ kind, round, record }, left);
}

async function retireAll(
  { kind, round, record }: Pick<Coverer, 'kind' | 'round' | 'record'>,
  left: readonly SubscriptionRecord[],
): Promise<void> {
  for (const some of chunksOf(left)) {
    await record.keep();
    await round.attemptAll(some, (one) => retireSource(kind, one));
  }
}

async function recordsOfSingleChats({ services }: ChatKind): Promise<Map<string, SubscriptionRecord>> {
  const records = await services.store.subscriptions.records();
  return new Map(records.flatMap((one) => (isOneChat(one.source) ? [[chatIdOf(one.source), one]] : [])));
}

async function coverEach(
  { kind, round, record, word }: Coverer,
  chatIds: readonly string[],
  records: ReadonlyMap<string, SubscriptionRecord>,
): Promise<{ covered: number; refusal: Refusal | null }> {
  const { services, subscription } = kind;
  const before = record.value.coverage?.refusal ?? null;
  const isCovered = (chatId: string) => records.get(chatId)?.known.some((one) => isAlive(one, services.now())) ?? false;
  const alive = new Set(chatIds.filter(isCovered));
  // A new chat is tried at once: there may be room by now.
  let mayCreate = word?.reason === 'newChat' || mayTryAgain(before, services.now());
  let refusal = mayCreate ? null : before;
  for (const some of chunksOf(chatIds)) {
    await record.keep();
    const due = some.filter((chatId) => mayCreate || alive.has(chatId));
    const reports = await round.attemptAll(due, (chatId) =>
      renewSource(kind, chatSourceOf(chatId), oneChatTarget(chatId, subscription), null),
    );
    for (const [i, chatId] of due.entries()) note(alive, chatId, reports[i] ?? null);
    const refused = reports.find((one) => typeof one?.refusedWith === 'string');
    if (refused) {
      refusal = { code: refused.refusedWith ?? '', at: services.now().toISOString() };
      mayCreate = false;
    }
    if (due.length > 0 && reports.every(isInVain)) break;
  }
  return { covered: alive.size, refusal };
}

function note(alive: Set<string>, chatId: string, report: SourceReport | null): void {
  if (report?.state === 'active') alive.add(chatId);
  if (report?.state === 'none') alive.delete(chatId);
}

/** Graph's last word on one chat says nothing of the others. */
const FINAL_CODE = /^4(?!08|29)\d\d\b/;

/** Graph, the sign-in or the storage is out of order: the others keep what they have until the next time. */
function isInVain(report: SourceReport | null): boolean {
  if (report === null) return true;
  return report.actions.length === 0 && report.failures.some(({ code }) => !FINAL_CODE.test(code));
}

function chunksOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, i) =>
    items.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );
}
