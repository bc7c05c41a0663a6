import type { Calls } from '../../shared/dashboard/contract.ts';
import { MorePages } from '../parts/morePages.tsx';
import { usePages } from '../parts/usePages.ts';
import { type CallFilter, toQuery, withoutDoubles } from '../rules/callFilter.ts';
import { CallList } from './callList.tsx';

/** The calls that fit a filter. */
export function FoundCalls({ filter }: { filter: CallFilter }) {
  const found = usePages<Calls>('calls', toQuery(filter));
  return (
    <>
      {found.pages.length > 0 && <CallList calls={withoutDoubles(found.pages.flatMap(({ calls }) => calls))} />}
      <MorePages {...found} lookedBackTo={found.pages.at(-1)?.looked.from ?? null} />
    </>
  );
}
