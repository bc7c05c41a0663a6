import { QueueClient } from '@azure/storage-queue';
import type { LifecycleNotification } from '../../shared/graph/notifications.ts';
import { receiveLifecycle, takeLifecycle } from '../../shared/pipeline/receiveLifecycle.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { queuedMessages, storedRows } from '../harness/storedRows.ts';
import { endlessBody, post } from '../harness/webhookRequest.ts';
import { startWorld, TENANT_ID, type World } from '../harness/world.ts';

let world: World;
let known: { subscriptionId: string; clientState: string };
let rowsBefore: Record<string, string[]>;
beforeAll(async () => {
  world = await startWorld();
  const [subscription] = await world.services.store.subscriptions.list();
  known = { subscriptionId: String(subscription?.subscriptionId), clientState: String(subscription?.clientState) };
});
afterAll(() => world?.stop());
beforeEach(async () => {
  for (const row of await world.services.store.work.listDue(world.now(), 100)) {
    await world.services.store.work.finish(row);
  }
  await new QueueClient(world.env.AlertStorage, 'alert-work').clearMessages();
  rowsBefore = await storedRows(world.env.AlertStorage);
  world.log.splice(0);
});

/** As https://learn.microsoft.com/graph/change-notifications-lifecycle-events shows it. */
const lifecycle = (lifecycleEvent: unknown, change: Record<string, unknown> = {}) => ({
  ...known,
  subscriptionExpirationDateTime: '2026-03-20T11:00:00.0000000Z',
  tenantId: TENANT_ID,
  lifecycleEvent,
  ...change,
});

const receive = (value: unknown, services: Services = world.services) => receiveLifecycle(services, post({ value }));
const renewals = async () =>
  (await world.services.store.work.listDue(world.now(), 100)).flatMap(({ value }) =>
    value.kind === 'renewSubscriptions' ? [value] : [],
  );

async function withoutStorage(): Promise<Services> {
  const AlertStorage = world.env.AlertStorage.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
  return world.start(undefined, { ...world.env, AlertStorage });
}

test.each(['reauthorizationRequired', 'subscriptionRemoved', 'missed'])('%s becomes work, due now', async (event) => {
  expect(await receive([lifecycle(event)])).toMatchObject({ status: 202, body: '' });
  expect(await renewals()).toEqual([
    {
      kind: 'renewSubscriptions',
      reason: event,
      subscriptionId: known.subscriptionId,
      dueAt: expect.stringMatching(/^\d{4}-.*Z$/),
      attempts: 0,
    },
  ]);
  expect(await queuedMessages(world.env.AlertStorage)).toHaveLength(1);
  expect(JSON.stringify(world.log)).not.toContain(known.clientState);
});

test('Graph repeats itself: one piece of work for each reason', async () => {
  await receive([lifecycle('missed'), lifecycle('missed')]);
  await receive([lifecycle('missed'), lifecycle('subscriptionRemoved')]);
  expect((await renewals()).map(({ reason }) => reason).sort()).toEqual(['missed', 'subscriptionRemoved']);
});

test('our secret under an id that is not recorded yet counts', async () => {
  expect(
    await receive([lifecycle('missed', { subscriptionId: 'ffff1111-aaaa-2222-bbbb-3333cccc4444' })]),
  ).toMatchObject({
    status: 202,
  });
});

test('Graph asks whether the address is ours', async () => {
  const asked = post({ value: [lifecycle('missed')] }, { query: { validationToken: '<b>Validation: 1 + 1</b>' } });
  expect(await receiveLifecycle(world.services, asked)).toEqual({
    status: 200,
    body: '<b>Validation: 1 + 1</b>',
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  });
  expect(await renewals()).toEqual([]);
});

describe('refused, and nothing of it is stored', () => {
  afterEach(async () => {
    expect(await storedRows(world.env.AlertStorage)).toEqual(rowsBefore);
    expect(await queuedMessages(world.env.AlertStorage)).toEqual([]);
    expect(world.log.length).toBeGreaterThan(0);
    expect(JSON.stringify(world.log)).not.toMatch(/Adele|contoso/);
  });

  const resource = "chats('19:a@thread.v2')/messages('1772352000000')";
  test.each<[string, () => unknown, string]>([
    ['another clientState', () => lifecycle('missed', { clientState: 'Adele Vance' }), 'clientState'],
    [
      'the clientState cut short',
      () => lifecycle('missed', { clientState: known.clientState.slice(1) }),
      'clientState',
    ],
    ['no clientState', () => lifecycle('missed', { clientState: undefined }), 'clientState'],
    ['a clientState of another type', () => lifecycle('missed', { clientState: [known.clientState] }), 'clientState'],
    [
      'an unknown subscription with another clientState',
      () => lifecycle('missed', { subscriptionId: 'unknown', clientState: 'Adele Vance' }),
      'subscription',
    ],
    ['an unknown event', () => lifecycle('Adele Vance'), 'lifecycleEvent'],
    ['an event in other letters', () => lifecycle('MISSED'), 'lifecycleEvent'],
    ['an event of every object', () => lifecycle('constructor'), 'lifecycleEvent'],
    ['no event', () => lifecycle(undefined), 'kind'],
    ['an event of another type', () => lifecycle(['missed']), 'kind'],
    ['no subscription', () => lifecycle('missed', { subscriptionId: undefined }), 'kind'],
    ['an id that is no id', () => lifecycle('missed', { subscriptionId: '../Adele?#' }), 'subscriptionId'],
    ['an id without end', () => lifecycle('missed', { subscriptionId: 'a'.repeat(101) }), 'subscriptionId'],
    ['a change notification', () => ({ ...known, changeType: 'created', resource, tenantId: TENANT_ID }), 'kind'],
    ['a canary', () => ({ canary: { id: 'Adele', sentAt: '2026-03-02T09:00:00Z' } }), 'kind'],
    ['a number', () => 7, 'kind'],
    ['null', () => null, 'kind'],
  ])('%s', async (_, item, reason) => {
    expect(await receive([item(), item()])).toMatchObject({ status: 403, body: 'refused' });
    expect(world.log).toMatchObject([{ level: 'error', fields: { reason, refused: 2 } }]);
  });

  test.each<[string, unknown, string]>([
    ['nothing', '', 'body'],
    ['text', 'Adele Vance', 'json'],
    ['a list', [], 'value'],
    ['an empty list', { value: [] }, 'value'],
    ['no list', { value: 'missed' }, 'value'],
  ])('a body that is %s', async (_, body, reason) => {
    expect(await receiveLifecycle(world.services, post(body))).toMatchObject({ status: 400, body: reason });
    expect(world.log).toMatchObject([{ fields: { reason } }]);
  });

  test('a body above 64 KiB, announced or not', async () => {
    const { body, chunksRead } = endlessBody(16 * 1024);
    const request = { ...post(''), body };
    expect(await receiveLifecycle(world.services, request)).toMatchObject({ status: 413, body: 'size' });
    expect(chunksRead()).toBe(5);
    const announced = { ...post(''), headers: new Headers({ 'content-length': '65537' }), body };
    expect(await receiveLifecycle(world.services, announced)).toMatchObject({ status: 413 });
  });

  test('while the storage does not answer: Graph is to repeat it', async () => {
    expect(await receive([lifecycle('missed')], await withoutStorage())).toMatchObject({ status: 503 });
  });

  test('a stranger without any clientState does not reach the storage', async () => {
    const stranger = lifecycle('missed', { clientState: undefined });
    expect(await receive([stranger], await withoutStorage())).toMatchObject({ status: 403 });
  });
});

test('a stranger among them is refused alone', async () => {
  const stranger = lifecycle('subscriptionRemoved', { clientState: 'Adele Vance' });
  expect(await receive([stranger, lifecycle('missed'), 7])).toMatchObject({ status: 202 });
  expect(await renewals()).toMatchObject([{ reason: 'missed' }]);
  const refusals = world.log.filter(({ level }) => level === 'error').map(({ fields }) => fields);
  expect(refusals).toEqual([
    { reason: 'clientState', refused: 1 },
    { reason: 'kind', refused: 1 },
  ]);
});

describe('through the hub', () => {
  const fromHub = (change: Partial<LifecycleNotification> = {}): LifecycleNotification => ({
    kind: 'lifecycle',
    ...known,
    lifecycleEvent: 'reauthorizationRequired',
    tenantId: TENANT_ID,
    subscriptionExpirationDateTime: null,
    ...change,
  });

  test('the same rules: work for what is ours', async () => {
    await takeLifecycle(world.services, fromHub());
    await takeLifecycle(world.services, fromHub());
    expect(await renewals()).toMatchObject([{ reason: 'reauthorizationRequired' }]);
  });

  test.each<[string, Partial<LifecycleNotification>]>([
    ['clientState', { clientState: 'another' }],
    ['clientState', { clientState: null }],
    ['lifecycleEvent', { lifecycleEvent: 'unknownFutureValue' }],
  ])('nothing for what is refused: %s', async (reason, change) => {
    await takeLifecycle(world.services, fromHub(change));
    expect(await renewals()).toEqual([]);
    expect(world.log).toMatchObject([{ fields: { reason, refused: 1 } }]);
  });

  test('throws while the storage does not answer, so that the hub gives it again', async () => {
    await expect(takeLifecycle(await withoutStorage(), fromHub())).rejects.toThrow();
  });
});
