import { createHmac } from 'node:crypto';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import type { Behaviour } from '../../local/twilio/behaviours.ts';
import type { TwilioFault } from '../../local/twilio/faults.ts';
import { startTwilio, type Twilio, type TwilioOptions } from '../../local/twilio/server.ts';

const ACCOUNT_SID = `AC${'0a'.repeat(16)}`;
const AUTH_TOKEN = 'the-token-of-a-test';
const API_KEY = { sid: `SK${'0b'.repeat(16)}`, secret: 'the-secret-of-a-test' };
const SERVICE_SID = `MG${'0c'.repeat(16)}`;
const SENDER = '+14255550100';
const OTHER_SENDER = '+14255550101';
const PHONE = '+14255550111';
const MESSAGES = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`;

let look: Twilio;
const servers: Server[] = [];

async function start(options: Partial<TwilioOptions> = {}): Promise<Twilio> {
  look = await startTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    apiKeys: [API_KEY],
    numbers: [SENDER, OTHER_SENDER],
    messagingServices: [SERVICE_SID],
    deliverAfterMs: 1,
    ...options,
  });
  return look;
}

afterEach(async () => {
  await look.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** The official client; its requests go to the look-alike, path and query unchanged. */
function client(username = ACCOUNT_SID, password = AUTH_TOKEN, timeout = 30_000) {
  const inner = new twilio.RequestClient({ timeout });
  const httpClient = Object.create(inner) as InstanceType<typeof twilio.RequestClient>;
  httpClient.request = (options) =>
    inner.request({ ...options, uri: options.uri.replace('https://api.twilio.com', look.baseUrl) });
  return twilio(username, password, { httpClient, accountSid: ACCOUNT_SID });
}

const TEXT = { to: PHONE, from: SENDER, body: 'Emergency call' };

interface RawAnswer {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

/** One request without the client. */
function raw(
  method: string,
  path: string,
  parameters: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const body = method === 'POST' ? new URLSearchParams(parameters).toString() : '';
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${look.baseUrl}${path}`, {
      method,
      agent: false,
      headers: {
        authorization: basic(ACCOUNT_SID, AUTH_TOKEN),
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
    });
    request.on('error', reject);
    request.on('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) {
        chunks.push(chunk as Buffer);
      }
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) });
    });
    request.end(body);
  });
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

interface Received {
  signature: string;
  parameters: Record<string, string>;
}

/** A web application that Twilio calls. */
async function startWebhook(
  answer: { status?: number; contentType?: string; body?: string } = {},
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    received.push({
      signature: String(request.headers['x-twilio-signature']),
      parameters: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8'))),
    });
    response.writeHead(answer.status ?? 200, { 'content-type': answer.contentType ?? 'text/xml' });
    response.end(answer.body ?? '<Response/>');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/sms?team=desk`, received };
}

/** Waits for what must come. The limit only keeps a failing test from waiting for ever. */
async function until(isSo: () => boolean): Promise<void> {
  const failure = new Error('What must come did not come.');
  for (let attempts = 0; !isSo(); attempts += 1) {
    if (attempts === 1_000) {
      throw failure;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('sending', () => {
  test('README example: a message is queued, and the phone shows it', async () => {
    await start();
    const sent = await client().messages.create(TEXT);
    expect(sent).toMatchObject({ status: 'queued', to: PHONE, from: SENDER, body: 'Emergency call', errorCode: null });
    await look.waitForMessage(({ sid, status }) => sid === sent.sid && status === 'delivered', 5_000);
    expect(look.phone(PHONE)).toMatchObject([{ messageSid: sent.sid, from: SENDER, body: 'Emergency call' }]);
    expect(look.phone('+14255550112')).toEqual([]);
    expect(await client().messages(sent.sid).fetch()).toMatchObject({ status: 'delivered', errorCode: null });
    expect(look.refusals()).toEqual([]);
  });

  test('an answer is the documented resource, whole', async () => {
    const now = new Date('2026-08-24T05:01:45.678Z');
    await start({ now: () => now, deliverAfterMs: 60_000 });
    const { status, body, headers } = await raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'Grüße' });
    const { sid } = body;
    expect(sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect([status, headers['content-type']]).toEqual([201, 'application/json;charset=utf-8']);
    expect(body).toEqual({
      account_sid: ACCOUNT_SID,
      api_version: '2010-04-01',
      body: 'Grüße',
      date_created: 'Mon, 24 Aug 2026 05:01:45 +0000',
      date_sent: null,
      date_updated: 'Mon, 24 Aug 2026 05:01:45 +0000',
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from: SENDER,
      messaging_service_sid: null,
      num_media: '0',
      num_segments: '1',
      price: null,
      price_unit: 'USD',
      sid,
      status: 'queued',
      subresource_uris: { media: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${sid}/Media.json` },
      to: PHONE,
      uri: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${sid}.json`,
    });
  });

  test('a messaging service takes the message first and chooses a sender later', async () => {
    await start();
    const sent = await client().messages.create({ to: PHONE, messagingServiceSid: SERVICE_SID, body: 'x'.repeat(161) });
    expect(sent).toMatchObject({
      status: 'accepted',
      from: null,
      numSegments: '0',
      messagingServiceSid: SERVICE_SID,
    });
    const delivered = await look.waitForMessage(({ status }) => status === 'delivered', 5_000);
    expect(delivered).toMatchObject({
      from: SENDER,
      numSegments: 2,
      statuses: ['accepted', 'queued', 'sending', 'sent', 'delivered'],
    });
  });

  // GSM 03.38 and 03.40: 160 septets or 153 in each part, else 70 UCS-2 units or 67.
  test.each<[string, string, number]>([
    ['160 letters', 'a'.repeat(160), 1],
    ['161 letters', 'a'.repeat(161), 2],
    ['306 letters', 'a'.repeat(306), 2],
    ['307 letters', 'a'.repeat(307), 3],
    ['the default alphabet beyond ASCII', '£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà'.repeat(4), 1],
    ['80 escaped characters', '€'.repeat(80), 1],
    ['81 escaped characters', '€'.repeat(81), 2],
    ['an escape that would be torn', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
    ['the same length without an escape', 'a'.repeat(306), 2],
    ['70 letters and a curly quote', `${'a'.repeat(69)}’`, 1],
    ['71 letters and a curly quote', `${'a'.repeat(70)}’`, 2],
    ['a character GSM looks like having', `${'a'.repeat(70)}ç`, 2],
    ['134 Cyrillic letters', 'ж'.repeat(134), 2],
    ['135 Cyrillic letters', 'ж'.repeat(135), 3],
    ['35 emoji', '🚨'.repeat(35), 1],
    ['36 emoji', '🚨'.repeat(36), 2],
    ['67 emoji, none torn in two', '🚨'.repeat(67), 3],
  ])('segments of %s', async (_, body, segments) => {
    await start();
    expect((await client().messages.create({ ...TEXT, body })).numSegments).toBe(String(segments));
  });

  test('1,600 characters are taken', async () => {
    await start();
    expect((await client().messages.create({ ...TEXT, body: 'a'.repeat(1_600) })).numSegments).toBe('11');
  });
});

describe('what is refused', () => {
  test.each<[string, Record<string, string>, number, string]>([
    ['no recipient', { To: '' }, 21604, "A 'To' phone number is required."],
    ['no sender', { From: '' }, 21603, "A 'From' phone number is required."],
    ['no text', { Body: '' }, 21602, 'Message body is required.'],
    ['1,601 characters', { Body: 'a'.repeat(1_601) }, 21617, 'exceeds the 1600 character limit'],
    ['a recipient without a plus', { To: '14255550111' }, 21211, "Invalid 'To' Phone Number: 14255550111"],
    ['a recipient that is a word', { To: 'Alex' }, 21211, "Invalid 'To' Phone Number: Alex"],
    ['a sender that is no number', { From: '+14255550100x' }, 21212, "Invalid 'From' Phone Number"],
    ['a sender of somebody else', { From: '+14255550199' }, 21606, 'The From phone number +14255550199 is not a valid'],
    ['a sender with a name', { From: 'Contoso' }, 21606, 'The From phone number Contoso is not a valid'],
    ['oneself', { To: SENDER }, 21266, "'To' and 'From' number cannot be the same"],
    ['no time to wait', { ValidityPeriod: '0' }, 21624, 'Invalid validity period value: 0'],
    ['too much time to wait', { ValidityPeriod: '36001' }, 21624, 'Invalid validity period value: 36001'],
    ['a part of a second', { ValidityPeriod: '1.5' }, 21624, 'Invalid validity period value: 1.5'],
    ['a callback that is no address', { StatusCallback: '/status' }, 21609, "Invalid 'StatusCallback' URL: /status"],
    ['a malformed service', { From: '', MessagingServiceSid: 'MG1' }, 21705, 'The Messaging Service is invalid'],
    [
      'an unknown service',
      { From: '', MessagingServiceSid: `MG${'f'.repeat(32)}` },
      21701,
      'The Messaging Service does not exist',
    ],
  ])('%s', async (_, change, code, words) => {
    await start();
    const { status, body } = await raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'x', ...change });
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        code,
        message: expect.stringContaining(words),
        more_info: `https://www.twilio.com/docs/errors/${code}`,
        status: 400,
      },
    });
    expect(look.messages()).toEqual([]);
    expect(look.refusals()).toEqual([]);
  });

  test.each(['1', '36000'])('a validity period of %s seconds is taken', async (ValidityPeriod) => {
    await start();
    const { status } = await raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'x', ValidityPeriod });
    expect(status).toBe(201);
    expect(look.messages()[0]?.validityPeriodSeconds).toBe(Number(ValidityPeriod));
  });

  test('JSON is not read', async () => {
    await start();
    const json = { 'content-type': 'application/json' };
    expect((await raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'x' }, json)).body.code).toBe(21604);
  });

  test('a parameter that is not known here is refused by name and remembered', async () => {
    await start();
    const { status, body } = await raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'x', MediaUrl: 'https://x' });
    expect([status, body.code, body.message]).toEqual([400, 20001, 'Invalid parameter: MediaUrl']);
    expect(look.refusals()).toEqual([`POST ${MESSAGES}: the parameter MediaUrl is not known`]);
    expect(look.messages()).toEqual([]);
  });

  test.each<[string, string, number, number]>([
    ['GET', '/2010-04-01/Accounts/x/Recordings.json', 404, 20404],
    ['POST', `/2010-04-01/Accounts/${ACCOUNT_SID}/Recordings.json`, 404, 20404],
    ['POST', `/2010-04-02/Accounts/${ACCOUNT_SID}/Messages.json`, 404, 20404],
    ['GET', '/', 404, 20404],
    ['DELETE', MESSAGES.replace('.json', `/SM${'0'.repeat(32)}.json`), 405, 20004],
    ['POST', MESSAGES.replace('.json', `/SM${'0'.repeat(32)}.json`), 405, 20004],
    ['PUT', MESSAGES, 405, 20004],
  ])('%s %s is not known, and remembered', async (method, path, status, code) => {
    await start();
    expect(await raw(method, path)).toMatchObject({ status, body: { code, status } });
    expect(look.refusals()).toEqual([`${method} ${path}: the ${status === 404 ? 'path' : 'method'} is not known`]);
  });
});

describe('credentials', () => {
  test('an API key with its secret is as good as the auth token', async () => {
    await start();
    expect((await client(API_KEY.sid, API_KEY.secret).messages.create(TEXT)).status).toBe('queued');
    expect(look.requests()).toMatchObject([{ username: API_KEY.sid, status: 201 }]);
  });

  test.each<[string, string | undefined]>([
    ['another token', basic(ACCOUNT_SID, `${AUTH_TOKEN}x`)],
    ['a token cut short', basic(ACCOUNT_SID, AUTH_TOKEN.slice(0, -1))],
    ['no token', basic(ACCOUNT_SID, '')],
    ['another account', basic(`AC${'f'.repeat(32)}`, AUTH_TOKEN)],
    ["a key with the account's token", basic(API_KEY.sid, AUTH_TOKEN)],
    ["the account with the key's secret", basic(ACCOUNT_SID, API_KEY.secret)],
    ['a bearer token', `Bearer ${AUTH_TOKEN}`],
    ['nothing', ''],
  ])('%s is refused', async (_, authorization = '') => {
    await start();
    const answer = await raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'x' }, { authorization });
    expect(answer).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="Twilio API"' },
      body: {
        code: 20003,
        message: 'Authenticate',
        more_info: 'https://www.twilio.com/docs/errors/20003',
        status: 401,
      },
    });
    expect(look.messages()).toEqual([]);
    expect(look.refusals()).toEqual([`POST ${MESSAGES}: the credentials are wrong`]);
  });

  test('the account of another is refused to whoever has good credentials', async () => {
    await start();
    const path = MESSAGES.replace(ACCOUNT_SID, `AC${'f'.repeat(32)}`);
    expect(await raw('GET', path)).toMatchObject({ status: 401, body: { code: 20003 } });
    expect(look.refusals()).toEqual([`GET ${path}: the account is another`]);
  });

  test('the official client tells them apart by their code', async () => {
    await start();
    await expect(client(ACCOUNT_SID, 'wrong').messages.create(TEXT)).rejects.toMatchObject({
      status: 401,
      code: 20003,
    });
  });
});

describe('numbers that cannot be reached', () => {
  test.each<[Behaviour, number]>([
    ['invalid', 21211],
    ['landline', 21614],
    ['optedOut', 21610],
    ['regionNotEnabled', 21408],
  ])('%s: refused with %i when the message is created', async (behaviour, code) => {
    await start();
    look.behave(PHONE, behaviour);
    await expect(client().messages.create(TEXT)).rejects.toMatchObject({ status: 400, code });
    expect(look.messages()).toEqual([]);
    expect((await client().messages.create({ ...TEXT, to: '+14255550112' })).status).toBe('queued');
    expect(look.refusals()).toEqual([]);
  });

  test.each<[Behaviour, number, string]>([
    ['unreachable', 30003, 'Unreachable destination handset'],
    ['unknownHandset', 30005, 'Unknown destination handset'],
    ['undetectedLandline', 30006, 'Landline or unreachable carrier'],
    ['carrierFiltered', 30007, 'Message filtered'],
    ['unknownError', 30008, 'Unknown error'],
  ])('%s: sent, then undelivered with %i', async (behaviour, code, words) => {
    await start();
    look.behave(PHONE, behaviour);
    const { sid } = await client().messages.create(TEXT);
    const { statuses } = await look.waitForMessage(({ status }) => status === 'undelivered', 5_000);
    expect(statuses).toEqual(['queued', 'sending', 'sent', 'undelivered']);
    expect(await client().messages(sid).fetch()).toMatchObject({ errorCode: code, errorMessage: words });
    expect(look.phone(PHONE)).toEqual([]);
  });

  test('a carrier without receipts leaves the message at sent', async () => {
    await start();
    look.behave(PHONE, 'noReceipt');
    await client().messages.create(TEXT);
    await client().messages.create({ ...TEXT, to: '+14255550112' });
    await look.waitForMessage(({ to, status }) => to === '+14255550112' && status === 'delivered', 5_000);
    expect(look.messages().find(({ to }) => to === PHONE)?.statuses).toEqual(['queued', 'sending', 'sent']);
  });
});

describe('status callbacks', () => {
  test('each status is told in order, signed', async () => {
    await start({ now: () => new Date('2026-08-24T05:01:45Z') });
    const { url, received } = await startWebhook();
    const { sid } = await client().messages.create({ ...TEXT, statusCallback: url });
    await until(() => received.length === 4);
    expect(received.map(({ parameters }) => parameters.MessageStatus)).toEqual([
      'queued',
      'sending',
      'sent',
      'delivered',
    ]);
    expect(received.at(-1)?.parameters).toEqual({
      AccountSid: ACCOUNT_SID,
      ApiVersion: '2010-04-01',
      From: SENDER,
      MessageSid: sid,
      MessageStatus: 'delivered',
      RawDlrDoneDate: '2608240501',
      SmsSid: sid,
      SmsStatus: 'delivered',
      To: PHONE,
    });
    for (const { signature, parameters } of received) {
      expect(twilio.validateRequest(AUTH_TOKEN, signature, url, parameters)).toBe(true);
      expect(signature).toBe(signatureByHand(url, parameters));
      expect(twilio.validateRequest('another-token', signature, url, parameters)).toBe(false);
      expect(twilio.validateRequest(AUTH_TOKEN, signature, url, { ...parameters, MessageStatus: 'failed' })).toBe(
        false,
      );
    }
    await until(() => look.callbacks().length === 4);
    expect(look.callbacks().at(-1)).toEqual({ messageSid: sid, status: 'delivered', url, httpStatus: 200 });
  });

  test('the error code is told with an undelivered message', async () => {
    await start();
    look.behave(PHONE, 'carrierFiltered');
    const { url, received } = await startWebhook();
    await client().messages.create({ ...TEXT, statusCallback: url });
    await until(() => received.length === 4);
    expect(received.at(-1)?.parameters).toMatchObject({ MessageStatus: 'undelivered', ErrorCode: '30007' });
    expect(received[0]?.parameters).not.toHaveProperty('ErrorCode');
  });

  test('a receiver that fails or is gone changes nothing for the message', async () => {
    await start();
    const { url } = await startWebhook({ status: 500 });
    await client().messages.create({ ...TEXT, statusCallback: url });
    await client().messages.create({ ...TEXT, to: '+14255550112', statusCallback: 'http://127.0.0.1:1/gone' });
    await until(() => look.callbacks().length === 8);
    expect(look.messages().map(({ status }) => status)).toEqual(['delivered', 'delivered']);
    expect(new Set(look.callbacks().map(({ httpStatus }) => httpStatus))).toEqual(new Set([500, null]));
    expect(look.refusals()).toEqual([]);
  });

  test('without an address nobody is told', async () => {
    await start();
    await client().messages.create(TEXT);
    await look.waitForMessage(({ status }) => status === 'delivered', 5_000);
    expect(look.callbacks()).toEqual([]);
  });
});

describe('looking messages up', () => {
  const DAYS = ['2026-03-01T10:00:00Z', '2026-03-02T00:00:00Z', '2026-03-02T23:59:59Z', '2026-03-03T10:00:00Z'];

  /** Four messages on three days, the odd ones to another phone; each is sent within its second. */
  async function sendFour(): Promise<void> {
    let now = new Date(DAYS[0] ?? '');
    await start({ now: () => now });
    for (const [index, day] of DAYS.entries()) {
      now = new Date(day);
      const to = index % 2 === 0 ? PHONE : '+14255550112';
      const from = index < 2 ? SENDER : OTHER_SENDER;
      const { sid } = await client().messages.create({ to, from, body: `message ${index}` });
      await look.waitForMessage((message) => message.sid === sid && message.status === 'delivered', 5_000);
    }
  }

  test.each<[string, object, number[]]>([
    ['all, the newest first', {}, [3, 2, 1, 0]],
    ['by recipient', { to: PHONE }, [2, 0]],
    ['by sender', { from: OTHER_SENDER }, [3, 2]],
    ['by both', { to: PHONE, from: SENDER }, [0]],
    ['by a recipient nobody wrote to', { to: '+14255550113' }, []],
    ['since a moment', { dateSentAfter: new Date('2026-03-02T23:59:59Z') }, [3, 2]],
    ['since the second after', { dateSentAfter: new Date('2026-03-03T00:00:00Z') }, [3]],
    ['until a moment', { dateSentBefore: new Date('2026-03-02T00:00:00Z') }, [1, 0]],
    [
      'between two moments',
      { dateSentAfter: new Date(DAYS[1] ?? ''), dateSentBefore: new Date(DAYS[2] ?? '') },
      [2, 1],
    ],
    ['at a moment', { dateSent: new Date(DAYS[3] ?? '') }, [3]],
    ['the newest two', { limit: 2 }, [3, 2]],
    ['page by page', { pageSize: 1 }, [3, 2, 1, 0]],
    ['page by page with a filter', { pageSize: 1, to: PHONE }, [2, 0]],
  ])('%s', async (_, filter, expected) => {
    await sendFour();
    const found = await client().messages.list(filter);
    expect(found.map(({ body }) => body)).toEqual(expected.map((index) => `message ${index}`));
    expect(look.refusals()).toEqual([]);
  });

  test.each<[string, number[]]>([
    ['DateSent=2026-03-02', [2, 1]],
    ['DateSent>=2026-03-02', [3, 2, 1]],
    ['DateSent<=2026-03-02', [2, 1, 0]],
    ['DateSent%3E=2026-03-03', [3]],
  ])('by a day in its documented form: %s', async (query, expected) => {
    await sendFour();
    const { body } = await raw('GET', `${MESSAGES}?${query}`);
    expect((body.messages as { body: string }[]).map((message) => message.body)).toEqual(
      expected.map((index) => `message ${index}`),
    );
  });

  test('pages name their neighbours', async () => {
    await sendFour();
    const first = await raw('GET', `${MESSAGES}?PageSize=3`);
    expect(first.body).toMatchObject({ page: 0, page_size: 3, start: 0, end: 2, previous_page_uri: null });
    const second = await raw('GET', String(first.body.next_page_uri));
    expect(second.body).toMatchObject({ page: 1, start: 3, end: 3, next_page_uri: null });
    expect((second.body.messages as unknown[]).length).toBe(1);
    const back = await raw('GET', String(second.body.previous_page_uri));
    expect(back.body.messages).toEqual(first.body.messages);
  });

  test('a message that came while paging moves nothing', async () => {
    await sendFour();
    const first = await raw('GET', `${MESSAGES}?PageSize=2`);
    await client().messages.create(TEXT);
    const second = await raw('GET', String(first.body.next_page_uri));
    expect((second.body.messages as { body: string }[]).map(({ body }) => body)).toEqual(['message 1', 'message 0']);
  });

  test.each([
    ['PageSize=0', 'PageSize'],
    ['PageSize=1001', 'PageSize'],
    ['PageSize=x', 'PageSize'],
    ['Page=1', 'PageToken'],
    ['PageToken=PAnone', 'PageToken'],
    ['DateSent=yesterday', 'DateSent'],
    ['DateSent>=2026-13-01', 'DateSent>'],
    ['Status=sent', 'Status'],
  ])('%s is refused', async (query, name) => {
    await sendFour();
    expect(await raw('GET', `${MESSAGES}?${query}`)).toMatchObject({
      status: 400,
      body: { code: 20001, message: `Invalid parameter: ${name}` },
    });
  });

  test('a message that does not exist is not found', async () => {
    await start();
    await expect(
      client()
        .messages(`SM${'0'.repeat(32)}`)
        .fetch(),
    ).rejects.toMatchObject({ status: 404, code: 20404 });
    expect(look.refusals()).toEqual([]);
  });
});

describe('faults', () => {
  test.each([
    [401, 20003],
    [429, 20429],
    [500, 20500],
    [502, 20500],
    [503, 20503],
  ])('status %i with code %i, and nothing is created', async (status, code) => {
    await start();
    look.faults.set({ kind: 'status', status });
    await expect(client().messages.create(TEXT)).rejects.toMatchObject({ status, code });
    expect(look.messages()).toEqual([]);
    expect(look.refusals()).toEqual([]);
    look.faults.clear();
    expect((await client().messages.create(TEXT)).status).toBe('queued');
  });

  test('too many requests come with the time to wait', async () => {
    await start();
    look.faults.set({ kind: 'status', status: 429, retryAfterSeconds: 7 });
    const { status, headers } = await raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'x' });
    expect([status, headers['retry-after']]).toEqual([429, '7']);
  });

  test('a fault befalls as many requests as it is told to, then the next one has its turn', async () => {
    await start();
    look.faults.set({ kind: 'status', status: 500, times: 2 }, { kind: 'status', status: 503, times: 1 });
    const statuses: unknown[] = [];
    for (let count = 0; count < 4; count += 1) {
      statuses.push((await raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'x' })).status);
    }
    expect(statuses).toEqual([500, 500, 503, 201]);
  });

  test('reading goes on while sending fails, unless the fault is on every request', async () => {
    await start();
    look.faults.set({ kind: 'status', status: 500, times: 1 });
    expect(await client().messages.list()).toEqual([]);
    look.faults.set({ kind: 'status', status: 500, on: 'every' });
    await expect(client().messages.list()).rejects.toMatchObject({ status: 500 });
  });

  test.each<[TwilioFault['kind'], number]>([
    ['hang', 0],
    ['acceptThenHang', 1],
  ])('%s: the client gives up, and %i messages were created', async (kind, created) => {
    await start();
    look.faults.set({ kind, times: 1 } as TwilioFault);
    await expect(client(ACCOUNT_SID, AUTH_TOKEN, 100).messages.create(TEXT)).rejects.toMatchObject({
      code: 'ECONNABORTED',
    });
    expect(await client().messages.list({ to: PHONE })).toHaveLength(created);
    expect(look.requests().map(({ status }) => status)).toEqual([null, 200]);
  });

  test.each<[TwilioFault['kind'], number]>([
    ['reset', 0],
    ['acceptThenReset', 1],
  ])('%s: the connection breaks, and %i messages were created', async (kind, created) => {
    await start();
    look.faults.set({ kind, times: 1 } as TwilioFault);
    await expect(client().messages.create(TEXT)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await client().messages.list({ to: PHONE })).toHaveLength(created);
  });

  test('what was created without an answer is delivered all the same', async () => {
    await start();
    look.faults.set({ kind: 'acceptThenReset' });
    await expect(client().messages.create(TEXT)).rejects.toThrow();
    await look.waitForMessage(({ status }) => status === 'delivered', 5_000);
    expect(look.phone(PHONE)).toHaveLength(1);
  });

  test('a delay puts the answer off, for this request alone', async () => {
    await start();
    look.faults.set({ kind: 'delay', delayMs: 300, times: 1 });
    const answered: string[] = [];
    const slow = client()
      .messages.create({ ...TEXT, body: 'slow' })
      .then(({ body }) => answered.push(body));
    await until(() => look.requests().length === 1);
    await client()
      .messages.create({ ...TEXT, body: 'quick' })
      .then(({ body }) => answered.push(body));
    await slow;
    expect(answered).toEqual(['quick', 'slow']);
  });
});

describe('throughput', () => {
  test('a sender at its limit keeps its messages queued; another one sends', async () => {
    await start({ segmentsPerSecond: 0.1 });
    await client().messages.create({ ...TEXT, body: 'first' });
    await client().messages.create({ ...TEXT, body: 'second' });
    await client().messages.create({ ...TEXT, from: OTHER_SENDER, body: 'other' });
    await look.waitForMessage(({ body, status }) => body === 'first' && status === 'delivered', 5_000);
    await look.waitForMessage(({ body, status }) => body === 'other' && status === 'delivered', 5_000);
    expect(look.messages().find(({ body }) => body === 'second')?.status).toBe('queued');
  });

  test('what waits for longer than its validity period is never sent', async () => {
    await start({ segmentsPerSecond: 0.1 });
    const { url, received } = await startWebhook();
    await client().messages.create(TEXT);
    await client().messages.create({ ...TEXT, to: '+14255550112', validityPeriod: 1, statusCallback: url });
    const failed = await look.waitForMessage(({ status }) => status === 'failed', 5_000);
    expect(failed).toMatchObject({ errorCode: 30036, sentAt: null, statuses: ['queued', 'failed'] });
    await until(() => received.length === 2);
    expect(received.at(-1)?.parameters).toMatchObject({ MessageStatus: 'failed', ErrorCode: '30036' });
    expect(look.phone('+14255550112')).toEqual([]);
  });
});

describe('replies', () => {
  test("the number's webhook is told with a signed request", async () => {
    await start();
    const { url, received } = await startWebhook();
    look.setSmsUrl(SENDER, url);
    const { message, webhookStatus } = await look.reply(PHONE, SENDER, 'Y 4KX');
    expect(webhookStatus).toBe(200);
    expect(received).toHaveLength(1);
    const [{ signature, parameters } = { signature: '', parameters: {} }] = received;
    expect(parameters).toMatchObject({
      AccountSid: ACCOUNT_SID,
      ApiVersion: '2010-04-01',
      Body: 'Y 4KX',
      From: PHONE,
      MessageSid: message.sid,
      NumMedia: '0',
      NumSegments: '1',
      SmsStatus: 'received',
      To: SENDER,
    });
    expect(twilio.validateRequest(AUTH_TOKEN, signature, url, parameters)).toBe(true);
    expect(signature).toBe(signatureByHand(url, parameters));
    expect(twilio.validateRequest(AUTH_TOKEN, signature, `${url}x`, parameters)).toBe(false);
    expect(await client().messages(message.sid).fetch()).toMatchObject({ direction: 'inbound', status: 'received' });
  });

  test('without a webhook the message is only kept', async () => {
    await start();
    const { url, received } = await startWebhook();
    look.setSmsUrl(SENDER, url);
    look.setSmsUrl(SENDER, null);
    expect((await look.reply(PHONE, SENDER, 'Y')).webhookStatus).toBeNull();
    expect(received).toEqual([]);
    expect(look.messages()).toMatchObject([{ direction: 'inbound', from: PHONE, to: SENDER, body: 'Y' }]);
  });

  test.each([
    ['text/xml', '<?xml version="1.0" encoding="UTF-8"?><Response><Message>You &amp; Adele</Message></Response>'],
    ['application/xml; charset=utf-8', '<Response>\n<Message><Body>You &#38; Adele</Body></Message>\n</Response>'],
    ['text/plain', 'You & Adele'],
  ])('an answer in %s is sent back to the phone', async (contentType, body) => {
    await start();
    const { url } = await startWebhook({ contentType, body });
    look.setSmsUrl(SENDER, url);
    await look.reply(PHONE, SENDER, 'Y');
    await until(() => look.phone(PHONE).length === 1);
    expect(look.phone(PHONE)[0]).toMatchObject({ from: SENDER, body: 'You & Adele' });
    expect(look.messages()[0]?.direction).toBe('outbound-reply');
  });

  test.each<[string, { status?: number; contentType?: string; body?: string }, string]>([
    ['TwiML with another verb', { body: '<Response><Redirect>/x</Redirect></Response>' }, '12200'],
    ['TwiML cut short', { body: '<Response><Message>x</Message>' }, '12200'],
    ['JSON', { contentType: 'application/json', body: '{}' }, '12300'],
    ['an error', { status: 403, body: '' }, '11200: the webhook answered 403'],
  ])('%s is sent to nobody, and remembered', async (_, answer, words) => {
    await start();
    const { url } = await startWebhook(answer);
    look.setSmsUrl(SENDER, url);
    await look.reply(PHONE, SENDER, 'Y');
    expect(look.refusals()).toEqual([expect.stringContaining(words)]);
    expect(look.messages()).toHaveLength(1);
  });

  test.each(['STOP', 'stop', ' Cancel ', 'END', 'quit', 'UNSUBSCRIBE', 'STOPALL'])(
    'whoever replies "%s" is written to no more, until START',
    async (word) => {
      await start();
      await look.reply(PHONE, SENDER, word);
      await expect(client().messages.create(TEXT)).rejects.toMatchObject({ status: 400, code: 21610 });
      await look.reply(PHONE, SENDER, 'Start');
      expect((await client().messages.create(TEXT)).status).toBe('queued');
    },
  );

  test.each(['STOP PLEASE', 'Y', 'OK', 'DONE'])('"%s" is no such word', async (word) => {
    await start();
    await look.reply(PHONE, SENDER, word);
    expect((await client().messages.create(TEXT)).status).toBe('queued');
  });

  test('nobody can write to a number that the account does not own', async () => {
    await start();
    await expect(look.reply(PHONE, '+14255550199', 'Y')).rejects.toThrow('does not own the number');
    expect(() => look.setSmsUrl('+14255550199', 'http://127.0.0.1')).toThrow('does not own this number');
    expect(look.messages()).toEqual([]);
  });
});

describe('what a test sees', () => {
  test('requests are kept with their time and parameters, without the password', async () => {
    const now = new Date('2026-04-05T06:07:08.009Z');
    await start({ now: () => now });
    await client().messages.create(TEXT);
    expect(look.requests()).toEqual([
      {
        at: now,
        method: 'POST',
        path: MESSAGES,
        parameters: { To: PHONE, From: SENDER, Body: 'Emergency call' },
        username: ACCOUNT_SID,
        status: 201,
      },
    ]);
    expect(JSON.stringify(look.requests())).not.toContain(AUTH_TOKEN);
  });

  test('waiting for a message takes one that is there, one that comes, and gives up in time', async () => {
    await start();
    const coming = look.waitForMessage(({ body }) => body === 'Emergency call', 5_000);
    const { sid } = await client().messages.create(TEXT);
    expect((await coming).sid).toBe(sid);
    expect((await look.waitForMessage(({ to }) => to === PHONE, 5_000)).sid).toBe(sid);
    await expect(look.waitForMessage(() => false, 1)).rejects.toThrow('No such message came: 1 ms have passed');
  });

  test('what is given out is a copy', async () => {
    await start({ deliverAfterMs: 60_000 });
    await client().messages.create(TEXT);
    const [message] = look.messages();
    message?.statuses.push('failed');
    expect(look.messages()[0]?.statuses).toEqual(['queued']);
  });
});

describe('close', () => {
  function handles(): string[] {
    return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP') || name === 'Timeout');
  }

  /** Sockets of the tests before are on their way out; those of other files in this process may stay. */
  async function settledHandles(): Promise<string[]> {
    let [last, since] = [handles().join(), performance.now()];
    await until(() => {
      if (handles().join() !== last) [last, since] = [handles().join(), performance.now()];
      return !last.includes('TCP') || performance.now() - since > 2_000;
    });
    return handles();
  }

  test('leaves no socket, server or timer, whatever was under way', async () => {
    const before = await settledHandles();
    await start({ deliverAfterMs: 60_000 });
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const statusCallback = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    await raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'x', StatusCallback: statusCallback });
    look.faults.set({ kind: 'hang', times: 1 }, { kind: 'delay', delayMs: 60_000, times: 1 });
    const unanswered = [1, 2].map(() => raw('POST', MESSAGES, { To: PHONE, From: SENDER, Body: 'x' }));
    const waiting = look.waitForMessage(() => false, 60_000);
    const ends = Promise.allSettled([...unanswered, waiting]);
    await until(() => look.requests().length === 3);
    await look.close();
    expect((await ends).map((end) => (end.status === 'rejected' ? String(end.reason.message) : end.status))).toEqual([
      'socket hang up',
      'socket hang up',
      'No such message came: the look-alike was closed. There are 1 messages.',
    ]);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
    await until(() => handles().length <= before.length);
    expect(handles()).toEqual(before);
  });

  test('a port can be asked for, and is free again afterwards', async () => {
    const { port } = await start();
    await look.close();
    expect((await start({ port })).port).toBe(port);
  });
});

/** By the published formula: HMAC-SHA1 with the auth token over the URL and the parameters sorted by name, in Base64. */
function signatureByHand(url: string, parameters: Record<string, string>): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha1', AUTH_TOKEN)
    .update(url + sorted.flat().join(''))
    .digest('base64');
}
