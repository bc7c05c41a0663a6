import { batch, type ReadonlySignal, signal } from '@preact/signals';
import { ApiError, type FailureKind, readApi } from './apiFetch.ts';
import { currentMs, everySecond } from './tick.ts';

/** What the API says at one address, asked again and again. */
export interface Poll<T> {
  /** The newest answer; `null` before the first. It stays when later ones fail: then `failure` says so. */
  value: ReadonlySignal<T | null>;
  failure: ReadonlySignal<FailureKind | null>;
  /** When the API answered last, by this device's clock; `null` before that. */
  answeredAt: ReadonlySignal<number | null>;
  /** Asks now. Never throws. */
  refresh(): Promise<void>;
  stop(): void;
}

/** Asks each `everySeconds`, one question at a time. */
export function startPoll<T>(path: string, everySeconds: number): Poll<T> {
  const value = signal<T | null>(null);
  const failure = signal<FailureKind | null>(null);
  const answeredAt = signal<number | null>(null);
  let etag: string | null = null;
  let asking: Promise<void> | null = null;
  let sinceLast = 0;

  async function ask(): Promise<void> {
    try {
      const fetched = await readApi<T>(path, etag);
      batch(() => {
        if (fetched.value !== null) value.value = fetched.value;
        failure.value = null;
        answeredAt.value = currentMs();
      });
      etag = fetched.etag;
    } catch (caught) {
      failure.value = caught instanceof ApiError ? caught.kind : 'failed';
    }
  }

  function refresh(): Promise<void> {
    sinceLast = 0;
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  }

  const stop = everySecond(() => {
    sinceLast += 1;
    if (sinceLast >= everySeconds) void refresh();
  });
  void refresh();
  return { value, failure, answeredAt, refresh, stop };
}
