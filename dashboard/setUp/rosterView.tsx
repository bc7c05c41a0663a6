import { useState } from 'preact/hooks';
import type { RosterOfPage } from '../../shared/dashboard/contract.ts';
import { may, me } from '../live/session.ts';
import { now } from '../live/tick.ts';
import { Button } from '../parts/button.tsx';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { Notice } from '../parts/notice.tsx';
import { addDays, localOf } from '../rules/calendar.ts';
import { Page } from '../shell/page.tsx';
import { texts } from '../texts.ts';
import { Overrides } from './overrides.tsx';
import { RosterCalendar } from './rosterCalendar.tsx';
import { TeamCard } from './teamCard.tsx';

const DAYS = 14;

/** Who is on call, now and in the two weeks shown. */
export function RosterView() {
  const timeZone = me.value?.timeZone ?? 'UTC';
  const [today] = localOf(new Date(now.peek()).toISOString(), timeZone);
  const [first, setFirst] = useState(today);
  // A day more on both sides: the rotations may live in other zones.
  const [from, until] = [`${addDays(first, -1)}T00:00:00Z`, `${addDays(first, DAYS + 1)}T00:00:00Z`];
  const poll = usePoll<RosterOfPage>(`roster?${new URLSearchParams({ from, until })}`, 15);
  return (
    <Page title={texts.views.roster}>
      <Loaded poll={poll}>
        {(roster) => (
          <>
            {roster.problems.map((problem) => (
              <Notice key={problem} tone="alarm">
                <p>{problem}</p>
              </Notice>
            ))}
            <div class="columns">
              {roster.teams.map((team) => (
                <TeamCard key={team.id} team={team} people={roster.people} />
              ))}
            </div>
            <section class="card" aria-labelledby="calendar">
              <div class="row apart">
                <h2 id="calendar">{texts.roster.calendar}</h2>
                <div class="row">
                  <Button onClick={() => setFirst(addDays(first, -DAYS))} label={texts.roster.earlier}>
                    ‹
                  </Button>
                  <Button onClick={() => setFirst(today)}>{texts.roster.today}</Button>
                  <Button onClick={() => setFirst(addDays(first, DAYS))} label={texts.roster.later}>
                    ›
                  </Button>
                </div>
              </div>
              <RosterCalendar roster={roster} first={first} days={DAYS} today={today} />
            </section>
            <Overrides roster={roster} mayChange={may('changeRoster')} onChanged={() => void poll?.refresh()} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
