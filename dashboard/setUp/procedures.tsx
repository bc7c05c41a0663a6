import { useState } from 'preact/hooks';
import type { Procedures as ProcedureHeads } from '../../shared/dashboard/contract.ts';
import { may, me } from '../live/session.ts';
import { Select } from '../parts/fields.tsx';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { DayTime } from '../parts/times.tsx';
import { texts } from '../texts.ts';
import { ProcedureEditor } from './procedureEditor.tsx';

/** The response procedures: one for all sites, and those of single sites. */
export function Procedures() {
  const poll = usePoll<ProcedureHeads>('procedures', 30);
  const [site, setSite] = useState('');
  const sites = me.value?.allSites ?? [];
  const names = { '': texts.procedures.allSites, ...Object.fromEntries(sites.map(({ id, name }) => [id, name])) };
  return (
    <section class="card" aria-labelledby="procedures">
      <h2 id="procedures">{texts.procedures.title}</h2>
      <p class="muted">{texts.procedures.about}</p>
      <Loaded poll={poll}>
        {({ procedures }) => {
          const head = procedures.find((one) => (one.site?.id ?? '') === site) ?? null;
          return (
            <>
              <Select label={texts.call.site} value={site} onValue={setSite} options={names} />
              <p class="muted small">
                {head ? (
                  <>
                    {texts.procedures.version(head.version, head.by.name)} <DayTime at={head.at} />
                  </>
                ) : (
                  texts.procedures.none
                )}
              </p>
              <ProcedureEditor
                key={`${site} ${head?.version ?? 0}`}
                site={site === '' ? null : site}
                version={head?.version ?? 0}
                mayChange={may('changeProcedures')}
                onSaved={() => void poll?.refresh()}
              />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
