import { createHash, createHmac } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import { createEmailChannel } from '../../shared/messaging/email/emailChannel.ts';
import { describeChannel } from './channelSuite.ts';
import { seenOf } from './markup.ts';
import { type Posted, type PostServer, respond, startPostServer } from './postServer.ts';

const OPERATION = '01234567-89ab-4def-8123-456789abcdef';
const TO = 'adelev@contoso.com';
const KEY = Buffer.from('a pretend key of a mail service').toString('base64');
const identity: TokenCredential = { getToken: async () => ({ token: 'a token', expiresOnTimestamp: 0 }) };
const settingsAt = (endpoint: string) => ({ endpoint, accessKey: null, from: 'alerts@contoso.com' });
const contentOf = ({ body }: Posted) =>
  (JSON.parse(body) as { content: Record<'subject' | 'plainText' | 'html', string> }).content;

describeChannel({
  name: 'email',
  to: TO,
  create: (origin, timeoutMs) => createEmailChannel(settingsAt(origin), identity, { timeoutMs }),
  takes: respond(202, { id: OPERATION, status: 'Running' }),
  refuses: respond(400, { error: { code: 'InvalidRecipient', message: 'echo of the request' } }),
  shown: (request) => {
    const { plainText, html } = contentOf(request);
    const { text, elements } = seenOf(html, { isXml: false });
    return { texts: [plainText, text], markup: elements };
  },
  markup: ['html', 'body', 'p', 'strong', 'table', 'tr', 'th', 'td'],
  languages: ['en', 'de', 'es', 'fr'],
});

describe('e-mail', () => {
  let server: PostServer;
  beforeEach(async () => {
    server = await startPostServer(respond(202, { id: OPERATION, status: 'Running' }));
  });
  afterEach(() => server.close());

  const message = { to: TO, body: 'EMERGENCY CALL to 911 [K7M]\nCall: K7M\nCaller: "Alex Wilber"' };
  const reference = { callId: '8345-0123', alertKey: 'first', recipientId: 'adele' };
  const channel = () => createEmailChannel(settingsAt(server.origin), identity);

  test('goes to one person, from the sender of the settings, and is not tracked', async () => {
    await channel().send(message);
    const [sent] = server.received;
    expect(sent?.path).toBe('/emails:send?api-version=2023-03-31');
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({
      senderAddress: 'alerts@contoso.com',
      recipients: { to: [{ address: TO }] },
      userEngagementTrackingDisabled: true,
    });
    expect(sent?.headers.authorization).toBe('Bearer a token');
  });

  test.each([
    ['an alert', message.body, 'EMERGENCY CALL to 911 [K7M]'],
    ['news', 'TEST Call K7M: Adele Vance has it since 14:05.', 'TEST Call K7M'],
    ['French news', 'Appel K7M : Adele Vance est sur place.', 'Appel K7M'],
    ['anything else', 'EMERGENCY CALL K7M. Details are on the record.', 'Emergency call'],
    ['a name where a code should be', `${'Adele '.repeat(20)}: x`, 'Emergency call'],
  ])('the subject of %s names nobody', async (_, body, subject) => {
    await channel().send({ to: TO, body });
    expect(server.received.map((sent) => contentOf(sent).subject)).toEqual([subject]);
  });

  test('with a key it signs what it sends, as Azure Communication Services checks it', async () => {
    await createEmailChannel({ ...settingsAt(server.origin), accessKey: KEY }, identity).send(message);
    const [sent] = server.received;
    const hash = createHash('sha256')
      .update(sent?.body ?? '')
      .digest('base64');
    const text = `POST\n/emails:send?api-version=2023-03-31\n${sent?.headers['x-ms-date']};${sent?.headers.host};${hash}`;
    const signature = createHmac('sha256', Buffer.from(KEY, 'base64')).update(text).digest('base64');
    expect(sent?.headers['x-ms-content-sha256']).toBe(hash);
    expect(sent?.headers.authorization).toBe(
      `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
    );
  });

  test.each([
    ['none', async () => null],
    ['a failure', async () => Promise.reject(new Error('The endpoint of the identity is down'))],
  ])('no token (%s): nothing is sent, and it is tried again', async (_, getToken) => {
    const result = await createEmailChannel(settingsAt(server.origin), { getToken }).send(message);
    expect(result).toMatchObject({ outcome: 'temporary', code: 'noToken' });
    expect(server.received).toEqual([]);
  });

  test('the same message of the same delivery has one id, and any other has its own', async () => {
    const others = [
      { ...message, reference },
      { ...message, reference },
      { ...message, reference: { ...reference, alertKey: 'step-0.1.0' } },
      { ...message, reference: { ...reference, recipientId: 'megan' } },
      { ...message, body: `${message.body}!`, reference },
    ];
    for (const one of others) await channel().send(one);
    const ids = server.received.map(({ headers }) => String(headers['operation-id']));
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(4);
  });

  describe('a message in doubt', () => {
    const find = () => channel().find({ ...message, reference }, new Date(0));

    test.each(['NotStarted', 'Running', 'Succeeded'])('%s: the service has it', async (status) => {
      await channel().send({ ...message, reference });
      server.answers(respond(200, { id: OPERATION, status }));
      expect(await find()).toEqual({ providerMessageId: OPERATION, status });
      const [sent, asked] = server.received;
      expect(asked).toMatchObject({ method: 'GET' });
      expect(asked?.path).toBe(`/emails/operations/${sent?.headers['operation-id']}?api-version=2023-03-31`);
    });

    test.each([
      ['unknown to it', respond(404, { error: { code: 'NotFound' } })],
      ['Failed', respond(200, { id: OPERATION, status: 'Failed' })],
      ['Canceled', respond(200, { id: OPERATION, status: 'Canceled' })],
    ])('%s: it is to be sent again', async (_, answer) => {
      server.answers(answer);
      expect(await find()).toBeNull();
    });

    test.each([
      ['refused', respond(401), 'answered 401'],
      ['an internal error', respond(500), 'answered 500'],
      ['no operation', respond(200, '<html>'), 'named no operation'],
    ])('cannot be asked: %s', async (_, answer, words) => {
      server.answers(answer);
      await expect(find()).rejects.toThrow(words);
    });
  });
});
