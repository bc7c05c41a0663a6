import type { SignInAttempt, SignInState } from '../../shared/dashboard/contract.ts';
import { Button } from '../parts/button.tsx';
import { ChangeResult } from '../parts/changeResult.tsx';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { Notice } from '../parts/notice.tsx';
import { DayTime } from '../parts/times.tsx';
import { useChange } from '../parts/useChange.ts';
import { Page } from '../shell/page.tsx';
import { texts } from '../texts.ts';
import { SignInAttemptCard } from './signInAttempt.tsx';

/** Signs the service account in, whose chats tell of the calls. */
export function SignInView() {
  const poll = usePoll<SignInState>('sign-in', 2);
  const { state, change, isBusy } = useChange();
  const begin = async (way: 'device-code' | 'authorization-code') => {
    await change<SignInAttempt>(
      `sign-in/${way}`,
      () => ({ replaceUnreadable: false }),
      () => texts.signInPage.begun,
    );
    await poll?.refresh();
  };
  return (
    <Page title={texts.signInPage.title}>
      <Loaded poll={poll}>
        {({ serviceAccount, signedInAs, signedInAt, scopes, attempt }) => (
          <>
            <Notice tone={signedInAs === null ? 'warn' : 'ok'}>
              <p>
                {signedInAs === null ? (
                  texts.signInPage.nobody
                ) : (
                  <>
                    <strong>{texts.signInPage.signedInAs(signedInAs)}</strong>{' '}
                    {signedInAt && <DayTime at={signedInAt} />}
                  </>
                )}
              </p>
            </Notice>
            <p class="muted">{texts.signInPage.about(serviceAccount)}</p>
            {attempt && <SignInAttemptCard attempt={attempt} onFinished={() => void poll?.refresh()} />}
            <div class="row">
              <Button look="main" size="large" isBusy={isBusy} onClick={() => void begin('device-code')}>
                {texts.signInPage.byCode}
              </Button>
              <Button size="large" isBusy={isBusy} onClick={() => void begin('authorization-code')}>
                {texts.signInPage.byBrowser}
              </Button>
            </div>
            <ChangeResult state={state} />
            <details class="card">
              <summary>{texts.signInPage.scopes}</summary>
              <dl class="facts">
                {scopes.map(({ scope, reason }) => (
                  <>
                    <dt>{scope}</dt>
                    <dd>{reason}</dd>
                  </>
                ))}
              </dl>
            </details>
          </>
        )}
      </Loaded>
    </Page>
  );
}
