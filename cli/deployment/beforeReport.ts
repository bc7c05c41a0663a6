import type { Check } from './check.ts';
import { indented, wrapped } from './text.ts';

const WORDS: Record<Check['state'], string> = { ok: 'OK', problem: 'PROBLEM', unknown: 'UNKNOWN' };

/** A line for each thing that was looked at, then each problem with how to mend it, and the verdict last. */
export function renderBefore(checks: readonly Check[], width: number): string {
  const problems = checks.flatMap((check) => check.problems.map((problem) => ({ ...problem, name: check.name })));
  return [
    'Before anything is created in Azure',
    '',
    ...checks.flatMap((check) => lineOf(check, checks, width)),
    ...problems.flatMap(({ name, what, why, mend, commands = [] }, index) => [
      '',
      `${index + 1}. ${name}`,
      ...indented(what, '   ', width),
      ...indented(why, '   Why: ', width),
      ...indented(mend, '   -> ', width),
      ...commands.map((command) => `      ${command}`),
    ]),
    '',
    ...wrapped(verdictOn(problems.length), width),
    '',
  ].join('\n');
}

function lineOf({ name, state, detail }: Check, all: readonly Check[], width: number): string[] {
  const names = Math.max(...all.map((check) => check.name.length));
  return indented(detail, `${name.padEnd(names)}  ${WORDS[state].padEnd('PROBLEM'.length)}  `, width);
}

function verdictOn(problems: number): string {
  if (problems === 0) return 'Nothing stands in the way.';
  const those = problems === 1 ? 'this problem' : `these ${problems} problems`;
  return `Nothing was created or changed. Put ${those} right, and start again: azd up`;
}
