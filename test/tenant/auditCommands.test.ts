import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { addAuditCommands } from '../../cli/tenant/audit/auditCommands.ts';
import { readExportDirectory } from '../../cli/tenant/tenantSource.ts';
import type { Attestation } from '../../shared/tenant/audit/attestation.ts';
import { CATALOGUE } from '../../shared/tenant/audit/catalogue.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { callingPolicy, site, tenant, user } from './tenants.ts';

const ACCOUNT = 'alert@contoso.com';
const NOW = new Date('2026-11-22T08:00:00.000Z');
const GOOD = tenant({
  emergencyCallingPolicies: [
    callingPolicy('Global', { notificationGroup: [ACCOUNT], externalLocationLookupMode: 'Enabled' }),
  ],
  users: [user('alert', { enterpriseVoiceEnabled: false })],
});
const ANSWERED = CATALOGUE.filter(({ find }) => find === null).map(({ id }) => ({
  ...{ ruleId: id, name: 'Megan Bowen', at: '2026-11-01T00:00:00.000Z', note: 'asked the carrier' },
  ...{ recordedBy: 'megan', recordedAt: '2026-11-01T00:00:00.000Z' },
}));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterEach(() => rm(dir, { recursive: true }));

interface Scene {
  config?: TenantConfig;
  attestations?: Attestation[];
  serviceAccount?: string | null;
  hasStorage?: boolean;
}

async function run(
  args: string[],
  { config = GOOD, attestations = ANSWERED, serviceAccount = ACCOUNT, hasStorage = true }: Scene = {},
) {
  const kept = [...attestations];
  const written = { text: '', exitCode: 0, kept };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addAuditCommands(program, {
    config: async (directory) => (directory === null ? config : readExportDirectory(directory)),
    attestations: async () => (hasStorage ? { add: async (one) => void kept.push(one), list: async () => kept } : null),
    testedAt: async () => (hasStorage ? new Map([['redmond', '2026-11-02T00:00:00.000Z']]) : null),
    serviceAccount: async () => serviceAccount,
    user: 'admin',
    write: (text) => {
      written.text += text;
    },
    now: () => NOW,
    end: (code) => {
      written.exitCode = code;
    },
  });
  await program.parseAsync(args, { from: 'user' });
  return written;
}

test.each<[string, Scene, number, string]>([
  ['nothing is wrong', {}, 0, '0 critical, 0 warnings'],
  ['nobody has answered', { attestations: [] }, 3, '0 critical, 3 warnings'],
  [
    'a policy is blind',
    { config: { ...GOOD, emergencyCallingPolicies: [callingPolicy('Global')] } },
    1,
    'CRITICAL  TOLD-01',
  ],
  [
    'which account has to be told is not known',
    { serviceAccount: null },
    1,
    'NOT LOOKED AT  Whether policies tell the service account',
  ],
  ['there is no storage', { hasStorage: false }, 3, 'NOT LOOKED AT  Which sites were tested with 933'],
])('exit code and words where %s', async (_, scene, exitCode, text) => {
  const ran = await run(['audit'], scene);
  expect(ran.exitCode).toBe(exitCode);
  expect(ran.text).toContain(text);
});

test('a site that was tested says when, another one never, and without storage neither is claimed', async () => {
  const config = { ...GOOD, networkSites: [site('Redmond'), site('Leeds')] };
  const { text } = await run(['audit'], { config });
  expect(text).toMatch(/Redmond: .*tested with 933: 2026-11-02/);
  expect(text).toMatch(/Leeds: .*tested with 933: NEVER/);
  expect((await run(['audit'], { config, hasStorage: false })).text).not.toContain('NEVER');
});

test('JSON is one document, with what was answered', async () => {
  const { text } = await run(['audit', '--json']);
  const report = JSON.parse(text);
  expect(report).toMatchObject({
    tenant: 'Contoso',
    auditedAt: NOW.toISOString(),
    serviceAccount: ACCOUNT,
    counts: { critical: 0, warning: 0 },
  });
  expect(report.attested[0]).toMatchObject({ name: 'Megan Bowen', validUntil: '2027-11-01T00:00:00.000Z' });
});

test('the sample, audited from its folder', async () => {
  const { text, exitCode } = await run(['audit', 'samples/contoso', '--json']);
  expect(exitCode).toBe(1);
  expect(new Set(JSON.parse(text).findings.map(({ ruleId }: { ruleId: string }) => ruleId)).size).toBe(
    CATALOGUE.filter(({ find }) => find !== null).length,
  );
});

test('HTML is one file that asks for nothing, and what the tenant writes stays text', async () => {
  const file = join(dir, 'audit.html');
  const evil = '<script>alert(1)</script><img src=x onerror="alert(2)">';
  await run(['audit', '--html', file], {
    config: { ...GOOD, networkSites: [site(evil, { emergencyCallingPolicy: '"><b>Gone' })] },
  });
  const html = await readFile(file, 'utf8');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&quot;alert(2)&quot;&gt;');
  expect(html).not.toMatch(/<(?:script|img|link|iframe|b)\b/i);
  expect(html).not.toMatch(/\b(?:src|srcset)="|url\(|@import/i);
  expect(html).toContain("default-src 'none'");
  expect(html).toContain('prefers-color-scheme:dark');
  expect(html).toContain('@media print');
  expect(html).toContain('NET-08');
});

test('a file that cannot be written is told in words', async () => {
  await expect(run(['audit', '--html', join(dir, 'no', 'audit.html')])).rejects.toThrow(
    /audit\.html cannot be written \(\w+\)/,
  );
});

test('an answer is noted with who has looked, when, how, and who wrote it down', async () => {
  const { kept, text } = await run(
    ['attest', 'net-40', '--name', ' Alex Wilber ', '--on', '2026-11-20', '--note', 'traced'],
    { attestations: [] },
  );
  expect(kept).toEqual([
    {
      ...{ ruleId: 'NET-40', name: 'Alex Wilber', at: '2026-11-20T00:00:00.000Z', note: 'traced' },
      ...{ recordedBy: 'admin', recordedAt: NOW.toISOString() },
    },
  ]);
  expect(text).toContain('NET-40');
});

test.each<[string, string[], Scene, RegExp]>([
  ['a rule that there is not', ['attest', 'NET-99', '--name', 'Alex'], {}, /NET-99 is no rule/],
  ['a rule that the export decides', ['attest', 'TOLD-01', '--name', 'Alex'], {}, /TOLD-01 is decided from the export/],
  ['an empty name', ['attest', 'NET-40', '--name', ' '], {}, /--name is empty/],
  ['no name', ['attest', 'NET-40'], {}, /required option '--name/],
  ['a day to come', ['attest', 'NET-40', '--name', 'Alex', '--on', '2026-11-23'], {}, /is to come/],
  ['a day that is none', ['attest', 'NET-40', '--name', 'Alex', '--on', '2026-02-30'], {}, /no date such as/],
  ['another way to write a day', ['attest', 'NET-40', '--name', 'Alex', '--on', '20 November'], {}, /no date such as/],
  ['no storage', ['attest', 'NET-40', '--name', 'Alex'], { hasStorage: false }, /name no storage/],
])('an answer is refused: %s', async (_, args, scene, reason) => {
  const attestations: Attestation[] = [];
  const ran = run(args, { ...scene, attestations });
  await expect(ran).rejects.toThrow(reason);
});
