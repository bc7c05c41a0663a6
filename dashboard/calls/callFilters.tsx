import { useEffect, useState } from 'preact/hooks';
import { me } from '../live/session.ts';
import { Button } from '../parts/button.tsx';
import { Field, Select } from '../parts/fields.tsx';
import { type CallFilter, isFiltering, NO_FILTER } from '../rules/callFilter.ts';
import { texts } from '../texts.ts';

/** So long after the last letter the search begins, in milliseconds. */
const TYPING_MS = 350;

/** Narrows the list of calls. */
export function CallFilters({ filter, onFilter }: { filter: CallFilter; onFilter: (filter: CallFilter) => void }) {
  const [q, setQ] = useState(filter.q);
  useEffect(() => {
    if (q === filter.q) return;
    const timer = setTimeout(() => onFilter({ ...filter, q }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [q, filter, onFilter]);
  const set = (name: keyof CallFilter) => (value: string) => onFilter({ ...filter, [name]: value });
  const sites = me.value?.allSites ?? [];
  return (
    <search class="filters">
      <Field label={texts.calls.search} class="wide">
        {(id) => (
          <input
            id={id}
            type="search"
            value={q}
            maxLength={100}
            placeholder={texts.calls.searchHint}
            onInput={(event) => setQ(event.currentTarget.value)}
          />
        )}
      </Field>
      <details class="more-filters">
        <summary>{texts.calls.filters}</summary>
        <div class="filters">
          <Select
            label={texts.calls.state}
            value={filter.state}
            onValue={set('state')}
            options={{ '': texts.all, ...texts.states }}
          />
          <Select
            label={texts.calls.kind}
            value={filter.test}
            onValue={set('test')}
            options={{ '': texts.all, ...texts.calls.kinds }}
          />
          {sites.length > 0 && (
            <Select
              label={texts.call.site}
              value={filter.site}
              onValue={set('site')}
              options={{ '': texts.all, ...Object.fromEntries(sites.map(({ id, name }) => [id, name])) }}
            />
          )}
          <Field label={texts.calls.from}>
            {(id) => (
              <input
                id={id}
                type="date"
                value={filter.from}
                onInput={(event) => set('from')(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label={texts.calls.until}>
            {(id) => (
              <input
                id={id}
                type="date"
                value={filter.until}
                onInput={(event) => set('until')(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
      </details>
      {isFiltering(filter) && (
        <Button
          onClick={() => {
            setQ('');
            onFilter(NO_FILTER);
          }}
        >
          {texts.calls.clear}
        </Button>
      )}
    </search>
  );
}
