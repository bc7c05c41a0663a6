import { hrefOf, route } from '../live/router.ts';
import { attention } from '../live/session.ts';
import { RunningClock } from '../parts/times.tsx';
import { texts } from '../texts.ts';

/** On every view: a call that nobody has. Where the call itself is shown it would be said twice. */
export function WaitingNotice() {
  const { unanswered } = attention.value;
  const at = route.value;
  const elsewhere = unanswered.filter(({ id }) => !(at.view === 'call' && at.id === id));
  const [first] = elsewhere;
  return (
    <div role="alert">
      {first && at.view !== 'calls' && (
        <p class="waiting-notice">
          <a href={hrefOf({ view: 'call', id: first.id })}>
            <strong>{texts.calls.unanswered(elsewhere.length)}</strong> {first.isTest && `${texts.call.test}: `}
            {texts.call.heading(first)}
          </a>
          <span aria-hidden="true">
            <RunningClock from={first.at} />
          </span>
        </p>
      )}
    </div>
  );
}
