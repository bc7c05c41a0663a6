import { useEffect, useState } from 'preact/hooks';
import type { Procedure } from '../../shared/dashboard/contract.ts';
import { ApiError, type FailureKind, readApi } from '../live/apiFetch.ts';
import { Button } from '../parts/button.tsx';
import { ChangeResult } from '../parts/changeResult.tsx';
import { Field } from '../parts/fields.tsx';
import { Markdown } from '../parts/markdown.tsx';
import { Notice } from '../parts/notice.tsx';
import { useChange } from '../parts/useChange.ts';
import { texts } from '../texts.ts';

interface ProcedureEditorProps {
  site: string | null;
  /** The newest version; 0 where there is none. */
  version: number;
  mayChange: boolean;
  onSaved: () => void;
}

/** The text of one procedure, as it is written and as it will be read. */
export function ProcedureEditor({ site, version, mayChange, onSaved }: ProcedureEditorProps) {
  const { state, change, isBusy } = useChange();
  const { text, setText, failure } = useProcedureText(site, version);
  const save = async () => {
    const saved = await change(
      'procedures',
      () => ({ site, after: version, markdown: text }),
      () => texts.procedures.saved,
    );
    if (saved !== null) onSaved();
  };
  if (failure) return <Notice tone="alarm">{texts.failures[failure]}</Notice>;
  if (text === null) return <p class="muted">{texts.loading}</p>;
  return (
    <div class="stack">
      {mayChange && (
        <Field label={texts.procedures.text}>
          {(id) => (
            <textarea
              id={id}
              rows={10}
              maxLength={20_000}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <section class="preview" aria-label={texts.procedures.preview}>
        <Markdown
          source={text}
          renderBox={(_, label) => (
            <span class="check">
              <span class="box" aria-hidden="true" />
              <span>{label}</span>
            </span>
          )}
        />
      </section>
      {mayChange && (
        <div class="row">
          <Button look="main" isBusy={isBusy} onClick={() => void save()}>
            {texts.procedures.save}
          </Button>
        </div>
      )}
      <ChangeResult state={state} />
    </div>
  );
}

function useProcedureText(site: string | null, version: number) {
  const [text, setText] = useState<string | null>(version === 0 ? '' : null);
  const [failure, setFailure] = useState<FailureKind | null>(null);
  useEffect(() => {
    if (version === 0) return;
    readApi<Procedure>(`procedures/one${site === null ? '' : `?site=${encodeURIComponent(site)}`}`).then(
      ({ value }) => setText(value?.markdown ?? ''),
      (caught: unknown) => setFailure(caught instanceof ApiError ? caught.kind : 'failed'),
    );
  }, [site, version]);
  return { text, setText, failure };
}
