import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';
import { settingsRead } from '../infra/settingsRead.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-dist-'));
  await bundle(dir);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('what is deployed holds nothing of the embedded stack, of the commands or of the tests', async () => {
  const files = (await readdir(dir, { recursive: true })).filter((file) => file.endsWith('.mjs'));
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
  // The bundler names each file that it put in, from where it was started.
  const sources = texts.flatMap((text) =>
    [...text.matchAll(/^\/\/ (\S+\.(?:[cm]?[jt]s|json))$/gm)].map(([, path]) => path),
  );
  const ours = sources.filter((source) => !source?.includes('node_modules/'));
  expect(ours).toContain('shared/pipeline/ingestNotifications.ts');
  expect(ours.filter((source) => !/^(functions|shared)\//.test(source ?? ''))).toEqual([]);
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
