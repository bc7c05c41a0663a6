import fc from 'fast-check';
import type { Delivery } from '../../shared/oncall/delivery.ts';
import { noteDeliveryStatus } from '../../shared/pipeline/noteDeliveryStatus.ts';
import { receiveTwilioMessage } from '../../shared/pipeline/receiveTwilioMessage.ts';
import { receiveTwilioStatus } from '../../shared/pipeline/receiveTwilioStatus.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { startRecordingProxy } from '../harness/recordingProxy.ts';
import { takeProductStorage } from '../harness/storage.ts';
import { type Post, reachable, SECOND_TOKEN, twilioPost } from '../harness/twilioRequest.ts';
import { endlessBody } from '../harness/webhookRequest.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const MESSAGES = '/api/twilio/messages';
const PHONE = TEAM[0];

let proxy: Awaited<ReturnType<typeof startRecordingProxy>>;
let world: World;
let services: Services;
let first: Delivery;
beforeAll(async () => {
  proxy = await startRecordingProxy(await takeProductStorage(), 0);
  world = await startWorld({ AlertStorage: proxy.connectionString, CALLS_TOLD_ALONE: '0' });
  await world.openChat();
  services = reachable(world.services);
  await placeCall();
});
beforeEach(() => {
  world.log.splice(0);
});

/** Of a call of which people have been told. */
async function placeCall(): Promise<void> {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  const [call] = await world.services.store.calls.listNewest(1);
  const [row] = await world.services.store.deliveries.listOfCall(call?.id ?? '');
  if (!row) throw new Error('Nobody was told');
  first = row.value;
  world.log.splice(0);
}
afterAll(async () => {
  await world?.stop();
  await proxy?.close();
});

const token = () => world.env.TWILIO_AUTH_TOKEN;
const sidOf = (delivery: Delivery) => delivery.providerMessages[0]?.id ?? '';
const statusPath = ({ callId, alertKey, recipientId }: Delivery) =>
  `/api/twilio/status?call=${callId}&alert=${alertKey}&to=${recipientId}`;

/** A report on the first message of the call. */
function report(status: string, errorCode: number | null = null, changes: Partial<Post> = {}) {
  const parameters = {
    AccountSid: world.env.TWILIO_ACCOUNT_SID,
    MessageSid: sidOf(first),
    MessageStatus: status,
    To: PHONE,
    ...(errorCode === null ? {} : { ErrorCode: String(errorCode) }),
  };
  return twilioPost({ path: statusPath(first), parameters, token: token(), ...changes });
}

/** What somebody texts. */
function text(body: string, changes: Partial<Post> = {}) {
  const parameters = {
    AccountSid: world.env.TWILIO_ACCOUNT_SID,
    MessageSid: `SM${'ab'.repeat(16)}`,
    From: PHONE,
    To: world.env.TWILIO_FROM,
    Body: body,
  };
  return twilioPost({ path: MESSAGES, parameters, token: token(), ...changes });
}

const stored = async () => {
  const key = `${first.alertKey}|${first.recipientId}|${first.channel}`;
  return (await services.store.deliveries.get(first.callId, key))?.value;
};
const timeline = async () =>
  (await services.store.timeline.listOfCall(first.callId)).filter(({ detail }) => detail.messageSid === sidOf(first));

describe.each([
  ['status', (changes: Partial<Post>) => receiveTwilioStatus(services, report('delivered', null, changes))],
  ['messages', (changes: Partial<Post>) => receiveTwilioMessage(services, text('1', changes))],
])('what is not of Twilio to us at the door for %s is refused, and no storage hears of it', (door, send) => {
  const path = () => (door === 'status' ? statusPath(first) : MESSAGES);
  const form = 'application/x-www-form-urlencoded';
  const json = { headers: { 'content-type': 'application/json' } };
  const other = { AccountSid: `AC${'9'.repeat(32)}`, MessageSid: 'SM1', MessageStatus: 'failed', From: PHONE };

  test.each<[string, () => Partial<Post>, number, string]>([
    ['no signature', () => ({ sent: { headers: { 'x-twilio-signature': null } } }), 403, 'noSignature'],
    ['an empty signature', () => ({ sent: { headers: { 'x-twilio-signature': '' } } }), 403, 'noSignature'],
    ['a signature that is none', () => ({ sent: { headers: { 'x-twilio-signature': 'x' } } }), 403, 'signature'],
    ['a signature by another token', () => ({ token: 'a token of somebody else' }), 403, 'signature'],
    ['a changed body', () => ({ sent: { body: 'MessageStatus=failed&From=%2B14255550199&Body=1' } }), 403, 'signature'],
    ['an empty body', () => ({ sent: { body: '' } }), 403, 'signature'],
    ['another query', () => ({ sent: { path: `${path()}${door === 'status' ? '&' : '?'}x=1` } }), 403, 'signature'],
    ['a signature for the other door', () => ({ path: '/api/twilio/other', sent: { path: path() } }), 403, 'signature'],
    ['another account, signed', () => ({ parameters: other }), 403, 'account'],
    ['no account, signed', () => ({ parameters: { Body: '1' } }), 403, 'account'],
    ['JSON', () => ({ sent: json }), 415, 'contentType'],
    ['no content type', () => ({ sent: { headers: { 'content-type': null } } }), 415, 'contentType'],
    ['a form of another kind', () => ({ sent: { headers: { 'content-type': `${form}x` } } }), 415, 'contentType'],
    ['a form in parts', () => ({ sent: { headers: { 'content-type': 'multipart/form-data' } } }), 415, 'contentType'],
    ['too much, as announced', () => ({ sent: { headers: { 'content-length': '32769' } } }), 413, 'size'],
    ['too much, unannounced', () => ({ sent: { body: endlessBody(10_000).body } }), 413, 'size'],
  ])('%s', async (_, changes, status, reason) => {
    const before = proxy.requests.length;
    const sent = world.twilio.requests().length;
    expect(await send(changes())).toMatchObject({ status, body: reason });
    expect(proxy.requests.length).toBe(before);
    expect(world.twilio.requests().length).toBe(sent);
    expect(world.log).toEqual([
      { level: 'warn', message: expect.stringContaining('refused'), fields: { door: expect.any(String), reason } },
    ]);
  });

  test.each<[string, () => Services, string]>([
    ['no address of ours', () => reachable(world.services, null), 'notConfigured'],
    ['no Twilio', () => ({ ...services, settings: { ...services.settings, twilio: null } }), 'notConfigured'],
    ['an API key only', withApiKey, 'noAuthToken'],
  ])('with %s nothing is', async (_, without, reason) => {
    const before = proxy.requests.length;
    const receive = door === 'status' ? receiveTwilioStatus : receiveTwilioMessage;
    const request = door === 'status' ? report('delivered') : text('1');
    expect(await receive(without(), request)).toMatchObject({ status: 403, body: reason });
    expect(proxy.requests.length).toBe(before);
  });
});

function withApiKey(): Services {
  const { twilio } = services.settings;
  if (!twilio) throw new Error('Twilio is not set up');
  const credentials = { kind: 'apiKey', sid: `SK${'0'.repeat(32)}`, secret: 'secret' } as const;
  return {
    ...services,
    settings: { ...services.settings, twilio: { ...twilio, credentials, secondaryAuthToken: null } },
  };
}

describe('a report that Twilio signed', () => {
  beforeEach(placeCall);

  test('is on the delivery and the timeline, by the clock of its arrival', async () => {
    expect(await receiveTwilioStatus(services, report('delivered'))).toMatchObject({ status: 200 });
    expect(await stored()).toEqual({ ...first, providerMessages: [{ id: sidOf(first), status: 'delivered' }] });
    expect(await timeline()).toEqual([
      expect.objectContaining({
        kind: 'message.delivered',
        clock: 'ours',
        detail: expect.objectContaining({ recipientId: first.recipientId, alertKey: 'first', status: 'delivered' }),
      }),
    ]);
    const lines = JSON.stringify(world.log);
    expect(lines).toContain(first.recipientId);
    expect(lines).not.toContain(PHONE);
  });

  test('counts by the second token while the tokens are being changed', async () => {
    await receiveTwilioStatus(services, report('sent', null, { token: SECOND_TOKEN }));
    expect((await stored())?.providerMessages).toEqual([{ id: sidOf(first), status: 'sent' }]);
  });

  test('counts once, however often it comes', async () => {
    const once = report('undelivered', 30003);
    expect(await receiveTwilioStatus(services, once)).toMatchObject({ status: 200 });
    const [after, lines, requests] = [await stored(), await timeline(), proxy.requests.length];
    for (const again of [report('undelivered', 30003), report('undelivered', 30008)]) {
      expect(await receiveTwilioStatus(services, again)).toMatchObject({ status: 200 });
    }
    expect([await stored(), await timeline()]).toEqual([after, lines]);
    // Each time the delivery was read, and here the delivery and the timeline twice; nothing was written.
    const since = proxy.requests.slice(requests).map(({ what }) => what.split(' ')[0]);
    expect(since).toEqual(since.map(() => 'GET'));
  });

  test('that a message was lost makes the delivery fail with the reason, and wakes the alert at once', async () => {
    await receiveTwilioStatus(services, report('undelivered', 30005));
    expect(await stored()).toMatchObject({
      state: 'failed',
      lastError: '30005: the number is unknown or no longer in service',
      providerMessages: [{ id: sidOf(first), status: 'undelivered' }],
    });
    const due = await services.store.work.listDue(world.now(), 100);
    expect(due.map(({ rowKey }) => rowKey)).toContain(`${first.callId}|alert|first`);
    expect(world.log).toContainEqual(expect.objectContaining({ level: 'error', message: 'Message not delivered' }));
  });

  test('the alert is looked at though its process dies before it can wake anybody', async () => {
    const { work } = services.store;
    const dies = async () => {
      throw new Error('the process died');
    };
    const dying = { ...services, store: { ...services.store, work: { ...work, reschedule: dies, enqueue: dies } } };
    expect(await receiveTwilioStatus(dying, report('undelivered', 30003))).toMatchObject({ status: 503 });
    expect(await stored()).toMatchObject({ state: 'failed' });
    const later = new Date(world.now().getTime() + 15_000);
    expect((await work.listDue(later, 10)).map(({ rowKey }) => rowKey)).toContain(`${first.callId}|alert|first`);
  });

  test('of a step that was told long ago, whom it was for is on the work again', async () => {
    const step = { ...first, alertKey: 'step-0.0.1' };
    await services.store.deliveries.claim(step);
    const again = report('undelivered', 30003, { path: statusPath(step) });
    expect(await receiveTwilioStatus(services, again)).toMatchObject({ status: 200 });
    const work = await services.store.work.get(`${first.callId}|alert|step-0.0.1`);
    expect(work?.value).toMatchObject({ recipients: [{ id: first.recipientId, phone: PHONE }] });
  });

  test('and delivered after all, for another part of it: who got half of a message was not told', async () => {
    await receiveTwilioStatus(services, report('undelivered', 30003));
    await receiveTwilioStatus(services, report('delivered'));
    expect(await stored()).toMatchObject({ state: 'failed', providerMessages: [{ status: 'undelivered' }] });
  });

  test.each<[string, () => ReturnType<typeof report>, number]>([
    ['a message that is not on record', () => report('failed', 30008, { path: withQuery({ call: 'unknown' }) }), 200],
    ['another person of the same alert', () => report('failed', 30008, { path: withQuery({ to: 'nobody' }) }), 200],
    ['a status that is not known', () => report('teleported'), 200],
    ['a status of messages that come in', () => report('received'), 200],
    ['no delivery', () => report('failed', 30008, { path: '/api/twilio/status' }), 400],
    ['no message', () => report('failed', 30008, { parameters: ofAccount({ MessageStatus: 'failed' }) }), 400],
    ['no status', () => report('failed', 30008, { parameters: ofAccount({ MessageSid: 'SM1' }) }), 400],
  ])('about %s changes nothing', async (_, request, status) => {
    expect(await receiveTwilioStatus(services, request())).toMatchObject({ status });
    expect(await stored()).toEqual(first);
    expect(await timeline()).toEqual([]);
  });

  const ofAccount = (rest: Record<string, string>) => ({ AccountSid: world.env.TWILIO_ACCOUNT_SID, ...rest });
  const withQuery = (changes: Record<string, string>) => {
    const { callId, alertKey, recipientId } = first;
    return `/api/twilio/status?${new URLSearchParams({ call: callId, alert: alertKey, to: recipientId, ...changes })}`;
  };

  test('about a message of an earlier attempt leaves the newest one alone', async () => {
    const row = await services.store.deliveries.get(first.callId, `first|${first.recipientId}|sms`);
    if (!row) throw new Error('There is no delivery');
    const newer = { ...first, attempts: 2, providerMessages: [{ id: 'SMnewer', status: 'queued' }] };
    await services.store.deliveries.replace(row, newer);
    await receiveTwilioStatus(services, report('failed', 30008));
    expect(await stored()).toEqual(newer);
  });

  test('sooner than our own record of the sending is waited for', async () => {
    const row = await services.store.deliveries.get(first.callId, `first|${first.recipientId}|sms`);
    if (!row) throw new Error('There is no delivery');
    const sending = await services.store.deliveries.replace(row, { ...first, state: 'claimed', providerMessages: [] });
    if (sending === 'changed') throw new Error('Somebody else wrote');
    const noted = receiveTwilioStatus(services, report('undelivered', 30003));
    await services.store.deliveries.replace(sending, first);
    expect(await noted).toMatchObject({ status: 200 });
    expect(await stored()).toMatchObject({ state: 'failed' });
  });

  test('two at once: neither is lost', async () => {
    const [a, b] = [report('sent'), report('delivered')];
    const answers = await Promise.all([receiveTwilioStatus(services, a), receiveTwilioStatus(services, b)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await stored())?.providerMessages).toEqual([{ id: sidOf(first), status: 'delivered' }]);
  });

  test('while the storage is down is answered with 503, and nothing personal is logged', async () => {
    const lift = await proxy.add({ kind: 'refuse' });
    try {
      expect(await receiveTwilioStatus(services, report('failed', 30008))).toMatchObject({ status: 503 });
    } finally {
      await lift();
    }
    expect(JSON.stringify(world.log)).not.toContain(PHONE);
  });
});

describe('whatever the order of the reports', () => {
  const STATUSES = ['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed'] as const;

  /** A delivery of one message that Twilio has taken, which hears of these statuses in this order. */
  async function told(callId: string, statuses: readonly string[]): Promise<Delivery> {
    const { store } = services;
    const delivery = { ...first, callId, providerMessages: [{ id: 'SM1', status: 'queued' }] };
    await store.deliveries.claim(delivery);
    const reference = { callId, alertKey: first.alertKey, recipientId: first.recipientId, channel: 'sms' as const };
    for (const status of statuses) {
      const errorCode = ['undelivered', 'failed'].includes(status) ? 30003 : null;
      const at = services.now();
      await noteDeliveryStatus(services, reference, { messageSid: 'SM1', status, errorCode, at, clock: 'ours' });
    }
    const row = await store.deliveries.get(callId, `${first.alertKey}|${first.recipientId}|sms`);
    if (!row) throw new Error('The delivery vanished');
    return { ...row.value, callId: '', settledAt: null };
  }

  test('the end is the same, and no report makes it better than it was', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...STATUSES), { minLength: 2 }).chain((set) =>
          fc.record({
            order: fc.shuffledSubarray(set, { minLength: set.length }),
            again: fc.array(fc.constantFrom(...set), { maxLength: 3 }),
            straight: fc.constant(STATUSES.filter((status) => set.includes(status))),
          }),
        ),
        async ({ order, again, straight }) => {
          count += 1;
          const [one, other] = await Promise.all([
            told(`a${count}`, [...order, ...again]),
            told(`b${count}`, straight),
          ]);
          expect(one).toEqual(other);
          const isLost = straight.some((status) => status === 'undelivered' || status === 'failed');
          expect(one.state).toBe(isLost ? 'failed' : 'accepted');
        },
      ),
      { numRuns: 12 },
    );
  });
});
