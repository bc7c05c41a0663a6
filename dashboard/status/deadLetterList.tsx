import type { DeadLetters } from '../../shared/dashboard/contract.ts';
import { Button } from '../parts/button.tsx';
import { ChangeResult } from '../parts/changeResult.tsx';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { DayTime } from '../parts/times.tsx';
import { useChange } from '../parts/useChange.ts';
import { texts } from '../texts.ts';

/** What could not be worked off, each to be tried again. `count` is what the status knows. */
export function DeadLetterList({ count }: { count: number }) {
  const poll = usePoll<DeadLetters>('dead-letters', 15);
  const { state, change, isBusy } = useChange();
  async function replay(id: string): Promise<void> {
    await change(
      `dead-letters/${encodeURIComponent(id)}/replay`,
      () => ({}),
      () => texts.deadLetters.asked,
    );
    await poll?.refresh();
  }
  return (
    <section class="card" aria-labelledby="dead-letters">
      <h2 id="dead-letters">{texts.deadLetters.title(count)}</h2>
      <p class="muted">{texts.deadLetters.about}</p>
      <ChangeResult state={state} />
      <Loaded poll={poll}>
        {({ letters, isMore }) => (
          <>
            <ul class="messages">
              {letters.map(({ id, at, source, reason, attempts }) => (
                <li key={id}>
                  <div class="row apart">
                    <div>
                      <strong>{reason}</strong>
                      <p class="muted small">
                        <DayTime at={at} /> · {source} · {texts.call.attempts(attempts)}
                      </p>
                    </div>
                    <Button isBusy={isBusy} onClick={() => void replay(id)}>
                      {texts.deadLetters.replay}
                      <span class="hidden-text"> {reason}</span>
                    </Button>
                  </div>
                </li>
              ))}
            </ul>
            {isMore && <p class="muted small">{texts.deadLetters.more}</p>}
          </>
        )}
      </Loaded>
    </section>
  );
}
