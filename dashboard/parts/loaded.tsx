import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Poll, startPoll } from '../live/poll.ts';
import { texts } from '../texts.ts';
import { Notice } from './notice.tsx';
import { ago } from './times.tsx';

/** Follows one address of the API for as long as the view is shown. */
export function usePoll<T>(path: string, everySeconds: number): Poll<T> | null {
  const [poll, setPoll] = useState<Poll<T> | null>(null);
  useEffect(() => {
    const started = startPoll<T>(path, everySeconds);
    setPoll(started);
    return started.stop;
  }, [path, everySeconds]);
  return poll;
}

/** What was loaded; before that, that it is loading; after a failure, that it is old and since when. */
export function Loaded<T>({ poll, children }: { poll: Poll<T> | null; children: (value: T) => ComponentChildren }) {
  const value = poll?.value.value ?? null;
  const failure = poll?.failure.value ?? null;
  const answeredAt = poll?.answeredAt.value ?? null;
  return (
    <>
      {failure && (
        <Notice tone="alarm" isSpoken>
          <p>
            {texts.failures[failure]}
            {answeredAt !== null && value !== null && ` ${texts.shownIsFrom(ago(new Date(answeredAt).toISOString()))}`}
          </p>
        </Notice>
      )}
      {value === null && !failure && (
        <p class="empty" aria-busy="true">
          {texts.loading}
        </p>
      )}
      {value !== null && children(value)}
    </>
  );
}
