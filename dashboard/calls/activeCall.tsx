import type { Live } from '../../shared/dashboard/contract.ts';
import { hrefOf } from '../live/router.ts';
import { refreshLive } from '../live/session.ts';
import { CallMarks, StateBadge } from '../parts/badges.tsx';
import { Button } from '../parts/button.tsx';
import { ChangeResult } from '../parts/changeResult.tsx';
import { RunningClock } from '../parts/times.tsx';
import { useAnswer } from '../parts/useAnswer.ts';
import { texts } from '../texts.ts';
import { ToldList } from './toldList.tsx';

type ActiveCallOf = Live['active'][number];

/** A running call at one glance, and the one answer that matters. */
export function ActiveCall({ call, mayAnswer }: { call: ActiveCallOf; mayAnswer: boolean }) {
  const { state, isBusy, answer } = useAnswer(call.id, refreshLive);
  const isWaiting = call.state === 'open' && call.content !== 'notEmergency';
  return (
    <article class={`card active-call ${isWaiting ? 'waiting' : ''}`} aria-label={texts.call.named(call)}>
      <div class="row apart">
        <div class="row">
          <StateBadge call={call} />
          <CallMarks call={call} />
          <span class="muted">{call.holder && texts.call.heldBy(call.holder.name)}</span>
        </div>
        <RunningClock from={call.at} />
      </div>
      <h3 class="who">
        <a href={hrefOf({ view: 'call', id: call.id })}>{texts.call.heading(call)}</a>
      </h3>
      <p class="where">{call.location ?? call.locationWithheld ?? texts.call.locationUnknown}</p>
      <p class="muted">
        {texts.call.callback}: <span class="number">{call.callbackNumber ?? texts.unknown}</span>
        {call.site && ` · ${call.site.name}`} · {texts.call.code} {call.code}
      </p>
      <ToldList told={call.told} />
      <div class="row">
        {isWaiting && mayAnswer && (
          <Button look="alarm" size="large" isBusy={isBusy} onClick={() => void answer({ action: 'acknowledge' })}>
            {texts.answers.acknowledge}
          </Button>
        )}
        <a class="button large" href={hrefOf({ view: 'call', id: call.id })}>
          {texts.calls.open}
          <span class="hidden-text"> {call.code}</span>
        </a>
      </div>
      <ChangeResult state={state} />
    </article>
  );
}
