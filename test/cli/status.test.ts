import { statusCommand } from '../../cli/statusCommand.ts';
import type { StatusReport } from '../../cli/statusReport.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { startWatchedWorld, type WatchedWorld } from '../pipeline/watchWorld.ts';

jest.setTimeout(60_000);

let world: WatchedWorld;
beforeAll(async () => {
  world = await startWatchedWorld();
  await world.tick();
});
afterAll(() => world.stop());

async function run(
  services: Services = world.services,
  { json = false, columns = 80, hasColours = false } = {},
): Promise<{ code: number; text: string }> {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const code = await statusCommand(services, { write, columns, hasColours }, { json });
  return { code, text };
}
const startWith = (settings: Record<string, string>) => world.start(undefined, { ...world.env, ...settings });
const report = ({ text }: { text: string }): StatusReport => JSON.parse(text);

test('all is well: each part on its line, exit code 0, nothing to do, nothing changed', async () => {
  const alarmsBefore = await world.services.store.alarms.list();
  const { code, text } = await run();
  expect(text).toContain('OK: everything that is watched is well.');
  expect(text).not.toContain('What to do');
  expect(text).toMatch(/^PART +STATE +SINCE +DETAIL$/m);
  for (const part of ['calls', 'channel', 'people', 'storage', 'sign-in', 'canary', 'dead letters', 'timers']) {
    expect(text).toMatch(new RegExp(`^${part} +OK +\\S`, 'm'));
  }
  expect(code).toBe(0);
  expect(world.news()).toEqual([]);
  expect(await world.services.store.alarms.list()).toEqual(alarmsBefore);
});

test.each<[string, Record<string, string>, number, RegExp]>([
  ['a warning', { HEARTBEAT_URL: 'ftp://x' }, 1, /^settings +WARNING/m],
  ['something critical', { TWILIO_AUTH_TOKEN: 'revoked' }, 2, /^channel +CRITICAL/m],
  ['both', { TWILIO_AUTH_TOKEN: 'revoked', HEARTBEAT_URL: 'ftp://x' }, 2, /^CRITICAL: 1 critical, 1 warning\.$/m],
])('%s: the exit code says so, and what to do stands below', async (_, settings, expected, line) => {
  const { code, text } = await run(await startWith(settings));
  expect(code).toBe(expected);
  expect(text).toMatch(line);
  expect(text).toMatch(/What to do:\n(.|\n)*->/);
});

test('storage that does not answer from here: exit code 3, and no part is said to be well that was not seen', async () => {
  const away = world.env.AlertStorage.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
  const shown = await run(await startWith({ AlertStorage: away }), { json: true });
  expect(shown.code).toBe(3);
  const { parts } = report(shown);
  expect(parts.find(({ part }) => part === 'storage')).toMatchObject({ state: 'critical' });
  for (const part of ['calls', 'work', 'dead letters', 'canary']) {
    expect(parts.find((one) => one.part === part)).toMatchObject({
      state: 'unknown',
      detail: expect.stringMatching(/cannot be looked at/),
    });
  }
});

test('an alarm that is known says since when', async () => {
  const broken = await startWith({ HEARTBEAT_URL: 'ftp://x' });
  await world.watch(broken);
  const known = (await world.services.store.alarms.list()).find(({ value }) => value.id === 'setting:HEARTBEAT_URL');
  world.advance(60_000);
  const { parts } = report(await run(broken, { json: true }));
  expect(parts.find(({ part }) => part === 'settings')).toMatchObject({
    state: 'warning',
    since: known?.value.since,
    findings: [
      { id: 'setting:HEARTBEAT_URL', severity: 'warning', what: expect.any(String), todo: expect.any(String) },
    ],
  });
});

test.each([80, 60, 200])(
  'no line is longer than %d columns but for an address, and the columns line up',
  async (columns) => {
    const broken = await startWith({ TWILIO_AUTH_TOKEN: 'revoked', NOTIFICATION_URL: 'nonsense', HEARTBEAT_URL: 'x' });
    const { text } = await run(broken, { columns });
    const isAddress = (line: string) => /^ +EventHub:https:\S+$/.test(line);
    for (const line of text.split('\n')) expect(isAddress(line) ? 0 : line.length).toBeLessThanOrEqual(columns);
    const head = text.split('\n').find((line) => line.startsWith('PART')) ?? '';
    const rows = text.split('\n\n')[1]?.split('\n').slice(1) ?? [];
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) {
      expect(row.slice(head.indexOf('STATE') - 2, head.indexOf('STATE'))).toBe('  ');
      expect(row.charAt(head.indexOf('DETAIL') - 1)).toBe(' ');
      expect(row.charAt(head.indexOf('DETAIL'))).toMatch(/\S/);
    }
  },
);

test('colours only where they are asked for', async () => {
  const begin = '\u001b[';
  expect((await run()).text).not.toContain(begin);
  expect((await run(world.services, { hasColours: true })).text).toContain(`${begin}32mOK`);
  expect((await run(world.services, { hasColours: true, json: true })).text).not.toContain(begin);
});

test('nobody is named and no number is shown', async () => {
  expect((await run(world.services, { json: true })).text).not.toMatch(/\+1425|Adele|Vance|contoso\.com/);
});
