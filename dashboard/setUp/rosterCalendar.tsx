import type { RosterOfPage } from '../../shared/dashboard/contract.ts';
import { Empty } from '../parts/notice.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { dayName } from '../parts/times.tsx';
import { daysFrom, onDay } from '../rules/calendar.ts';
import { texts } from '../texts.ts';

interface RosterCalendarProps {
  roster: RosterOfPage;
  first: string;
  days: number;
  today: string;
}

/** Days down, rotations across: who has the duty when. */
export function RosterCalendar({ roster: { rotations }, first, days, today }: RosterCalendarProps) {
  if (rotations.length === 0) return <Empty>{texts.roster.noRotations}</Empty>;
  return (
    <Scrolling label={texts.tableOf(texts.roster.calendar)}>
      <table class="calendar">
        <thead>
          <tr>
            <th scope="col">{texts.roster.day}</th>
            {rotations.map(({ id, timeZone }) => (
              <th key={id} scope="col">
                {id} <span class="small">({timeZone})</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {daysFrom(first, days).map((day) => (
            <tr key={day} class={day === today ? 'today' : ''}>
              <th scope="row">
                {/* Noon is the same day in every zone of the team. */}
                {dayName(`${day}T12:00:00Z`)}
                {day === today && <span class="badge taken">{texts.roster.today}</span>}
              </th>
              {rotations.map((rotation) => (
                <td key={rotation.id}>
                  <ShiftsOfDay rotation={rotation} day={day} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function ShiftsOfDay({ rotation, day }: { rotation: RosterOfPage['rotations'][number]; day: string }) {
  return (
    <ul class="shifts">
      {onDay(rotation.shifts, day, rotation.timeZone).map(({ shift, from, until }) => {
        const color = rotation.people.findIndex(({ id }) => id === shift.person?.id) % 4;
        return (
          <li key={from} class={`shift color-${color}`}>
            <span>{shift.person?.name ?? texts.roster.nobody}</span>
            {!(from === '00:00' && until === '24:00') && (
              <span class="number small">
                {from}–{until}
              </span>
            )}
            {shift.isOverride && <span class="small">{texts.roster.override}</span>}
          </li>
        );
      })}
    </ul>
  );
}
