import { readFileSync } from 'node:fs';
import { EXPORT_FILES } from '../../shared/tenant/reading/exportFiles.ts';
import { USER_PROPERTIES } from '../../shared/tenant/reading/peopleRows.ts';

// PowerShell is not on every machine: the script is read here, and run where there is a tenant.
const TEXT = readFileSync('scripts/Export-TeamsEmergencyConfig.ps1', 'utf8');
/** Without the help, without comments, and without texts that are only said. */
const CODE = TEXT.replace(/<#[\s\S]*?#>/, '')
  .replace(/^\s*#.*$/gm, '')
  .replace(/(throw|WriteLine\(|Write-Host) ?(\(?)'[^']*'/g, '$1$2')
  .replace(/(throw|WriteLine\(|Write-Host) ?"(?:[^"$]|\$(?!\()|\$\((?:[^()]|\([^()]*\))*\))*"/g, '$1');

/** The files of issue 8, as the published names of the cmdlets (https://learn.microsoft.com/powershell/module/teams). */
const CMDLETS = [
  ...['CivicAddress', 'Location', 'Subnet', 'Switch', 'Port', 'WirelessAccessPoint'].map((name) => `OnlineLis${name}`),
  ...['TrustedIPAddress', 'NetworkRegion', 'NetworkSite', 'NetworkSubnet', 'DialPlan'].map((name) => `Tenant${name}`),
  ...['EmergencyCalling', 'EmergencyCallRouting', 'SharedCallingRouting', 'Calling', 'Mobility'].map(
    (name) => `Teams${name}Policy`,
  ),
  ...['PhoneNumberAssignment', 'OnlineUser', 'OnlinePSTNGateway', 'OnlineVoiceRoutingPolicy', 'OnlineVoiceRoute'],
  ...['OnlinePstnUsage', 'OnlineApplicationInstance', 'OnlineApplicationInstanceAssociation', 'AutoAttendant'],
]
  .map((name) => `Get-Cs${name}`)
  .sort();

const exported = (code: string) => [...code.matchAll(/^\s+Export-Objects (\S+) \{/gm)].map(([, cmdlet = '']) => cmdlet);
const used = (code: string) => [...new Set([...code.matchAll(/\b[A-Z][a-z]+-[A-Z]\w+/g)].map(([name]) => name))];

test('every cmdlet of an export has its file, once, in the order in which they are read', () => {
  expect(exported(CODE)).toEqual(EXPORT_FILES.map(({ cmdlet }) => cmdlet));
  expect([...exported(CODE)].sort()).toEqual(CMDLETS);
});

test('each block calls the cmdlet that its file is named after', () => {
  const blocks = CODE.split(/^ {4}Export-Objects /m).slice(1);
  expect(blocks).toHaveLength(CMDLETS.length);
  for (const block of blocks) {
    const cmdlet = /^\S+/.exec(block)?.[0] ?? '';
    const body = block.slice(cmdlet.length).split(/^ {4}(?=\$)/m)[0] ?? '';
    const read = {
      'Get-CsOnlineApplicationInstance': '$instances',
      'Get-CsOnlineApplicationInstanceAssociation': 'Read-Associations',
    };
    expect(body).toContain(read[cmdlet as keyof typeof read] ?? `${cmdlet}`);
  }
});

/** What reads, signs in and writes the files; nothing that could change a tenant. */
const ALLOWED = new Set([
  ...CMDLETS,
  'Get-CsTenant',
  'Connect-MicrosoftTeams',
  'Disconnect-MicrosoftTeams',
  ...['Set-StrictMode', 'Write-Progress', 'Write-Host', 'ConvertTo-Json', 'Join-Path', 'Test-Path', 'New-Item'],
  ...['Get-ChildItem', 'Get-Module', 'Where-Object', 'Select-Object'],
  ...['Read-Pages', 'Read-Associations', 'Export-Objects'],
]);
const forbidden = (code: string) => used(code).filter((name) => !ALLOWED.has(name));

test('nothing is called that could change anything', () => {
  expect(forbidden(CODE)).toEqual([]);
  const line = '    $tenant = Get-CsTenant\n';
  expect(CODE).toContain(line);
  expect(forbidden(CODE.replace(line, `${line}    Set-CsTenantNetworkSite -Identity Site1\n`))).toEqual([
    'Set-CsTenantNetworkSite',
  ]);
});

test('of people nothing is read but what the model names, and of guests nothing', () => {
  const properties = /^\$userProperties = ([\s\S]+?)\n(?=\$|#|\n)/m.exec(CODE)?.[1] ?? '';
  expect([...properties.matchAll(/'(\w+)'/g)].map(([, name]) => name)).toEqual([...USER_PROPERTIES]);
  expect(CODE).toMatch(
    /Get-CsOnlineUser -ResultSize \(\[int\]::MaxValue\) \|\s+Where-Object \{ \$_\.AccountType -ne 'Guest' \} \|\s+Select-Object -Property \$userProperties/,
  );
});

test.each<[string, RegExp]>([
  ['what is missing is an error', /^Set-StrictMode -Version Latest$/m],
  ['it stops at the first error', /^\$ErrorActionPreference = 'Stop'$/m],
  ['with a sentence that names the step', /stopped at \$\(\$step\.Text\): \$\(\$_\.Exception\.Message\)/],
  ['and ends with a code', /^ {4}exit 1$/m],
  [
    'one object is a list, nothing is cut, and enumerations have their names',
    /ConvertTo-Json -InputObject \$objects -Depth 10 -Compress -EnumsAsStrings/,
  ],
  ['the manifest is of the form that is read', /formatVersion = 1$/m],
  ['the time is UTC', /UtcNow\.ToString\('o'\)/],
  ['a scheduled run signs in with a certificate', /\$connection\.CertificateThumbprint = \$CertificateThumbprint/],
  [
    'it is signed out whatever happens',
    /finally \{\s+if \(\$isConnected\) \{ \$null = Disconnect-MicrosoftTeams \}\s+\}/,
  ],
  ['files of two exports are never mixed', /Get-ChildItem -LiteralPath \$folder -Force\)\.Count -gt 0/],
])('%s', (_, pattern) => {
  expect(TEXT).toMatch(pattern);
});

test.each([
  ['Get-CsOnlineLisCivicAddress', '-ResultSize $size -NumberOfResultsToSkip $skip'],
  ['Get-CsOnlineLisLocation', '-ResultSize $size -NumberOfResultsToSkip $skip'],
  ['Get-CsPhoneNumberAssignment', '-Top $size -Skip $skip'],
  ['Get-CsAutoAttendant', '-First 100 -Skip $skip'],
])('%s is read page by page', (cmdlet, paging) => {
  expect(CODE).toContain(`Read-Pages { param($size, $skip) ${cmdlet} ${paging} }`);
});

test('the manifest is written after everything else', () => {
  expect(CODE.indexOf("'manifest.json'")).toBeGreaterThan(CODE.lastIndexOf('Export-Objects '));
});

test('no secret can be given or written', () => {
  expect(CODE).not.toMatch(/secret|password|credential|accesstoken/i);
});

test('brackets and quotes of the script close', () => {
  const bare = CODE.replace(/'[^'\n]*'/g, '').replace(/"[^"\n]*"/g, '');
  for (const [open, close] of ['{}', '()', '[]']) {
    expect(bare.split(open ?? '').length).toBe(bare.split(close ?? '').length);
  }
});
