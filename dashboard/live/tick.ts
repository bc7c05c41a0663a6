import { signal } from '@preact/signals';

/** A device's clock that is off by less is taken as it is. */
const TOLERATED_MS = 5_000;
let offsetMs = 0;

/** The time now, by the server's clock where this device's is wrong. */
export function currentMs(): number {
  return Date.now() + offsetMs;
}

/** The same, moved each second. */
export const now = signal(Date.now());

const listeners = new Set<() => void>();

/** Calls back each second, also while the page is in the background. Returns how to end it. */
export function everySecond(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes the `Date` of an answer. */
export function noteServerTime(date: string | null): void {
  const ms = date === null ? Number.NaN : Date.parse(date) - Date.now();
  if (Number.isFinite(ms)) offsetMs = Math.abs(ms) > TOLERATED_MS ? ms : 0;
}

/** Starts the page's one clock. */
export function startTicking(): void {
  const tick = () => {
    now.value = currentMs();
    for (const listener of listeners) listener();
  };
  const startHere = () => setInterval(tick, 1_000);
  try {
    const worker = new Worker(new URL('./tickWorker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', tick);
    worker.addEventListener('error', startHere, { once: true });
  } catch {
    startHere();
  }
}
