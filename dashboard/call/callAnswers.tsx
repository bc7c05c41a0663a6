import type { CallDetail } from '../../shared/dashboard/contract.ts';
import { now } from '../live/tick.ts';
import { Button } from '../parts/button.tsx';
import { ChangeResult } from '../parts/changeResult.tsx';
import { Countdown } from '../parts/times.tsx';
import { useAnswer } from '../parts/useAnswer.ts';
import { texts } from '../texts.ts';

const REASONS = ['real', 'misdial', 'test', 'other'] as const;

/** The answers that count now. None shows as given before it is recorded. */
export function CallAnswers({ call, onAnswered }: { call: CallDetail; onAnswered: () => void }) {
  const { state, isBusy, answer } = useAnswer(call.id, onAnswered);
  const { answers } = call;
  return (
    <section class="stack answers" aria-label={texts.call.answers}>
      {answers.length > 0 && (
        <div class="row">
          {answers.map((action) =>
            action === 'resolve' ? null : (
              <Button
                key={action}
                look={action === 'acknowledge' ? 'alarm' : action === 'onScene' ? 'main' : 'plain'}
                size="large"
                isBusy={isBusy}
                onClick={() => void answer({ action })}
              >
                {texts.answers[action]}
              </Button>
            ),
          )}
        </div>
      )}
      {answers.includes('resolve') && (
        <details>
          <summary>{texts.answers.resolve}</summary>
          <div class="row">
            {REASONS.map((reason) => (
              <Button key={reason} isBusy={isBusy} onClick={() => void answer({ action: 'resolve', reason })}>
                {texts.reasons[reason]}
              </Button>
            ))}
          </div>
        </details>
      )}
      <ChangeResult state={state} />
      {call.nextStepAt !== null && call.state === 'open' && <NextStep at={call.nextStepAt} />}
    </section>
  );
}

function NextStep({ at }: { at: string }) {
  const isDue = Date.parse(at) <= now.value;
  return (
    <p class="muted">
      {isDue ? texts.call.nextStepDue : texts.call.nextStepIn} {!isDue && <Countdown to={at} />}
    </p>
  );
}
