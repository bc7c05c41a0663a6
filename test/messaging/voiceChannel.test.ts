import type { CallBehaviour } from '../../local/twilio/calls/callPhone.ts';
import { startTwilio, type Twilio } from '../../local/twilio/server.ts';
import { NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import type { AlertWords } from '../../shared/messaging/alertSms.ts';
import { createVoiceChannel, type VoiceChannelOptions } from '../../shared/messaging/voice/voiceChannel.ts';
import { ENGLISH } from '../../shared/messaging/voice/words/en.ts';
import type { TwilioSettings } from '../../shared/settings.ts';
import { closedPort, json, startServer } from './twilioServer.ts';

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const OURS = '+14255550100';
const TO = '+14255550111';
const REFERENCE = { callId: '8345-0123', alertKey: 'first', recipientId: 'adele & co' };
const PUBLIC_URL = 'https://alerts.contoso.com';
const ALERT: AlertWords = {
  kind: 'call',
  callCode: 'C7D',
  isTest: false,
  occurredAt: null,
  facts: { ...NO_FACTS, callbackNumber: '+14255550123', location: 'R&D <3rd floor>' },
  content: 'read',
};

let twilio: Twilio;
beforeEach(async () => {
  twilio = await startTwilio({ accountSid: ACCOUNT, authToken: 'token', numbers: [OURS], deliverAfterMs: 1 });
});
afterEach(() => twilio.close());

const settingsFor = (changes: Partial<TwilioSettings> = {}): TwilioSettings => ({
  accountSid: ACCOUNT,
  credentials: { kind: 'authToken', authToken: 'token' },
  sender: { kind: 'number', from: OURS },
  baseUrl: twilio.baseUrl,
  ...changes,
});
const channelWith = (options: VoiceChannelOptions = {}, changes: Partial<TwilioSettings> = {}) =>
  createVoiceChannel(settingsFor(changes), options);
const bodyOf = (language = 'en') =>
  channelWith()
    .compose(ALERT, { detail: 'full', timeZone: 'UTC', ...{ language } })
    .join('\n');
const ended = () => twilio.waitForCall(({ status }) => status === 'completed', 2_000);

test('one body is one call, from our number, to the person, and both hear the facts twice', async () => {
  const channel = channelWith({ publicUrl: PUBLIC_URL });
  expect(channel.name).toBe('voice');
  expect(channel.compose(ALERT, { detail: 'full', timeZone: 'UTC' })).toHaveLength(1);
  expect(await channel.send({ to: TO, body: bodyOf(), reference: REFERENCE })).toEqual({
    outcome: 'accepted',
    providerMessageId: expect.stringMatching(/^CA[0-9a-f]{32}$/),
    status: 'queued',
  });
  const call = await ended();
  expect(call).toMatchObject({ to: TO, from: OURS, machineDetection: 'DetectMessageEnd', answeredBy: 'human' });
  expect(call.heard.filter((said) => said === 'Location: R&D <3rd floor>.')).toHaveLength(2);
  expect(call.heard.filter((said) => said.startsWith('Callback number: plus 1. 4, 2, 5.'))).toHaveLength(2);
  expect(call.heard).toContain(ENGLISH.warning);
  expect(twilio.refusals()).toEqual([]);
});

test('tells Twilio where keys and statuses go, with the delivery in the address', async () => {
  await channelWith({ publicUrl: PUBLIC_URL }).send({ to: TO, body: bodyOf('es'), reference: REFERENCE });
  const [call] = twilio.calls();
  const at = new URL(call?.statusCallback ?? '');
  expect([at.origin, at.pathname]).toEqual([PUBLIC_URL, '/api/twilio/voice']);
  expect(Object.fromEntries(at.searchParams)).toEqual({
    call: REFERENCE.callId,
    alert: 'first',
    to: 'adele & co',
    lang: 'es-US',
    event: 'status',
    least: expect.stringMatching(/^[1-9]\d*$/),
  });
  expect(call?.statusCallbackEvents).toEqual(['initiated', 'answered', 'completed']);
  expect(JSON.stringify(call?.twiml)).toContain('lang=es-US');
});

test.each([
  ['without a public address', {}, REFERENCE],
  ['without a delivery, as an alarm has none', { publicUrl: PUBLIC_URL }, undefined],
])('%s takes no keys, and says so', async (_, options, reference) => {
  await channelWith(options).send({ to: TO, body: bodyOf(), ...(reference ? { reference } : {}) });
  const call = await ended();
  expect(call.statusCallback).toBeNull();
  expect(JSON.stringify(call.twiml)).not.toContain('Gather');
  expect(call.heard).toContain(ENGLISH.answerByText);
});

test('an address that leaves no room for keys: the facts are said all the same', async () => {
  const publicUrl = `https://${'a.'.repeat(1_500)}contoso.com`;
  const facts = { ...ALERT.facts, location: 'x'.repeat(700) };
  const body = channelWith()
    .compose({ ...ALERT, facts }, { detail: 'full', timeZone: 'UTC' })
    .join('\n');
  const result = await channelWith({ publicUrl }).send({ to: TO, body, reference: REFERENCE });
  expect(result.outcome).toBe('accepted');
  expect((await ended()).heard).toEqual(
    expect.arrayContaining([`Location: ${'x'.repeat(700)}.`, ENGLISH.answerByText]),
  );
});

test('where a messaging service sends, a number that calls has to be named', async () => {
  const sender = { kind: 'messagingService', messagingServiceSid: `MG${'a'.repeat(32)}` } as const;
  expect(await channelWith({}, { sender }).send({ to: TO, body: bodyOf() })).toEqual({
    outcome: 'permanent',
    code: 'noCallerNumber',
    reason: expect.any(String),
  });
  expect(twilio.calls()).toEqual([]);
  expect(await channelWith({ from: OURS }, { sender }).send({ to: TO, body: bodyOf() })).toMatchObject({
    outcome: 'accepted',
  });
});

describe('what Twilio refuses', () => {
  test.each([13224, 13227, 21211, 21214, 21215, 21216, 21217, 21219] as const)(
    '%i is for good: another way has to be found for this person',
    async (code) => {
      twilio.setPhone(TO, { takes: 'refused', code } satisfies CallBehaviour);
      const result = await channelWith().send({ to: TO, body: bodyOf() });
      expect(result).toMatchObject({ outcome: 'permanent', code: String(code) });
      expect(JSON.stringify(result)).not.toContain(TO);
      expect(twilio.calls()).toEqual([]);
    },
  );

  test.each([
    [
      'no caller number of the account',
      () => channelWith({ from: '+14255550199' }),
      { outcome: 'temporary', code: '21210' },
    ],
    ['no number at all', () => channelWith(), { outcome: 'permanent', code: '21211' }, 'front desk'],
  ])('%s', async (_, channel, expected, to = TO) => {
    expect(await channel().send({ to, body: bodyOf() })).toMatchObject(expected);
  });

  test.each([
    [
      { kind: 'status', status: 429, retryAfterSeconds: 7 },
      { outcome: 'temporary', retryAfterMs: 7_000 },
    ],
    [{ kind: 'status', status: 503 }, { outcome: 'temporary' }],
    [{ kind: 'status', status: 500 }, { outcome: 'doubtful' }],
    [{ kind: 'acceptThenReset' }, { outcome: 'doubtful' }],
    [{ kind: 'acceptThenHang' }, { outcome: 'doubtful', code: 'timeout' }],
  ] as const)('%j', async (fault, expected) => {
    twilio.faults.set({ ...fault, on: 'call' });
    expect(await channelWith({ timeoutMs: 300 }).send({ to: TO, body: bodyOf() })).toMatchObject(expected);
  });

  test.each([
    [10_004, { outcome: 'temporary', code: '10004', retryAfterMs: 15_000 }],
    [13_223, { outcome: 'permanent', code: '13223' }],
    [99_999, { outcome: 'temporary', code: '99999' }],
  ])('error %i', async (code, expected) => {
    const server = await startServer((_, response) => json(response, 400, { code, message: `About ${TO}` }));
    const result = await channelWith({}, { baseUrl: server.origin }).send({ to: TO, body: bodyOf() });
    await server.close();
    expect(result).toMatchObject(expected);
    expect(JSON.stringify(result)).not.toContain(TO);
  });

  test('an answer without a SID is a doubt', async () => {
    const server = await startServer((_, response) => json(response, 201, { status: 'queued' }));
    const result = await channelWith({}, { baseUrl: server.origin }).send({ to: TO, body: bodyOf() });
    await server.close();
    expect(result).toMatchObject({ outcome: 'doubtful', code: 'unreadable answer' });
  });

  test('nobody listens: Twilio surely got nothing', async () => {
    const baseUrl = `http://127.0.0.1:${await closedPort()}`;
    expect(await channelWith({}, { baseUrl }).send({ to: TO, body: bodyOf() })).toMatchObject({ outcome: 'temporary' });
  });
});

test('a call of the same minute to the same person is never taken for this one: it may be about another emergency', async () => {
  const channel = channelWith();
  await channel.send({ to: TO, body: bodyOf() });
  expect(await channel.find({ to: TO, body: bodyOf() }, new Date(0))).toBeNull();
});
