import type { CallDetail } from '../../shared/dashboard/contract.ts';
import { ClockTime } from '../parts/times.tsx';
import { texts } from '../texts.ts';

/** All that is on record of the call, in its order, each by the clock that told it. */
export function CallTimeline({ timeline }: { timeline: CallDetail['timeline'] }) {
  return (
    <section class="card" aria-labelledby="timeline">
      <h2 id="timeline">{texts.call.timeline}</h2>
      <ol class="timeline">
        {timeline.map(({ at, clock, kind, person, detail }, i) => (
          <li key={i}>
            <ClockTime at={at} />
            <div>
              <p>
                <strong>{texts.timelineKind(kind)}</strong>
                {person && ` · ${person.name}`} <span class="muted small">{texts.clocks[clock]}</span>
              </p>
              {Object.keys(detail).length > 0 && (
                <p class="muted small">
                  {Object.entries(detail)
                    .map(([name, value]) => `${name}: ${value}`)
                    .join(' · ')}
                </p>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
