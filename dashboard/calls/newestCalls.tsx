import { useRef } from 'preact/hooks';
import type { Calls, Live } from '../../shared/dashboard/contract.ts';
import { MorePages } from '../parts/morePages.tsx';
import { usePages } from '../parts/usePages.ts';
import { withoutDoubles } from '../rules/callFilter.ts';
import { CallList } from './callList.tsx';

/** The newest calls, live, and those before them as far as one asks. */
export function NewestCalls({ live }: { live: Live }) {
  // Older pages go on where the first answer ended: new calls come in above it.
  const first = useRef(live);
  const isComplete = first.current.continuation === null;
  return (
    <>
      {isComplete ? (
        <CallList calls={live.newest} />
      ) : (
        <WithOlder live={live} first={first.current} start={first.current.continuation ?? ''} />
      )}
    </>
  );
}

function WithOlder({ live, first, start }: { live: Live; first: Live; start: string }) {
  const older = usePages<Calls>('calls', new URLSearchParams(), start);
  const pages = older.pages.flatMap(({ calls }) => calls);
  return (
    <>
      <CallList calls={withoutDoubles([...live.newest, ...first.newest, ...pages])} />
      <MorePages {...older} lookedBackTo={null} />
    </>
  );
}
