import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answering, CallBehaviour } from '../../local/twilio/calls/callPhone.ts';
import { createVoiceChannel } from '../../shared/messaging/voice/voiceChannel.ts';
import { ENGLISH } from '../../shared/messaging/voice/words/en.ts';
import type { Delivery } from '../../shared/oncall/delivery.ts';
import { receiveTwilioVoice } from '../../shared/pipeline/receiveTwilioVoice.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { PUBLIC_URL, reachable, twilioPost } from '../harness/twilioRequest.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const [ADELE, MEGAN] = TEAM;
const LISTENS: Answering = { takes: 'answered', by: 'human' };

/** The door as the function app has it: a server that Twilio reaches. */
async function startDoor() {
  const door = { origin: '', services: null as Services | null, answers: [] as number[] };
  const server = createServer((request, response) => {
    if (!door.services) throw new Error('The door is not open');
    const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const url = `${door.origin}${request.url}`;
    receiveTwilioVoice(door.services, { url, query: new URL(url).searchParams, headers, body: request }).then(
      (answer) => {
        door.answers.push(answer.status);
        response.writeHead(answer.status, answer.headers).end(answer.body);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  door.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...door,
    open(services: Services) {
      door.services = services;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

let world: World;
let door: Awaited<ReturnType<typeof startDoor>>;
beforeAll(async () => {
  world = await startWorld();
  await world.openChat();
  door = await startDoor();
  const services = reachable(world.services, door.origin);
  if (!services.settings.twilio) throw new Error('Twilio is not set up');
  const voice = createVoiceChannel(services.settings.twilio, { publicUrl: door.origin });
  world.services = {
    ...services,
    channels: { ...services.channels, voice },
    waysOf: ({ phone }) => [{ channel: 'voice', to: phone }],
  };
});
beforeEach(() => {
  door.open(world.services);
  for (const phone of TEAM) world.twilio.setPhone(phone, LISTENS);
  world.log.splice(0);
});
afterAll(async () => {
  await world?.stop();
  await door?.close();
});

/** Somebody dials 911, and the team is called; resolves when Twilio has told how these calls ended. */
async function dial(phones: Partial<Record<string, CallBehaviour>> = {}) {
  for (const [phone, behaviour] of Object.entries(phones)) world.twilio.setPhone(phone, behaviour ?? LISTENS);
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  const [call] = await world.services.store.calls.listNewest(1);
  const callId = call?.id ?? '';
  const made = () => world.twilio.calls().filter(({ statusCallback }) => statusCallback?.includes(callId));
  await until(async () => {
    const deliveries = await deliveriesOf(callId);
    return (
      made().length >= 2 &&
      made().every(({ durationSeconds }) => durationSeconds !== null) &&
      deliveries.every(({ providerMessages: [one] }) => isEnd(one?.status))
    );
  });
  const of = (number: string) => {
    const found = made().find(({ to }) => to === number);
    if (!found) throw new Error('This phone was not called');
    return found;
  };
  return { callId, of, deliveryOf: async (number: string) => one(await deliveriesOf(callId), number) };
}

const isEnd = (status = '') => !['queued', 'initiated', 'ringing', 'in-progress'].includes(status);
/** By voice: an answer is told to the others by SMS. */
const deliveriesOf = async (callId: string) =>
  (await world.services.store.deliveries.listOfCall(callId)).flatMap(({ value }) =>
    value.channel === 'voice' ? [value] : [],
  );
const one = (deliveries: Delivery[], to: string) => {
  const found = deliveries.find((delivery) => delivery.to === to);
  if (!found) throw new Error('There is no such delivery');
  return found;
};
const responseOf = async (callId: string) => (await world.services.store.calls.get(callId))?.value.response;

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await condition()) return;
    await sleep(10);
  }
  throw new Error('It did not come about');
}

const presses = (...keys: (string | null)[]): Answering => ({ ...LISTENS, keys });

describe('a person', () => {
  test('hears the facts twice, presses 1, and hears that it is recorded; the next one hears who was first', async () => {
    const { callId, of } = await dial({ [ADELE]: presses('1') });
    expect(of(ADELE).heard.filter((said) => said === 'Location: Building 34, Room 2210.')).toHaveLength(2);
    expect(of(ADELE).heard).toContain('Recorded: you have taken this call.');
    expect(await responseOf(callId)).toMatchObject({ state: 'acknowledged', holder: 'adele' });
    const timeline = await world.services.store.timeline.listOfCall(callId);
    expect(timeline).toContainEqual(
      expect.objectContaining({ kind: 'answer.acknowledge', detail: { by: 'adele', via: 'voice', verdict: 'done' } }),
    );

    const twiml = await (await press(one(await deliveriesOf(callId), MEGAN), '1')).body;
    expect(twiml).toContain(`${world.services.nameOf('adele')} has taken this call already.`);
    expect(await responseOf(callId)).toMatchObject({ holder: 'adele' });
    expect(world.twilio.refusals()).toEqual([]);
  });

  test('takes the call, is on scene, and hands it back, in one call', async () => {
    const { callId, of } = await dial({ [ADELE]: presses('1', '2', '3') });
    expect(of(ADELE).heard.filter((said) => said.startsWith('Recorded'))).toEqual([
      ENGLISH.recorded.acknowledge,
      ENGLISH.recorded.onScene,
      ENGLISH.recorded.handBack,
    ]);
    expect(await responseOf(callId)).toMatchObject({ state: 'open', holder: null, run: 1 });
  });

  test('hears the facts again with 9, and only then answers', async () => {
    const { callId, of } = await dial({ [ADELE]: presses('9', '1') });
    expect(of(ADELE).heard.filter((said) => said.startsWith('Callback number'))).toHaveLength(4);
    expect(await responseOf(callId)).toMatchObject({ state: 'acknowledged' });
  });

  test.each([['0'], ['#'], ['*']])('who presses %s has answered nothing', async (key) => {
    const { callId, of } = await dial({ [ADELE]: presses(key) });
    expect(of(ADELE).heard).toContain(ENGLISH.wrongKey);
    expect(of(ADELE).heard.join()).not.toContain('Recorded');
    expect(await responseOf(callId)).toMatchObject({ state: 'open', answeredBy: null });
  });

  test('who presses no key has answered nothing, and hears so', async () => {
    const { callId, of, deliveryOf } = await dial();
    expect(of(ADELE).heard.at(-1)).toBe(ENGLISH.noKey);
    expect(await responseOf(callId)).toMatchObject({ state: 'open', answeredBy: null });
    expect(await deliveryOf(ADELE)).toMatchObject({ state: 'accepted', providerMessages: [{ status: 'completed' }] });
  });

  test('closes a call only with the same key twice', async () => {
    const first = await dial({ [ADELE]: presses('6', '1') });
    expect(first.of(ADELE).heard).toContain(ENGLISH.confirmClosing);
    expect(await responseOf(first.callId)).toMatchObject({ state: 'acknowledged' });
    const second = await dial({ [ADELE]: presses('6', '6') });
    expect(second.of(ADELE).heard).toContain(ENGLISH.recorded.resolve);
    expect(await responseOf(second.callId)).toMatchObject({ state: 'resolved', resolvedAs: 'misdial' });
  });

  test('never hears that an answer is recorded when it is not', async () => {
    const update = async () => {
      throw new Error('The storage is down');
    };
    const { store } = world.services;
    door.open({ ...world.services, store: { ...store, calls: { ...store.calls, update } } });
    const { callId, of } = await dial({ [ADELE]: presses('1') });
    expect(of(ADELE).heard).toContain(ENGLISH.notRecorded);
    expect(of(ADELE).heard.join()).not.toContain('Recorded');
    expect(await responseOf(callId)).toMatchObject({ state: 'open' });
  });

  test('who hangs up before the facts has not been told', async () => {
    const { deliveryOf } = await dial({ [ADELE]: { ...LISTENS, hangsUpAfterSeconds: 3 } });
    expect(await deliveryOf(ADELE)).toMatchObject({ state: 'failed', lastError: expect.stringContaining('unheard') });
    expect(await deliveryOf(MEGAN)).toMatchObject({ state: 'accepted' });
  });

  test('who has pressed a key was reached, however short the call', async () => {
    const { callId, deliveryOf } = await dial({ [ADELE]: presses('1') });
    const delivery = await deliveryOf(ADELE);
    expect(delivery).toMatchObject({ state: 'accepted', providerMessages: [{ status: 'key-pressed' }] });
    await report(delivery, { CallStatus: 'completed', CallDuration: '2', AnsweredBy: 'machine_end_beep' });
    expect(await deliveryOf(ADELE)).toEqual(delivery);
    expect(await responseOf(callId)).toMatchObject({ state: 'acknowledged' });
  });
});

describe('an answering machine', () => {
  test('gets the facts on its tape, and is nobody who was told', async () => {
    const { callId, of, deliveryOf } = await dial({ [ADELE]: { takes: 'answered', by: 'machine' } });
    expect(of(ADELE)).toMatchObject({ answeredBy: 'machine_end_beep', status: 'completed' });
    expect(of(ADELE).heard).toContain('Location: Building 34, Room 2210.');
    expect(await deliveryOf(ADELE)).toMatchObject({ state: 'failed', lastError: expect.stringContaining('no-person') });
    expect(await responseOf(callId)).toMatchObject({ state: 'open' });
    // The alert is looked at once more, so that the next way or person is tried at once.
    const due = await world.services.store.work.listDue(new Date(world.now().getTime() + 20_000), 100);
    expect(due.map(({ value }) => value)).toContainEqual(expect.objectContaining({ callId, alertKey: 'first' }));
  });

  test.each([['fax'], ['unknown']] as const)('so is what Twilio takes for %s, when it presses no key', async (by) => {
    const { deliveryOf } = await dial({ [ADELE]: { takes: 'answered', by } });
    expect(await deliveryOf(ADELE)).toMatchObject({ state: 'failed' });
  });

  test('that plays the tone of a key takes no call', async () => {
    const { callId, of, deliveryOf } = await dial({ [ADELE]: { takes: 'answered', by: 'machine', keys: ['1'] } });
    expect(of(ADELE).heard).toContain(ENGLISH.confirm);
    expect(await responseOf(callId)).toMatchObject({ state: 'open' });
    expect(await deliveryOf(ADELE)).toMatchObject({ state: 'failed' });
  });

  test('that is a person after all takes it with the same key once more', async () => {
    const { callId, deliveryOf } = await dial({ [ADELE]: { takes: 'answered', by: 'machine', keys: ['1', '1'] } });
    expect(await responseOf(callId)).toMatchObject({ state: 'acknowledged', holder: 'adele' });
    expect(await deliveryOf(ADELE)).toMatchObject({ state: 'accepted' });
  });
});

test.each([
  ['busy', 'busy'],
  ['noAnswer', 'no-answer'],
  ['failed', 'failed'],
] as const)('a phone that is %s has told nobody', async (takes, status) => {
  const { deliveryOf } = await dial({ [ADELE]: { takes } });
  expect(await deliveryOf(ADELE)).toMatchObject({ state: 'failed', providerMessages: [{ status }] });
});

/** A request of Twilio's about the voice delivery, as it signs it; with what somebody changed on the way. */
async function press(delivery: Delivery, digits: string, changes: Partial<Parameters<typeof twilioPost>[0]> = {}) {
  return send(delivery, { Digits: digits, CallStatus: 'in-progress' }, '', changes);
}
async function report(delivery: Delivery, parameters: Record<string, string>) {
  return send(delivery, { CallbackSource: 'call-progress-events', ...parameters }, '&event=status&least=8');
}
async function send(
  { callId, alertKey, recipientId, providerMessages: [message] }: Delivery,
  parameters: Record<string, string>,
  more: string,
  changes: Partial<Parameters<typeof twilioPost>[0]> = {},
) {
  const path = `/api/twilio/voice?call=${callId}&alert=${alertKey}&to=${recipientId}&lang=en-US${more}`;
  const all = { AccountSid: world.env.TWILIO_ACCOUNT_SID, CallSid: message?.id ?? '', ...parameters };
  const services = reachable(world.services, PUBLIC_URL);
  return receiveTwilioVoice(
    services,
    twilioPost({ path, parameters: all, token: world.env.TWILIO_AUTH_TOKEN, ...changes }),
  );
}

describe('the door', () => {
  let callId: string;
  let delivery: Delivery;
  beforeAll(async () => {
    const dialed = await dial({ [ADELE]: LISTENS, [MEGAN]: LISTENS });
    callId = dialed.callId;
    delivery = await dialed.deliveryOf(ADELE);
  });

  test.each<[string, Partial<Parameters<typeof twilioPost>[0]>, number]>([
    ['another token', { token: 'not-the-token' }, 403],
    ['no signature', { sent: { headers: { 'x-twilio-signature': null } } }, 403],
    ['a changed body', { sent: { body: 'Digits=2' } }, 403],
    ['another account', { parameters: { AccountSid: `AC${'f'.repeat(32)}`, CallSid: 'CA1', Digits: '1' } }, 403],
    ['no form', { sent: { headers: { 'content-type': 'application/json' } } }, 415],
    ['a body of 40 kB', { sent: { body: 'a'.repeat(40_000) } }, 413],
    ['an address without a delivery', { path: '/api/twilio/voice?call=8345' }, 400],
    ['a form without a call', { parameters: { AccountSid: `AC${'0123456789abcdef'.repeat(2)}`, Digits: '1' } }, 400],
  ])('refuses %s, and nothing is recorded', async (_, changes, status) => {
    const before = await world.services.store.timeline.listOfCall(callId);
    expect(await press(delivery, '1', changes)).toMatchObject({ status });
    expect(await responseOf(callId)).toMatchObject({ state: 'open', answeredBy: null });
    expect(await world.services.store.timeline.listOfCall(callId)).toEqual(before);
  });

  test('refuses an address that names somebody else than was signed', async () => {
    const { alertKey } = delivery;
    const path = `/api/twilio/voice?call=${callId}&alert=${alertKey}&to=megan&lang=en-US`;
    expect(await press(delivery, '1', { sent: { path } })).toMatchObject({ status: 403, body: 'signature' });
    expect(await responseOf(callId)).toMatchObject({ state: 'open' });
  });

  test('speaks the language of the address, and says with TwiML what became of a key', async () => {
    const path = `/api/twilio/voice?call=${callId}&alert=first&to=adele&lang=es-US`;
    const answer = await press(delivery, '7', { path });
    expect(answer.headers['Content-Type']).toMatch(/^text\/xml/);
    expect(answer.body).toContain('pulse la misma tecla otra vez');
    expect(answer.body).toContain('sure=7');
  });

  test('after twenty keys asks for none any more', async () => {
    const path = `/api/twilio/voice?call=${callId}&alert=first&to=adele&lang=en-US&n=19`;
    const { body } = await press(delivery, '0', { path });
    expect(body).toContain('<Hangup/>');
    expect(body).not.toContain('<Gather');
  });

  test('facts that are not on record cannot be repeated, and the call goes on', async () => {
    const path = `/api/twilio/voice?call=${callId}&alert=step-9.9.9&to=adele&lang=en-US`;
    const { body } = await press(delivery, '9', { path });
    expect(body).toContain(ENGLISH.noRepetition);
    expect(body).toContain('<Gather');
  });

  test('a late status never undoes a later one, and an unknown one changes nothing', async () => {
    for (const CallStatus of ['initiated', 'in-progress', 'waiting-for-godot', '']) {
      expect(await report(delivery, { CallStatus })).toMatchObject({ status: 200 });
    }
    expect(one(await deliveriesOf(callId), ADELE)).toEqual(delivery);
  });

  test('a status that the storage does not take is not confirmed', async () => {
    const { store } = world.services;
    const services = world.services;
    const get = async () => {
      throw new Error('The storage is down');
    };
    world.services = { ...services, store: { ...store, deliveries: { ...store.deliveries, get } } };
    const answer = await report(delivery, { CallStatus: 'busy' });
    world.services = services;
    expect(answer).toMatchObject({ status: 503 });
  });

  test("the time of a status is Twilio's own", async () => {
    await report(delivery, { CallStatus: 'busy', Timestamp: 'Sat, 21 Nov 2026 20:15:34 +0000' });
    const timeline = await world.services.store.timeline.listOfCall(callId);
    expect(timeline).toContainEqual(
      expect.objectContaining({ kind: 'message.undelivered', at: '2026-11-21T20:15:34.000Z', clock: 'twilio' }),
    );
  });
});
