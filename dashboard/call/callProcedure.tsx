import type { CallDetail } from '../../shared/dashboard/contract.ts';
import { ChangeResult } from '../parts/changeResult.tsx';
import { Markdown } from '../parts/markdown.tsx';
import { ClockTime } from '../parts/times.tsx';
import { useChange } from '../parts/useChange.ts';
import { texts } from '../texts.ts';

interface CallProcedureProps {
  callId: string;
  procedure: NonNullable<CallDetail['procedure']>;
  mayTick: boolean;
  onTicked: () => void;
}

/** What to do, in the customer's own words; each tick is recorded before it shows. */
export function CallProcedure({ callId, procedure, mayTick, onTicked }: CallProcedureProps) {
  const { state, change, isBusy } = useChange();
  const { site, version, markdown, checklist } = procedure;
  async function tick(item: number, isTicked: boolean): Promise<void> {
    const said = isTicked ? texts.call.ticked : texts.call.unticked;
    const path = `calls/${encodeURIComponent(callId)}/ticks`;
    await change(
      path,
      (key) => ({ site: site?.id ?? null, version, item, isTicked, key }),
      () => said,
    );
    onTicked();
  }
  return (
    <section class="card" aria-labelledby="procedure">
      <h2 id="procedure">{texts.call.procedure}</h2>
      <Markdown
        source={markdown}
        renderBox={(box, label) => {
          const ticked = checklist.find(({ item }) => item === box)?.ticked ?? null;
          return (
            <label class="check">
              <input
                type="checkbox"
                checked={ticked !== null}
                aria-disabled={!mayTick || isBusy ? 'true' : undefined}
                onClick={(event) => {
                  // It shows what is on record, nothing else.
                  event.preventDefault();
                  if (mayTick && !isBusy) void tick(box, ticked === null);
                }}
              />
              <span>
                {label}
                {ticked && (
                  <span class="muted small">
                    {' '}
                    {ticked.by.name}, <ClockTime at={ticked.at} />
                  </span>
                )}
              </span>
            </label>
          );
        }}
      />
      <ChangeResult state={state} />
      <p class="muted small">{texts.call.procedureVersion(site?.name ?? null, version)}</p>
    </section>
  );
}
