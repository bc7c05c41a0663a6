import { callIdOf } from '../../shared/emergency/emergencyCall.ts';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { requestReplay } from '../../shared/pipeline/replayDeadLetter.ts';
import { dials911, startWorld, TEAM, TENANT_ID, type World } from '../harness/world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.openChat();
});
afterEach(() => world.stop());

const reasons = async () => (await world.services.store.deadLetters.list(100)).map(({ reason }) => reason);

/** Puts a body into the hub as it is. */
function inject(body: unknown): void {
  world.hub.push({ body, enqueuedAt: world.now().toISOString(), source: `injected ${world.hub.length}` });
}

/** A notification as Graph would write it, for a message that is there or not. */
function notification(changes: Record<string, unknown> = {}) {
  const [subscription] = world.graph.subscriptions();
  return {
    subscriptionId: subscription?.id,
    clientState: subscription?.clientState,
    tenantId: TENANT_ID,
    changeType: 'created',
    resource: "chats('19:nowhere@thread.v2')/messages('1772352000000')",
    resourceData: { id: '1772352000000', '@odata.type': '#Microsoft.Graph.chatMessage' },
    ...changes,
  };
}

async function settle(): Promise<void> {
  await world.deliver();
  await world.pass(15_000);
}

test('a new chat is asked for within two seconds while the hub waits; what Graph does not give is left to the timer', async () => {
  const { chats, store } = world.services;
  if (!chats) throw new Error('There are no chats');
  const limits: unknown[] = [];
  const hanging: typeof chats = {
    ...chats,
    messagesSince: async (_chatId, _since, limit) => {
      limits.push(limit);
      return { outcome: 'retry', code: 'timeout', retryAfterMs: null };
    },
  };
  const body = { value: [notification({ subscriptionId: 'a/b', resource: "chats('19:new@thread.v2')" })] };
  await ingestNotifications({ ...world.services, chats: hanging }, [{ body, enqueuedAt: null, source: 'test' }]);
  expect(limits).toEqual([{ timeoutMs: 2_000 }]);
  expect(await store.watermarks.list('chat:19:new')).toHaveLength(1);
  const work = await store.work.listDue(world.now(), 10);
  expect(work.map(({ rowKey }) => rowKey)).toEqual(['renew|unknown|newChat']);
});

describe('what is no notification becomes a dead letter, tells nobody, and leaves its neighbours alone', () => {
  test.each<[string, unknown]>([
    ['text that is not JSON', 'garbage {'],
    ['nothing', ''],
    ['null', null],
    ['a number', 911],
    ['a list', []],
    ['an object without value', { hello: 'world' }],
    ['value of another type', { value: 'chats' }],
    ['an item of another type', { value: [17] }],
    ['a resource of another kind', { value: [{ changeType: 'created', resource: "users('1')/events('2')" }] }],
    [
      'wrong types in every field',
      { value: [{ subscriptionId: 1, clientState: {}, tenantId: [], changeType: 7, resource: {}, resourceData: 'x' }] },
    ],
    ['a body of 256 KB', 'x'.repeat(256 * 1024)],
    ['a body of 1 MB', { value: [{ changeType: 'created', resource: 'x'.repeat(1_000_000) }] }],
  ])('%s', async (_, body) => {
    inject(body);
    await world.graph.emergency.placeEmergencyCall(dials911);
    await settle();
    expect(await reasons()).toHaveLength(1);
    expect((await reasons())[0]).not.toBe('');
    expect(world.inbox(TEAM[0])).toHaveLength(1);
  });

  test('another tenant', async () => {
    inject({ value: [notification({ tenantId: '99998888-aaaa-2222-bbbb-3333cccc4444' })] });
    await settle();
    expect(await reasons()).toEqual(['wrong tenant']);
    expect(world.inbox(TEAM[0])).toEqual([]);
  });

  test('it is kept as it came in, once, however often it is delivered', async () => {
    inject('garbage {');
    const [event] = world.hub;
    await world.deliver(3);
    const letters = await world.services.store.deadLetters.list(10);
    expect(letters).toEqual([expect.objectContaining({ raw: 'garbage {', at: event?.enqueuedAt, attempts: 3 })]);
  });
});

describe('what Graph itself sends beside changes', () => {
  test('a validation message tells nobody and is no dead letter', async () => {
    const na = 'NA';
    inject({
      value: [
        {
          subscriptionId: na,
          subscriptionExpirationDateTime: na,
          clientState: na,
          changeType: 'Validation: Testing client application reachability for subscription Request-Id: 1',
          resource: na,
          resourceData: { '@odata.type': na, '@odata.id': na, id: na },
        },
      ],
    });
    await settle();
    expect(await reasons()).toEqual([]);
    expect(world.inbox(TEAM[0])).toEqual([]);
  });

  test('a lifecycle notification neither', async () => {
    const { subscriptionId, clientState, tenantId } = notification();
    inject({ value: [{ subscriptionId, clientState, tenantId, lifecycleEvent: 'reauthorizationRequired' }] });
    await settle();
    expect(await reasons()).toEqual([]);
    expect(world.inbox(TEAM[0])).toEqual([]);
  });
});

describe('a notification that does not carry our secret is judged by Graph', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['wrong clientState', { clientState: 'guessed' }, 'clientState does not match'],
    ['no clientState', { clientState: null }, 'clientState does not match'],
    ['unknown subscription', { subscriptionId: 'ffffffff-0000', clientState: 'guessed' }, 'unknown subscription'],
  ])('%s and no such message: a dead letter, nobody is told', async (_, changes, reason) => {
    inject({ value: [notification(changes)] });
    await settle();
    expect(await reasons()).toEqual([
      expect.stringMatching(new RegExp(`^${reason}, and Graph does not give the message`)),
    ]);
    expect(world.inbox(TEAM[0])).toEqual([]);
    expect(await world.services.store.calls.listNewest(1)).toEqual([]);
  });

  test('wrong clientState and a message that is there: told', async () => {
    const { chatId, messageId } = await world.graph.emergency.placeEmergencyCall({ ...dials911, announce: false });
    const resource = `chats('${chatId}')/messages('${messageId}')`;
    inject({ value: [notification({ clientState: 'guessed', resource })] });
    await settle();
    expect(world.inbox(TEAM[0])).toHaveLength(1);
  });
});

describe('a message that cannot be had', () => {
  test('our own notification, but Graph knows no such message: told after ten seconds, and that there will be no details', async () => {
    inject({ value: [notification()] });
    await world.deliver();
    await world.pass(9_000);
    expect(world.inbox(TEAM[0])).toEqual([]);
    await world.pass(2_000);
    expect(world.inbox(TEAM[0])).toEqual([expect.stringMatching(/details not available/i)]);
    expect(await reasons()).toEqual([expect.stringMatching(/^message cannot be had: /)]);
  });

  test('a message deleted before it could be fetched: told, and kept as a dead letter', async () => {
    const { chatId, messageId } = await world.graph.emergency.placeEmergencyCall(dials911);
    await world.graph.chats.deleteMessage(chatId, messageId);
    await settle();
    expect(world.inbox(TEAM[0])[0]).toContain('unknown');
    expect(await reasons()).toEqual([expect.stringMatching(/^message could not be read: .*deleted/)]);
  });

  test('a chat that the account has left: told without details, and kept as a dead letter', async () => {
    const { chatId } = await world.graph.emergency.placeEmergencyCall(dials911);
    await world.graph.chats.leaveChat(chatId, 'emergency@contoso.com');
    await settle();
    expect(world.inbox(TEAM[0])).toEqual([expect.stringMatching(/details not available/i)]);
    expect(await reasons()).toEqual([expect.stringMatching(/^message cannot be had: /)]);
  });
});

describe('replay', () => {
  test('a dead letter whose message can be read by now becomes a call, and is gone', async () => {
    const { chatId, messageId } = await world.graph.emergency.placeEmergencyCall({ ...dials911, announce: false });
    const resource = `chats('${chatId}')/messages('${messageId}')`;
    const wrongTenant = notification({ resource, tenantId: '99998888-aaaa-2222-bbbb-3333cccc4444' });
    inject({ value: [wrongTenant] });
    await settle();
    const [letter] = await world.services.store.deadLetters.list(1);
    if (!letter) throw new Error('no dead letter');

    // The setting was wrong, not the notification.
    const mended = { ...world.env, TENANT_ID: wrongTenant.tenantId };
    world.services = await world.start(undefined, mended);
    world.services.chats = (await world.start()).chats;
    await requestReplay(world.services, letter.id);
    await world.work();
    expect(world.inbox(TEAM[0])).toHaveLength(1);
    expect(await reasons()).toEqual([]);
    expect(await world.services.store.calls.get(callIdOf(chatId, messageId, world.now()))).not.toBeNull();
  });

  test('what is refused again stays, with one more attempt', async () => {
    inject('garbage {');
    await settle();
    const [letter] = await world.services.store.deadLetters.list(1);
    await requestReplay(world.services, letter?.id ?? '');
    await world.work();
    expect(await world.services.store.deadLetters.list(10)).toEqual([
      expect.objectContaining({ id: letter?.id, attempts: 2 }),
    ]);
  });

  test('of a dead letter that is none does nothing', async () => {
    await requestReplay(world.services, 'nothing');
    await world.work();
    expect(await world.services.store.work.listDue(world.now(), 10)).toEqual([]);
  });
});

test('when nothing can be kept, ingest throws, so that the hub keeps the event', async () => {
  await world.graph.emergency.placeEmergencyCall(dials911);
  const broken = world.env.AlertStorage.replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:1');
  const services = await world.start(undefined, { ...world.env, AlertStorage: broken });
  services.chats = world.services.chats;
  await expect(ingestNotifications(services, world.hub)).rejects.toThrow('Events could not be kept');
});
