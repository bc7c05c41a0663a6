/**
 * The delays of the real host between polls of an empty queue and between retries: the least interval first, then
 * doubling steps with 20 % of chance, up to the greatest (RandomizedExponentialBackoffStrategy.cs of azure-webjobs-sdk).
 */
export function createBackoff(minimumMs: number, maximumMs: number) {
  let steps = 0;
  let currentMs = 0;
  return {
    nextMs(succeeded: boolean): number {
      if (succeeded) {
        steps = 1;
        currentMs = minimumMs;
      } else if (currentMs !== maximumMs) {
        const chance = 0.8 + 0.4 * Math.random();
        const grownMs = minimumMs + (steps > 0 ? chance * 2 ** (steps - 1) * minimumMs : 0);
        if (grownMs < maximumMs) steps += 1;
        currentMs = Math.min(grownMs, maximumMs);
      }
      return currentMs;
    },
  };
}
