import { useState } from 'preact/hooks';
import type { SignInAttempt } from '../../shared/dashboard/contract.ts';
import { now } from '../live/tick.ts';
import { Button } from '../parts/button.tsx';
import { ChangeResult } from '../parts/changeResult.tsx';
import { CopyButton } from '../parts/copyButton.tsx';
import { Field } from '../parts/fields.tsx';
import { Notice } from '../parts/notice.tsx';
import { Countdown } from '../parts/times.tsx';
import { useChange } from '../parts/useChange.ts';
import { texts } from '../texts.ts';

/** The latest attempt: what is to be done while it waits, and what became of it. */
export function SignInAttemptCard({ attempt, onFinished }: { attempt: SignInAttempt; onFinished: () => void }) {
  if (attempt.state === 'signedIn')
    return (
      <Notice tone="ok" isSpoken>
        {texts.signInPage.worked}
      </Notice>
    );
  if (attempt.failure) return <Failure failure={attempt.failure} />;
  if (Date.parse(attempt.expiresAt) <= now.value)
    return (
      <Notice tone="warn" isSpoken>
        {texts.signInPage.expired}
      </Notice>
    );
  return (
    <section class="card sign-in-attempt" aria-label={texts.signInPage.title}>
      {attempt.way === 'deviceCode' ? (
        <DeviceCode attempt={attempt} />
      ) : (
        <InBrowser attempt={attempt} onFinished={onFinished} />
      )}
      <p class="muted">
        {texts.signInPage.remaining} <Countdown to={attempt.expiresAt} />
      </p>
    </section>
  );
}

function DeviceCode({ attempt: { url, userCode } }: { attempt: SignInAttempt }) {
  return (
    <>
      <p>{texts.signInPage.enterCode}</p>
      <p class="user-code">{userCode}</p>
      <div class="row">
        <a class="button main" href={url} target="_blank" rel="noreferrer">
          {texts.signInPage.openPage}
        </a>
        <CopyButton text={userCode ?? ''} label={texts.signInPage.copyCode} />
      </div>
    </>
  );
}

function InBrowser({ attempt: { id, url }, onFinished }: { attempt: SignInAttempt; onFinished: () => void }) {
  const [address, setAddress] = useState('');
  const { state, change, isBusy } = useChange();
  const finish = async () => {
    await change(
      'sign-in/authorization-code/finish',
      () => ({ id, address }),
      () => texts.signInPage.handedIn,
    );
    onFinished();
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void finish();
      }}
    >
      <p>{texts.signInPage.inBrowser}</p>
      <div class="row">
        <a class="button main" href={url} target="_blank" rel="noreferrer">
          {texts.signInPage.openPage}
        </a>
      </div>
      <Field label={texts.signInPage.address}>
        {(inputId) => (
          <input
            id={inputId}
            type="url"
            required
            maxLength={4_096}
            value={address}
            autocomplete="off"
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="row">
        <Button type="submit" isBusy={isBusy}>
          {texts.signInPage.finish}
        </Button>
      </div>
      <ChangeResult state={state} />
    </form>
  );
}

function Failure({ failure }: { failure: NonNullable<SignInAttempt['failure']> }) {
  return (
    <Notice tone="alarm" isSpoken>
      <p>
        <strong>{texts.signInPage.failed}</strong> {failure.message} <span class="small">({failure.code})</span>
      </p>
      {failure.signedInAs !== null && <p>{texts.signInPage.wrongAccount(failure.signedInAs)}</p>}
      {failure.isBlockedByPolicy && <p>{texts.signInPage.blocked}</p>}
    </Notice>
  );
}
