/** How a wait is made and shown; tests move the clock in `sleep`. */
export interface Waiting {
  now(): Date;
  sleep(ms: number): Promise<unknown>;
  /** Told at each attempt that did not end it. */
  onWait(waitedMs: number): void;
  signal?: AbortSignal | undefined;
}

/**
 * Asks until there is an answer; `null` when the time is over or the wait was ended. Throws what `ask` throws.
 */
export async function waitUntil<T>(
  ask: () => Promise<T | null>,
  { now, sleep, onWait, signal }: Waiting,
  { pauseMs, limitMs }: { pauseMs: number; limitMs: number },
): Promise<T | null> {
  const beganAt = now().getTime();
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    const waitedMs = now().getTime() - beganAt;
    if (signal?.aborted || waitedMs + pauseMs > limitMs) return null;
    onWait(waitedMs);
    await sleep(pauseMs);
  }
}
