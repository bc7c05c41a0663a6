import { readFileSync } from 'node:fs';
import { SIGN_IN_SCOPES } from '../../shared/graph/msalApplication.ts';

const FILES = {
  bicep: readFileSync('infra/modules/graph.bicep', 'utf8'),
  bash: readFileSync('scripts/grant-permissions.sh', 'utf8'),
  powershell: readFileSync('scripts/grant-permissions.ps1', 'utf8'),
};

const GUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
/** Stands for a managed identity in messages and examples. */
const EXAMPLE = '00001111-aaaa-2222-bbbb-3333cccc4444';

/** The ids in a file, each under the name that it has there, in one spelling. */
function namedIds(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => !line.includes(EXAMPLE));
  const names = lines.flatMap((line) =>
    [...line.matchAll(GUID)].map(([id]): [string, string] => [id, /(\w+) ?= ?'?[0-9a-f]{8}-/.exec(line)?.[1] ?? '']),
  );
  return new Map(names.map(([id, name]) => [id, name.replaceAll('_', '').toLowerCase()]));
}

/** Published by Microsoft: https://learn.microsoft.com/graph/permissions-reference */
const PUBLISHED = {
  graphappid: '00000003-0000-0000-c000-000000000000',
  chatread: 'f501c180-9344-439a-bca0-6cbf209fd270',
  userread: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d',
  offlineaccess: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
  calleventsemergencyreadall: 'f0a35f91-2aa6-4a99-9d5a-5b6bcb66204e',
  changetrackingappid: '0bf30f3b-4a52-48df-9a82-234910c4a086',
  defaultrole: '00000000-0000-0000-0000-000000000000',
};

describe('the template and the two scripts', () => {
  test.each(Object.entries(FILES))('%s names the published ids as what they are', (_, text) => {
    const ids = namedIds(text);
    expect(Object.fromEntries(Object.entries(PUBLISHED).map(([, id]) => [ids.get(id), id]))).toEqual(PUBLISHED);
  });

  test.each(['bash', 'powershell'] as const)('%s has every id of the template, and no other', (twin) => {
    const ids = (text: string) => [...namedIds(text).keys()].sort();
    expect(ids(FILES.bicep)).toHaveLength(10);
    expect(ids(FILES[twin])).toEqual(ids(FILES.bicep));
  });

  const ROLES: [string, string][] = [...FILES.bicep.matchAll(/id: '([0-9a-f-]{36})'\n +value: '(\w+)'/g)].map(
    ([, id = '', role = '']) => [role, id],
  );
  it('finds the three roles of the page in the template', () => {
    expect(ROLES.map(([role]) => role)).toEqual(['Responder', 'Administrator', 'Auditor']);
  });
  test.each(ROLES)('give %s the same id, and no id to two', (role, id) => {
    expect(namedIds(FILES.bash).get(id)).toBe(role.toLowerCase());
    expect(namedIds(FILES.powershell).get(id)).toBe(role.toLowerCase());
    expect(ROLES.filter(([, other]) => other === id)).toHaveLength(1);
  });

  // What an administrator sees, what is asked for, and by what an application is found again.
  test.each([
    [/Chat\.Read User\.Read [\w ]+/, 'Chat.Read User.Read offline_access openid profile'],
    [/openid profile email/, 'openid profile email'],
    [/emergency-alerts-sign-in-/, 'emergency-alerts-sign-in-'],
    [/emergency-alerts-page-/, 'emergency-alerts-page-'],
    [/Teams Emergency Alerts sign-in \(/, 'Teams Emergency Alerts sign-in ('],
    [/Teams Emergency Alerts page \(/, 'Teams Emergency Alerts page ('],
    [/\/\.auth\/login\/aad\/callback/, '/.auth/login/aad/callback'],
    [/Sees emergency calls[\w ]+/, 'Sees emergency calls and answers for them'],
    [/Does what a responder does[\w ,-]+/, 'Does what a responder does, and looks after roster, sign-in and settings'],
    [/Reads and exports[\w ,]+/, 'Reads and exports the record, and changes nothing'],
  ])('say %s alike', (pattern, words) => {
    for (const text of Object.values(FILES)) expect(pattern.exec(text)?.[0]).toBe(words);
  });

  // What the PowerShell twin does is seen only where PowerShell is; these are the places where it would let others in.
  it.each([
    ['the page is for those who are assigned', /^ {4}\$page = Set-Application page [\s\S]+?^ {8}\}\) \$true$/m],
    ['so is the sign-in, but for encrypted content', /^ {8}\}\) \$assignmentRequired$/m],
    ['which depends on one setting', /^ {4}\$assignmentRequired = \$ChatResourceData -ne 'encrypted'$/m],
    ['consent is that of one account', /Set-Consent \$signIn\.PrincipalId \$accountScope \$account\['id'\]$/m],
    [
      'a dry run asks Graph for nothing',
      /^ {4}if \(\$DryRun\) \{\n {8}\$command = [\s\S]+?^ {8}return \$null\n {4}\}$/m,
    ],
  ])('PowerShell: %s', (_, line) => {
    expect(FILES.powershell).toMatch(line);
  });

  it('consent to everything that the sign-in of the service account asks for', () => {
    const consented = /scope: '(Chat\.Read[^']*)'/.exec(FILES.bicep)?.[1]?.split(' ');
    expect(consented).toEqual(expect.arrayContaining(SIGN_IN_SCOPES.map(({ scope }) => scope)));
  });
});
