import { useRef } from 'preact/hooks';
import type { CallDetail } from '../../shared/dashboard/contract.ts';
import { Button } from '../parts/button.tsx';
import { DayTime } from '../parts/times.tsx';
import { texts } from '../texts.ts';

/** Calls the number back; while the emergency call may still run, only after its warning was read. */
export function CallBack({ callback, number }: { callback: CallDetail['callback']; number: string | null }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { tel, warning, reservedUntil } = callback;
  return (
    <>
      {tel !== null && warning === null && (
        <dd>
          <a class="button" href={`tel:${tel}`}>
            {texts.call.callBack}
          </a>
        </dd>
      )}
      {tel !== null && warning !== null && (
        <dd>
          <Button onClick={() => dialog.current?.showModal()}>{texts.call.callBack} …</Button>
          <dialog ref={dialog} aria-labelledby="call-back-title">
            <div class="stack">
              <h2 id="call-back-title">{texts.call.callBackTitle(number ?? tel)}</h2>
              <p>{warning}</p>
              <div class="row">
                <Button onClick={() => dialog.current?.close()}>{texts.cancel}</Button>
                <a class="button alarm" href={`tel:${tel}`} onClick={() => dialog.current?.close()}>
                  {texts.call.callAnyway}
                </a>
              </div>
            </div>
          </dialog>
        </dd>
      )}
      {reservedUntil !== null && (
        <dd class="small muted">
          {texts.call.reservedUntil} <DayTime at={reservedUntil} />
        </dd>
      )}
    </>
  );
}
