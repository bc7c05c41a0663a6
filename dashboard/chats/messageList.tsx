import type { ChatMessage } from '../../shared/dashboard/contract.ts';
import { hrefOf } from '../live/router.ts';
import { Empty } from '../parts/notice.tsx';
import { DayTime } from '../parts/times.tsx';
import { texts } from '../texts.ts';

const LOOKS = { emergency: 'bad', other: '', unreadable: 'warn' } as const;

/** Messages as they were received, with what was made of each and why. */
export function MessageList({ messages }: { messages: readonly ChatMessage[] }) {
  if (messages.length === 0) return <Empty>{texts.chats.none}</Empty>;
  return (
    <ul class="messages">
      {messages.map((message) => (
        <li key={`${message.chatId}${message.messageId}`}>
          <div class="row apart">
            <strong>{message.from ?? texts.chats.fromUnknown}</strong>
            <span class="muted small">
              <DayTime at={message.sentAt ?? message.storedAt} />
            </span>
          </div>
          <p class="message-text">{message.isDeleted ? texts.chats.deleted : (message.text ?? texts.chats.removed)}</p>
          <div class="row small">
            <span class={`badge ${LOOKS[message.verdict]}`}>{texts.chats.verdicts[message.verdict]}</span>
            <span class="muted">{message.reasons.join(' · ')}</span>
            {message.callId !== null && <a href={hrefOf({ view: 'call', id: message.callId })}>{texts.chats.toCall}</a>}
          </div>
        </li>
      ))}
    </ul>
  );
}
