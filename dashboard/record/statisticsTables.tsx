import type { Statistics } from '../../shared/dashboard/contract.ts';
import { Scrolling } from '../parts/scrolling.tsx';
import { texts } from '../texts.ts';

/** Calls by site. */
export function SiteTable({ sites }: { sites: Statistics['sites'] }) {
  return (
    <section class="card" aria-labelledby="by-site">
      <h2 id="by-site">{texts.statistics.bySite}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.call.site}</th>
            <th scope="col">{texts.statistics.calls}</th>
            <th scope="col">{texts.statistics.tests}</th>
          </tr>
        </thead>
        <tbody>
          {sites.map(({ site, calls, tests }) => (
            <tr key={site?.id ?? ''}>
              <th scope="row">{site?.name ?? texts.statistics.noSite}</th>
              <td class="number">{calls}</td>
              <td class="number">{tests}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** All that the charts show, as numbers. */
export function WeekTable({ weeks }: { weeks: Statistics['weeks'] }) {
  return (
    <section class="card" aria-labelledby="by-week">
      <h2 id="by-week">{texts.statistics.byWeek}</h2>
      <Scrolling label={texts.tableOf(texts.statistics.byWeek)}>
        <table>
          <thead>
            <tr>
              <th scope="col">{texts.statistics.week}</th>
              <th scope="col">{texts.statistics.calls}</th>
              <th scope="col">{texts.statistics.tests}</th>
              <th scope="col">{texts.statistics.notify}</th>
              <th scope="col">{texts.statistics.acknowledge}</th>
            </tr>
          </thead>
          <tbody>
            {weeks.map(({ week, calls, tests, timeToNotify, timeToAcknowledge }) => (
              <tr key={week}>
                <th scope="row">{week}</th>
                <td class="number">{calls}</td>
                <td class="number">{tests}</td>
                <td class="number">{texts.seconds(timeToNotify.p95Seconds)}</td>
                <td class="number">{texts.seconds(timeToAcknowledge.p95Seconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
    </section>
  );
}
