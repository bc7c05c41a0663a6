import { ageOf, DAY_MS, durationText } from './duration.ts';
import type { Finding, WatchedPart } from './finding.ts';
import type { Observations, TokenState } from './observations.ts';
import { judge, notUsed, present, type Verdict } from './watchedPart.ts';

/** A refresh token ends after 90 days without use; each use replaces it. A month is time enough to find out why. */
const LONGEST_UNUSED_MS = 60 * DAY_MS;

/** Whether the service account is signed in: a token is got anew each time, so that a revocation shows at once. */
export function checkSignIn({ signIn }: Observations, now: Date): WatchedPart {
  return judge('sign-in', signIn, (state) => {
    if (!state.isWanted) return notUsed();
    const age = state.refreshedAt === null ? null : ageOf(state.refreshedAt, now);
    return {
      ...verdictOn(state, age === null ? 'signed in' : `signed in, refreshed ${durationText(age)} ago`),
      findings: present([
        state.failure && lost(state.failure),
        age !== null && age > LONGEST_UNUSED_MS && !state.failure ? notRefreshed(age, state.refreshedAt) : null,
      ]),
    };
  });
}

/** Whether the function app gets a token for the event source. */
export function checkAppSignIn({ appSignIn }: Observations): WatchedPart {
  return judge('app identity', appSignIn, (state) => {
    if (!state.isWanted) return notUsed();
    return { ...verdictOn(state, 'has a token'), findings: present([state.failure && appLost(state.failure)]) };
  });
}

function verdictOn({ failure }: TokenState, whenWell: string): Pick<Verdict, 'detail'> {
  return { detail: failure ? `no token (${failure.code})` : whenWell };
}

function lost({ code, isTemporary, advice }: NonNullable<TokenState['failure']>): Finding {
  return {
    id: isTemporary ? 'signInService' : 'signIn',
    severity: isTemporary ? 'warning' : 'critical',
    since: null,
    title: isTemporary ? 'sign-in service out of reach' : 'sign-in lost',
    what: isTemporary
      ? `Microsoft's sign-in service gives the service account no token now (${code}).`
      : `The sign-in of the service account is lost (${code}): its chats cannot be read.`,
    todo: isTemporary ? 'It is tried again by itself. If it lasts, look at status.cloud.microsoft.' : advice,
  };
}

function notRefreshed(age: number, since: Date | null): Finding {
  return {
    id: 'signInAge',
    severity: 'warning',
    since,
    title: 'sign-in not refreshed',
    what: `The stored sign-in was not refreshed for ${durationText(age)}. It ends after 90 days.`,
    todo: 'Run: npm run sign-in.',
  };
}

function appLost({ code, isTemporary, advice }: NonNullable<TokenState['failure']>): Finding {
  return {
    id: isTemporary ? 'appSignInService' : 'appSignIn',
    severity: isTemporary ? 'warning' : 'critical',
    since: null,
    title: 'app identity without token',
    what: `The function app gets no token of its own (${code}): emergency call events are not renewed.`,
    todo: isTemporary ? 'It is tried again by itself. If it lasts, look at status.cloud.microsoft.' : advice,
  };
}
