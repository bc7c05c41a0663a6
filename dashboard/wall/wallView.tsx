import { useEffect } from 'preact/hooks';
import type { Live } from '../../shared/dashboard/contract.ts';
import { hrefOf } from '../live/router.ts';
import { attention, isNotLive, liveAnsweredAt, liveCalls, liveFailure } from '../live/session.ts';
import { sound } from '../live/sound.ts';
import { now } from '../live/tick.ts';
import { CallMarks, StateBadge } from '../parts/badges.tsx';
import { ago, ClockTime, RunningClock } from '../parts/times.tsx';
import { SignInLink } from '../shell/liveMark.tsx';
import { SoundButton } from '../shell/soundButton.tsx';
import { texts } from '../texts.ts';

/** What four metres away must be seen: which calls run, where, and that it is true now. Read-only. */
export function WallView() {
  const live = liveCalls.value;
  const waiting = attention.value.unanswered.length;
  useEffect(() => {
    document.title =
      waiting > 0 ? texts.titleWaiting(waiting, texts.views.wall) : `${texts.views.wall} – ${texts.name}`;
  }, [waiting]);
  return (
    <main class={`wall ${waiting > 0 ? 'waiting' : ''}`}>
      <header class="row apart">
        <h1>
          {waiting > 0
            ? texts.calls.unanswered(waiting)
            : live && live.active.length > 0
              ? texts.calls.active(live.active.length)
              : texts.name}
        </h1>
        <span class="wall-clock">
          <ClockTime at={new Date(now.value).toISOString()} />
        </span>
      </header>
      {live && <WallCalls live={live} />}
      <footer class="row apart">
        <a href={hrefOf({ view: 'calls' })}>{texts.wall.leave}</a>
        {sound.value !== 'on' && <span>{texts.sound.hint[sound.value]}</span>}
        <SoundButton />
      </footer>
      {isNotLive.value && <NotLive />}
    </main>
  );
}

function WallCalls({ live }: { live: Live }) {
  if (live.active.length === 0) {
    const [last] = live.newest;
    return (
      <div class="wall-calm">
        <p class="wall-large">{texts.calls.noneActive}</p>
        <p>{last ? texts.calls.lastWas(ago(last.at)) : texts.calls.never}</p>
      </div>
    );
  }
  return (
    <ul class={`wall-calls ${live.active.length > 1 ? 'several' : ''}`}>
      {live.active.map((call) => (
        <li key={call.id} class={call.state}>
          <div class="row apart">
            <span class="row">
              <StateBadge call={call} />
              <CallMarks call={call} />
              {call.holder && <span>{call.holder.name}</span>}
            </span>
            <RunningClock from={call.at} />
          </div>
          <p class="wall-large">{call.location ?? call.locationWithheld ?? texts.call.locationUnknown}</p>
          <p class="wall-medium">
            {texts.call.heading(call)} · <span class="number">{call.callbackNumber ?? texts.unknown}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}

/** Covers everything: an old picture must not look like a quiet night. */
function NotLive() {
  const answeredAt = liveAnsweredAt.value;
  const failure = liveFailure.value ?? 'unreachable';
  return (
    <div class="not-live" role="alert">
      <p class="not-live-word">{texts.notLive}</p>
      <p>{texts.failures[failure]}</p>
      {answeredAt !== null && (
        <p>
          {texts.lastAnswer} <ClockTime at={new Date(answeredAt).toISOString()} />
        </p>
      )}
      {failure === 'signedOut' && <SignInLink />}
    </div>
  );
}
