import type { Audit } from '../../shared/dashboard/contract.ts';
import { MorePages } from '../parts/morePages.tsx';
import { Empty } from '../parts/notice.tsx';
import { DayTime } from '../parts/times.tsx';
import { usePages } from '../parts/usePages.ts';
import { texts } from '../texts.ts';

const NO_QUERY = new URLSearchParams();

/** Who looked at, exported or changed what on this page. */
export function AuditList() {
  const audit = usePages<Audit>('audit', NO_QUERY);
  const entries = audit.pages.flatMap((page) => page.entries);
  return (
    <section class="card" aria-labelledby="audit">
      <h2 id="audit">{texts.statistics.audit}</h2>
      {entries.length === 0 && !audit.isBusy && <Empty>{texts.statistics.noAudit}</Empty>}
      <ul class="messages">
        {entries.map(({ at, person, action, what, of }, i) => (
          <li key={i} class="row">
            <span class="muted small">
              <DayTime at={at} />
            </span>
            <span>
              <strong>{person.name}</strong> {texts.statistics.actions[action]} {what} {of}
            </span>
          </li>
        ))}
      </ul>
      <MorePages {...audit} lookedBackTo={null} />
    </section>
  );
}
