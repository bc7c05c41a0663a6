import type { TestResult } from '../../shared/dashboard/contract.ts';
import { me } from '../live/session.ts';
import { Button } from '../parts/button.tsx';
import { ChangeResult } from '../parts/changeResult.tsx';
import { useChange } from '../parts/useChange.ts';
import { texts } from '../texts.ts';

/** A text or a call to one's own phone, to see that it comes. */
export function TestOneself() {
  const { state, change, isBusy } = useChange();
  const test = (channel: 'sms' | 'voice') =>
    void change<TestResult>(
      'tests',
      () => ({ channel }),
      ({ detail, phoneEnd }) => texts.test.result(detail, phoneEnd),
    );
  const isKnown = me.value?.personId !== null;
  return (
    <section class="card" aria-labelledby="test-oneself">
      <h2 id="test-oneself">{texts.test.title}</h2>
      <p class="muted">{isKnown ? texts.test.about : texts.test.notInRoster}</p>
      {isKnown && (
        <div class="row">
          <Button isBusy={isBusy} onClick={() => test('sms')}>
            {texts.test.sms}
          </Button>
          <Button isBusy={isBusy} onClick={() => test('voice')}>
            {texts.test.voice}
          </Button>
        </div>
      )}
      <ChangeResult state={state} />
    </section>
  );
}
