/**
 * How many pairs of calls a list tells in the other order than they were made; calls are named by their number, the
 * earliest 0. None: 0; all the wrong way round: n × (n − 1) / 2.
 */
export function countInversions(told: readonly number[]): number {
  return told.reduce((sum, call, index) => sum + told.slice(index + 1).filter((later) => later < call).length, 0);
}
