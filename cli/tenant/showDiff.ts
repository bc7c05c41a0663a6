import type { KindDiff } from '../../shared/tenant/configDiff.ts';
import type { Impact, ImpactLine } from '../../shared/tenant/configImpact.ts';

/** Of each kind: more are counted. */
const MOST_NAMES = 5;

/** What is different, as lines. */
export function showDiff(changes: readonly KindDiff[]): string[] {
  if (changes.length === 0) return ['Nothing is different.'];
  return changes.flatMap(({ kind, added, removed, changed }) => [
    `${kind}: ${added.length} new, ${removed.length} gone, ${changed.length} changed`,
    ...named('+', added),
    ...named('-', removed),
    ...named(
      '~',
      changed.map(({ name, properties }) => `${name} (${properties.join(', ')})`),
    ),
  ]);
}

/** What it does to people and places, as lines: losses first. */
export function showImpact({ losses, gains }: Impact): string[] {
  if (losses.length + gains.length === 0) return ['Nobody loses anything, and nobody gains anything.'];
  return [
    ...(losses.length === 0 ? ['Nobody loses anything.'] : losses.flatMap((line) => impactLines('LOSS', line))),
    ...gains.flatMap((line) => impactLines('gain', line)),
  ];
}

function impactLines(word: string, { text, names }: ImpactLine): string[] {
  return [`${word}  ${text}`, ...named(' ', names)];
}

function named(mark: string, names: readonly string[]): string[] {
  const shown = names.slice(0, MOST_NAMES).map((name) => `  ${mark} ${name}`);
  return names.length > MOST_NAMES ? [...shown, `  ${mark} and ${names.length - MOST_NAMES} more`] : shown;
}
