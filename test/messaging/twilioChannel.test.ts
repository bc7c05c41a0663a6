import type { Channel } from '../../shared/messaging/channel.ts';
import { createTwilioChannel } from '../../shared/messaging/twilio/twilioChannel.ts';
import type { TwilioSettings } from '../../shared/settings.ts';
import { closedPort, json, type Received, type Reply, startServer, startTcpServer } from './twilioServer.ts';

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const MESSAGE_SID = `SM${'fedcba9876543210'.repeat(2)}`;
const SMS = { to: '+14255550111', body: 'EMERGENCY CALL to 911. Call K7M. Location "Gebäude 3 & 4 – 山"' };

const PUBLIC_URL = 'https://alerts.contoso.com';
const REFERENCE = { callId: '8228300000000-0123456789abcdef', alertKey: 'step-0.1.2', recipientId: 'adele.vance' };
const CALLBACK =
  'https://alerts.contoso.com/api/twilio/status?call=8228300000000-0123456789abcdef&alert=step-0.1.2&to=adele.vance';

const created: Reply = (request, response) =>
  json(response, 201, {
    sid: MESSAGE_SID,
    status: 'queued',
    to: request.form.get('To'),
    body: request.form.get('Body'),
  });

const settingsFor = (baseUrl: string | null, changes: Partial<TwilioSettings> = {}): TwilioSettings => ({
  accountSid: ACCOUNT,
  credentials: { kind: 'authToken', authToken: 'token-of-the-test' },
  sender: { kind: 'number', from: '+14255550100' },
  baseUrl,
  ...changes,
});

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function twilio(reply: Reply, changes: Partial<TwilioSettings> = {}, timeoutMs = 5_000) {
  const server = await startServer(reply);
  closers.push(server.close);
  return {
    channel: createTwilioChannel(settingsFor(server.origin, changes), { timeoutMs }),
    received: server.received,
  };
}

function basic(authorization: string): string {
  return Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
}

describe('a message that Twilio takes', () => {
  test('is accepted under its SID, with its words unchanged', async () => {
    const { channel, received } = await twilio(created);
    expect(await channel.send(SMS)).toEqual({
      outcome: 'accepted',
      providerMessageId: MESSAGE_SID,
      status: 'queued',
    });
    expect(channel.name).toBe('sms');
    const [request, ...more] = received as [Received, ...Received[]];
    expect(more).toEqual([]);
    expect([request.method, request.path]).toEqual(['POST', `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`]);
    expect(Object.fromEntries(request.form)).toEqual({
      To: SMS.to,
      Body: SMS.body,
      From: '+14255550100',
      ValidityPeriod: '3600',
    });
    expect(basic(request.authorization)).toBe(`${ACCOUNT}:token-of-the-test`);
  });

  test('goes with an API key, through a messaging service, with a validity and a callback where they are set', async () => {
    const server = await startServer(created);
    closers.push(server.close);
    const settings = settingsFor(server.origin, {
      credentials: { kind: 'apiKey', sid: `SK${'0'.repeat(32)}`, secret: 'secret-of-the-test' },
      sender: { kind: 'messagingService', messagingServiceSid: `MG${'1'.repeat(32)}` },
    });
    const channel = createTwilioChannel(settings, { validityPeriodSeconds: 600, publicUrl: PUBLIC_URL });
    expect(await channel.send({ ...SMS, reference: REFERENCE })).toMatchObject({ outcome: 'accepted' });
    const [request] = server.received as [Received];
    expect(basic(request.authorization)).toBe(`SK${'0'.repeat(32)}:secret-of-the-test`);
    expect(request.path).toContain(ACCOUNT);
    expect(Object.fromEntries(request.form)).toEqual({
      To: SMS.to,
      Body: SMS.body,
      MessagingServiceSid: `MG${'1'.repeat(32)}`,
      ValidityPeriod: '600',
      StatusCallback: CALLBACK,
    });
  });

  test('goes without a callback where it belongs to no delivery', async () => {
    const server = await startServer(created);
    closers.push(server.close);
    const channel = createTwilioChannel(settingsFor(server.origin), { publicUrl: PUBLIC_URL });
    expect(await channel.send(SMS)).toMatchObject({ outcome: 'accepted' });
    expect(server.received.map(({ form }) => form.get('StatusCallback'))).toEqual([null]);
  });

  test('goes without a callback when Twilio refuses the address (21609), and is sent once', async () => {
    const server = await startServer((request, response) =>
      request.form.has('StatusCallback') ? json(response, 400, { code: 21609 }) : created(request, response),
    );
    closers.push(server.close);
    const channel = createTwilioChannel(settingsFor(server.origin), { publicUrl: PUBLIC_URL });
    expect(await channel.send({ ...SMS, reference: REFERENCE })).toMatchObject({ outcome: 'accepted' });
    expect(server.received.map(({ form }) => form.get('StatusCallback'))).toEqual([CALLBACK, null]);
  });

  test.each([0, -1, 36_001, 1.5, Number.NaN])('no channel with a validity period of %s', (validityPeriodSeconds) => {
    expect(() => createTwilioChannel(settingsFor(null), { validityPeriodSeconds })).toThrow(/1 to 36000/);
  });
});

describe('a message that Twilio does not take', () => {
  const refused =
    (status: number, code: number | null, headers: Record<string, string> = {}): Reply =>
    (_, response) =>
      json(response, status, { ...(code ? { code } : {}), message: `The number ${SMS.to} is bad`, status }, headers);

  test('is not asked for again by itself, and says why without the number', async () => {
    const { channel, received } = await twilio(refused(400, 21211));
    const result = await channel.send(SMS);
    expect(result).toEqual({ outcome: 'permanent', code: '21211', reason: 'the number is not valid' });
    expect(JSON.stringify(result)).not.toContain(SMS.to);
    expect(received).toHaveLength(1);
  });

  test('429 is not repeated by the client; Retry-After in seconds', async () => {
    const { channel, received } = await twilio(refused(429, 20429, { 'retry-after': '7' }));
    expect(await channel.send(SMS)).toMatchObject({ outcome: 'temporary', code: '20429', retryAfterMs: 7_000 });
    expect(received).toHaveLength(1);
  });

  test('Retry-After as a date, in the past and as nonsense', async () => {
    const headers = ['Sun, 06 Nov 1994 08:49:37 GMT', 'soon', '-5'];
    const { channel } = await twilio((_, response) =>
      json(response, 503, {}, { 'retry-after': headers.shift() ?? 'Fri, 31 Dec 9999 23:59:59 GMT' }),
    );
    expect(await channel.send(SMS)).toMatchObject({ outcome: 'temporary', code: 'HTTP 503', retryAfterMs: 0 });
    expect(await channel.send(SMS)).toMatchObject({ outcome: 'temporary', code: 'HTTP 503', retryAfterMs: null });
    expect(await channel.send(SMS)).not.toMatchObject({ retryAfterMs: -5_000 });
    const far = (await channel.send(SMS)) as { retryAfterMs: number };
    expect(far.retryAfterMs).toBeGreaterThan(365 * 24 * 3_600_000);
  });

  test.each<[string, Reply, object]>([
    [
      'a page of a gateway',
      (_, response) => response.writeHead(502).end('<html>Bad Gateway</html>'),
      { code: 'HTTP 502' },
    ],
    ['an empty 500', (_, response) => response.writeHead(500).end(), { outcome: 'doubtful', code: 'HTTP 500' }],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/' }).end(), { outcome: 'temporary' }],
    ['JSON null', (_, response) => json(response, 400, null), { outcome: 'temporary', code: 'HTTP 400' }],
    ['a code that is text', (_, response) => json(response, 400, { code: SMS.to }), { code: 'HTTP 400' }],
    ['success in HTML', (_, response) => response.writeHead(200).end('<html>'), { outcome: 'doubtful' }],
    ['success without a message', (_, response) => json(response, 201, {}), { outcome: 'doubtful' }],
    ['success as null', (_, response) => json(response, 201, null), { outcome: 'doubtful' }],
  ])('%s', async (_, reply, expected) => {
    const { channel, received } = await twilio(reply);
    const result = await channel.send(SMS);
    expect(result).toMatchObject(expected);
    expect(result.outcome).not.toBe('accepted');
    expect(JSON.stringify(result)).not.toContain(SMS.to);
    expect(received).toHaveLength(1);
  });
});

describe('a network that fails', () => {
  const sendTo = (origin: string, timeoutMs = 5_000) =>
    createTwilioChannel(settingsFor(origin), { timeoutMs }).send(SMS);

  async function tcp(onConnection: Parameters<typeof startTcpServer>[0]): Promise<number> {
    const server = await startTcpServer(onConnection);
    closers.push(server.close);
    return server.port;
  }

  test.each<[string, () => Promise<string>, object]>([
    ['nobody listens', async () => `http://127.0.0.1:${await closedPort()}`, { code: 'ECONNREFUSED' }],
    [
      'what listens speaks no TLS',
      async () => `https://127.0.0.1:${await tcp((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))}`,
      { code: expect.stringMatching(/SSL|EPROTO|ECONNRESET/) },
    ],
    [
      'the connection breaks before TLS stands',
      async () => `https://127.0.0.1:${await tcp((socket) => socket.destroy())}`,
      { code: 'ECONNRESET' },
    ],
  ])('%s: surely not sent, so it is tried again', async (_, origin, expected) => {
    expect(await sendTo(await origin())).toMatchObject({ outcome: 'temporary', retryAfterMs: null, ...expected });
  });

  test('TLS that never stands is given up in time, and surely not sent', async () => {
    const port = await tcp(() => undefined);
    expect(await sendTo(`https://127.0.0.1:${port}`, 100)).toMatchObject({ outcome: 'temporary', code: 'timeout' });
  });

  test.each<[string, Reply, string]>([
    ['no answer', () => undefined, 'timeout'],
    ['the connection breaks before the answer', (_, response) => response.destroy(), 'ECONNRESET'],
    [
      'the answer stops in its middle',
      (_, response) => {
        response.writeHead(201, { 'content-length': '1000' });
        response.write('{"sid":"');
      },
      'timeout',
    ],
    [
      'the answer breaks in its middle',
      (_, response) => {
        response.writeHead(201, { 'content-length': '1000' });
        response.write('{"sid":"', () => response.destroy());
      },
      'ECONNRESET',
    ],
    [
      'the answer comes byte by byte for ever',
      (_, response) => {
        response.writeHead(201);
        const drip = setInterval(() => response.write(' '), 10);
        response.on('close', () => clearInterval(drip));
      },
      'timeout',
    ],
  ])('%s: it may have been sent', async (_, reply, code) => {
    const { channel, received } = await twilio(reply, {}, code === 'timeout' ? 500 : 5_000);
    expect(await channel.send(SMS)).toEqual({ outcome: 'doubtful', code, reason: 'Twilio did not answer' });
    expect(received).toHaveLength(1);
  });

  test('each message has a connection of its own: one that died in silence harms none', async () => {
    const ports = new Set<number | undefined>();
    const { channel } = await twilio((request, response) => {
      ports.add(response.socket?.remotePort);
      created(request, response);
    });
    for (let i = 0; i < 3; i += 1) expect(await channel.send(SMS)).toMatchObject({ outcome: 'accepted' });
    expect(ports.size).toBe(3);
  });
});

describe('looking for a message', () => {
  const SINCE = new Date('2026-11-21T22:05:09.700Z');
  const message = (changes: Record<string, unknown> = {}) => ({
    sid: MESSAGE_SID,
    to: SMS.to,
    body: SMS.body,
    status: 'sent',
    direction: 'outbound-api',
    date_created: 'Sat, 21 Nov 2026 22:05:10 +0000',
    date_sent: null,
    ...changes,
  });

  async function find(messages: object[], status = 200) {
    const { channel, received } = await twilio((_, response) =>
      json(response, status, { messages, page: 0, page_size: 100, next_page_uri: null, uri: '/' }),
    );
    return { found: channel.find(SMS, SINCE), received };
  }

  test('finds the one with exactly these words, and asks for those to this number', async () => {
    const { found, received } = await find([message({ sid: 'SM1', body: `${SMS.body} ` }), message()]);
    expect(await found).toEqual({ providerMessageId: MESSAGE_SID, status: 'sent' });
    const [request] = received as [Received];
    expect([request.method, request.path]).toEqual(['GET', `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`]);
    expect(request.query.get('To')).toBe(SMS.to);
    // A message that still waits in the queue has no date of sending.
    expect([...request.query.keys()].some((name) => name.startsWith('DateSent'))).toBe(false);
  });

  test('Twilio notes whole seconds: one of the same second counts', async () => {
    const { found } = await find([message({ date_created: 'Sat, 21 Nov 2026 22:05:09 +0000' })]);
    expect(await found).toMatchObject({ providerMessageId: MESSAGE_SID });
  });

  test.each<[string, Record<string, unknown>]>([
    ['one of the second before', { date_created: 'Sat, 21 Nov 2026 22:05:08 +0000' }],
    ['one without a date', { date_created: null }],
    ['other words', { body: SMS.body.replace('K7M', 'X34') }],
    ['another number', { to: '+14255550112' }],
    ['one that failed', { status: 'failed' }],
    ['one that was not delivered', { status: 'undelivered' }],
    ['one that was canceled', { status: 'canceled' }],
  ])('does not take %s', async (_, changes) => {
    const { found } = await find([message(changes)]);
    expect(await found).toBeNull();
  });

  describe('in more messages than one answer holds', () => {
    const others = (date_created: string) =>
      Array.from({ length: 100 }, (_, n) => message({ body: `other ${n}`, date_created }));
    const NEWER = 'Sat, 21 Nov 2026 22:05:30 +0000';
    const OLDER = 'Sat, 21 Nov 2026 22:05:00 +0000';

    async function findIn(...pages: object[][]) {
      const { channel, received } = await twilio(({ query }, response) => {
        const page = Number(query.get('Page') ?? 0);
        const next =
          page + 1 < pages.length
            ? `/2010-04-01/Accounts/${ACCOUNT}/Messages.json?PageSize=100&Page=${page + 1}`
            : null;
        json(response, 200, { messages: pages[page] ?? [], page, page_size: 100, next_page_uri: next, uri: '/' });
      });
      return { found: channel.find(SMS, SINCE), received };
    }

    test('it is found in a later one', async () => {
      const { found, received } = await findIn(others(NEWER), others(NEWER), [message()]);
      expect(await found).toMatchObject({ providerMessageId: MESSAGE_SID });
      expect(received.length).toBe(3);
    });

    test('nobody asks for those before the time', async () => {
      const { found, received } = await findIn(others(NEWER), others(OLDER), [message()]);
      expect(await found).toBeNull();
      expect(received.length).toBe(2);
    });

    test('it is not there when no answer has it', async () => {
      const { found, received } = await findIn(others(NEWER), others(NEWER));
      expect(await found).toBeNull();
      expect(received.length).toBe(2);
    });

    test('it throws rather than look through all that was ever sent', async () => {
      const { found, received } = await findIn(...Array.from({ length: 30 }, () => others(NEWER)));
      await expect(found).rejects.toThrow('Too many messages');
      expect(received.length).toBe(20);
    });
  });

  test('finds nothing in an empty list', async () => {
    expect(await (await find([])).found).toBeNull();
  });

  test.each([401, 404, 500, 503])('throws when Twilio answers %s, without the number', async (status) => {
    const { found } = await find([message()], status);
    await expect(found).rejects.toThrow(`Twilio answered ${status}`);
    await expect(found).rejects.not.toThrow(SMS.to);
  });

  test('throws when Twilio cannot be reached', async () => {
    const channel: Channel = createTwilioChannel(settingsFor(`http://127.0.0.1:${await closedPort()}`));
    await expect(channel.find(SMS, SINCE)).rejects.toThrow(/ECONNREFUSED/);
  });
});
