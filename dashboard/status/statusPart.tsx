import type { Status } from '../../shared/dashboard/contract.ts';
import { Ago } from '../parts/times.tsx';
import { texts } from '../texts.ts';

const LOOKS = { ok: 'ok', warning: 'warn', critical: 'bad', unknown: '' } as const;

/** A part that is not well: what happened, and what to do. */
export function StatusPart({ part: { part, state, since, detail, findings } }: { part: Status['parts'][number] }) {
  return (
    <section class={`card status-part ${state}`} aria-label={`${part}: ${texts.status.states[state]}`}>
      <div class="row apart">
        <h2>{texts.status.partName(part)}</h2>
        <span class={`badge ${LOOKS[state]}`}>{texts.status.states[state]}</span>
      </div>
      <p class="muted">
        {detail}
        {since !== null && (
          <>
            {' '}
            (<Ago at={since} />)
          </>
        )}
      </p>
      {findings.map((finding) => (
        <div key={finding.id} class={`notice ${finding.severity === 'critical' ? 'alarm' : 'warn'}`}>
          <h3>{texts.status.partName(finding.title)}</h3>
          <p>{finding.what}</p>
          <p>
            <strong>{texts.status.todo}</strong> {finding.todo}
          </p>
        </div>
      ))}
    </section>
  );
}
