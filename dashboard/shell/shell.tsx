import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Right } from '../../shared/dashboard/contract.ts';
import { hrefOf, route } from '../live/router.ts';
import { may } from '../live/session.ts';
import type { Route } from '../rules/route.ts';
import { texts } from '../texts.ts';
import { LiveMark, NotLiveNotice } from './liveMark.tsx';
import { Logo } from './logo.tsx';
import { SoundButton } from './soundButton.tsx';
import { WaitingNotice } from './waitingNotice.tsx';

type View = Exclude<Route['view'], 'call' | 'unknown' | 'signIn'>;

const VIEWS: readonly { view: View; right: Right }[] = [
  { view: 'calls', right: 'seeCalls' },
  { view: 'chats', right: 'seeChats' },
  { view: 'roster', right: 'seeRoster' },
  { view: 'status', right: 'seeStatus' },
  { view: 'setUp', right: 'signInAccount' },
  { view: 'statistics', right: 'seeStatistics' },
  { view: 'wall', right: 'seeCalls' },
];

/** What is around every view but the wall display. */
export function Shell({ children }: { children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const view = route.value.view;
  useEffect(() => setOpen(false), [view]);
  return (
    <>
      <a class="skip" href="#main">
        {texts.skip}
      </a>
      <header class="top">
        <a class="name" href={hrefOf({ view: 'calls' })}>
          <Logo /> <span>{texts.name}</span>
        </a>
        <span class="state row">
          <LiveMark />
          <SoundButton />
        </span>
        <button
          type="button"
          class="button menu"
          aria-expanded={isOpen}
          aria-controls="views"
          onClick={() => setOpen(!isOpen)}
        >
          {texts.menu}
        </button>
        <nav id="views" class={`views ${isOpen ? '' : 'closed'}`} aria-label={texts.viewsLabel}>
          {VIEWS.filter(({ right }) => may(right)).map(({ view: to }) => (
            <a key={to} href={hrefOf({ view: to })} aria-current={isAt(view, to) ? 'page' : undefined}>
              {texts.views[to]}
            </a>
          ))}
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        <NotLiveNotice />
        <WaitingNotice />
        {children}
      </main>
    </>
  );
}

function isAt(view: Route['view'], to: View): boolean {
  return view === to || (to === 'calls' && view === 'call') || (to === 'setUp' && view === 'signIn');
}
