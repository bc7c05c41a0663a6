import { isNotLive, liveAnsweredAt, liveFailure, may } from '../live/session.ts';
import { ClockTime } from '../parts/times.tsx';
import { texts } from '../texts.ts';

/** Whether what is shown is of now, as a word. */
export function LiveMark() {
  if (!may('seeCalls')) return null;
  return <span class={`live ${isNotLive.value ? 'stale' : ''}`}>{isNotLive.value ? texts.notLive : texts.live}</span>;
}

/** Says loudly that the calls shown may be old, since when, and what to do. */
export function NotLiveNotice() {
  const answeredAt = liveAnsweredAt.value;
  const failure = liveFailure.value ?? 'unreachable';
  if (!isNotLive.value) return <div role="alert" />;
  return (
    <div role="alert">
      <div class="notice alarm">
        <p>
          <strong>{texts.notLive}.</strong> {texts.failures[failure]}{' '}
          {answeredAt !== null && (
            <>
              {texts.lastAnswer} <ClockTime at={new Date(answeredAt).toISOString()} />.
            </>
          )}
        </p>
        {failure === 'signedOut' && (
          <p>
            <SignInLink />
          </p>
        )}
      </div>
    </div>
  );
}

/** To the platform's sign-in, and back to where one is. */
export function SignInLink() {
  const back = encodeURIComponent(location.pathname);
  return (
    <a class="button main" href={`/.auth/login/aad?post_login_redirect_uri=${back}`}>
      {texts.signIn}
    </a>
  );
}
