import { useEffect, useState } from 'preact/hooks';
import type { Messages } from '../../shared/dashboard/contract.ts';
import { me } from '../live/session.ts';
import { Field, Select } from '../parts/fields.tsx';
import { MorePages } from '../parts/morePages.tsx';
import { usePages } from '../parts/usePages.ts';
import { Page } from '../shell/page.tsx';
import { texts } from '../texts.ts';
import { MessageList } from './messageList.tsx';

/** All that the service account has received. */
export function ChatsView() {
  const [q, setQ] = useState('');
  const [verdict, setVerdict] = useState('');
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAsked(q.trim()), 350);
    return () => clearTimeout(timer);
  }, [q]);
  const query = new URLSearchParams({ ...(asked ? { q: asked } : {}), ...(verdict ? { verdict } : {}) });
  const found = usePages<Messages>('messages', query);
  return (
    <Page title={texts.views.chats}>
      <p class="muted">{texts.chats.about(me.value?.serviceAccount ?? null)}</p>
      <search class="filters">
        <Field label={texts.calls.search} class="wide">
          {(id) => (
            <input
              id={id}
              type="search"
              value={q}
              maxLength={100}
              onInput={(event) => setQ(event.currentTarget.value)}
            />
          )}
        </Field>
        <Select
          label={texts.chats.readAs}
          value={verdict}
          onValue={setVerdict}
          options={{ '': texts.all, ...texts.chats.verdicts }}
        />
      </search>
      {found.pages.length > 0 && (
        <div class="card">
          <MessageList messages={found.pages.flatMap(({ messages }) => messages)} />
        </div>
      )}
      <MorePages {...found} lookedBackTo={found.pages.at(-1)?.looked.from ?? null} />
    </Page>
  );
}
