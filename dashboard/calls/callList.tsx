import type { CallSummary } from '../../shared/dashboard/contract.ts';
import { hrefOf } from '../live/router.ts';
import { me } from '../live/session.ts';
import { CallMarks, StateBadge } from '../parts/badges.tsx';
import { Empty } from '../parts/notice.tsx';
import { ClockTime, dayName } from '../parts/times.tsx';
import { byDay } from '../rules/callFilter.ts';
import { dayOf } from '../rules/clock.ts';
import { texts } from '../texts.ts';

/** Calls by day, the newest first. */
export function CallList({ calls }: { calls: readonly CallSummary[] }) {
  if (calls.length === 0) return <Empty>{texts.calls.none}</Empty>;
  return (
    <div class="stack">
      {byDay(calls, (iso) => dayOf(iso, me.value?.timeZone)).map(([day, ofDay]) => (
        <section key={day} class="day">
          <h3>{dayName(ofDay[0]?.at ?? day)}</h3>
          <ul class="card call-list">
            {ofDay.map((call) => (
              <CallRow key={call.id} call={call} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function CallRow({ call }: { call: CallSummary }) {
  return (
    <li>
      <a class="call-row" href={hrefOf({ view: 'call', id: call.id })}>
        <span class="at">
          <ClockTime at={call.at} />
        </span>
        <span class="who">
          {texts.call.heading(call)} <span class="muted small">{call.code}</span>
        </span>
        <span class="where muted">{call.location ?? call.locationWithheld ?? texts.call.locationUnknown}</span>
        <span class="marks">
          <CallMarks call={call} />
          <StateBadge call={call} />
        </span>
      </a>
    </li>
  );
}
