import type { ComponentChildren } from 'preact';
import type { Status } from '../../shared/dashboard/contract.ts';
import { hrefOf } from '../live/router.ts';
import { may } from '../live/session.ts';
import { Ago, DayTime } from '../parts/times.tsx';
import { texts } from '../texts.ts';

/** The facts behind the parts: sign-in, subscriptions, last tests, what expires. */
export function StatusDetails({ status: { signIn, subscriptions, lastTests, expiries } }: { status: Status }) {
  return (
    <div class="columns">
      <section class="card" aria-labelledby="sign-in">
        <h2 id="sign-in">{texts.status.signIn}</h2>
        <dl class="facts">
          <Fact name={texts.status.account}>{signIn.signedInAs ?? texts.status.nobody}</Fact>
          <Fact name={texts.status.since}>{signIn.signedInAt && <DayTime at={signIn.signedInAt} />}</Fact>
          <Fact name={texts.status.refreshed}>{signIn.refreshedAt && <Ago at={signIn.refreshedAt} />}</Fact>
          <Fact name={texts.status.nextRefresh}>{signIn.nextRefreshAt && <Ago at={signIn.nextRefreshAt} />}</Fact>
        </dl>
        {may('signInAccount') && (
          <p>
            <a href={hrefOf({ view: 'signIn' })}>{texts.status.toSignIn}</a>
          </p>
        )}
      </section>
      <section class="card" aria-labelledby="subscriptions">
        <h2 id="subscriptions">{texts.status.subscriptions}</h2>
        {subscriptions.mode && <p class="muted">{texts.status.modes[subscriptions.mode]}</p>}
        {subscriptions.sources.map(({ kind, renewedAt, expiresAt, failure }) => (
          <dl key={kind} class="facts">
            <Fact name={texts.status.kind}>{kind}</Fact>
            <Fact name={texts.status.expires}>{expiresAt && <Ago at={expiresAt} />}</Fact>
            <Fact name={texts.status.renewed}>{renewedAt && <Ago at={renewedAt} />}</Fact>
            {failure !== null && <Fact name={texts.status.failure}>{failure}</Fact>}
          </dl>
        ))}
      </section>
      <section class="card" aria-labelledby="tests">
        <h2 id="tests">{texts.status.lastTests}</h2>
        {lastTests.length === 0 && <p class="muted">{texts.status.noTests}</p>}
        <dl class="facts">
          {lastTests.map(({ place, at, outcome }) => (
            <Fact key={place} name={place}>
              <Ago at={at} /> <span class="muted">{outcome}</span>
            </Fact>
          ))}
        </dl>
      </section>
      <section class="card" aria-labelledby="expiries">
        <h2 id="expiries">{texts.status.expiries}</h2>
        {expiries.length === 0 && <p class="muted">{texts.status.noExpiries}</p>}
        <dl class="facts">
          {expiries.map(({ name, expiresAt }) => (
            <Fact key={name} name={name}>
              <Ago at={expiresAt} />
            </Fact>
          ))}
        </dl>
      </section>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children ?? texts.unknown}</dd>
    </>
  );
}
