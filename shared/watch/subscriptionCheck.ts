import { ageOf, DAY_MS, durationText, earliest, HOUR_MS } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { Observations, SourceState, SubscriptionState } from './observations.ts';
import { judge, present } from './watchedPart.ts';

/**
 * Subscriptions are renewed when half of their life is used, those of an hour at a third. At 60 % renewals have failed
 * for hours with a day's subscription, for a quarter of an hour with an hour's; the rest is the time there is to mend it.
 */
const MOST_USED_SHARE = 0.6;
/** How long a gap that is closed is worth a word: calls of that time have to be looked for. */
const GAP_IS_NEWS_MS = DAY_MS;
/** Graph repeats what is refused for up to four hours, so an hour without a refusal says that it is mended. */
const REFUSAL_COUNTS_MS = HOUR_MS;
const WHAT_TO_DO = 'Run: npm run status. The guide, "Alarms", says what the codes of Graph mean.';

type Grant = NonNullable<SourceState['grant']>;
type Mode = NonNullable<SubscriptionState['mode']>;

/** Whether Graph tells of calls, from every source that the settings name. */
export function checkSubscriptions({ subscriptions }: Observations, now: Date): WatchedPart {
  return judge('subscriptions', subscriptions, ({ mode, sources, singleChats, refusedAt }) => ({
    detail: [...sources.map((source) => detailOf(source, now)), ...singleChatsDetail(singleChats)].join('; ') || 'none',
    findings: present([
      ...sources.flatMap((source) => findingsOf(source, now)),
      singleChatsFinding(singleChats, now),
      mode && fallback(mode),
      refusedAt && ageOf(refusedAt, now) < REFUSAL_COUNTS_MS ? refusedDelivery(refusedAt) : null,
    ]),
  }));
}

function detailOf({ source, grant }: SourceState, now: Date): string {
  if (grant === null) return `${source}: none lives`;
  return `${source}: ${Math.round(100 * usedShare(grant, now))} % of its life used`;
}

function usedShare({ from, until }: Grant, now: Date): number {
  return ageOf(from, now) / Math.max(1, until.getTime() - from.getTime());
}

function findingsOf(state: SourceState, now: Date): (Finding | null)[] {
  const { grant, failure, gap } = state;
  if (grant === null) return [noneLives(state)];
  return [
    usedShare(grant, now) > MOST_USED_SHARE ? notRenewed(state.source, grant, now) : null,
    failure && renewalFails(state.source, grant, failure, now),
    gap && ageOf(gap.until, now) < GAP_IS_NEWS_MS ? gapOf(state.source, gap) : null,
  ];
}

function nameOf(source: string): string {
  if (source === 'chat') return 'chat messages';
  if (source === 'chats') return 'new chats';
  return source.startsWith('event:') ? `calls of policy "${source.slice('event:'.length)}"` : source;
}

/** New chats are also found by reading back; a whole source is another matter. */
function severityOf(source: string): Finding['severity'] {
  return source === 'chats' ? 'warning' : 'critical';
}

function noneLives({ source, lastSeenAt, failure }: SourceState): Finding {
  const why = failure ? ` (${failure.action}: ${failure.code})` : '';
  return {
    id: `noSubscription:${source}`,
    severity: severityOf(source),
    since: lastSeenAt ?? failure?.since ?? null,
    title: `no subscription to ${nameOf(source)}`,
    what: `Graph does not tell us of ${nameOf(source)}: no subscription lives${why}.`,
    todo: WHAT_TO_DO,
  };
}

function notRenewed(source: string, { from, until }: Grant, now: Date): Finding {
  return {
    id: `subscriptionLife:${source}`,
    severity: severityOf(source),
    since: from,
    title: `subscription to ${nameOf(source)} not renewed`,
    what: `The subscription to ${nameOf(source)} was not renewed in time. It ends in ${durationText(until.getTime() - now.getTime())}.`,
    todo: WHAT_TO_DO,
  };
}

function renewalFails(
  source: string,
  { until }: Grant,
  { action, code, since }: NonNullable<SourceState['failure']>,
  now: Date,
): Finding {
  const left = durationText(until.getTime() - now.getTime());
  return {
    id: `renewal:${source}`,
    severity: 'warning',
    since,
    title: `renewal of ${nameOf(source)}`,
    what: `Looking after the subscription to ${nameOf(source)} fails (${action}: ${code}). It lives for another ${left}.`,
    todo: WHAT_TO_DO,
  };
}

function gapOf(source: string, { from, until }: NonNullable<SourceState['gap']>): Finding {
  return {
    id: `gap:${source}`,
    severity: 'warning',
    since: from,
    title: `gap in ${nameOf(source)}`,
    what: `For ${durationText(ageOf(from, until))} Graph did not tell us of ${nameOf(source)}. Such events cannot be read back.`,
    todo: 'Compare the calls of that time in the Teams admin center with those on record.',
    news: until.toISOString(),
  };
}

/** Every subscription may live all the same. */
function refusedDelivery(since: Date): Finding {
  return {
    id: 'refusedDelivery',
    severity: 'critical',
    since,
    title: 'deliveries of Graph refused',
    what: 'What Graph delivers over HTTPS for a subscription of ours is refused for its tokens: such calls are not noticed.',
    todo: 'Check TENANT_ID, CLIENT_ID and MANAGED_IDENTITY_CLIENT_ID. The log of "receiveNotifications" names the reason.',
  };
}

/** The messages of a single chat are read back each half minute as well, so this only costs time. */
function singleChatsFinding(chats: readonly SourceState[], now: Date): Finding | null {
  const ill = chats.filter(
    ({ grant, failure }) => grant === null || failure !== null || usedShare(grant, now) > MOST_USED_SHARE,
  );
  if (ill.length === 0) return null;
  const codes = [...new Set(ill.flatMap(({ failure }) => (failure ? [failure.code] : [])))].slice(0, 3);
  return {
    id: 'singleChats',
    severity: 'warning',
    since: earliest(ill.map(({ failure, lastSeenAt }) => failure?.since ?? lastSeenAt)),
    title: 'subscriptions to single chats',
    what: `Subscriptions to ${ill.length} of ${chats.length} chats are missing or not renewed${codes.length > 0 ? ` (${codes.join(', ')})` : ''}: calls there are told up to 60 s late.`,
    todo: WHAT_TO_DO,
  };
}

function singleChatsDetail(chats: readonly SourceState[]): string[] {
  if (chats.length === 0) return [];
  return [`${chats.filter(({ grant }) => grant !== null).length} of ${chats.length} single chats`];
}

function fallback({ name, since, readBackOnly }: Mode): Finding | null {
  if (name === 'allChats') return null;
  const some = readBackOnly > 0 ? ` ${readBackOnly} more are only read back.` : '';
  const what =
    name === 'perChat'
      ? `Graph refuses a subscription to all chats, so each chat has its own.${some} A call in a new chat is told up to 60 s late.`
      : 'Graph refuses subscriptions to chats, so they are only read back: a call is told up to 60 s late.';
  return {
    id: 'fallback',
    severity: 'warning',
    since,
    title: `chats in mode ${name}`,
    what,
    todo: 'Check admin consent for Chat.Read. If it stands, add the event source: EMERGENCY_CALLING_POLICIES.',
  };
}
