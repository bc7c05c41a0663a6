import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import twilioClient, { type Twilio as TwilioClient } from 'twilio';
import type { CallBehaviour } from '../../local/twilio/calls/callPhone.ts';
import { readVoiceTwiml } from '../../local/twilio/calls/voiceTwiml.ts';
import { startTwilio, type Twilio } from '../../local/twilio/server.ts';

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const TOKEN = 'auth-token-of-the-test';
const [FROM, TO, OTHER] = ['+14255550100', '+14255550111', '+14255550112'] as const;
const HELLO = '<Response><Say>Hello</Say></Response>';

let twilio: Twilio;
let now: Date;
beforeEach(async () => {
  now = new Date('2026-11-21T23:59:58Z');
  twilio = await startTwilio({
    accountSid: ACCOUNT,
    authToken: TOKEN,
    numbers: [FROM],
    now: () => now,
    deliverAfterMs: 1,
  });
});
afterEach(() => twilio.close());

/** Twilio's own client, over its own connections, to the look-alike. */
function client(): TwilioClient {
  const httpClient = new twilioClient.RequestClient();
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (options) => {
    const { pathname, search } = new URL(options.uri);
    return request({ ...options, uri: `${twilio.baseUrl}${pathname}${search}` });
  };
  return twilioClient(ACCOUNT, TOKEN, { httpClient });
}

const create = (changes: Record<string, unknown> = {}) =>
  client().calls.create({ to: TO, from: FROM, twiml: HELLO, ...changes });
const ended = (sid: string) => twilio.waitForCall((call) => call.sid === sid && call.durationSeconds !== null, 2_000);

interface Posted {
  url: string;
  form: Record<string, string>;
  signature: string;
}

/** Whoever Twilio posts to: notes it, and answers as the test says. */
async function startReceiver(
  answer: (posted: Posted) => { status?: number; type?: string; body?: string } = () => ({}),
) {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const url = `${origin}${request.url}`;
      const signature = String(request.headers['x-twilio-signature']);
      const one = { url, form: Object.fromEntries(new URLSearchParams(body)), signature };
      posted.push(one);
      const { status = 200, type = 'text/xml', body: answered = '' } = answer(one);
      response.writeHead(status, { 'content-type': type }).end(answered);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { origin, posted, close };
}

/** As published: https://www.twilio.com/docs/usage/webhooks/webhooks-security */
function signatureOf({ url, form }: Posted): string {
  const signed = Object.keys(form)
    .sort()
    .reduce((joined, name) => `${joined}${name}${form[name]}`, url);
  return createHmac('sha1', TOKEN).update(signed).digest('base64');
}

describe('a call', () => {
  test('is queued, rings, is taken and ends; list and fetch tell the same', async () => {
    const created = await create();
    expect(created).toMatchObject({ status: 'queued', to: TO, from: FROM, startTime: null, direction: 'outbound-api' });
    expect(await ended(created.sid)).toMatchObject({
      statuses: ['queued', 'ringing', 'in-progress', 'completed'],
      heard: ['Hello'],
      answeredBy: null,
    });
    const fetched = await client().calls(created.sid).fetch();
    expect(fetched).toMatchObject({ status: 'completed', duration: '1', answeredBy: null });
    expect((await client().calls.list({ to: TO })).map(({ sid }) => sid)).toEqual([created.sid]);
  });

  test.each<[CallBehaviour, string, string]>([
    [{ takes: 'busy' }, 'busy', '486'],
    [{ takes: 'noAnswer' }, 'no-answer', '487'],
    [{ takes: 'failed' }, 'failed', '404'],
  ])('%j ends as %s', async (behaviour, status, sipCode) => {
    const receiver = await startReceiver();
    twilio.setPhone(TO, behaviour);
    const { sid } = await create({ statusCallback: `${receiver.origin}/status` });
    expect(await ended(sid)).toMatchObject({ status, durationSeconds: 0, heard: [], answeredBy: null });
    await expectPosts(receiver.posted, 1);
    expect(receiver.posted[0]?.form).toMatchObject({ CallStatus: status, CallDuration: '0', SipResponseCode: sipCode });
    await receiver.close();
  });

  test.each([
    ['human', 'Enable', 'human'],
    ['machine', 'Enable', 'machine_start'],
    ['machine', 'DetectMessageEnd', 'machine_end_beep'],
    ['fax', 'Enable', 'fax'],
    ['unknown', 'DetectMessageEnd', 'unknown'],
    ['machine', undefined, null],
  ] as const)('taken by %s, with machineDetection %s, is answered by %s', async (by, machineDetection, answeredBy) => {
    twilio.setPhone(TO, { takes: 'answered', by });
    const { sid } = await create({ machineDetection });
    await ended(sid);
    expect((await client().calls(sid).fetch()).answeredBy).toBe(answeredBy);
  });

  test('tells what was asked for, in order, each signed', async () => {
    const receiver = await startReceiver();
    const statusCallbackEvent = ['initiated', 'answered', 'completed'];
    const { sid } = await create({ statusCallback: `${receiver.origin}/status?call=1&to=a+b`, statusCallbackEvent });
    await expectPosts(receiver.posted, 3);
    expect(receiver.posted.map(({ form }) => [form.CallStatus, form.SequenceNumber])).toEqual([
      ['initiated', '0'],
      ['in-progress', '2'],
      ['completed', '3'],
    ]);
    for (const posted of receiver.posted) {
      expect(posted.signature).toBe(signatureOf(posted));
      expect(posted.url).toBe(`${receiver.origin}/status?call=1&to=a+b`);
      expect(posted.form).toMatchObject({ CallSid: sid, AccountSid: ACCOUNT, To: TO, From: FROM });
    }
    expect(receiver.posted[2]?.form).toMatchObject({ CallDuration: '1', Timestamp: 'Sat, 21 Nov 2026 23:59:58 +0000' });
    await receiver.close();
  });
});

describe('the phone', () => {
  const gather = (action: string, attributes = '') =>
    `<Response><Gather action="${action}" numDigits="1" ${attributes}><Say loop="2">Press</Say><Pause length="2"/></Gather>` +
    '<Say>Nothing pressed</Say></Response>';

  test('hears a loop as often as it says, presses, hears the answer, and what follows a Hangup never', async () => {
    const receiver = await startReceiver(() => ({
      body: '<Response><Say>Recorded &amp; done</Say><Hangup/><Say>Never</Say></Response>',
    }));
    twilio.setPhone(TO, { takes: 'answered', by: 'human', keys: ['1'] });
    const { sid } = await create({ twiml: gather(`${receiver.origin}/key?a=1&amp;b=2`) });
    expect(await ended(sid)).toMatchObject({
      heard: ['Press', 'Press', 'Recorded & done'],
      pressed: [{ digits: '1', httpStatus: 200 }],
    });
    const [posted, ...more] = receiver.posted;
    expect(more).toEqual([]);
    expect(posted).toMatchObject({
      url: `${receiver.origin}/key?a=1&b=2`,
      form: { Digits: '1', CallStatus: 'in-progress' },
    });
    expect(posted?.signature).toBe(posted && signatureOf(posted));
    await receiver.close();
  });

  test('that presses nothing hears on, and nobody is asked', async () => {
    const receiver = await startReceiver();
    const { sid } = await create({ twiml: gather(`${receiver.origin}/key`, 'timeout="10"') });
    const call = await ended(sid);
    expect(call.heard).toEqual(['Press', 'Press', 'Nothing pressed']);
    expect(call.durationSeconds).toBeGreaterThan(12);
    expect(receiver.posted).toEqual([]);
    await receiver.close();
  });

  test('follows a Redirect', async () => {
    const receiver = await startReceiver(() => ({ body: '<Response><Say>Elsewhere</Say></Response>' }));
    const { sid } = await create({ twiml: `<Response><Redirect>${receiver.origin}/next</Redirect></Response>` });
    expect((await ended(sid)).heard).toEqual(['Elsewhere']);
    expect(receiver.posted[0]?.form.Digits).toBeUndefined();
    await receiver.close();
  });

  test('that hangs up early has not heard the rest', async () => {
    twilio.setPhone(TO, { takes: 'answered', by: 'human', hangsUpAfterSeconds: 3 });
    const { sid } = await create({
      twiml: `<Response><Say>Short</Say><Say>${'long '.repeat(50)}</Say><Say>Last</Say></Response>`,
    });
    expect(await ended(sid)).toMatchObject({ heard: ['Short'], durationSeconds: 3, status: 'completed' });
  });

  test.each([
    ['an error', { status: 500, body: HELLO }, /11200: the webhook answered 500/],
    ['no XML', { type: 'application/json', body: '{}' }, /11200/],
    ['a verb that is not known', { body: '<Response><Dial>+1</Dial></Response>' }, /12200: Dial is not known/],
  ])('whose key is answered with %s hears no more, and the look-alike says so', async (_, answer, refusal) => {
    const receiver = await startReceiver(() => answer);
    twilio.setPhone(TO, { takes: 'answered', by: 'human', keys: ['1'] });
    const { sid } = await create({ twiml: gather(`${receiver.origin}/key`) });
    expect((await ended(sid)).heard).toEqual(['Press', 'Press']);
    expect(twilio.refusals()).toEqual([expect.stringMatching(refusal)]);
    await receiver.close();
  });
});

describe('refused when it is created', () => {
  test.each<[string, Record<string, unknown>, number]>([
    ['no number', { to: 'front desk' }, 21_211],
    ['no caller number', { from: 'nobody' }, 21_212],
    ["somebody else's number", { from: '+14255550199' }, 21_210],
    ['TwiML of 4,001 characters', { twiml: HELLO.replace('Hello', 'x'.repeat(4_001 - HELLO.length + 5)) }, 20_001],
    ['a machine detection that is none', { machineDetection: 'Enabled' }, 20_001],
    ['a time that is too short', { machineDetection: 'Enable', machineDetectionSilenceTimeout: 1_999 }, 20_001],
    ['ringing for too long', { timeout: 601 }, 20_001],
    ['an event that is none', { statusCallback: 'https://x.contoso.com', statusCallbackEvent: ['done'] }, 21_626],
    ['a status callback that is no address', { statusCallback: 'nowhere' }, 21_609],
    ['a parameter that is not known here', { record: true }, 20_001],
  ])('%s', async (_, changes, code) => {
    await expect(create(changes)).rejects.toMatchObject({ status: 400, code });
    expect(twilio.calls()).toEqual([]);
  });

  test.each([13_224, 21_215] as const)('a phone that is set to be refused with %i', async (code) => {
    twilio.setPhone(TO, { takes: 'refused', code });
    await expect(create()).rejects.toMatchObject({ status: 400, code });
    await expect(create({ to: OTHER })).resolves.toMatchObject({ status: 'queued' });
  });

  test('TwiML of 4,000 characters is not', async () => {
    const twiml = HELLO.replace('Hello', 'x'.repeat(4_000 - HELLO.length + 5));
    expect(twiml).toHaveLength(4_000);
    await expect(create({ twiml })).resolves.toMatchObject({ status: 'queued' });
  });

  test('wrong credentials, and a call that does not exist', async () => {
    const url = `${twilio.baseUrl}/2010-04-01/Accounts/${ACCOUNT}/Calls.json`;
    expect((await fetch(url)).status).toBe(401);
    await expect(
      client()
        .calls(`CA${'0'.repeat(32)}`)
        .fetch(),
    ).rejects.toMatchObject({ status: 404, code: 20_404 });
  });
});

describe('the list', () => {
  test('by day of the start in UTC, first and last day included; what was not dialed has none', async () => {
    const first = await create();
    await ended(first.sid);
    now = new Date('2026-11-22T00:00:01Z');
    const second = await create({ to: OTHER });
    await ended(second.sid);
    const list = async (filter: Parameters<TwilioClient['calls']['list']>[0]) =>
      (await client().calls.list(filter)).map(({ sid }) => sid);
    /** As it is documented; Twilio's client writes moments. */
    const byDay = async (filter: string) => {
      const url = `${twilio.baseUrl}/2010-04-01/Accounts/${ACCOUNT}/Calls.json?${filter}`;
      const headers = { authorization: `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}` };
      const { calls } = (await (await fetch(url, { headers })).json()) as { calls: { sid: string }[] };
      return calls.map(({ sid }) => sid);
    };
    expect(await list({})).toEqual([second.sid, first.sid]);
    expect(await list({ to: OTHER })).toEqual([second.sid]);
    expect(await byDay('StartTime=2026-11-21')).toEqual([first.sid]);
    expect(await byDay('StartTime>=2026-11-21')).toEqual([second.sid, first.sid]);
    expect(await byDay('StartTime>=2026-11-22')).toEqual([second.sid]);
    expect(await byDay('StartTime<=2026-11-21')).toEqual([first.sid]);
    expect(await list({ startTimeAfter: new Date('2026-11-21T23:59:58Z') })).toEqual([second.sid, first.sid]);
    expect(await list({ startTimeAfter: new Date('2026-11-21T23:59:59Z') })).toEqual([second.sid]);
    expect(await list({ startTime: new Date('2026-11-22T00:00:01Z') })).toEqual([second.sid]);
    expect(await list({ status: 'busy' })).toEqual([]);
    await expect(list({ endTime: now })).rejects.toMatchObject({ code: 20_001 });
  });
});

describe('TwiML', () => {
  test.each([
    ['', '12100'],
    ['hello', '12200: #text is not known in the document'],
    ['<Response>', '12100'],
    ['<Response></Respons>', '12100'],
    ['<Response/><Response/>', '12100'],
    ['<Response><Say>R&D</Say></Response>', '12100: an ampersand'],
    ['<Response><Say>a < b</Say></Response>', '12100'],
    ['<Say>Hello</Say>', '12200: Say is not known in the document'],
    ['<Response><Play>x</Play></Response>', '12200: Play'],
    ['<Response>words</Response>', '12200: #text'],
    ['<Response><Say vocie="man">x</Say></Response>', '12200: Say has no attribute vocie'],
    ['<Response><Say loop="twice">x</Say></Response>', '12200: Say loop="twice"'],
    ['<Response><Gather><Hangup/></Gather></Response>', '12200: Hangup is not known in Gather'],
    ['<Response><Say voice="man"><break time="1s"/></Say></Response>', '13520'],
    ['<Response><Say voice="Polly.Amy"><prosody rate="80">x</prosody></Say></Response>', '12200: prosody rate'],
  ])('%s is refused: %s', (twiml, problem) => {
    expect(readVoiceTwiml(twiml)).toEqual({ problem: expect.stringContaining(problem) });
  });

  test('what Twilio documents is read', () => {
    expect(
      readVoiceTwiml('<?xml version="1.0" encoding="UTF-8"?>\n<Response> <Pause length="5"/> </Response>'),
    ).toEqual({
      verbs: [{ name: 'Pause', attributes: { length: '5' }, children: [] }],
    });
    expect(readVoiceTwiml('<Response/>')).toEqual({ verbs: [] });
  });
});

async function expectPosts(posted: readonly unknown[], count: number): Promise<void> {
  for (let tries = 0; tries < 200 && posted.length < count; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(posted).toHaveLength(count);
}
