/** A bar of a chart, in units of its drawing. */
export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A round number at or above the largest value: what the axis ends with. At least 1. */
export function roundMaximum(values: readonly number[]): number {
  const largest = Math.max(1, ...values);
  const power = 10 ** Math.floor(Math.log10(largest));
  return ([1, 2, 5, 10].find((step) => step * power >= largest) ?? 10) * power;
}

/** A bar for each value, side by side; one that is not known has no height. */
export function barsOf(values: readonly (number | null)[], width: number, height: number): Bar[] {
  const maximum = roundMaximum(values.map((value) => value ?? 0));
  const slot = width / Math.max(1, values.length);
  return values.map((value, i) => {
    const barHeight = ((value ?? 0) / maximum) * height;
    return { x: i * slot + slot * 0.15, y: height - barHeight, width: slot * 0.7, height: barHeight };
  });
}
