import { ageOf, durationText } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { Observations, SourceState, SubscriptionState } from './observations.ts';
import { judge, present } from './watchedPart.ts';

/**
 * Subscriptions are renewed when half of their life is used, short ones at a third. At 60 % renewals have failed for
 * hours with a day's subscription, for eight minutes with an hour's; the rest is the time there is to mend it.
 */
const MOST_USED_SHARE = 0.6;
const RENEWALS = 'Run: npm run status. Guide, "Alarms", lists what Graph\'s codes mean.';

type Mode = NonNullable<SubscriptionState['mode']>;

/** Whether Graph tells of calls, from every source that the settings name. */
export function checkSubscriptions({ subscriptions }: Observations, now: Date): WatchedPart {
  return judge('subscriptions', subscriptions, ({ mode, sources }) => ({
    detail: sources.length === 0 ? 'none wanted' : sources.map((source) => detailOf(source, now)).join('; '),
    findings: present([...sources.flatMap((source) => findingsOf(source, mode, now)), mode && modeFinding(mode)]),
  }));
}

function detailOf({ source, grant }: SourceState, now: Date): string {
  if (grant === null) return `${source}: none lives`;
  return `${source}: ${Math.round(100 * usedShare(grant, now))} % of its life used`;
}

function usedShare({ from, until }: NonNullable<SourceState['grant']>, now: Date): number {
  return ageOf(from, now) / Math.max(1, until.getTime() - from.getTime());
}

function findingsOf(state: SourceState, mode: Mode | null, now: Date): (Finding | null)[] {
  const { source, grant, failure } = state;
  // While the fallback is in force there is no subscription to all chats, and the mode is the finding.
  if (source === 'chat' && mode !== null && mode.name !== 'allChats') return [];
  if (grant === null) return [noneLives(state)];
  const isUsedUp = usedShare(grant, now) > MOST_USED_SHARE;
  return [isUsedUp ? nearlyExpired(source, grant, now) : null, failure ? renewalFails(state, failure, now) : null];
}

function nameOf(source: string): string {
  if (source === 'chat') return 'chat messages';
  if (source === 'chats') return 'new chats';
  if (source.startsWith('chat:')) return 'one chat';
  return source.startsWith('event:') ? `calls of policy "${source.slice('event:'.length)}"` : source;
}

/** The messages of one chat are read back each half minute; a whole source is another matter. */
function isOfOneChat(source: string): boolean {
  return source === 'chats' || source.startsWith('chat:');
}

function noneLives({ source, lastSeenAt, failure }: SourceState): Finding {
  return {
    id: `noSubscription:${source}`,
    severity: isOfOneChat(source) ? 'warning' : 'critical',
    since: lastSeenAt ?? failure?.since ?? null,
    title: `no subscription to ${nameOf(source)}`,
    what: `Graph tells us of no ${nameOf(source)}: no subscription lives${failure ? ` (${failure.action}: ${failure.code})` : ''}.`,
    todo: RENEWALS,
  };
}

function nearlyExpired(source: string, grant: NonNullable<SourceState['grant']>, now: Date): Finding {
  const left = durationText(grant.until.getTime() - now.getTime());
  return {
    id: `subscriptionLife:${source}`,
    severity: isOfOneChat(source) ? 'warning' : 'critical',
    since: grant.from,
    title: `subscription to ${nameOf(source)} not renewed`,
    what: `The subscription to ${nameOf(source)} was not renewed in time. It ends in ${left}.`,
    todo: RENEWALS,
  };
}

function renewalFails(
  { source, grant }: SourceState,
  { action, code, since }: NonNullable<SourceState['failure']>,
  now: Date,
): Finding {
  const left = grant ? ` It lives for another ${durationText(grant.until.getTime() - now.getTime())}.` : '';
  return {
    id: `renewal:${source}`,
    severity: 'warning',
    since,
    title: `renewal of ${nameOf(source)}`,
    what: `Looking after the subscription to ${nameOf(source)} fails (${action}: ${code}).${left}`,
    todo: RENEWALS,
  };
}

function modeFinding({ name, since }: Mode): Finding | null {
  if (name === 'allChats') return null;
  const what =
    name === 'perChat'
      ? 'Graph refuses a subscription to all chats, so each chat has its own. A new chat is noticed later, up to 60 s.'
      : 'Graph refuses subscriptions to chats, so they are only read back: a call is told up to 60 s late.';
  return {
    id: 'fallback',
    severity: 'warning',
    since,
    title: `chats in mode ${name}`,
    what,
    todo: 'Check admin consent for Chat.Read. If it stands, set up the event source (guide, "Two sources").',
  };
}
