import { useState } from 'preact/hooks';
import type { CallRaw } from '../../shared/dashboard/contract.ts';
import { CopyButton } from '../parts/copyButton.tsx';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { Empty } from '../parts/notice.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { DayTime } from '../parts/times.tsx';
import { texts } from '../texts.ts';

/** What came in, as it came; asked for once it is opened. */
export function CallRawFold({ path }: { path: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{texts.call.raw}</summary>
      {isOpen && <RawTexts path={path} />}
    </details>
  );
}

function RawTexts({ path }: { path: string }) {
  const poll = usePoll<CallRaw>(path, 60);
  return (
    <Loaded poll={poll}>
      {({ notifications, message }) => (
        <div class="stack">
          {notifications.length === 0 && message === null && <Empty>{texts.call.noRaw}</Empty>}
          {notifications.map(({ at, json }, i) => (
            <RawText key={i} text={json} label={texts.call.notification}>
              <DayTime at={at} />
            </RawText>
          ))}
          {message !== null && <RawText text={message} label={texts.call.message} />}
        </div>
      )}
    </Loaded>
  );
}

function RawText({ text, label, children }: { text: string; label: string; children?: preact.ComponentChildren }) {
  return (
    <section class="stack">
      <div class="row apart">
        <h3>
          {label} <span class="muted small">{children}</span>
        </h3>
        <CopyButton text={text} label={texts.copy} />
      </div>
      <Scrolling label={label}>
        <pre>{text}</pre>
      </Scrolling>
    </section>
  );
}
