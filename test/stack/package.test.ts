import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unzipSync } from 'fflate';
import { placeCall } from '../../local/control.ts';
import type { Stack } from '../../local/stack.ts';
import { applyFault } from '../../local/stackFaults.ts';
import { type Deployable, MOST_BYTES, makeDeployable } from '../../scripts/deployable.ts';
import { toReport } from '../../scripts/packageReport.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { readSettings } from '../../shared/settings.ts';
import { startTestStack } from '../harness/testStack.ts';
import { TEAM } from '../harness/world.ts';

const ROSTER = 'roster.example.json';

let dir: string;
let made: Deployable;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-package-'));
  made = await makeDeployable({ dir: join(dir, 'made'), rosterFile: ROSTER });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** An app of one file, which names what it imports by its whole path. */
async function entryThatImports(path: string): Promise<string> {
  const entry = join(dir, 'entry.ts');
  await writeFile(entry, `import ${JSON.stringify(resolve(path))};\n`);
  return entry;
}

describe('npm run package', () => {
  const run = (args: readonly string[], env: Record<string, string> = {}) => {
    const folder = join(dir, 'run');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/package.ts', '--folder', folder, '--out', join(dir, 'run.zip'), ...args],
      { env: { PATH: process.env.PATH, ...env }, encoding: 'utf8' },
    );
    return { folder, status, stdout, stderr };
  };

  test('lists what the zip holds, and the same input gives the same bytes, in another folder and time zone too', async () => {
    const { status, stdout, folder } = run(['--roster', ROSTER], { TZ: 'Asia/Tokyo' });
    expect(status).toBe(0);
    const zip = await readFile(join(dir, 'run.zip'));
    expect(Buffer.compare(zip, made.zip)).toBe(0);

    const contents = unzipSync(zip);
    const onDisk = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    expect(Object.keys(contents)).toHaveLength(onDisk.length);
    const listed = Object.fromEntries(
      [...stdout.matchAll(/^(\S+)\s+([\d,]+)\s+([\d,]+)$/gm)].map(([, name = '', bytes = '', zipped = '']) => [
        name,
        [bytes, zipped].map((number) => Number(number.replaceAll(',', ''))),
      ]),
    );
    const { total, ...files } = listed;
    expect(Object.fromEntries(Object.entries(files).map(([name, [bytes]]) => [name, bytes]))).toEqual(
      Object.fromEntries(Object.entries(contents).map(([name, { length }]) => [name, length])),
    );
    const sum = (index: number) => Object.values(files).reduce((before, sizes) => before + (sizes[index] ?? 0), 0);
    expect(total).toEqual([sum(0), sum(1)]);
    // What is left is the names: twice each, with some 122 bytes.
    expect(zip.length).toBeGreaterThan(sum(1));
    expect(zip.length).toBeLessThan(sum(1) + 400 * onDisk.length);
    expect(zip.length).toBeLessThan(5_000_000);
    expect(stdout).toContain(`${zip.length.toLocaleString('en-US')} bytes, of 5,000,000 at most`);
    expect(stdout).toContain('The roster is inside, with 3 people.');
    expect(
      Object.keys(contents).filter(
        (name) =>
          !/^((main\.mjs|chunks\/[\w-]+\.mjs)(\.LEGAL\.txt)?|dashboard\/(assets|icons)\/[\w-]+\.(js|css|png|svg))$/.test(
            name,
          ),
      ),
    ).toEqual(['dashboard/index.html', 'dashboard/licenses.txt', 'host.json', 'package.json', 'roster.json']);
    const dependencies = Object.keys(JSON.parse(new TextDecoder().decode(contents['package.json']))).filter((name) =>
      name.endsWith('ependencies'),
    );
    expect(dependencies).toEqual([]);
  });

  test('says so where there is no roster', async () => {
    const entry = await entryThatImports('shared/errors.ts');
    const deployable = await makeDeployable({ dir: join(dir, 'alone'), rosterFile: join(dir, 'none.json'), entry });
    expect(toReport(deployable)).toContain('the last-resort numbers of the settings (LAST_RESORT_NUMBERS) are all');
    expect(deployable.files.map(({ name }) => name)).not.toContain('roster.json');
  });

  test('refuses with a sentence and its exit code', async () => {
    await writeFile(join(dir, 'bad.json'), '{');
    const { status, stdout, stderr } = run(['--roster', join(dir, 'bad.json')]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^\S+bad\.json has faults, so nothing was packaged:\n/);
    expect(stderr).not.toContain('    at ');
  });
});

describe('what is refused', () => {
  test.each([
    ['the embedded stack', 'local/tenant.ts'],
    ['a command', 'cli/quietLog.ts'],
    ['a script', 'scripts/build.ts'],
    ['a test', 'test/harness/killable.ts'],
    ['a development dependency', 'node_modules/commander/index.js'],
    ['what a development dependency brought along', 'node_modules/has-flag/index.js'],
  ])('%s', async (_, path) => {
    const folder = join(dir, 'foreign');
    const packaging = makeDeployable({ dir: folder, rosterFile: ROSTER, entry: await entryThatImports(path) });
    await expect(packaging).rejects.toThrow(/^Deployed code imports what must not be deployed: /);
    await expect(packaging).rejects.toThrow(path);
    // What azd would deploy is not left lying there.
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });

  test('a package of more than 5 MB', async () => {
    const entry = join(dir, 'large.ts');
    // Letters without a pattern: of what compresses well, far more than this fits in.
    let state = 1;
    const next = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 26;
    };
    const letters = Buffer.from(Array.from({ length: 1.4 * MOST_BYTES }, () => 58 + next()));
    await writeFile(entry, `console.log(${JSON.stringify(letters.toString('latin1'))});\n`);
    const packaging = makeDeployable({ dir: join(dir, 'large'), rosterFile: ROSTER, entry });
    await expect(packaging).rejects.toThrow(/^The package has [5-9],\d{3},\d{3} bytes, and may have 5,000,000: /);
    await expect(readdir(join(dir, 'large'))).rejects.toThrow('ENOENT');
  });

  test('a roster with faults, each named', async () => {
    const rosterFile = join(dir, 'faulty.json');
    const roster = JSON.parse(await readFile(ROSTER, 'utf8'));
    await writeFile(rosterFile, JSON.stringify({ ...roster, lastResort: ['911'] }));
    await expect(makeDeployable({ dir: join(dir, 'faulty'), rosterFile })).rejects.toThrow(
      /faulty\.json has faults, so nothing was packaged:\nlastResort\[0\]: is an emergency number/,
    );
  });
});

/** What the names in braces in infra/appSettings.json stand for in this deployment; options that are not here are not taken. */
const PLACEHOLDERS: Record<string, string> = {
  hostBlobServiceUri: 'https://contosohost.blob.core.windows.net/',
  hostQueueServiceUri: 'https://contosohost.queue.core.windows.net/',
  hostTableServiceUri: 'https://contosohost.table.core.windows.net/',
  alertQueueServiceUri: 'https://contoso.queue.core.windows.net/',
  alertTableServiceUri: 'https://contoso.table.core.windows.net/',
  managedIdentityClientId: '33334444-dddd-5555-eeee-6666ffff7777',
  eventHubsHost: 'contoso.servicebus.windows.net',
  eventHubName: 'teams-events',
  applicationInsightsConnectionString: 'InstrumentationKey=00000000-0000-0000-0000-000000000000',
  tenantId: '00001111-aaaa-2222-bbbb-3333cccc4444',
  tenantDomain: 'contoso.com',
  clientId: '11112222-bbbb-3333-cccc-4444dddd5555',
  serviceAccount: 'emergency@contoso.com',
  keyVaultName: 'contoso',
  authorityHost: 'https://login.microsoftonline.com/',
  lifecycleNotificationUrl: 'https://contoso.azurewebsites.net/api/graph/lifecycle',
  chatResourceData: 'none',
  emergencyCallingPolicies: 'Global',
  encryptionCertificate: 'https://contoso.vault.azure.net/certificates/encryption-certificate',
  twilioAccountSid: `AC${'0123456789abcdef'.repeat(2)}`,
  twilioFrom: '+14255550100',
  lastResortNumbers: '+14255550199',
  smsDetail: 'full',
  testNumbers: '933',
  defaultCountry: 'US',
  heartbeatDisabled: 'true',
  retentionCallDays: '365',
  retentionRawDays: '30',
  retentionOtherMessageDays: '1',
  legalHold: 'false',
};

/** What App Service puts in the place of a reference to a secret of the vault. */
const SECRETS: Record<string, string> = {
  'token-cache-key': Buffer.alloc(32, 7).toString('base64'),
  'twilio-auth-token': 'auth-token',
};

/** The settings of the function app as Bicep makes them of infra/appSettings.json, its references resolved. */
async function settingsOfBicep(): Promise<Record<string, string>> {
  const templates = JSON.parse(await readFile('infra/appSettings.json', 'utf8')) as Record<string, string>;
  const settings = Object.entries(templates).map(([name, template]): [string, string] => {
    const value = template.replace(/\{(\w+)\}/g, (_, placeholder: string) => PLACEHOLDERS[placeholder] ?? '');
    const [, secret] = /^@Microsoft\.KeyVault\(.*SecretName=([\w-]+)\)$/.exec(value) ?? [];
    return [name, secret === undefined ? value : (SECRETS[secret] ?? value)];
  });
  return Object.fromEntries(settings.filter(([, value]) => value !== ''));
}

/** Where the services of a deployment are; here they are the parts of the stack. */
const ADDRESSES =
  /^(AzureWebJobsStorage|AlertStorage|EventHubConnection)__|^(GRAPH_BASE_URL|AUTHORITY_HOST|ENCRYPTION_CERTIFICATE|LIFECYCLE_NOTIFICATION_URL|PUBLIC_URL)$/;
/** What stands for them, what App Service adds where there is a managed identity, and where the roster is. */
const OF_THE_STACK = [
  'AUTHORITY_HOST',
  'AlertStorage',
  'AzureWebJobsStorage',
  'ENCRYPTION_CERTIFICATE',
  'EventHubConnection',
  'GRAPH_BASE_URL',
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
  'LIFECYCLE_NOTIFICATION_URL',
  'PUBLIC_URL',
  'ROSTER_FILE',
  'TWILIO_BASE_URL',
];

const ROOMS = [
  'Building 31, Room 1100',
  'Building 32, Room 1200',
  'Building 33, Room 1300',
  'Building 34, Room 1400',
] as const;
const COPIED = 'Building 35, Room 1500';

describe('the package, unzipped into an empty folder, with the settings of a deployment', () => {
  let stack: Stack;
  let services: Services;
  beforeAll(async () => {
    const appDir = join(dir, 'unzipped');
    for (const [name, content] of Object.entries(unzipSync(made.zip))) {
      await mkdir(dirname(join(appDir, name)), { recursive: true });
      await writeFile(join(appDir, name), content);
    }
    const settings = await settingsOfBicep();
    const env = Object.fromEntries(Object.entries(settings).filter(([name]) => !ADDRESSES.test(name)));
    ({ stack, services } = await startTestStack({
      appDir,
      env: { ...env, ROSTER_FILE: join(appDir, settings.ROSTER_FILE ?? 'roster.json') },
    }));
  }, 60_000);
  afterAll(() => stack?.stop());

  const inbox = (phone: string) =>
    (stack.twilio?.messages() ?? [])
      .filter(({ to }) => to === phone)
      .map(({ body }) => body)
      .reverse();
  const told = async (place: string) => {
    await until(() => TEAM.every((phone) => inbox(phone).some((body) => body.includes(place))));
    return TEAM.map((phone) => inbox(phone).filter((body) => body.includes(place)));
  };

  test('Bicep gives no setting that has a fault, and none that the stack had to add', async () => {
    const settings = await settingsOfBicep();
    expect(readSettings(settings).faults).toEqual([]);
    const added = Object.keys(stack.settings).filter((name) => !(name in settings) || ADDRESSES.test(name));
    expect(added.sort()).toEqual(OF_THE_STACK);
  });

  test('every function is there but the heartbeat, which has no address here', async () => {
    const files = (await readFile('functions/main.ts', 'utf8')).matchAll(/^import '\.\/(\w+)\.ts';$/gm);
    const names = [...files].map(([, name]) => name ?? '').filter((name) => name !== 'heartbeat');
    expect(names).toContain('ingestNotifications');
    expect([...stack.host.functions].sort()).toEqual(names.sort());
    expect(stack.host.functionErrors).toEqual({});
  });

  test.each([
    ['911', 'chat', ROOMS[0], /^EMERGENCY CALL/],
    ['911', 'event', ROOMS[1], /^EMERGENCY CALL/],
    ['933', 'chat', ROOMS[2], /^TEST/],
    ['933', 'event', ROOMS[3], /^TEST/],
  ] as const)(
    'a call to %s of which only the %s tells: everybody hears the three facts',
    async (number, source, place, start) => {
      const caller = `${source}${number}@contoso.com`;
      await placeCall(stack, { number, caller, place, sources: [source] });
      for (const messages of await told(place)) {
        expect(messages).toEqual([expect.stringMatching(start)]);
        expect(messages[0]).toContain(number);
        expect(messages[0]).toContain('+14255550123');
      }
    },
  );

  test('a call of which both sources tell, each three times: everybody hears of it once', async () => {
    const lift = await applyFault(stack, 'notifications', 'copied');
    await placeCall(stack, { number: '911', caller: 'adele@contoso.com', place: COPIED });
    await told(COPIED);
    await lift();
    const calls = await services.store.calls.listNewest(100);
    expect(calls.filter(({ facts }) => facts.location?.includes(COPIED))).toHaveLength(1);
  });

  test('no function has failed', () => {
    expect(Object.values(stack.host.invocations()).filter(({ failed }) => failed > 0)).toEqual([]);
  });

  test('a call while Graph is down is told without details, and then with them', async () => {
    const place = 'Building 36, Room 1600';
    const before = TEAM.map((phone) => inbox(phone).length);
    const ingested = () => stack.host.invocations().ingestNotifications?.succeeded ?? 0;
    const ingestedBefore = ingested();
    const lift = await applyFault(stack, 'graph', 'down');
    // Their chat is there already, so that there is one message only.
    await placeCall(stack, { number: '911', caller: 'adele@contoso.com', place, sources: ['chat'] });
    await until(() => ingested() > ingestedBefore);
    await stack.host.setClockOffset(15_000);
    await fireUntil('sweep', () => TEAM.every((phone, index) => inbox(phone).length > (before[index] ?? 0)));
    for (const phone of TEAM) expect(inbox(phone).at(-1)).toContain('EMERGENCY MESSAGE, details not yet available');

    await lift();
    await stack.host.setClockOffset(90_000);
    await fireUntil('sweep', () => TEAM.every((phone) => inbox(phone).at(-1)?.includes(place) ?? false));
    for (const [index, phone] of TEAM.entries()) {
      expect(inbox(phone)).toHaveLength((before[index] ?? 0) + 2);
      expect(inbox(phone).at(-1)).toMatch(/^UPDATE: EMERGENCY CALL/);
      expect(inbox(phone).at(-1)).toContain('+14255550123');
    }
  });

  test('after all this nobody has heard of a call twice, and no part of the stack has refused anything', () => {
    for (const phone of TEAM) {
      for (const place of [...ROOMS, COPIED]) {
        expect(inbox(phone).filter((body) => body.includes(place))).toHaveLength(1);
      }
    }
    for (const part of [stack.graph, stack.twilio, stack.hub, stack.vault]) expect(part?.refusals()).toEqual([]);
  });

  async function fireUntil(timer: string, isDone: () => boolean): Promise<void> {
    await until(async () => {
      if (isDone()) return true;
      await stack.host.fire(timer);
      return isDone();
    });
  }
});

/** A busy machine takes its time; what is wrong ends with the limit of the test. */
async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isDone())) await sleep(50);
}
