import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { type TenantAction, type TenantContext, tenantCommand } from '../../cli/tenant/tenantCommand.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { createTenantStore } from '../../shared/store/tenantStore.ts';
import { takeProductStorage } from '../harness/storage.ts';
import { type Files, filesOf, goodObjects, withFirst, withObjects, writeExport } from '../tenant/exports.ts';

const NOW = new Date('2026-03-20T08:00:00Z');
const TENANT = '7f6c0e1e-0000-4000-8000-000000000001';

let dir: string;
let connectionString: string;
let context: TenantContext;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tenant-command-'));
  connectionString = await takeProductStorage();
  const store = createTenantStore(await createStorageClients({ connectionString }));
  context = { store, tenantId: TENANT, user: 'nestor' };
});
afterEach(() => rm(dir, { recursive: true }));

async function run(
  action: TenantAction,
  { changes = {}, now = NOW }: { changes?: Partial<TenantContext>; now?: Date } = {},
) {
  const written = { out: '', err: '' };
  const code = await tenantCommand(
    action,
    { ...context, ...changes },
    {
      write: (text) => {
        written.out += text;
      },
      writeError: (text) => {
        written.err += text;
      },
      now: () => now,
    },
  );
  return { code, ...written };
}

let exports = 0;
/** A folder with an export; `day` of March on which it was made. */
async function exported(files: Files, day?: number): Promise<string> {
  exports += 1;
  const manifest = JSON.parse(String(files['manifest.json']));
  const exportedAt = day === undefined ? manifest.exportedAt : `2026-03-${day}T08:00:00Z`;
  const dated = { ...files, 'manifest.json': JSON.stringify({ ...manifest, exportedAt }) };
  return writeExport(join(dir, `export-${exports}`), dated);
}
const importing = (directory: string, isOlderTaken = false): TenantAction => ({
  name: 'import',
  directory,
  isOlderTaken,
});
const good = () => filesOf(goodObjects());
const show: TenantAction = { name: 'show', json: false };
const diff = (directory: string | null, impact = true, json = false): TenantAction => ({
  name: 'diff',
  directory,
  impact,
  json,
});
const unnotified = () =>
  withObjects('Get-CsTeamsEmergencyCallingPolicy', goodObjects()['Get-CsTeamsEmergencyCallingPolicy']?.[0]);
const inForce = async () => (await context.store?.newest())?.version.version ?? null;

describe('import', () => {
  test('stores the export as a version, and says what is in it', async () => {
    const { code, out, err } = await run(importing(await exported(good())));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Version 1 of the configuration is stored, exported 2026-03-14T08:00:00.123Z\.\n/);
    expect(out).toMatch(/^ +2 {2}locations$/m);
    expect((await context.store?.list(5))?.[0]).toMatchObject({ importedBy: 'nestor', importedAt: NOW.toISOString() });
  });

  test('shows the difference to the one before', async () => {
    await run(importing(await exported(good())));
    const changed = withFirst('Get-CsOnlineUser', { DisplayName: 'Adele' });
    const { out } = await run(importing(await exported(changed, 15)));
    expect(out).toContain('users: 0 new, 0 gone, 1 changed\n  ~ adele@contoso.com (displayName)\n');
    expect(await inForce()).toBe(2);
  });

  const broken: [string, () => Files, string][] = [
    [
      'that is cut off',
      () => ({ ...good(), 'Get-CsOnlineUser.json': '[{"Identity":' }),
      '  Get-CsOnlineUser.json [0] is cut off: the file ends within it\n',
    ],
    [
      'with a wrong cmdlet in a file',
      () => withObjects('Get-CsOnlineLisSwitch', ...(goodObjects()['Get-CsOnlineLisPort'] ?? [])),
      '  Get-CsOnlineLisSwitch.json holds what Get-CsOnlineLisPort gives, not Get-CsOnlineLisSwitch\n',
    ],
    [
      'with an id twice',
      () => withObjects('Get-CsOnlineUser', ...[1, 2].map(() => goodObjects()['Get-CsOnlineUser']?.[0])),
      '  Get-CsOnlineUser.json [1] has the same id as [0]\n',
    ],
    ['without a manifest', () => ({ ...good(), 'manifest.json': '' }), '  manifest.json is no JSON: is it cut off?\n'],
  ];
  test.each(broken)(
    'an export %s is refused with file and path, and the last good one stays',
    async (_, files, line) => {
      await run(importing(await exported(good())));
      const directory = await writeExport(join(dir, 'broken'), files());
      const { code, out, err } = await run(importing(directory));
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(`${directory} is refused: 1 fault.\n`);
      expect(err).toContain(line);
      expect(await inForce()).toBe(1);
    },
  );

  test.each<[string, number | undefined, Partial<TenantContext>, string]>([
    [
      'of another tenant',
      19,
      { tenantId: 'another' },
      `it is of tenant ${TENANT}, and this deployment serves another.`,
    ],
    ['of a day to come', 22, {}, 'it was exported 2026-03-22T08:00:00.000Z, which is to come.'],
    [
      'that is older',
      13,
      {},
      'version 1 was exported later, 2026-03-14T08:00:00.123Z. To go back to this one, add --older.',
    ],
  ])('an export %s is refused', async (_, day, changes, reason) => {
    await run(importing(await exported(good())));
    const directory = await exported(good(), day);
    const { code, err } = await run(importing(directory), { changes });
    expect([code, err]).toEqual([1, `${directory} is refused: ${reason}\n`]);
    expect(await inForce()).toBe(1);
  });

  test('after versions that cannot be read comes the next', async () => {
    const table = TableClient.fromConnectionString(connectionString, 'TenantConfig', { allowInsecureConnection: true });
    for (const rowKey of ['99999998', '99999997']) {
      await table.createEntity({ partitionKey: 'version', rowKey, schemaVersion: 1, json: '{' });
    }
    expect((await run(importing(await exported(good())))).out).toMatch(/^Version 3 of the configuration is stored/);
    expect(await inForce()).toBe(3);
  });

  test('an older one is taken when that is asked for', async () => {
    await run(importing(await exported(good())));
    expect((await run(importing(await exported(good(), 13), true))).code).toBe(0);
    expect(await inForce()).toBe(2);
  });

  test('a folder that is not there, and settings without a storage, are named', async () => {
    await expect(run(importing(join(dir, 'nowhere')))).rejects.toThrow(/nowhere cannot be read \(Error/);
    await expect(run(show, { changes: { store: null } })).rejects.toThrow('The settings name no storage');
  });

  test('a storage that does not answer is named by its code', async () => {
    const away = createTenantStore(
      await createStorageClients({
        connectionString:
          'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a;',
      }),
    );
    await expect(run(importing(await exported(good())), { changes: { store: away } })).rejects.toThrow(
      /^The storage does not answer as it should \(RestError ECONNREFUSED\)/,
    );
  });
});

describe('show', () => {
  test('nothing imported: says so and how', async () => {
    const { code, out } = await run(show);
    expect([code, out]).toEqual([1, 'No configuration is in force: npm run tenant -- import DIR\n']);
  });

  test('which is in force, its age, and the versions', async () => {
    await run(importing(await exported(good())));
    const { code, out } = await run(show);
    expect(code).toBe(0);
    expect(out).toContain(
      'Version 1 is in force: Contoso (Commercial), exported 2026-03-14T08:00:00.123Z, 5 days ago\n',
    );
    expect(out).toContain('  1  imported 2026-03-20T08:00:00.000Z by nestor, exported 2026-03-14T08:00:00.123Z');
    expect((await run(show, { now: new Date('2026-04-14T09:00:00Z') })).out).toContain(': too old, export and import');
  });

  test('as JSON', async () => {
    await run(importing(await exported(good())));
    const { out } = await run({ name: 'show', json: true });
    expect(JSON.parse(out)).toMatchObject({ inForce: { version: 1 }, damaged: [], versions: [{ version: 1 }] });
  });
});

describe('diff', () => {
  test('is a gate: a loss ends with 1, and the words say for whom', async () => {
    await run(importing(await exported(good())));
    const { code, out } = await run(diff(await exported(unnotified(), 15)));
    expect(code).toBe(1);
    expect(out).toContain('LOSS  1 user loses notification\n    adele@contoso.com\n');
    expect(out).toContain('emergency calling policies: 0 new, 1 gone, 0 changed\n  - Headquarters\n');
    expect(await inForce()).toBe(1);
  });

  test('without --impact nothing is judged', async () => {
    await run(importing(await exported(good())));
    const { code, out } = await run(diff(await exported(unnotified(), 15), false));
    expect(code).toBe(0);
    expect(out).not.toContain('LOSS');
  });

  test('a change without a loss passes the gate', async () => {
    await run(importing(await exported(unnotified())));
    const { code, out } = await run(diff(await exported(good(), 15)));
    expect(code).toBe(0);
    expect(out).toContain('Nobody loses anything.\ngain  1 user gains notification\n');
  });

  test('without a folder: the one before and the one in force, as JSON', async () => {
    await run(importing(await exported(good())));
    await run(importing(await exported(unnotified(), 15)));
    const { code, out } = await run(diff(null, true, true));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      changes: [{ kind: 'emergency calling policies', removed: ['Headquarters'] }],
      impact: { losses: [{ text: '1 user loses notification', count: 1, names: ['adele@contoso.com'] }, {}, {}] },
    });
  });

  test('a broken export never passes the gate', async () => {
    await run(importing(await exported(good())));
    const directory = await exported(good());
    await writeFile(join(directory, 'Get-CsOnlineLisPort.json'), '[');
    const { code, err } = await run(diff(directory));
    expect([code, err]).toEqual([1, expect.stringContaining('Get-CsOnlineLisPort.json [0] is cut off')]);
  });

  test('with nothing to compare it says so', async () => {
    await expect(run(diff(null))).rejects.toThrow('No configuration is imported yet: npm run tenant -- import DIR');
    await run(importing(await exported(good())));
    await expect(run(diff(null))).rejects.toThrow('Version 1 is the only one: name the folder of an export, diff DIR');
  });
});
