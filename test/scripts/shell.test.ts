import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOnPath } from './programOnPath.ts';

const SCRIPTS = readdirSync('scripts', { recursive: true, encoding: 'utf8' }).map((file) => join('scripts', file));
const BASH = SCRIPTS.filter((file) => file.endsWith('.sh'));
const POWERSHELL = SCRIPTS.filter((file) => file.endsWith('.ps1'));

/** The test, or a line that says why it does not run. */
function where(program: string) {
  if (programOnPath(program)) return test;
  console.log(`${program} is not on the PATH: what it would have found in scripts/ is not known.`);
  return test.skip;
}

const ran = (program: string, args: string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8', timeout: 25_000 });
  return { status, said: stdout + stderr };
};
const silence = { status: 0, said: '' };

where('shellcheck').each(BASH)('shellcheck finds nothing in %s', (file) => {
  expect(ran('shellcheck', ['--enable=quote-safe-variables,check-unassigned-uppercase', file])).toEqual(silence);
});

where('shellcheck')('shellcheck would find a word that is not quoted', () => {
  const input = '#!/usr/bin/env bash\nname=$1\nrm $name\n';
  expect(ran('shellcheck', ['-'], input)).toEqual({ status: 1, said: expect.stringContaining('SC2086') });
});

test.each(BASH)('%s stops at the first error', (file) => {
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/^#!(\/usr\/bin\/env bash|\/bin\/sh)\n/);
  expect(text).toMatch(text.startsWith('#!/usr/bin/env bash') ? /^set -euo pipefail$/m : /^set -eu$/m);
});

test.each(POWERSHELL)('%s stops at the first error', (file) => {
  expect(readFileSync(file, 'utf8')).toMatch(/^\$ErrorActionPreference = 'Stop'$/m);
});

const PARSE =
  '$errors = $null; [void][System.Management.Automation.Language.Parser]::ParseFile($args[0], [ref]$null, [ref]$errors); $errors';
where('pwsh').each(POWERSHELL)('PowerShell can read %s', (file) => {
  expect(ran('pwsh', ['-NoProfile', '-Command', `& { ${PARSE} } '${file}'`])).toEqual(silence);
});
