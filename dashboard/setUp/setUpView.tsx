import type { SetUp } from '../../shared/dashboard/contract.ts';
import { hrefOf } from '../live/router.ts';
import { may } from '../live/session.ts';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { Page } from '../shell/page.tsx';
import { texts } from '../texts.ts';
import { Procedures } from './procedures.tsx';
import { TestOneself } from './testOneself.tsx';

/** What must be done once, and whether it is. */
export function SetUpView() {
  const poll = usePoll<SetUp>('set-up', 5);
  return (
    <Page title={texts.views.setUp}>
      <Loaded poll={poll}>
        {({ steps }) => (
          <ol class="steps">
            {steps.map(({ id, title, isDone, detail, todo }) => (
              <li key={id} class="card">
                <div class="row apart">
                  <h2>{title}</h2>
                  <span class={`badge ${isDone ? 'ok' : 'warn'}`}>{isDone ? texts.setUp.done : texts.setUp.todo}</span>
                </div>
                <p class="muted">{detail}</p>
                {!isDone && <p>{todo}</p>}
                {id === 'signIn' && (
                  <p>
                    <a class="button" href={hrefOf({ view: 'signIn' })}>
                      {texts.setUp.toSignIn}
                    </a>
                  </p>
                )}
                {id === 'roster' && (
                  <p>
                    <a class="button" href={hrefOf({ view: 'roster' })}>
                      {texts.setUp.toRoster}
                    </a>
                  </p>
                )}
              </li>
            ))}
          </ol>
        )}
      </Loaded>
      {may('testOneself') && <TestOneself />}
      {may('seeProcedures') && <Procedures />}
    </Page>
  );
}
