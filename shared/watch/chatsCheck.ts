import { ageOf, durationText, earliest, later, MINUTE_MS } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { ChatsState, Observations } from './observations.ts';
import { judge, notUsed, present } from './watchedPart.ts';

/** Chats are read back each 30 s: ten times in a row it failed. */
const LONGEST_UNREAD_MS = 5 * MINUTE_MS;
/** One chat that Graph throttles comes back by itself within minutes. */
const LONGEST_LAG_MS = 10 * MINUTE_MS;

/** Whether chats are read back, which finds the calls that Graph never announced. */
export function checkChats(observations: Observations, now: Date): WatchedPart {
  return judge('chats', observations.chats, (state) => {
    if (!state.isWanted) return notUsed();
    const { readUpTo, lagging } = state;
    const read = readUpTo === null ? 'never read back' : `read back ${durationText(ageOf(readUpTo, now))} ago`;
    return {
      detail: lagging.length === 0 ? read : `${read}, ${lagging.length} lagging`,
      findings: isSignedIn(observations) ? present([unread(observations, state, now), behind(state, now)]) : [],
    };
  });
}

/** Without a sign-in no chat can be read: that is the finding, and this would only repeat it. */
function isSignedIn({ signIn }: Observations): boolean {
  return !('value' in signIn && signIn.value.failure !== null && !signIn.value.failure.isTemporary);
}

/** Before the first look, the time since the watch began counts. */
function unread(observations: Observations, { readUpTo }: ChatsState, now: Date): Finding | null {
  const since = readUpTo ?? observations.watchedSince;
  if (since === null || ageOf(later(since, observations.watchedSince), now) <= LONGEST_UNREAD_MS) return null;
  const isOnlyWay = isChatOnlyReadBack(observations);
  return {
    id: 'chatsUnread',
    severity: isOnlyWay ? 'critical' : 'warning',
    since,
    title: 'chats not read back',
    what: `Chats were not read back for ${durationText(ageOf(since, now))}: ${
      isOnlyWay ? 'no call in them is noticed' : 'a call that Graph does not announce is not noticed'
    }.`,
    todo: 'Run: npm run status. Look into the log of the function "reconcileChats".',
  };
}

function isChatOnlyReadBack({ subscriptions }: Observations): boolean {
  if ('failed' in subscriptions) return true;
  const { mode, sources, singleChats } = subscriptions.value;
  const ofChats = [...sources.filter(({ source }) => source === 'chat'), ...singleChats];
  return mode?.name === 'polling' || ofChats.every(({ grant }) => grant === null);
}

function behind({ lagging }: ChatsState, now: Date): Finding | null {
  const late = lagging.filter((since) => ageOf(since, now) > LONGEST_LAG_MS);
  if (late.length === 0) return null;
  return {
    id: 'chatsLagging',
    severity: 'warning',
    since: earliest(late),
    title: 'chats lag behind',
    what: `${late.length === 1 ? 'One chat' : `${late.length} chats`} cannot be read back: a call that Graph does not announce there is not noticed.`,
    todo: 'Is the service account still a member? Look into the log of the function "reconcileChats".',
  };
}
