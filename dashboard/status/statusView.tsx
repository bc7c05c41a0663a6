import type { Status } from '../../shared/dashboard/contract.ts';
import { may } from '../live/session.ts';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { Ago } from '../parts/times.tsx';
import { worstFirst } from '../rules/worstFirst.ts';
import { Page } from '../shell/page.tsx';
import { texts } from '../texts.ts';
import { DeadLetterList } from './deadLetterList.tsx';
import { StatusDetails } from './statusDetails.tsx';
import { StatusPart } from './statusPart.tsx';

const TONES = { ok: 'ok', warning: 'warn', critical: 'alarm' } as const;

/** Whether the next call would be told, and if not, what to do. */
export function StatusView() {
  const poll = usePoll<Status>('status', 15);
  return (
    <Page title={texts.views.status}>
      <Loaded poll={poll}>
        {(status) => {
          const parts = worstFirst(status.parts);
          const faulty = parts.filter(({ state }) => state !== 'ok');
          const good = parts.filter(({ state }) => state === 'ok');
          return (
            <>
              <div class={`notice ${TONES[status.state]}`} role="status">
                <p>
                  <strong>{texts.status.overall[status.state]}</strong>
                </p>
                <p class="small muted">
                  {texts.status.looked} <Ago at={status.at} />
                </p>
              </div>
              {faulty.map((part) => (
                <StatusPart key={part.part} part={part} />
              ))}
              {good.length > 0 && (
                <section class="card" aria-labelledby="good">
                  <h2 id="good">{texts.status.good}</h2>
                  <dl class="good-parts">
                    {good.map(({ part, detail }) => (
                      <div key={part}>
                        <dt>{texts.status.partName(part)}</dt>
                        <dd class="muted">{detail}</dd>
                      </div>
                    ))}
                  </dl>
                </section>
              )}
              <StatusDetails status={status} />
              {may('replayDeadLetters') && <DeadLetterList count={status.deadLetters} />}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
