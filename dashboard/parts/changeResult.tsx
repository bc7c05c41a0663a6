import { texts } from '../texts.ts';
import { Notice } from './notice.tsx';
import type { ChangeState } from './useChange.ts';

/** Says what became of a change. It is there before it has something to say, so that a screen reader hears it. */
export function ChangeResult({ state }: { state: ChangeState }) {
  return (
    <div role="status" class="change-result">
      {state.kind === 'busy' && <p class="muted">{texts.recording}</p>}
      {state.kind === 'done' && (
        <Notice tone="ok">
          <p>{state.said}</p>
        </Notice>
      )}
      {state.kind === 'failed' && (
        <Notice tone="alarm">
          <p>{state.said}</p>
        </Notice>
      )}
    </div>
  );
}
