import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { programOnPath } from '../scripts/programOnPath.ts';

/** The test, or a line that says why it does not run. */
function withBicep() {
  if (programOnPath('bicep')) return test;
  console.log('bicep is not on the PATH: the compiler did not look at infra/.');
  return test.skip;
}

/** What the compiler found, warnings as good as errors. */
function findings(command: 'build' | 'lint'): string[] {
  const output = command === 'build' ? ['--stdout'] : [];
  const { status, stderr, stdout } = spawnSync('bicep', [command, 'infra/main.bicep', ...output], {
    encoding: 'utf8',
    timeout: 110_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  const said = `${stderr}\n${command === 'lint' ? stdout : ''}`
    .split('\n')
    .filter((line) => /\b(Warning|Error|WARNING|ERROR)\b/.test(line));
  return status === 0 ? said : [`exit code ${status}`, ...said];
}

withBicep().each(['build', 'lint'] as const)(
  'bicep %s finds nothing in infra/',
  (command) => {
    expect(findings(command)).toEqual([]);
  },
  120_000,
);

/**
 * Left at the compiler's default, which is off: use-recent-api-versions turns with the calendar and not with a change;
 * what-if-short-circuiting forbids that a module gives another one what is known only once it is made, such as the id of
 * an identity; use-user-defined-types is a matter of style.
 */
test('every rule of the linter that is named is a warning or an error', () => {
  const { analyzers, extensions } = JSON.parse(readFileSync('infra/bicepconfig.json', 'utf8'));
  const rules = Object.entries<{ level: string }>(analyzers.core.rules);
  expect(analyzers.core.enabled).toBe(true);
  expect(rules.length).toBeGreaterThan(35);
  expect(rules.filter(([, { level }]) => level !== 'warning' && level !== 'error')).toEqual([]);
  expect(extensions).toEqual({ microsoftGraphV1: 'br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0' });
});
