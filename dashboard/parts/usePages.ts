import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, type FailureKind, readApi } from '../live/apiFetch.ts';

interface PagesState<T> {
  pages: T[];
  continuation: string | null;
  isBusy: boolean;
  failure: FailureKind | null;
}

/**
 * Reads a list page by page: the first at once where `start` is null, else from that continuation when more is asked
 * for. Another address begins anew.
 */
export function usePages<T extends { continuation: string | null }>(
  path: string,
  query: URLSearchParams,
  start: string | null = null,
) {
  const address = `${path}?${query}`;
  const fresh: PagesState<T> = { pages: [], continuation: start, isBusy: false, failure: null };
  const [state, setState] = useState(fresh);
  const current = useRef(address);

  async function load(from: string | null, before: T[]): Promise<void> {
    setState({ pages: before, continuation: from, isBusy: true, failure: null });
    const asked = from === null ? address : `${address}&continuation=${encodeURIComponent(from)}`;
    const next = await readApi<T>(asked).then(
      ({ value }): PagesState<T> => ({
        pages: value ? [...before, value] : before,
        continuation: value?.continuation ?? null,
        isBusy: false,
        failure: null,
      }),
      (caught: unknown): PagesState<T> => ({
        pages: before,
        continuation: from,
        isBusy: false,
        failure: caught instanceof ApiError ? caught.kind : 'failed',
      }),
    );
    // An answer to what is no longer asked comes too late.
    if (current.current === address) setState(next);
  }

  useEffect(() => {
    current.current = address;
    if (start === null) void load(null, []);
    else setState(fresh);
  }, [address, start === null]);

  return { ...state, more: () => void load(state.continuation, state.pages) };
}
