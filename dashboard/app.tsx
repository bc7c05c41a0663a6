import type { Right } from '../shared/dashboard/contract.ts';
import { CallView } from './call/callView.tsx';
import { CallsView } from './calls/callsView.tsx';
import { ChatsView } from './chats/chatsView.tsx';
import { route } from './live/router.ts';
import { may, me, meFailure } from './live/session.ts';
import { Notice } from './parts/notice.tsx';
import { StatisticsView } from './record/statisticsView.tsx';
import type { Route } from './rules/route.ts';
import { RosterView } from './setUp/rosterView.tsx';
import { SetUpView } from './setUp/setUpView.tsx';
import { SignInView } from './setUp/signInView.tsx';
import { NotHere } from './shell/notHere.tsx';
import { Page } from './shell/page.tsx';
import { Shell } from './shell/shell.tsx';
import { StatusView } from './status/statusView.tsx';
import { texts } from './texts.ts';
import { WallView } from './wall/wallView.tsx';

/** What one needs to see a view; the API checks each of its own routes. */
const NEEDS: Record<Exclude<Route['view'], 'unknown'>, Right> = {
  calls: 'seeCalls',
  call: 'seeCalls',
  wall: 'seeCalls',
  chats: 'seeChats',
  status: 'seeStatus',
  signIn: 'signInAccount',
  setUp: 'signInAccount',
  roster: 'seeRoster',
  statistics: 'seeStatistics',
};

export function App() {
  if (meFailure.value) return <NotHere failure={meFailure.value} />;
  if (me.value === null)
    return (
      <p class="empty" aria-busy="true">
        {texts.loading}
      </p>
    );
  const at = route.value;
  if (at.view === 'wall' && may('seeCalls')) return <WallView />;
  return (
    <Shell>
      <View key={at.view === 'call' ? at.id : at.view} at={at} />
    </Shell>
  );
}

function View({ at }: { at: Route }) {
  if (at.view === 'unknown') return <Sentence title={texts.unknownView} />;
  if (!may(NEEDS[at.view])) return <Sentence title={texts.failures.forbidden} />;
  switch (at.view) {
    case 'call':
      return <CallView id={at.id} />;
    case 'chats':
      return <ChatsView />;
    case 'status':
      return <StatusView />;
    case 'signIn':
      return <SignInView />;
    case 'setUp':
      return <SetUpView />;
    case 'roster':
      return <RosterView />;
    case 'statistics':
      return <StatisticsView />;
    default:
      return <CallsView />;
  }
}

function Sentence({ title }: { title: string }) {
  return (
    <Page title={title}>
      <Notice tone="warn">
        <p>{texts.askAdministrator}</p>
      </Notice>
    </Page>
  );
}
