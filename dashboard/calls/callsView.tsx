import { useState } from 'preact/hooks';
import type { Live } from '../../shared/dashboard/contract.ts';
import { attention, liveCalls, may } from '../live/session.ts';
import { sound } from '../live/sound.ts';
import { Notice } from '../parts/notice.tsx';
import { ago } from '../parts/times.tsx';
import { isFiltering, NO_FILTER } from '../rules/callFilter.ts';
import { Page } from '../shell/page.tsx';
import { texts } from '../texts.ts';
import { ActiveCall } from './activeCall.tsx';
import { CallFilters } from './callFilters.tsx';
import { FoundCalls } from './foundCalls.tsx';
import { NewestCalls } from './newestCalls.tsx';

/** Running calls on top, then the days before. */
export function CallsView() {
  const live = liveCalls.value;
  const [filter, setFilter] = useState(NO_FILTER);
  return (
    <Page title={texts.views.calls} isHeadingHidden>
      {sound.value !== 'on' && (
        <Notice tone={sound.value === 'blocked' ? 'warn' : 'info'}>
          <p>{texts.sound.hint[sound.value]}</p>
        </Notice>
      )}
      {live === null ? (
        <p class="empty" aria-busy="true">
          {texts.loading}
        </p>
      ) : (
        <ActiveCalls live={live} />
      )}
      <section class="stack" aria-labelledby="history">
        <h2 id="history">{texts.calls.history}</h2>
        <CallFilters filter={filter} onFilter={setFilter} />
        {isFiltering(filter) ? <FoundCalls filter={filter} /> : live && <NewestCalls live={live} />}
      </section>
    </Page>
  );
}

function ActiveCalls({ live }: { live: Live }) {
  const waiting = attention.value.unanswered.length;
  if (live.active.length === 0) {
    const [last] = live.newest;
    return (
      <div class="calm">
        <p class="calm-word">{texts.calls.noneActive}</p>
        <p class="muted">{last ? texts.calls.lastWas(ago(last.at)) : texts.calls.never}</p>
      </div>
    );
  }
  return (
    <section class="stack" aria-labelledby="active">
      <h2 id="active" class={waiting > 0 ? 'alarm-text' : ''}>
        {waiting > 0 ? texts.calls.unanswered(waiting) : texts.calls.active(live.active.length)}
      </h2>
      <ul class="stack">
        {live.active.map((call) => (
          <li key={call.id}>
            <ActiveCall call={call} mayAnswer={may('answerCalls')} />
          </li>
        ))}
      </ul>
    </section>
  );
}
