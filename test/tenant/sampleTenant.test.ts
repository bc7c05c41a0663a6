import { Buffer } from 'node:buffer';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyPatch, type Patch, type Rows } from '../../cli/tenant/sample/patch.ts';
import { createSampleTenant, SAMPLE_SEED, sampleFiles } from '../../cli/tenant/sample/sampleTenant.ts';
import { writeSample } from '../../cli/tenant/sample/writeSample.ts';
import { auditTenant } from '../../shared/tenant/audit/auditTenant.ts';
import { CATALOGUE } from '../../shared/tenant/audit/catalogue.ts';
import { readTenantExport } from '../../shared/tenant/reading/readTenantExport.ts';
import { createTenantIndex } from '../../shared/tenant/tenantIndex.ts';

const NOW = new Date('2026-03-15T08:00:00.000Z');
const { rows, faults } = createSampleTenant(SAMPLE_SEED);
const PLANTED = faults.map(({ rule, object }) => `${rule} ${object}`);

/** Every rule that is asked has been answered for: what is found is from the export. */
const ANSWERS = CATALOGUE.filter(({ find }) => find === null).map(({ id }) => ({
  ...{ ruleId: id, name: 'Megan Bowen', at: '2026-03-01T00:00:00.000Z', note: null },
  ...{ recordedBy: null, recordedAt: '2026-03-01T00:00:00.000Z' },
}));

async function found(tenant: Rows): Promise<string[]> {
  const files = new Map([...sampleFiles(tenant)].map(([name, text]) => [name, Buffer.from(text)]));
  const sizes = new Map([...files].map(([name, { length }]) => [name, length]));
  const read = await readTenantExport({ sizes, read: async (name) => files.get(name) ?? Buffer.alloc(0) });
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  const facts = { serviceAccount: 'alert@contoso.com' };
  const { findings } = auditTenant(createTenantIndex(read.config), facts, ANSWERS, NOW);
  return [...new Set(findings.map(({ ruleId, object }) => `${ruleId} ${object}`))].sort();
}

function mended(tenant: Rows, patches: readonly Patch[]): Rows {
  return patches.reduce((to, patch) => applyPatch(to, patch).rows, tenant);
}

test('samples/contoso is what npm run tenant -- sample writes, and small', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sample-'));
  try {
    await writeSample(dir, SAMPLE_SEED);
    const names = await readdir(dir);
    expect((await readdir('samples/contoso')).sort()).toEqual(names.toSorted());
    const [kept, written] = await Promise.all(['samples/contoso', dir].map((folder) => contents(folder, names)));
    expect(kept).toEqual(written);
    expect(kept?.join('').length).toBeLessThan(1024 * 1024);
  } finally {
    await rm(dir, { recursive: true });
  }
});

const contents = (folder: string, names: string[]) =>
  Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));

test('another seed gives another tenant with the same faults', async () => {
  const other = createSampleTenant(SAMPLE_SEED + 1);
  expect(other.faults.map(({ rule }) => rule)).toEqual(faults.map(({ rule }) => rule));
  expect(JSON.stringify([...other.rows])).not.toBe(JSON.stringify([...rows]));
});

test('three countries, every kind of number, Shared Calling, and forty sites', () => {
  const numbers = rows.get('Get-CsPhoneNumberAssignment') ?? [];
  // IE is a planted fault.
  expect(new Set(numbers.map(({ IsoCountryCode }) => IsoCountryCode))).toEqual(new Set(['US', 'GB', 'AU', 'IE']));
  const kinds = ['CallingPlan', 'OperatorConnect', 'DirectRouting', 'OCMobile'];
  expect(new Set(numbers.map(({ NumberType }) => NumberType))).toEqual(new Set(kinds));
  const sites = rows.get('Get-CsTenantNetworkSite') ?? [];
  expect(sites.filter(({ NetworkSiteID }) => NetworkSiteID !== 'Spare')).toHaveLength(40);
});

test('every rule that is decided from the export has a planted fault', () => {
  const rules = CATALOGUE.filter(({ find }) => find !== null).map(({ id }) => id);
  expect(rules.filter((id) => !faults.some(({ rule }) => rule === id))).toEqual([]);
});

test('the audit finds every planted fault and nothing else', async () => {
  expect(await found(rows)).toEqual(PLANTED.toSorted());
});

test('with all faults mended it finds nothing', async () => {
  const all = faults.toReversed().flatMap(({ mend }) => mend);
  expect(await found(mended(rows, all))).toEqual([]);
});

test.each(faults.map((fault) => [fault.rule, fault.planted, fault] as const))(
  '%s (%s): mended, its finding is gone and no other appears',
  async (rule, _, { object, mend }) => {
    expect(await found(mended(rows, mend))).toEqual(PLANTED.filter((each) => each !== `${rule} ${object}`).toSorted());
  },
);
