import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeCall } from '../../local/control.ts';
import { bundle } from '../../scripts/bundle.ts';
import { readSettings } from '../../shared/settings.ts';
import { startTestStack } from '../harness/testStack.ts';
import { TEAM } from '../harness/world.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-dist-'));
  await bundle(dir);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** The names of all settings that the product reads, whatever their values. */
function settingsRead(): string[] {
  const names = new Set<string>();
  const values: Record<string, string> = {
    TWILIO_API_KEY_SID: `SK${'0'.repeat(32)}`,
    AlertStorage__tableServiceUri: 'https://contoso.table.core.windows.net',
  };
  const env = new Proxy(values, {
    get(target, name) {
      names.add(String(name));
      return target[String(name)];
    },
  });
  readSettings(env);
  return [...names].sort();
}

test('what is deployed holds nothing of the embedded stack, of the commands or of the tests', async () => {
  const files = (await readdir(dir, { recursive: true })).filter((file) => file.endsWith('.map'));
  expect(files.length).toBeGreaterThan(0);
  const sources = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(dir, file), 'utf8')).sources as string[]),
  );
  const ours = sources.flat().filter((source) => !source.includes('node_modules') && !/^\w+:/.test(source));
  expect(ours.some((source) => source.includes('shared/pipeline/'))).toBe(true);
  expect(ours.filter((source) => !/(^|\/)(functions|shared)\//.test(source))).toEqual([]);
});

test('it loads in a bare Node process, without node_modules and without settings', () => {
  const { status, stderr } = spawnSync(process.execPath, ['main.mjs'], { cwd: dir, env: {} });
  expect(stderr.toString()).not.toMatch(/Error/);
  expect(status).toBe(0);
});

test('every setting is in local.settings.example.json and in the guide, and no other is', async () => {
  const { Values: example } = JSON.parse(await readFile('local.settings.example.json', 'utf8'));
  const guide = await readFile('docs/guide.md', 'utf8');
  const ofTheHost = ['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage'];
  const ofTheIdentity = settingsRead().filter((name) => name.includes('__'));
  expect(ofTheIdentity.length).toBe(4);
  expect(
    Object.keys(example)
      .filter((name) => !ofTheHost.includes(name))
      .sort(),
  ).toEqual(settingsRead().filter((name) => !ofTheIdentity.includes(name)));
  expect(settingsRead().filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});

test('started from its own folder with the documented settings alone, it tells people of a call', async () => {
  const { stack } = await startTestStack({ appDir: dir });
  try {
    // App Service itself sets these two where there is a managed identity.
    const identity = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'];
    const documented = new Set([...settingsRead(), 'AzureWebJobsStorage', ...identity]);
    expect(Object.keys(stack.settings).filter((name) => !documented.has(name))).toEqual([]);
    expect([...stack.host.functions].sort()).toEqual([
      'heartbeat',
      'ingestNotifications',
      'lifecycleNotifications',
      'notifyOnCall',
      'purge',
      'receiveNotifications',
      'reconcileChats',
      'renewSubscriptions',
      'sweep',
      'watch',
    ]);
    await placeCall(stack, { number: '911', caller: 'alex@contoso.com', place: 'Building 34, Room 2210' });
    await stack.twilio?.waitForMessage(({ to }) => to === TEAM[0], 20_000);
    expect(stack.graph?.refusals()).toEqual([]);
    expect(stack.twilio?.refusals()).toEqual([]);
    expect(stack.hub?.refusals()).toEqual([]);
  } finally {
    await stack.stop();
  }
}, 60_000);
