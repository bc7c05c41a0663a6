/** Waiting that ends when the look-alike is closed: what is asked for later is dropped. */
export interface Timers {
  /** Runs the task later. */
  after(ms: number, task: () => void): void;
  close(): void;
}

export function createTimers(): Timers {
  const timers = new Set<NodeJS.Timeout>();
  let isClosed = false;
  return {
    after(ms, task) {
      if (isClosed) {
        return;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        task();
      }, ms);
      timers.add(timer);
    },
    close() {
      isClosed = true;
      timers.forEach(clearTimeout);
      timers.clear();
    },
  };
}
