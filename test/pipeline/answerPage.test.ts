import { answerKeyOf, createAnswerToken } from '../../shared/oncall/answerToken.ts';
import { answerPage } from '../../shared/pipeline/answerPage.ts';
import { startRecordingProxy } from '../harness/recordingProxy.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

let world: World;
let callId: string;
beforeEach(async () => {
  world = await startWorld();
  await world.openChat();
  await world.graph.emergency.placeEmergencyCall({ ...dials911, place: `<b>Lobby</b> & "Café"` });
  await world.deliver();
  await world.work();
  callId = (await world.services.store.calls.listNewest(1))[0]?.id ?? '';
});
afterEach(() => world?.stop());

const key = () => answerKeyOf(Buffer.from(world.env.TOKEN_CACHE_KEY, 'base64'));
const tokenFor = (recipientId: string) => createAnswerToken(key(), { callId, recipientId }, world.now());
const response = async () => (await world.services.store.calls.get(callId))?.value.response;

function request(method: string, fields: Record<string, string>) {
  const parameters = new URLSearchParams(fields);
  const isPost = method === 'POST';
  return {
    method,
    query: isPost ? new URLSearchParams() : parameters,
    headers: new Headers(),
    body: isPost
      ? (async function* () {
          yield Buffer.from(parameters.toString());
        })()
      : null,
  };
}
const open = (t: string) => answerPage(world.services, request('GET', { t }));
const press = (t: string, action: string) => answerPage(world.services, request('POST', { t, action }));

test('shows the three facts and the answers, and nothing of a stranger as markup', async () => {
  const { status, body } = await open(tokenFor('adele'));
  expect(status).toBe(200);
  expect(body).toContain('href="tel:+14255550123"');
  expect(body).toContain('&lt;b&gt;Lobby&lt;/b&gt; &amp; &quot;Café&quot;');
  expect(body).not.toContain('<b>Lobby');
  expect(body).toContain('value="acknowledge"');
  expect(body).toContain('may still run');
});

test.each(['GET', 'HEAD'])('opening it by %s, as mail programs do, answers nothing', async (method) => {
  for (let times = 0; times < 3; times += 1) {
    await answerPage(world.services, request(method, { t: tokenFor('adele'), action: 'acknowledge' }));
  }
  expect(await response()).toMatchObject({ state: 'open', version: 0 });
});

test('a button answers, says so, and the others hear of it', async () => {
  const { status, body } = await press(tokenFor('adele'), 'acknowledge');
  expect(status).toBe(200);
  expect(body).toContain('You have call');
  expect(await response()).toMatchObject({ state: 'acknowledged', holder: 'adele' });
  await world.work();
  expect(world.inbox(TEAM[1]).at(-1)).toContain('Adele Vance has it');
});

test('the same button twice is one answer; another person hears who was first', async () => {
  await press(tokenFor('adele'), 'acknowledge');
  await press(tokenFor('adele'), 'acknowledge');
  expect((await response())?.version).toBe(1);
  const { body } = await press(tokenFor('megan'), 'acknowledge');
  expect(body).toContain('You were not first: Adele Vance');
  expect(await response()).toMatchObject({ holder: 'adele' });
});

test('a closed call has no buttons', async () => {
  const { body } = await press(tokenFor('adele'), 'misdial');
  expect(body).not.toContain('<button');
  expect(body).toContain('closed (misdial): Adele Vance');
});

test.each<[string, () => string, number]>([
  ['without a token', () => '', 404],
  [
    'with a token of another deployment',
    () => createAnswerToken(Buffer.alloc(32), { callId, recipientId: 'adele' }, world.now()),
    404,
  ],
  ['with a changed token', () => `x${tokenFor('adele')}`, 404],
  ['with a token beyond all measure', () => 'x'.repeat(100_000), 404],
])('%s it is refused, and the storage is not asked', async (_, token, status) => {
  const proxy = await startRecordingProxy(world.env.AlertStorage, 0);
  try {
    const services = await world.start(undefined, { ...world.env, AlertStorage: proxy.connectionString });
    proxy.requests.splice(0);
    expect((await answerPage(services, request('GET', { t: token() }))).status).toBe(status);
    const posted = await answerPage(services, request('POST', { t: token(), action: 'acknowledge' }));
    expect([status, 413]).toContain(posted.status);
    expect(proxy.requests).toEqual([]);
  } finally {
    await proxy.close();
  }
  expect(await response()).toMatchObject({ state: 'open' });
});

test('after an hour it is refused', async () => {
  const token = tokenFor('adele');
  world.advance(60 * 60_000);
  expect((await open(token)).status).toBe(410);
  expect((await press(token, 'acknowledge')).status).toBe(410);
  expect(await response()).toMatchObject({ state: 'open' });
});

test.each(['', 'acknowledged', 'constructor', 'resolve'])(
  'a button that is none (%p) changes nothing',
  async (action) => {
    expect((await press(tokenFor('adele'), action)).status).toBe(400);
    expect(await response()).toMatchObject({ state: 'open', version: 0 });
  },
);

test('what could not be recorded is not said to be', async () => {
  const token = tokenFor('adele');
  const { calls } = world.services.store;
  world.services.store.calls = { ...calls, update: () => Promise.reject(new Error('down')) };
  const { status, body } = await press(token, 'acknowledge');
  world.services.store.calls = calls;
  expect(status).toBe(503);
  expect(body).toContain('NOT RECORDED');
  expect(await response()).toMatchObject({ state: 'open' });
});

test('nobody keeps it, frames it or learns its address', async () => {
  const { headers } = await open(tokenFor('adele'));
  expect(headers).toMatchObject({
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'Content-Security-Policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
  });
});
