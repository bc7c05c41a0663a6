import type { ApiError } from '../live/apiFetch.ts';
import { startSession } from '../live/session.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { texts } from '../texts.ts';
import { SignInLink } from './liveMark.tsx';

/** The API did not say who is here: nothing is shown, and what to do. */
export function NotHere({ failure }: { failure: ApiError }) {
  return (
    <main class="not-here">
      <h1>{texts.name}</h1>
      <Notice tone="alarm" isSpoken>
        <p>{failure.said ?? texts.failures[failure.kind]}</p>
      </Notice>
      {failure.kind === 'signedOut' ? (
        <SignInLink />
      ) : (
        <Button onClick={() => void startSession()}>{texts.again}</Button>
      )}
    </main>
  );
}
