import type { CallDetail } from '../../shared/dashboard/contract.ts';
import { hrefOf } from '../live/router.ts';
import { may, refreshLive } from '../live/session.ts';
import { CallMarks, StateBadge } from '../parts/badges.tsx';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { DayTime, RunningClock } from '../parts/times.tsx';
import { Page } from '../shell/page.tsx';
import { texts } from '../texts.ts';
import { CallAnswers } from './callAnswers.tsx';
import { CallChat } from './callChat.tsx';
import { CallFacts } from './callFacts.tsx';
import { CallPlace } from './callPlace.tsx';
import { CallProcedure } from './callProcedure.tsx';
import { CallRawFold } from './callRaw.tsx';
import { CallTimeline } from './callTimeline.tsx';
import { Deliveries } from './deliveries.tsx';

/** One call: what one needs to know and can do, the rest below. */
export function CallView({ id }: { id: string }) {
  const path = `calls/${encodeURIComponent(id)}`;
  const poll = usePoll<CallDetail>(path, 2);
  const refresh = () => {
    void poll?.refresh();
    refreshLive();
  };
  return (
    <Loaded poll={poll}>
      {(call) => (
        <Page title={texts.call.heading(call)}>
          <CallHead call={call} />
          <CallAnswers call={call} onAnswered={refresh} />
          <CallFacts call={call} />
          <div class="columns">
            <div class="stack">
              {call.procedure && (
                <CallProcedure
                  callId={call.id}
                  procedure={call.procedure}
                  mayTick={may('answerCalls')}
                  onTicked={refresh}
                />
              )}
              <CallPlace call={call} />
            </div>
            <div class="stack">
              <Deliveries call={call} />
              <CallTimeline timeline={call.timeline} />
            </div>
          </div>
          {may('seeChats') && <CallChat path={`${path}/chat`} />}
          <CallRawFold path={`${path}/raw`} />
        </Page>
      )}
    </Loaded>
  );
}

function CallHead({ call }: { call: CallDetail }) {
  return (
    <div class="row apart call-head">
      <div class="row">
        <a href={hrefOf({ view: 'calls' })}>‹ {texts.views.calls}</a>
        <StateBadge call={call} />
        <CallMarks call={call} />
        <span class="muted">
          {call.holder && `${texts.call.heldBy(call.holder.name)} · `}
          {texts.call.code} {call.code} · <DayTime at={call.at} />
        </span>
      </div>
      {call.state !== 'resolved' && <RunningClock from={call.at} />}
    </div>
  );
}
