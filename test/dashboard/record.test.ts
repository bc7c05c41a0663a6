import { auditSchema, statisticsSchema } from '../../shared/dashboard/contract.ts';
import { NOBODY_ANSWERED } from '../../shared/oncall/response.ts';
import { purge } from '../../shared/pipeline/purge.ts';
import { startWorld, type World } from '../harness/world.ts';
import { callAt } from './storedCalls.ts';
import { ADMINISTRATOR, type Ask, AUDITOR, askPage, RESPONDER } from './visitors.ts';

let world: World;
let callId: string;
beforeAll(async () => {
  world = await startWorld();
  const at = (text: string, tellSeconds: number | null, changes = {}) => {
    const time = new Date(text);
    const firstToldAt = tellSeconds === null ? null : new Date(time.getTime() + tellSeconds * 1_000).toISOString();
    return callAt(time, { firstToldAt, ...changes });
  };
  const response = { ...NOBODY_ANSWERED, firstAcknowledgedAt: '2026-03-04T10:01:00.000Z' };
  const facts = { ...callAt(new Date()).facts, callerDisplayName: '=HYPERLINK("http://evil")' };
  // Monday is 2026-03-02; Sunday 2026-03-08 23:30 in Los Angeles is Monday 07:30 UTC, summer time having begun that day.
  const calls = [
    at('2026-03-02T10:00:00Z', 2),
    at('2026-03-04T10:00:00Z', 4, { response, facts }),
    at('2026-03-09T06:30:00Z', 12),
    at('2026-03-09T12:00:00Z', null),
    at('2026-03-05T12:00:00Z', 600, { isTest: true }),
    at('2026-03-05T13:00:00Z', 1, { content: 'notEmergency' }),
  ];
  for (const call of calls) await world.services.store.calls.insert(call);
  callId = calls[1]?.id ?? '';
});
afterAll(() => world?.stop());

const ask = (path: string, options: Ask = {}) => askPage(world.services, path, options);
const MARCH = 'from=2026-03-01&to=2026-03-31';

test('calls by week, by the clock of the zone, and how long it took', async () => {
  const { json } = await ask(`statistics?${MARCH}&zone=America/Los_Angeles`, { as: RESPONDER });
  const statistics = statisticsSchema.parse(json);
  expect(statistics.weeks.map(({ week, calls, tests }) => [week, calls, tests])).toEqual([
    ['2026-03-02', 3, 1],
    ['2026-03-09', 1, 0],
  ]);
  expect(statistics.timeToNotify).toEqual({ count: 3, p50Seconds: 4, p95Seconds: 12, worstSeconds: 12 });
  expect(statistics.timeToAcknowledge).toMatchObject({ count: 1, p50Seconds: 60 });
  expect(statistics.sites).toEqual([{ site: null, calls: 4, tests: 1 }]);
  expect(statistics.looked.isComplete).toBe(true);
});

test.each([
  'from=2026-03-31&to=2026-03-01',
  'from=2025-01-01&to=2026-12-31',
  'from=x&to=y',
  `${MARCH}&zone=Mars`,
  'from=2026-03-01',
])('%s are no days', async (query) => {
  for (const path of ['statistics', 'export/calls.csv']) {
    const { status, json } = await ask(`${path}?${query}`);
    expect([path, status, json.code]).toEqual([path, 400, 'badRequest']);
  }
});

test('the export is a file with a row for each call, no formula in it, and it is noted who took it', async () => {
  const { status, headers, text } = await ask(`export/calls.csv?${MARCH}&zone=UTC`, { as: AUDITOR });
  expect(status).toBe(200);
  expect(headers['Content-Type']).toBe('text/csv; charset=utf-8');
  expect(headers['Content-Disposition']).toBe('attachment; filename="emergency-calls-2026-03-01-2026-03-31.csv"');
  expect(text.split('\r\n').filter((line) => line.startsWith('call,'))).toHaveLength(6);
  expect(text).toContain(`"'=HYPERLINK`);
  const { entries } = auditSchema.parse((await ask('audit', { as: AUDITOR })).json);
  expect(entries[0]).toMatchObject({
    action: 'exported',
    what: 'calls.csv',
    of: '2026-03-01 to 2026-03-31 (UTC)',
    upn: 'lidia@contoso.com',
    roles: ['Auditor'],
  });
});

test('an export that cannot be noted is not given', async () => {
  const spy = jest.spyOn(world.services.store.pageAudit, 'add').mockRejectedValue(new Error('storage'));
  const { status, text } = await ask(`export/calls.csv?${MARCH}`);
  spy.mockRestore();
  expect(status).toBe(503);
  expect(text).not.toContain('HYPERLINK');
});

test('a look that cannot be noted is none for an auditor; who answers calls sees the call all the same', async () => {
  const spy = jest.spyOn(world.services.store.pageAudit, 'add').mockRejectedValue(new Error('storage'));
  const auditor = { ...AUDITOR, objectId: '99990000' };
  expect((await ask(`calls/${callId}`, { as: auditor })).status).toBe(503);
  expect((await ask(`calls/${callId}`, { as: { ...RESPONDER, objectId: '99990001' } })).status).toBe(200);
  spy.mockRestore();
});

test('looking again is the same look; the record only grows', async () => {
  const count = async () => auditSchema.parse((await ask('audit')).json).entries.length;
  await ask(`calls/${callId}`, { as: ADMINISTRATOR });
  const before = await count();
  for (let i = 0; i < 3; i += 1) await ask(`calls/${callId}`, { as: ADMINISTRATOR });
  expect(await count()).toBe(before);
  await ask(`calls/${callId}`, { as: AUDITOR });
  expect(await count()).toBe(before + 1);
});

test('notes of who looked go with the calls, when their time is over', async () => {
  await ask(`calls/${callId}`, { as: ADMINISTRATOR });
  expect(await world.services.store.pageAudit.viewersOf(callId)).not.toEqual([]);
  world.advance(2 * 366 * 24 * 60 * 60_000);
  await purge(world.services);
  expect(await world.services.store.pageAudit.viewersOf(callId)).toEqual([]);
  expect((await world.services.store.pageAudit.list(10, null)).entries).toEqual([]);
});
