import { readFileSync } from 'node:fs';
import { anchorsOf, faultsOf, type Known, listPages, readKnown } from './pages.ts';

const known = readKnown();

test.each(listPages())('%s leads nowhere that does not exist', (page) => {
  expect(faultsOf(page, known)).toEqual([]);
});

const little: Known = { scripts: new Set(['status']), settings: new Set(['SMS_DETAIL']) };

test.each([
  ['a link to a file that is not there', '[a](nowhere.md)', 'links to nowhere.md, and there is no such file'],
  ['a link out of the folder', '[a](../../../etc/nowhere)', 'links to ../../../etc/nowhere, and there is no such file'],
  [
    'a link to a heading of another page',
    '[a](guide.md#no-such)',
    'links to guide.md#no-such, and there is no such heading',
  ],
  ['a link to a heading of its own', '# One\n[a](#two)', 'links to #two, and there is no such heading'],
  [
    'a heading that stands in a block of code',
    '```\n# two\n```\n[a](#two)',
    'links to #two, and there is no such heading',
  ],
  ['a script', 'Run `npm run nothing -- --all`.', 'npm run nothing is no script'],
  ['a script in a block of code', '```\nnpm run nothing\n```', 'npm run nothing is no script'],
  ['a setting', 'Set `NO_SUCH_SETTING`.', 'NO_SUCH_SETTING is no setting'],
  ['a setting with its value', 'Set `NO_SUCH=1`.', 'NO_SUCH is no setting'],
  ['a file of ours', 'See `shared/nothing.ts`.', 'shared/nothing.ts does not exist'],
])('%s is found', (_, text, fault) => {
  expect(faultsOf('docs/page.md', little, text)).toEqual([fault]);
});

test.each([
  ['addresses outside', '[a](https://contoso.com/#x)'],
  ['a link within the page', '# One, two `three`\n[a](#one-two-three)'],
  ['a file beside it, and a heading of it', '[a](guide.md#settings) [b](../README.md)'],
  ['what only looks like a link in code', '`[a](nowhere.md)`'],
  ['what is known', '`npm run status`, `SMS_DETAIL=minimal`, `shared/settings.ts`'],
])('%s is no fault', (_, text) => {
  expect(faultsOf('docs/page.md', little, text)).toEqual([]);
});

test('headings become anchors as GitHub makes them', () => {
  const page = "# A person's data\n## Without rights, in (the) directory\n## Again\n## Again\n";
  expect([...anchorsOf(page)]).toEqual(['a-persons-data', 'without-rights-in-the-directory', 'again', 'again-1']);
});

/**
 * azd keeps what it asked for, secrets too, under the name of the parameter, and does not ask again: `ensureParameters` in
 * cli/azd/pkg/infra/provisioning/bicep/bicep_provider.go of Azure/azure-dev.
 */
test('whoever replaces the token is told to make azd forget the old one, and by its name', () => {
  const forget = 'azd env config unset infra.parameters.twilioAuthToken';
  expect(readFileSync('infra/main.bicep', 'utf8')).toMatch(/^@secure\(\)\nparam twilioAuthToken string$/m);
  const deploy = readFileSync('docs/deploy.md', 'utf8');
  const row = /^\| Twilio auth token \|.*$/m.exec(deploy)?.[0] ?? '';
  expect(row.indexOf(forget)).toBeGreaterThan(0);
  expect(row.indexOf(forget)).toBeLessThan(row.indexOf('`azd provision`'));
  expect(readFileSync('docs/runbooks/twilio-failing.md', 'utf8')).toMatch(new RegExp(`twilio-auth-token.*${forget}`));
});
