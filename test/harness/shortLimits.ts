import { AsyncLocalStorage } from 'node:async_hooks';

/** A quarter of the storage's own limit: to wait longer for what does not answer shows nothing. */
const LONGEST_MS = 625;

const within = new AsyncLocalStorage<true>();

/** Shortens the limits of all requests that begin within {@link inShortTime}; returns what puts them back. */
export function shortenLimits(): () => void {
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, within.getStore() ? Math.min(ms, LONGEST_MS) : ms);
  return () => {
    AbortSignal.timeout = timeout;
  };
}

export function inShortTime<T>(run: () => T): T {
  return within.run(true, run);
}
