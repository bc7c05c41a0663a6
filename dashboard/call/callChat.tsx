import { useState } from 'preact/hooks';
import type { Thread } from '../../shared/dashboard/contract.ts';
import { MessageList } from '../chats/messageList.tsx';
import { Loaded, usePoll } from '../parts/loaded.tsx';
import { texts } from '../texts.ts';

/** The chat of the call, asked for once it is opened. */
export function CallChat({ path }: { path: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{texts.call.chat}</summary>
      {isOpen && <CallThread path={path} />}
    </details>
  );
}

function CallThread({ path }: { path: string }) {
  const poll = usePoll<Thread>(path, 10);
  return <Loaded poll={poll}>{({ messages }) => <MessageList messages={messages} />}</Loaded>;
}
