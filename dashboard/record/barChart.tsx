import { barsOf, roundMaximum } from '../rules/chart.ts';

interface BarChartProps {
  title: string;
  unit: string;
  /** `null` where nothing is known. */
  values: readonly { label: string; value: number | null }[];
}

const WIDTH = 320;
const HEIGHT = 96;

/** A small chart; every value of it also stands in the table of the page. */
export function BarChart({ title, unit, values }: BarChartProps) {
  const numbers = values.map(({ value }) => value);
  const maximum = roundMaximum(numbers.map((value) => value ?? 0));
  const first = values[0]?.label ?? '';
  const last = values.at(-1)?.label ?? '';
  return (
    <figure class="card chart">
      <figcaption>
        <h2>{title}</h2>
        <span class="muted small">
          {unit}, 0–{maximum}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT + 1}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${first} – ${last}`}
      >
        <line class="grid" x1="0" x2={WIDTH} y1="0.5" y2="0.5" />
        <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        {barsOf(numbers, WIDTH, HEIGHT).map((bar, i) => (
          <rect key={values[i]?.label} class="bar" {...bar}>
            <title>{`${values[i]?.label}: ${values[i]?.value ?? '–'}`}</title>
          </rect>
        ))}
        <line class="axis" x1="0" x2={WIDTH} y1={HEIGHT + 0.5} y2={HEIGHT + 0.5} />
      </svg>
      <p class="row apart muted small" aria-hidden="true">
        <span>{first}</span>
        <span>{last}</span>
      </p>
    </figure>
  );
}
