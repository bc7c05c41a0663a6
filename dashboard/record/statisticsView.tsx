import { useState } from 'preact/hooks';
import type { Statistics } from '../../shared/dashboard/contract.ts';
import { may, me } from '../live/session.ts';
import { now } from '../live/tick.ts';
import { Field } from '../parts/fields.tsx';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { Notice } from '../parts/notice.tsx';
import { addDays, localOf } from '../rules/calendar.ts';
import { Page } from '../shell/page.tsx';
import { texts } from '../texts.ts';
import { AuditList } from './auditList.tsx';
import { BarChart } from './barChart.tsx';
import { SiteTable, WeekTable } from './statisticsTables.tsx';

/** How many calls, and how fast people were told and answered. */
export function StatisticsView() {
  const zone = me.value?.timeZone ?? 'UTC';
  const [today] = localOf(new Date(now.peek()).toISOString(), zone);
  const [from, setFrom] = useState(addDays(today, -90));
  const [to, setTo] = useState(today);
  const query = new URLSearchParams({ from, to, zone }).toString();
  const poll = usePoll<Statistics>(`statistics?${query}`, 60);
  return (
    <Page title={texts.views.statistics}>
      <div class="filters">
        <Field label={texts.calls.from}>
          {(id) => (
            <input
              id={id}
              type="date"
              required
              value={from}
              max={to}
              onChange={(event) => setFrom(event.currentTarget.value || from)}
            />
          )}
        </Field>
        <Field label={texts.calls.until}>
          {(id) => (
            <input
              id={id}
              type="date"
              required
              value={to}
              min={from}
              onChange={(event) => setTo(event.currentTarget.value || to)}
            />
          )}
        </Field>
        {may('exportRecord') && (
          <a class="button" href={`/api/page/export/calls.csv?${query}`} download>
            {texts.statistics.export}
          </a>
        )}
      </div>
      <Loaded poll={poll}>{(statistics) => <Charts statistics={statistics} />}</Loaded>
      {may('seeAudit') && <AuditList />}
    </Page>
  );
}

function Charts({ statistics }: { statistics: Statistics }) {
  const { weeks, sites, timeToNotify, timeToAcknowledge, looked } = statistics;
  const chart = (toValue: (week: Statistics['weeks'][number]) => number | null) =>
    weeks.map((week) => ({ label: week.week, value: toValue(week) }));
  return (
    <>
      {!looked.isComplete && (
        <Notice tone="warn">
          <p>{texts.statistics.incomplete}</p>
        </Notice>
      )}
      <dl class="key-figures">
        <Figure name={texts.statistics.calls} value={String(weeks.reduce((sum, { calls }) => sum + calls, 0))} />
        <Figure name={texts.statistics.tests} value={String(weeks.reduce((sum, { tests }) => sum + tests, 0))} />
        <Figure name={texts.statistics.notify} value={texts.seconds(timeToNotify.p95Seconds)} />
        <Figure name={texts.statistics.acknowledge} value={texts.seconds(timeToAcknowledge.p95Seconds)} />
      </dl>
      <div class="columns">
        <BarChart
          title={texts.statistics.callsByWeek}
          unit={texts.statistics.calls}
          values={chart(({ calls }) => calls)}
        />
        <BarChart
          title={texts.statistics.notify}
          unit={texts.statistics.inSeconds}
          values={chart((week) => week.timeToNotify.p95Seconds)}
        />
        <BarChart
          title={texts.statistics.acknowledge}
          unit={texts.statistics.inSeconds}
          values={chart((week) => week.timeToAcknowledge.p95Seconds)}
        />
        <SiteTable sites={sites} />
      </div>
      <WeekTable weeks={weeks} />
    </>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div class="card">
      <dt class="muted small">{name}</dt>
      <dd class="number">{value}</dd>
    </div>
  );
}
