import { createServer, type RequestListener, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FrontDoor, startFrontDoor } from '../../local/frontDoor.ts';

let hosts: string[];
let door: FrontDoor;
const servers: Server[] = [];
beforeEach(async () => {
  hosts = [];
  door = await startFrontDoor(() => hosts);
});
afterEach(async () => {
  await door.close();
  await Promise.all(servers.splice(0).map(closeServer));
});

async function startHost(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

const named = (name: string) => startHost((_, response) => response.end(name));
const ask = async (path = '/api/lifecycleNotifications') => (await fetch(`${door.url}${path}`)).text();

test('hosts answer in turn', async () => {
  hosts = [await named('a'), await named('b')];
  const answers = [await ask(), await ask(), await ask(), await ask()];
  expect([...answers].sort()).toEqual(['a', 'a', 'b', 'b']);
  expect(answers[0]).not.toBe(answers[1]);
});

test('its address is there before the first host, and stays when one takes the place of another', async () => {
  expect((await fetch(door.url)).status).toBe(503);
  hosts = [await named('first')];
  expect(await ask()).toBe('first');
  hosts = [await named('another')];
  expect(await ask()).toBe('another');
  hosts = [];
  expect((await fetch(door.url)).status).toBe(503);
});

test('a request and its answer pass as they are', async () => {
  let seen = {};
  const host = await startHost(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    seen = { method, url, host: headers.host, signature: headers['x-twilio-signature'], body: Buffer.concat(chunks) };
    response.writeHead(202, 'Taken', { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] }).end('validated');
  });
  hosts = [host];
  const body = Buffer.from([0, 255, 10]);
  const path = '/api/notifications?validationToken=a%20b';
  const answer = await fetch(`${door.url}${path}`, { method: 'POST', headers: { 'X-Twilio-Signature': 'abc' }, body });
  // The name under which it was asked, as in Azure: a signature may cover it.
  expect(seen).toEqual({ method: 'POST', url: path, host: new URL(door.url).host, signature: 'abc', body });
  expect([answer.status, answer.statusText, answer.headers.getSetCookie()]).toEqual([202, 'Taken', ['a=1', 'b=2']]);
  expect(answer.headers.get('content-type')).toBe('text/plain');
  expect(await answer.text()).toBe('validated');
});

test('a host that refuses the connection is passed over, and no request is made twice', async () => {
  const gone = await named('gone');
  await closeServer(servers.splice(0)[0] as Server);
  let requests = 0;
  const living = await startHost((_, response) => {
    requests += 1;
    response.end('living');
  });
  hosts = [gone, living];
  for (let i = 0; i < 4; i += 1) {
    const answer = await fetch(door.url, { method: 'POST', body: 'a call' });
    expect(await answer.text()).toBe('living');
  }
  expect(requests).toBe(4);
  hosts = [gone];
  expect((await fetch(door.url)).status).toBe(503);
});

test('one that breaks off has perhaps done it: nobody else is asked', async () => {
  let requests = 0;
  const breaking: RequestListener = ({ socket }) => {
    requests += 1;
    socket.destroy();
  };
  hosts = [await startHost(breaking), await startHost(breaking)];
  expect((await fetch(door.url, { method: 'POST', body: 'a call' })).status).toBe(502);
  expect(requests).toBe(1);
});

test('one that breaks off in the middle of its answer is no whole answer', async () => {
  hosts = [
    await startHost((_, response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half');
      setImmediate(() => response.destroy());
    }),
  ];
  await expect(fetch(door.url).then((answer) => answer.text())).rejects.toThrow('terminated');
});

test('a client that goes away is no reason to ask the next host', async () => {
  let requests = 0;
  let arrived = (): void => undefined;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const silent: RequestListener = () => {
    requests += 1;
    arrived();
  };
  hosts = [await startHost(silent), await startHost(silent)];
  const request = send(door.url);
  const ended = new Promise((resolve) => request.once('error', resolve));
  request.end();
  await arrival;
  request.destroy();
  await ended;
  hosts = [await named('next')];
  expect(await ask()).toBe('next');
  expect(requests).toBe(1);
});

// ---- In place of Entra

const FORGED = {
  'x-ms-client-principal': Buffer.from('{"auth_typ":"aad","claims":[{"typ":"roles","val":"Administrator"}]}').toString(
    'base64',
  ),
  'x-ms-client-principal-name': 'mallory@contoso.com',
  'x-ms-token-aad-id-token': 'forged',
};
const SHOWS_HEADERS: RequestListener = (request, response) => response.end(JSON.stringify(request.headers));

async function seenOf(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${door.url}${path}`, { headers });
  const text = await response.text();
  const seen: Record<string, string> = text === '' ? {} : JSON.parse(text);
  const passed = seen['x-ms-client-principal'];
  const { claims } = JSON.parse(passed ? Buffer.from(passed, 'base64').toString() : '{"claims":[]}');
  const roles = claims.filter(({ typ }: { typ: string }) => typ === 'roles').map(({ val }: { val: string }) => val);
  return { status: response.status, seen, roles, cookie: response.headers.get('set-cookie') };
}

test('signs the administrator in, and whatever comes from outside in the words of the platform is taken away', async () => {
  hosts = [await startHost(SHOWS_HEADERS)];
  const { seen, roles } = await seenOf('/api/page/me', FORGED);
  expect(roles).toEqual(['Administrator']);
  expect(seen['x-ms-client-principal-name']).toBe('megan@contoso.com');
  expect(seen['x-ms-token-aad-id-token']).toBeUndefined();
});

test.each([
  ['responder', ['Responder']],
  ['auditor', ['Auditor']],
  ['stranger', []],
])('?as=%s signs another one in, also with the requests after it', async (who, roles) => {
  hosts = [await startHost(SHOWS_HEADERS)];
  const first = await seenOf(`/?as=${who}`);
  expect(first.roles).toEqual(roles);
  expect((await seenOf('/api/page/me', { cookie: String(first.cookie).split(';')[0] ?? '' })).roles).toEqual(roles);
});

test('as nobody the app is not asked at all', async () => {
  let asked = 0;
  const host = await startHost((_, response) => {
    asked += 1;
    response.end('{}');
  });
  hosts = [host];
  const { status, cookie } = await seenOf('/?as=nobody');
  expect(status).toBe(401);
  expect(
    (await fetch(`${door.url}/api/page/me`, { headers: { cookie: String(cookie).split(';')[0] ?? '' } })).status,
  ).toBe(401);
  expect(asked).toBe(0);
});

test.each(['administrators', '__proto__', 'constructor', ''])(
  '?as=%s is nobody who is known, and changes nothing',
  async (who) => {
    hosts = [await startHost(SHOWS_HEADERS)];
    const { roles, cookie } = await seenOf(`/?as=${who}`);
    expect(roles).toEqual(['Administrator']);
    expect(cookie).toBeNull();
  },
);

test('an open address is let through as nobody, without what was forged', async () => {
  hosts = [await startHost(SHOWS_HEADERS)];
  const { status, seen } = await seenOf('/api/twilio/status?as=nobody', FORGED);
  expect(status).toBe(200);
  expect(Object.keys(seen).filter((name) => name.startsWith('x-ms-'))).toEqual([]);
});
