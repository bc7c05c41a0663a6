import { useState } from 'preact/hooks';
import type { CallDetail } from '../../shared/dashboard/contract.ts';
import { Button } from '../parts/button.tsx';
import { ClockTime } from '../parts/times.tsx';
import { shownDetails } from '../rules/shownDetails.ts';
import { texts } from '../texts.ts';

/** All that is on record of the call, in its order, each by the clock that told it. */
export function CallTimeline({ timeline }: { timeline: CallDetail['timeline'] }) {
  const [isWhole, setWhole] = useState(false);
  return (
    <section class="card" aria-labelledby="timeline">
      <div class="row apart">
        <h2 id="timeline">{texts.call.timeline}</h2>
        <Button isPressed={isWhole} onClick={() => setWhole(!isWhole)}>
          {texts.call.allDetails}
        </Button>
      </div>
      <ol class="timeline">
        {timeline.map(({ at, clock, kind, person, detail }, i) => (
          <li key={i}>
            <ClockTime at={at} />
            <div>
              <p>
                <strong>{texts.timelineKind(kind)}</strong>
                {person && ` · ${person.name}`} <span class="muted small">{texts.clocks[clock]}</span>
              </p>
              <p class="muted small">{shownDetails(detail, isWhole)}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
