import { request as sendRaw } from 'node:http';
import type { Stack } from '../../local/stack.ts';
import { startTestStack } from '../harness/testStack.ts';

let stack: Stack;
beforeAll(async () => {
  ({ stack } = await startTestStack());
}, 60_000);
afterAll(() => stack?.stop());

const ADDRESSES = ['graph/notifications', 'graph/lifecycle'];

const send = (path: string, init: RequestInit = {}) =>
  fetch(`${stack.host.httpUrl}/api/${path}`, { method: 'POST', signal: AbortSignal.timeout(10_000), ...init });

describe.each(ADDRESSES)('%s', (path) => {
  test('answers Graph within its ten seconds, as text, without a key', async () => {
    const token = 'Validation: <b>1 + 1</b> & 100% Request-Id: 11112222-bbbb-3333-cccc-4444dddd5555';
    // Graph writes a space as a plus sign.
    const answer = await send(`${path}?${new URLSearchParams({ validationToken: token })}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(token);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each<[string, RequestInit, number, string]>([
    ['no body', {}, 400, 'body'],
    ['a body that is no JSON', { body: 'value=' }, 400, 'json'],
    ['a body without notifications', { body: '{}' }, 400, 'value'],
    ['a body that is too long', { body: ' '.repeat(1024 * 1024 + 1) }, 413, 'size'],
  ])('%s', async (_, init, status, reason) => {
    const answer = await send(path, init);
    expect([answer.status, await answer.text()]).toEqual([status, reason]);
  });

  test('a stranger', async () => {
    const body = JSON.stringify({ value: [{ subscriptionId: 'x', clientState: 'x', lifecycleEvent: 'missed' }] });
    expect((await send(path, { body })).status).toBe(403);
  });

  test('a length that does not say what comes', async () => {
    const status = await new Promise((resolve, reject) => {
      const sending = sendRaw(`${stack.host.httpUrl}/api/${path}`, { method: 'POST' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sending.on('error', reject);
      sending.write('{"value":[]}');
      sending.end();
    });
    expect(status).toBe(400);
  });

  test.each(['GET', 'PUT', 'DELETE', 'HEAD'])('by %s there is nothing', async (method) => {
    expect((await send(`${path}?validationToken=opaque`, { method })).status).toBe(404);
  });
});

describe('a rich notification', () => {
  const deliver = async (validationTokens?: unknown) => {
    const item = { subscriptionId: 'x', clientState: 'x', changeType: 'updated', encryptedContent: { data: 'AA==' } };
    const answer = await send('graph/notifications', { body: JSON.stringify({ value: [item], validationTokens }) });
    return [answer.status, await answer.text()];
  };
  const sign = (changes: Record<string, unknown> = {}) =>
    stack.graph?.validationToken(stack.settings.CLIENT_ID ?? '', changes);

  test('with a token of Graph is taken', async () => {
    expect(await deliver([sign()])).toEqual([202, '']);
  });

  test('with a token of version 2, by a new key', async () => {
    stack.graph?.setBehaviour({ validationTokenVersion: '2.0' });
    expect(await deliver([sign()])).toEqual([202, '']);
  });

  test.each<[string, () => unknown, string]>([
    ['no tokens', () => undefined, 'missing'],
    ['a token that has ended', () => [sign({ exp: 1 })], 'expired'],
    ['a token for another application', () => [sign({ aud: 'another' })], 'audience'],
    ['a token that is none', () => ['x.y.z'], 'malformed'],
  ])('with %s is refused', async (_, tokens, reason) => {
    expect(await deliver(tokens())).toEqual([401, reason]);
  });
});
