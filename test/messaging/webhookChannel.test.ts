import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import type { AlertWords } from '../../shared/messaging/alertSms.ts';
import { signatureOf } from '../../shared/messaging/webhook/standardWebhook.ts';
import { createWebhookChannel } from '../../shared/messaging/webhook/webhookChannel.ts';
import { describeChannel } from './channelSuite.ts';
import { type Posted, type PostServer, respond, startPostServer } from './postServer.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const KEY = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
const dataOf = ({ body }: Posted) => (JSON.parse(body) as { data: Record<string, unknown> }).data;

describeChannel({
  name: 'webhook',
  to: 'webhook',
  create: (origin, timeoutMs) =>
    createWebhookChannel({ url: `${origin}/hook?key=a-secret`, secrets: [KEY] }, { timeoutMs }),
  takes: respond(204),
  refuses: respond(410, 'echo of the request'),
  shown: (request) => ({ texts: [String(dataOf(request).summary)], markup: [] }),
  markup: [],
  languages: ['en'],
});

const ALERT: AlertWords = {
  kind: 'call',
  callCode: 'K7M',
  isTest: false,
  occurredAt: new Date('2026-11-21T14:05:09Z'),
  facts: { ...NO_FACTS, emergencyNumberDialed: '911', callbackNumber: '+14255550123', location: 'Building 34' },
  content: 'read',
};
const REFERENCE = { callId: '8345-0123', alertKey: 'first.places', recipientId: 'place:webhook' };

/** The vector of the specification's own test suite. */
test('the signature is that of Standard Webhooks', () => {
  const parts = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330', body: '{"test": 2432232314}' };
  expect(signatureOf([KEY], parts)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

describe('an event', () => {
  let server: PostServer;
  let at = new Date('2026-11-21T14:05:20.900Z');
  beforeEach(async () => {
    server = await startPostServer(respond(204));
  });
  afterEach(() => server.close());

  const channel = (secrets = [KEY]) =>
    createWebhookChannel({ url: `${server.origin}/hook`, secrets }, { now: () => at });
  const bodyOf = (alert: AlertWords = ALERT, detail: 'full' | 'minimal' = 'full') =>
    channel().compose(alert, { detail, timeZone: 'UTC' }).join('');
  const sent = async (body: string, alertKey = 'first.places') => {
    await channel().send({ to: 'webhook', body, reference: { ...REFERENCE, alertKey } });
    const request = server.received.at(-1);
    if (!request) throw new Error('Nothing came');
    return request;
  };

  test('is a CloudEvent in structured JSON, with every fact by its name', async () => {
    const request = await sent(bodyOf());
    expect(request.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(JSON.parse(request.body)).toEqual({
      specversion: '1.0',
      id: request.headers['webhook-id'],
      source: 'urn:teams-emergency-alerts',
      type: 'teams-emergency-alerts.call.alerted',
      subject: '8345-0123',
      datacontenttype: 'application/json',
      data: {
        callId: '8345-0123',
        kind: 'call',
        callCode: 'K7M',
        isTest: false,
        occurredAt: '2026-11-21T14:05:09.000Z',
        ...{ whereabouts: 'unknown', site: null, locationKnownTo: null },
        ...ALERT.facts,
        alsoAt: null,
        changed: [],
        summary: expect.stringContaining('EMERGENCY CALL to 911'),
      },
    });
  });

  test('of a call from off site names who knows the location, and with minimal words nobody and no site', async () => {
    const away: AlertWords = { ...ALERT, whereabouts: 'offSite', facts: { ...ALERT.facts, location: null } };
    const words = (alert: AlertWords, detail: 'full' | 'minimal') =>
      JSON.parse(channel().compose(alert, { detail, timeZone: 'UTC' })[0] ?? '');
    const withheld = { ...away, knownTo: ['Adele Vance'] };
    expect(words(withheld, 'full')).toMatchObject({
      ...{ whereabouts: 'offSite', site: null, location: null, locationKnownTo: ['Adele Vance'] },
      summary: expect.stringContaining('OFF-SITE EMERGENCY CALL to 911'),
    });
    expect(words(withheld, 'minimal')).toMatchObject({ whereabouts: 'offSite', locationKnownTo: null });
    const here: AlertWords = { ...ALERT, whereabouts: 'onSite', site: 'headquarters' };
    expect(words(here, 'full')).toMatchObject({ whereabouts: 'onSite', site: 'headquarters', location: 'Building 34' });
    expect(words(here, 'minimal')).toMatchObject({ whereabouts: 'onSite', site: null });
  });

  test.each([
    ['first.places', 'alerted'],
    ['update-2.places', 'updated'],
    ['response-1.places', 'answered'],
    ['ended.places', 'ended'],
  ])('of %s: %s', async (alertKey, type) => {
    const { body } = await sent(bodyOf(), alertKey);
    expect(JSON.parse(body).type).toBe(`teams-emergency-alerts.call.${type}`);
  });

  test('of an answer says who has the call', async () => {
    const news = {
      kind: 'response',
      callCode: 'K7M',
      isTest: false,
      state: 'acknowledged',
      by: 'Adele Vance',
    } as const;
    const more = { since: '2026-11-21T14:06:00.000Z', resolvedAs: null, endedAt: null };
    const [body = ''] = channel().composeNews?.({ ...news, ...more, text: 'Call K7M: Adele Vance has it.' }) ?? [];
    expect(dataOf(await sent(body, 'response-1.places'))).toEqual({
      ...{ callId: '8345-0123', summary: 'Call K7M: Adele Vance has it.' },
      ...news,
      ...more,
    });
  });

  test('with minimal detail names nobody and no place', async () => {
    const facts = {
      ...ALERT.facts,
      callerDisplayName: 'Alex Wilber',
      callerUpn: 'alexw@contoso.com',
      callerUserId: 'id-1',
    };
    const wide = { ...facts, coordinates: { latitude: 47.64, longitude: -122.13 } };
    const { body } = await sent(bodyOf({ ...ALERT, facts: wide, alsoAt: 'Building 35' }, 'minimal'));
    for (const personal of ['Alex', 'alexw', 'id-1', 'Building', '47.64']) expect(body).not.toContain(personal);
    expect(body).toContain('+14255550123');
  });

  test('a repeated one has the id of the first and a time and signature of its own; other words are another', async () => {
    const first = await sent(bodyOf());
    at = new Date(at.getTime() + 30_000);
    const again = await sent(bodyOf());
    const other = await sent(bodyOf({ ...ALERT, facts: { ...ALERT.facts, location: 'Building 35' } }));
    expect(again.body).toBe(first.body);
    expect(again.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(again.headers['webhook-timestamp']).toBe('1795269950');
    expect(again.headers['webhook-signature']).not.toBe(first.headers['webhook-signature']);
    expect(other.headers['webhook-id']).not.toBe(first.headers['webhook-id']);
    // A full stop would part what is signed in another place.
    expect(String(first.headers['webhook-id'])).toMatch(/^msg_[A-Za-z0-9_-]{27}$/);
  });

  test('with two secrets it carries a signature of each', async () => {
    const next = Buffer.from('another secret of at least 24 bytes');
    await channel([next, KEY]).send({ to: 'webhook', body: bodyOf(), reference: REFERENCE });
    const [request] = server.received;
    const { 'webhook-id': id, 'webhook-timestamp': timestamp } = request?.headers ?? {};
    const by = (key: Buffer) =>
      `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${request?.body}`).digest('base64')}`;
    expect(request?.headers['webhook-signature']).toBe(`${by(next)} ${by(KEY)}`);
  });

  describe('as the page tells a receiver to check it', () => {
    const [, code = ''] = /```js\n([\s\S]+?)```/.exec(readFileSync('docs/integrations.md', 'utf8')) ?? [];
    const check = new Function(
      'createHmac',
      'timingSafeEqual',
      'Buffer',
      'request',
      'rawBody',
      'secret',
      `${code} return isOurs;`,
    );
    const isOurs = async ({ headers, body }: Posted, secret = SECRET): Promise<boolean> => {
      const { timingSafeEqual } = await import('node:crypto');
      return check(createHmac, timingSafeEqual, Buffer, { headers }, body, secret);
    };
    beforeEach(() => {
      at = new Date();
    });

    test('is ours', async () => {
      expect(code.trim().split('\n')).toHaveLength(6);
      expect(await isOurs(await sent(bodyOf()))).toBe(true);
    });

    test.each<[string, (request: Posted) => Posted]>([
      ['with another body', (request) => ({ ...request, body: request.body.replace('34', '35') })],
      ['with another id', (request) => ({ ...request, headers: { ...request.headers, 'webhook-id': 'msg_x' } })],
      ['without a signature', ({ headers: { 'webhook-signature': _, ...headers }, ...rest }) => ({ ...rest, headers })],
      [
        'with a later time',
        (request) => ({
          ...request,
          headers: { ...request.headers, 'webhook-timestamp': `${Math.floor(Date.now() / 1_000) + 9}` },
        }),
      ],
      [
        'with a signature cut short',
        (request) => ({ ...request, headers: { ...request.headers, 'webhook-signature': 'v1,abcd' } }),
      ],
    ])('%s it is not', async (_, spoil) => {
      expect(await isOurs(spoil(await sent(bodyOf())))).toBe(false);
    });

    test('is not with another secret, nor after six minutes', async () => {
      expect(await isOurs(await sent(bodyOf()), `whsec_${'A'.repeat(32)}`)).toBe(false);
      at = new Date(Date.now() - 360_000);
      expect(await isOurs(await sent(bodyOf()))).toBe(false);
    });
  });
});
