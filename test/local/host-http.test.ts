import { request as sendRaw } from 'node:http';
import { endHosts, type HostUnderTest, hostApp, until } from './hostUnderTest.ts';

let host: HostUnderTest;
let url: string;
beforeAll(async () => {
  host = await hostApp('http.mjs', {}, { functionKey: 'the-function-key', masterKey: 'the-master-key' });
  url = `${host.httpUrl}/api`;
});
afterAll(endHosts);

interface Told {
  url: string;
  method: string;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
}

async function echo(path: string, init: RequestInit = {}): Promise<Told> {
  const answer = await fetch(`${url}/${path}`, init);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Told;
}

const statusOf = async (path: string, init: RequestInit = {}) => (await fetch(`${url}/${path}`, init)).status;

describe('what an HTTP function is told', () => {
  test('method, address and parameters of the route', async () => {
    const told = await echo('echo/7/some%20thing', { method: 'PUT' });
    expect(told).toMatchObject({
      method: 'PUT',
      url: `${url}/echo/7/some%20thing`,
      params: { id: '7', rest: 'some thing' },
    });
  });

  test('an optional parameter that is not given is not there', async () => {
    expect((await echo('echo/7')).params).toEqual({ id: '7' });
  });

  test('the body to the byte', async () => {
    expect((await echo('echo/7', { method: 'POST', body: Buffer.from([0, 13, 10, 255]) })).body).toBe('000d0aff');
  });

  test('repeated values of the query as one, with commas', async () => {
    expect((await echo('echo/7?a=1&b=&a=2%2C3')).query).toEqual({ a: '1,2,3', b: '' });
  });

  test('headers with names in lower case, repeated ones with commas', async () => {
    const told = await echo('echo/7', {
      headers: [
        ['X-Twice', '1'],
        ['X-Twice', '2'],
        ['X-Empty', ''],
      ],
    });
    expect(told.headers).toMatchObject({ 'x-twice': '1, 2', 'x-empty': '' });
  });

  test('no body where the request does not say how long it is', async () => {
    const told = await new Promise<Told>((done, fail) => {
      const sending = sendRaw(`${url}/echo/7`, { method: 'POST' }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        done(JSON.parse(text) as Told);
      });
      sending.on('error', fail);
      sending.write('in chunks');
      sending.end();
    });
    expect(told.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    expect(told.body).toBe('');
  });
});

describe('which function is meant', () => {
  test.each([
    ['a path without a function', 'nothing', 'GET'],
    ['a path beside the prefix', '../echo/7', 'GET'],
    ['a value that does not fit its constraint', 'echo/seven', 'GET'],
    ['a required parameter that is missing', 'echo', 'GET'],
    ['a path with more parts', 'echo/7/a/b', 'GET'],
    ['a method that is not listed', 'echo/7', 'DELETE'],
    ['HEAD where only GET is listed', 'echo/7', 'HEAD'],
  ])('%s: 404', async (_, path, method) => {
    expect(await statusOf(path, { method })).toBe(404);
  });

  test('a literal goes before a parameter', async () => {
    expect(await (await fetch(`${url}/echo/0`)).text()).toBe('the literal');
  });

  test('letters are alike in both cases', async () => {
    expect((await echo('ECHO/7')).params).toEqual({ id: '7' });
  });

  test('a catch-all takes the rest', async () => {
    expect(await (await fetch(`${url}/files/a/b/c.txt`)).json()).toEqual({ path: 'a/b/c.txt' });
    expect(await (await fetch(`${url}/files`)).json()).toEqual({});
  });
});

describe('keys', () => {
  test.each([
    ['withKey', '', 401],
    ['withKey', 'wrong', 401],
    ['withKey', 'the-function-ke', 401],
    ['withKey', 'the-function-key', 200],
    ['withKey', 'the-master-key', 200],
    ['forAdministrators', 'the-function-key', 401],
    ['forAdministrators', 'the-master-key', 200],
  ])('%s with "%s": %d', async (name, key, status) => {
    expect(await statusOf(name, { headers: { 'x-functions-key': key } })).toBe(status);
    expect(await statusOf(`${name}?code=${key}`)).toBe(status);
  });

  test('the function does not run without one', () => {
    expect(host.invocations()).not.toHaveProperty('withKey.failed', 1);
    expect(host.invocations().withKey).toEqual({ started: 4, succeeded: 4, failed: 0 });
  });
});

describe('what comes back', () => {
  const answer = (kind: string) => fetch(`${url}/answer?with=${kind}`);

  test('nothing returned is an empty 200', async () => {
    const { status, text } = await read(answer('nothing'));
    expect([status, text]).toEqual([200, '']);
  });

  test.each(['text', 'informational', 'failure'])('%s is a 500 that tells nothing', async (kind) => {
    const { status, text } = await read(answer(kind));
    expect([status, text]).toEqual([500, '']);
  });

  test('a 204 has no body', async () => {
    const { status, text } = await read(answer('noContent'));
    expect([status, text]).toEqual([204, '']);
  });

  test('bytes as they are, with status and headers', async () => {
    const response = await answer('bytes');
    expect([response.status, response.headers.get('content-type')]).toEqual([201, 'application/octet-stream']);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255]));
  });

  test('of two set-cookie headers the last', async () => {
    expect((await answer('twoCookieHeaders')).headers.getSetCookie()).toEqual(['b=2']);
  });

  test('cookies one by one, as ASP.NET Core writes them', async () => {
    expect((await answer('cookies')).headers.getSetCookie()).toEqual([
      'a=x%20y; path=/; secure; samesite=strict; httponly',
      'b=2; expires=Tue, 15 Jan 2030 12:00:00 GMT; max-age=60; path=/calls',
    ]);
  });
});

async function read(response: Promise<Response>): Promise<{ status: number; text: string }> {
  const { status, text } = await response.then(async (given) => ({ status: given.status, text: await given.text() }));
  return { status, text };
}

describe('the administrator fires a function', () => {
  const master = { 'x-functions-key': 'the-master-key' };
  const fire = (name: string, headers: Record<string, string>, body: string | null = '{"input":""}', method = 'POST') =>
    fetch(`${host.httpUrl}/admin/functions/${name}`, { method, headers, body });

  test('202 at once, and it runs', async () => {
    const { status } = await fire('byHand', master);
    expect(status).toBe(202);
    await until(() => host.invocations().byHand?.succeeded === 1);
  });

  test('the outcome where the request waits for it', async () => {
    const response = await fire('byHand', { ...master, 'x-wait-for-outcome': '1' });
    expect(await response.json()).toEqual({ ok: true });
  });

  test('the failure where the request waits for it', async () => {
    const failing = await hostApp('http.mjs', {}, { masterKey: 'the-master-key', env: { BY_HAND_FAILS: '1' } });
    const response = await fetch(`${failing.httpUrl}/admin/functions/BYHAND`, {
      method: 'POST',
      headers: { ...master, 'x-wait-for-outcome': '1' },
      body: '{}',
    });
    expect(await response.json()).toEqual({ ok: false, error: 'as asked' });
  });

  test.each([
    ['no key', 'byHand', {}, '{"input":""}', 401],
    ['a function key', 'byHand', { 'x-functions-key': 'the-function-key' }, '{"input":""}', 401],
    ['an unknown function', 'nobody', master, '{"input":""}', 404],
    ['an HTTP function', 'echo', master, '{"input":""}', 404],
    ['no body', 'byHand', master, null, 400],
    ['a body that is no object', 'byHand', master, '"text"', 400],
    ['a body that is no JSON', 'byHand', master, '{"input":', 400],
  ])('%s', async (_, name, headers, body, status) => {
    const before = host.invocations().byHand?.started;
    expect((await fire(name, headers, body)).status).toBe(status);
    expect(host.invocations().byHand?.started).toBe(before);
  });

  test('by nothing but POST', async () => {
    expect((await fire('byHand', master, null, 'GET')).status).toBe(404);
  });
});

test('another prefix', async () => {
  const other = await hostApp('http.mjs', { extensions: { http: { routePrefix: 'v1/calls' } } });
  expect((await fetch(`${other.httpUrl}/v1/calls/files/a`)).status).toBe(200);
  expect((await fetch(`${other.httpUrl}/api/files/a`)).status).toBe(404);
});

test('a request under way is answered before the host stops', async () => {
  const stopping = await hostApp('http.mjs', {});
  const answers = Promise.all([1, 2, 3].map((id) => fetch(`${stopping.httpUrl}/api/echo/${id}`)));
  await until(() => stopping.invocations().echo?.started === 3);
  await stopping.stop();
  expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200]);
});
