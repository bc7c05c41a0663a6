import type { FailureKind } from '../live/apiFetch.ts';
import { texts } from '../texts.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';
import { DayTime } from './times.tsx';

interface MorePagesProps {
  continuation: string | null;
  isBusy: boolean;
  failure: FailureKind | null;
  more: () => void;
  /** How far back was looked while there may be more; `null` where that is not worth saying. */
  lookedBackTo: string | null;
}

/** The end of a list that is read page by page: how far it goes, and on. */
export function MorePages({ continuation, isBusy, failure, more, lookedBackTo }: MorePagesProps) {
  return (
    <div class="row more-pages" aria-live="polite">
      {isBusy && <span class="muted">{texts.loading}</span>}
      {failure && (
        <Notice tone="alarm">
          <p>{texts.failures[failure]}</p>
        </Notice>
      )}
      {!isBusy && (continuation !== null || failure) && (
        <Button onClick={more}>{failure ? texts.again : texts.more}</Button>
      )}
      {!isBusy && continuation !== null && lookedBackTo !== null && (
        <span class="muted small">
          {texts.lookedBackTo} <DayTime at={lookedBackTo} />
        </span>
      )}
    </div>
  );
}
