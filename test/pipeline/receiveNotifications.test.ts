import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TokenCheck, ValidationTokens } from '../../shared/graph/validationTokens.ts';
import { observeSubscriptions } from '../../shared/pipeline/observeSources.ts';
import { receiveNotifications } from '../../shared/pipeline/receiveNotifications.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { storedRows } from '../harness/storedRows.ts';
import { endlessBody, post } from '../harness/webhookRequest.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const MIB = 1024 * 1024;

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.openChat();
});
afterAll(() => world?.stop());
beforeEach(() => {
  world.log.splice(0);
});

type Item = Record<string, unknown>;

/** What Graph announces of a new call: it went to the hub, and is taken out of there. */
async function announced(place = dials911.place): Promise<Item> {
  await world.graph.emergency.placeEmergencyCall({ ...dials911, place });
  const items = world.hub.splice(0).flatMap(({ body }) => (body as { value: Item[] }).value);
  const item = items.find(({ resource }) => String(resource).includes('/messages('));
  if (!item) throw new Error('Graph announced no message');
  return item;
}

/** A rich one: whether it can be decrypted is no matter of the door. */
const rich = (item: Item): Item => ({ ...item, encryptedContent: { data: 'AA==', dataKey: 'AA==' } });

/** Says the same of all tokens, and notes what it was asked. */
function saying(check: TokenCheck): ValidationTokens & { asked: unknown[] } {
  const asked: unknown[] = [];
  return {
    asked,
    check: async (tokens) => {
      asked.push(tokens);
      return check;
    },
  };
}

const withTokens = (check: TokenCheck, services = world.services) => ({ ...services, validationTokens: saying(check) });

/** The same process with its storage at a port where nobody answers. */
async function withoutStorage(port = 1): Promise<Services> {
  const AlertStorage = world.env.AlertStorage.replace(/127\.0\.0\.1:\d+/g, `127.0.0.1:${port}`);
  const services = await world.start(undefined, { ...world.env, AlertStorage });
  return { ...services, chats: world.services.chats };
}

const callsAt = async (place: string) =>
  (await world.services.store.calls.listNewest(100)).filter(({ facts }) => facts.location === place);

function expectNothingPersonalLogged(...secrets: unknown[]): void {
  const lines = JSON.stringify(world.log);
  for (const secret of ['Adele', 'Alex', '+1425', 'Building', ...secrets]) expect(lines).not.toContain(secret);
}

describe('Graph asks whether the address is ours', () => {
  const ask = (token: string, body: unknown = undefined) =>
    receiveNotifications(world.services, post(body, { query: { validationToken: token } }));

  test.each([
    'Validation: Testing client application reachability for subscription Request-Id: 11112222-bbbb-3333-cccc-4444dddd5555',
    '<script>alert("911")</script>&amp;<b>',
    'Ümläut + plus % percent\n\u{1F6A8}',
  ])('%s comes back as text, to the byte', async (token) => {
    expect(await ask(token)).toEqual({
      status: 200,
      body: token,
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
    });
  });

  test('nothing else of the request is believed', async () => {
    const before = await storedRows(world.env.AlertStorage);
    expect(await ask('opaque', { value: [await announced()] })).toMatchObject({ status: 200, body: 'opaque' });
    expect(await storedRows(world.env.AlertStorage)).toEqual(before);
  });

  test('a token as long as no token of Graph is not sent back', async () => {
    expect(await ask('x'.repeat(2_048))).toMatchObject({ status: 200 });
    expect(await ask('x'.repeat(2_049))).toMatchObject({ status: 400, body: 'validationToken' });
  });

  test('an empty token asks nothing', async () => {
    expect(await ask('')).toMatchObject({ status: 400, body: 'body' });
  });
});

test('a call that Graph announces here is told and recorded as through the hub', async () => {
  const item = await announced('Building 1, Lobby');
  expect(await receiveNotifications(world.services, post({ value: [item] }))).toMatchObject({ status: 202, body: '' });
  await world.work();
  expect(await callsAt('Building 1, Lobby')).toMatchObject([{ hubEnqueuedAt: null }]);
  expect(world.inbox(TEAM[0]).filter((text) => text.includes('Building 1, Lobby'))).toHaveLength(1);
  expectNothingPersonalLogged(item.clientState);
});

test('Graph repeats itself: one call', async () => {
  const item = await announced('Building 2, Lobby');
  for (let i = 0; i < 3; i += 1) {
    expect(await receiveNotifications(world.services, post({ value: [item, item] }))).toMatchObject({ status: 202 });
  }
  await world.work();
  expect(await callsAt('Building 2, Lobby')).toHaveLength(1);
});

test('a stranger among the notifications is refused alone', async () => {
  const [ours, other] = [await announced('Building 3, Lobby'), await announced('Building 3, Roof')];
  const value = [{ ...other, clientState: 'Adele Vance' }, ours, { ...other, clientState: undefined }, 7];
  expect(await receiveNotifications(world.services, post({ value }))).toMatchObject({ status: 202 });
  await world.work();
  expect(await callsAt('Building 3, Lobby')).toHaveLength(1);
  expect(await callsAt('Building 3, Roof')).toHaveLength(0);
  const [line] = world.log.filter(({ level }) => level === 'error');
  expect(line?.fields).toEqual({ reason: 'clientState', refused: 3 });
  expectNothingPersonalLogged();
});

describe('refused, and nothing of it is stored', () => {
  let genuine: Item;
  let before: Record<string, string[]>;
  beforeAll(async () => {
    genuine = await announced('Building 4, Lobby');
  });
  beforeEach(async () => {
    before = await storedRows(world.env.AlertStorage);
  });
  afterEach(async () => {
    expect(await storedRows(world.env.AlertStorage)).toEqual(before);
    expect(world.log.length).toBeGreaterThan(0);
    expectNothingPersonalLogged();
  });

  test.each<[string, Item]>([
    ['another clientState', { clientState: 'Adele Vance' }],
    ['the clientState cut short', { clientState: 'short' }],
    ['no clientState', { clientState: undefined }],
    ['an empty clientState', { clientState: '' }],
    ['a clientState of another type', { clientState: { length: 1 } }],
    ['the clientState elsewhere', { clientState: null, resourceData: { clientState: 'here' } }],
    ['an unknown subscription and clientState', { subscriptionId: 'unknown', clientState: 'Adele Vance' }],
    ['no content where encrypted content should be', { encryptedContent: null, clientState: 'Adele Vance' }],
    ['a lifecycle notification of a stranger', { lifecycleEvent: 'missed', resource: null, clientState: 'Adele' }],
    ['a validation message as in the hub', { subscriptionId: 'NA', resource: 'NA', clientState: 'NA' }],
  ])('%s', async (_, change) => {
    const response = await receiveNotifications(world.services, post({ value: [{ ...genuine, ...change }] }));
    expect(response).toMatchObject({ status: 403, body: 'clientState' });
    expect(world.log).toMatchObject([{ fields: { reason: 'clientState', refused: 1 } }]);
  });

  test.each<[string, unknown, string]>([
    ['nothing', '', 'body'],
    ['text', 'garbage { Adele Vance', 'json'],
    ['bytes that are no text', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), 'json'],
    ['a list', [{ value: 1 }], 'value'],
    ['null', 'null', 'value'],
    ['an object without value', { validationTokens: ['Adele Vance'] }, 'value'],
    ['value that is no list', { value: { 0: 'Adele Vance', length: 1 } }, 'value'],
    ['an empty list', { value: [] }, 'value'],
  ])('a body that is %s', async (_, body, reason) => {
    expect(await receiveNotifications(world.services, post(body))).toMatchObject({ status: 400, body: reason });
    expect(world.log).toMatchObject([{ fields: { reason } }]);
  });

  test('a body that is said to be too long, before it is read', async () => {
    const { body, chunksRead } = endlessBody(1);
    const request = { ...post(''), headers: new Headers({ 'content-length': String(MIB + 1) }), body };
    expect(await receiveNotifications(world.services, request)).toMatchObject({ status: 413, body: 'size' });
    expect(chunksRead()).toBe(0);
  });

  test.each(['10', 'NaN', '-1'])(
    'a body that is too long and said to be %s, no further than the limit',
    async (said) => {
      const { body, chunksRead } = endlessBody(MIB / 4);
      const request = { ...post(''), headers: new Headers({ 'content-length': said }), body };
      expect(await receiveNotifications(world.services, request)).toMatchObject({ status: 413, body: 'size' });
      expect(chunksRead()).toBe(5);
    },
  );

  test.each(['missing', 'expired', 'publisher'] as const)('rich, with tokens refused as %s', async (reason) => {
    const services = withTokens({ outcome: 'refused', reason });
    const stranger = rich({ ...genuine, subscriptionId: 'unknown' });
    const body = { value: [genuine, stranger], validationTokens: ['Adele Vance'] };
    expect(await receiveNotifications(services, post(body))).toMatchObject({ status: 401, body: reason });
    expect(services.validationTokens.asked).toEqual([['Adele Vance']]);
    expect((await observeSubscriptions(services)).refusedAt).toBeNull();
    expect(world.log).toMatchObject([{ level: 'error', fields: { reason } }]);
  });

  test('rich, while the keys cannot be had: Graph is to repeat it', async () => {
    const services = withTokens({ outcome: 'unavailable', code: 'TimeoutError' });
    expect(await receiveNotifications(services, post({ value: [rich(genuine)] }))).toMatchObject({ status: 503 });
    expect(world.log).toMatchObject([{ fields: { code: 'TimeoutError' } }]);
  });

  test('rich, while the settings do not let tokens be checked', async () => {
    const services = { ...world.services, validationTokens: null };
    expect(await receiveNotifications(services, post({ value: [rich(genuine)] }))).toMatchObject({ status: 503 });
    expect(world.log).toMatchObject([{ fields: { code: 'notConfigured' } }]);
  });

  test('while the storage does not answer: Graph is to repeat it', async () => {
    const services = await withoutStorage();
    expect(await receiveNotifications(services, post({ value: [genuine] }))).toMatchObject({ status: 503 });
  });

  test('a stranger without any clientState does not reach the storage', async () => {
    const services = await withoutStorage();
    const response = await receiveNotifications(services, post({ value: [{ ...genuine, clientState: undefined }] }));
    expect(response).toMatchObject({ status: 403 });
    const ofTheDoor = world.log.filter(
      ({ message }) => !/^The (stored roster|names of the page) could not be read/.test(message),
    );
    expect(ofTheDoor).toMatchObject([{ fields: { reason: 'clientState', refused: 1 } }]);
  });
});

test('rich for a subscription of ours, with tokens refused: the watch says so, and it is written once a minute', async () => {
  const item = rich(await announced('Building 4, Roof'));
  const services = withTokens({ outcome: 'refused', reason: 'audience' });
  const deliver = () => receiveNotifications(services, post({ value: [item], validationTokens: ['t'] }));
  const seen = async () => (await observeSubscriptions(services)).refusedAt;
  expect(await seen()).toBeNull();
  expect(await deliver()).toMatchObject({ status: 401, body: 'audience' });
  const first = await seen();
  expect(first).toBeInstanceOf(Date);
  world.advance(30_000);
  await deliver();
  expect(await seen()).toEqual(first);
  world.advance(31_000);
  await deliver();
  expect((await seen())?.getTime()).toBeGreaterThan((first?.getTime() ?? 0) + 60_000);
  expect(await callsAt('Building 4, Roof')).toHaveLength(0);
});

test('tokens refused while the storage does not answer: refused all the same, and noted with the next one', async () => {
  const item = rich(await announced('Building 4, Cellar'));
  const services = withTokens({ outcome: 'refused', reason: 'audience' }, await withoutStorage());
  const request = () => post({ value: [item], validationTokens: ['t'] });
  expect(await receiveNotifications(services, request())).toMatchObject({ status: 401, body: 'audience' });
  world.advance(1_000);
  expect(await receiveNotifications(services, request())).toMatchObject({ status: 401, body: 'audience' });
  expect(world.log.filter(({ message }) => message.includes('could not be noted'))).toHaveLength(2);
});

describe('rich notifications', () => {
  test('count by their tokens, whatever their clientState is', async () => {
    const item = rich({ ...(await announced('Building 5, Lobby')), clientState: 'another' });
    const services = withTokens({ outcome: 'valid' });
    expect(await receiveNotifications(services, post({ value: [item], validationTokens: ['t'] }))).toMatchObject({
      status: 202,
    });
    await world.pass(15_000);
    expect((await world.services.store.calls.listNewest(1))[0]?.hubEnqueuedAt).toBeNull();
    expect(services.validationTokens.asked).toEqual([['t']]);
    expectNothingPersonalLogged();
  });

  test('that can be read are told although the others cannot be judged without the storage', async () => {
    const [known, other] = [await announced('Building 6, Lobby'), await announced('Building 6, Roof')];
    const services = withTokens({ outcome: 'valid' }, await withoutStorage());
    const told = world.inbox(TEAM[0]).length;
    expect(await receiveNotifications(services, post({ value: [rich(known), other] }))).toMatchObject({ status: 503 });
    expect(world.inbox(TEAM[0])).toHaveLength(told + 1);
  });

  test('whose keys cannot be had do not hold up the others', async () => {
    const [known, other] = [await announced('Building 7, Lobby'), await announced('Building 7, Roof')];
    const services = withTokens({ outcome: 'unavailable', code: 'Error 500' });
    expect(await receiveNotifications(services, post({ value: [rich(other), known] }))).toMatchObject({ status: 503 });
    expect(await callsAt('Building 7, Lobby')).toHaveLength(1);
    expect(await callsAt('Building 7, Roof')).toHaveLength(0);
  });
});

test('what cannot be kept, Graph is to repeat: people are told meanwhile', async () => {
  const item = await announced('Building 8, Lobby');
  const services = withTokens({ outcome: 'valid' }, await withoutStorage());
  expect(await receiveNotifications(services, post({ value: [rich(item)] }))).toMatchObject({ status: 503 });
  expect(world.inbox(TEAM[0]).at(-1)).toContain('911');
  expectNothingPersonalLogged();
});

test('a storage that hangs: people are told, and Graph is to repeat it', async () => {
  const open: Socket[] = [];
  const silent = createServer((socket) => open.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const [known, other] = [await announced('Building 9, Lobby'), await announced('Building 9, Roof')];
  const services = withTokens({ outcome: 'valid' }, await withoutStorage((silent.address() as AddressInfo).port));
  const told = world.inbox(TEAM[0]).length;
  const answer = await receiveNotifications(services, post({ value: [rich(known), other] }));
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
  expect(answer).toMatchObject({ status: 503 });
  expect(world.inbox(TEAM[0])).toHaveLength(told + 1);
});
