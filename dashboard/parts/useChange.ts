import { useRef, useState } from 'preact/hooks';
import { ApiError, changeApi } from '../live/apiFetch.ts';
import { texts } from '../texts.ts';

/** What became of the last change that was asked for. */
export type ChangeState =
  | { kind: 'none' }
  | { kind: 'busy' }
  | { kind: 'done'; said: string }
  | { kind: 'failed'; said: string };

/**
 * Asks the API for changes, one at a time. Nothing is called done before the API said so; asking again after a failure
 * is the same change (`key`), so that it is never made twice.
 */
export function useChange() {
  const [state, setState] = useState<ChangeState>({ kind: 'none' });
  const keys = useRef(new Map<string, string>());

  /** `toSaid` makes the sentence that confirms. Returns what was answered, `null` when it failed. */
  async function change<T>(
    path: string,
    toBody: (key: string) => unknown,
    toSaid: (answer: T) => string,
  ): Promise<T | null> {
    if (state.kind === 'busy') return null;
    setState({ kind: 'busy' });
    const meant = path + JSON.stringify(toBody(''));
    const key = keys.current.get(meant) ?? crypto.randomUUID();
    keys.current.set(meant, key);
    try {
      const answer = await changeApi<T>(path, toBody(key));
      keys.current.delete(meant);
      setState({ kind: 'done', said: toSaid(answer) });
      return answer;
    } catch (caught) {
      setState({ kind: 'failed', said: sentenceOf(caught) });
      return null;
    }
  }
  return { state, change, isBusy: state.kind === 'busy' };
}

function sentenceOf(caught: unknown): string {
  const failure = caught instanceof ApiError ? caught : new ApiError('failed', null);
  return `${texts.notRecorded} ${failure.said ?? texts.failures[failure.kind]}`;
}
