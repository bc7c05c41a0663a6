import type { RosterOfPage } from '../../shared/dashboard/contract.ts';
import { Button } from '../parts/button.tsx';
import { ChangeResult } from '../parts/changeResult.tsx';
import { DayTime } from '../parts/times.tsx';
import { useChange } from '../parts/useChange.ts';
import { texts } from '../texts.ts';
import { AddOverride, type OverrideDraft } from './addOverride.tsx';

interface OverridesProps {
  roster: RosterOfPage;
  mayChange: boolean;
  onChanged: () => void;
}

/** Who stands in for whom, and new ones. */
export function Overrides({ roster, mayChange, onChanged }: OverridesProps) {
  const { state, change, isBusy } = useChange();
  const { version, overrides } = roster;
  const send = async (path: string, draft: OverrideDraft, said: string) => {
    await change(
      path,
      () => ({ after: version, ...draft }),
      () => said,
    );
    onChanged();
  };
  return (
    <section class="card" aria-labelledby="overrides">
      <h2 id="overrides">{texts.roster.overrides}</h2>
      {overrides.length === 0 && <p class="muted">{texts.roster.noOverrides}</p>}
      <ul class="messages">
        {overrides.map(({ rotation, from, until, fromAt, untilAt, person }) => (
          <li key={`${rotation}${from}${person.id}`} class="row apart">
            <span>
              <strong>{person.name}</strong> · {rotation} · <DayTime at={fromAt} /> – <DayTime at={untilAt} />
            </span>
            {mayChange && version !== null && (
              <Button
                isBusy={isBusy}
                onClick={() =>
                  void send(
                    'roster/overrides/remove',
                    { rotation, from, until, person: person.id },
                    texts.roster.removed,
                  )
                }
              >
                {texts.roster.remove}
                <span class="hidden-text">
                  {' '}
                  {person.name} {from}
                </span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayChange && version === null && <p class="muted">{texts.roster.isFile}</p>}
      {mayChange && version !== null && (
        <AddOverride
          roster={roster}
          isBusy={isBusy}
          onAdd={(draft) => void send('roster/overrides', draft, texts.roster.added)}
        />
      )}
      <ChangeResult state={state} />
    </section>
  );
}
