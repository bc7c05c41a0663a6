import type { EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import { observePeople } from '../../shared/pipeline/observePeople.ts';
import { purge } from '../../shared/pipeline/purge.ts';
import { receiveTwilioMessage } from '../../shared/pipeline/receiveTwilioMessage.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import type { Observations } from '../../shared/watch/observations.ts';
import { checkPeople } from '../../shared/watch/peopleCheck.ts';
import { reachable, twilioPost } from '../harness/twilioRequest.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const [ADELE, MEGAN] = TEAM;
const STRANGER = '+14255550198';
const DAY_MS = 86_400_000;

let world: World;
let services: Services;
beforeEach(async () => {
  world = await startWorld();
  await world.openChat();
  services = reachable(world.services);
});
afterEach(() => world.stop());

async function placeCall(): Promise<EmergencyCall> {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  world.log.splice(0);
  return newestCall();
}

async function newestCall(): Promise<EmergencyCall> {
  const [call] = await services.store.calls.listNewest(1);
  if (!call) throw new Error('There is no call');
  return call;
}

let texts = 0;
function newSid(): string {
  texts += 1;
  return `SM${String(texts).padStart(32, '0')}`;
}

/** Somebody texts; returns the status that Twilio is answered with. */
async function text(from: string, body: string, sid = newSid(), to = services) {
  const parameters = {
    AccountSid: world.env.TWILIO_ACCOUNT_SID,
    MessageSid: sid,
    From: from,
    To: world.env.TWILIO_FROM,
    Body: body,
  };
  const path = '/api/twilio/messages';
  const { status } = await receiveTwilioMessage(
    to,
    twilioPost({ path, parameters, token: world.env.TWILIO_AUTH_TOKEN }),
  );
  return { status, sid };
}

/** What the phone has been sent since the alert. */
const answers = (phone: string) => world.inbox(phone).slice(1);
const timeline = async (kind: string) =>
  (await services.store.timeline.listOfCall((await newestCall()).id)).filter((entry) => entry.kind === kind);

test('a digit acknowledges the only open call, and whoever sent it hears so once it is recorded', async () => {
  const { code } = await placeCall();
  expect(await text(ADELE, ' 1 ')).toMatchObject({ status: 200 });
  expect((await newestCall()).response).toMatchObject({ state: 'acknowledged', holder: 'adele' });
  expect(answers(ADELE)).toEqual([expect.stringContaining(`You have call ${code}`)]);
  expect(await timeline('reply')).toEqual([
    expect.objectContaining({ detail: expect.objectContaining({ by: 'adele', body: ' 1 ' }) }),
  ]);
  expect(await timeline('reply.answered')).toHaveLength(1);
  expect(await timeline('answer.acknowledge')).toHaveLength(1);
});

test('the second one hears who was first', async () => {
  await placeCall();
  await text(ADELE, '1');
  await text(MEGAN, 'got it');
  expect((await newestCall()).response.holder).toBe('adele');
  expect(answers(MEGAN)).toContainEqual(expect.stringMatching(/^You were not first: Adele Vance/));
});

test('the same message counts once, however often Twilio brings it', async () => {
  await placeCall();
  const { sid } = await text(ADELE, '1');
  const requests = world.twilio.requests().length;
  for (let again = 0; again < 3; again += 1) expect((await text(ADELE, '3', sid)).status).toBe(200);
  expect((await newestCall()).response.state).toBe('acknowledged');
  expect(world.twilio.requests()).toHaveLength(requests);
  expect(await timeline('reply')).toHaveLength(1);
});

test('with two open calls a digit alone is asked back, and its code decides', async () => {
  const first = await placeCall();
  const second = await placeCall();
  await text(ADELE, '1');
  for (const { id } of [first, second]) {
    expect((await services.store.calls.get(id))?.value.response.state).toBe('open');
  }
  expect(answers(ADELE).at(-1)).toMatch(/^Which call\?/);
  await text(ADELE, `1 ${first.code}`);
  expect((await services.store.calls.get(first.id))?.value.response.holder).toBe('adele');
  expect((await services.store.calls.get(second.id))?.value.response.holder).toBeNull();
});

test.each(['What is this about?', 'ok', ''])('"%s" changes nothing and gets one helpful answer', async (body) => {
  const { code } = await placeCall();
  await text(ADELE, body);
  expect((await newestCall()).response.state).toBe('open');
  expect(answers(ADELE)).toEqual([expect.stringContaining(`Reply 1 ${code}`)]);
});

test('nobody gets more than five helpful answers in an hour', async () => {
  await placeCall();
  for (let i = 0; i < 8; i += 1) await text(ADELE, 'out of office');
  expect(answers(ADELE)).toHaveLength(5);
  world.advance(61 * 60_000);
  await text(ADELE, 'out of office');
  expect(answers(ADELE)).toHaveLength(6);
});

test('an answer while nothing is open is told so', async () => {
  await text(ADELE, '1');
  expect(world.inbox(ADELE)).toEqual(['You were told of no call that is still open.']);
});

describe('a stranger', () => {
  test.each([
    ['another number', STRANGER],
    ['a number with a digit more', `${ADELE}1`],
    ['the same number without its plus', ADELE.slice(1)],
    ['a short code', '32075'],
  ])('%s is refused, recorded and not answered', async (_, from) => {
    await placeCall();
    const sent = world.twilio.messages().length;
    const { status, sid } = await text(from, '1');
    expect(status).toBe(200);
    expect((await newestCall()).response.state).toBe('open');
    expect(world.twilio.messages()).toHaveLength(sent);
    expect(await services.store.inbound.listStrangers(10)).toEqual([
      { messageSid: sid, from, body: '1', receivedAt: expect.any(String) },
    ]);
    const lines = JSON.stringify(world.log);
    expect(lines).toContain('stranger');
    expect(lines).not.toContain(from);
    // It is not for somebody to replay, and raises no alarm.
    expect(await services.store.deadLetters.list(10)).toEqual([]);
  });

  test('is forgotten with the raw records, and that the message was dealt with only with the calls', async () => {
    const { sid } = await text(STRANGER, '1');
    world.advance(29 * DAY_MS);
    await purge(services);
    expect(await services.store.inbound.listStrangers(10)).toHaveLength(1);
    world.advance(2 * DAY_MS);
    await purge(services);
    expect(await services.store.inbound.listStrangers(10)).toEqual([]);
    expect(await services.store.inbound.claim(sid, services.now())).toBeNull();
    world.advance(366 * DAY_MS);
    await purge(services);
    expect(await services.store.inbound.claim(sid, services.now())).not.toBeNull();
  });
});

describe('words of the carrier', () => {
  test('STOP gets no answer, and the watch finds the person unreachable until START', async () => {
    await placeCall();
    await text(ADELE, 'Stop');
    expect(answers(ADELE)).toEqual([]);
    expect(await services.store.inbound.listOptOuts()).toMatchObject([{ recipientId: 'adele', isOut: true }]);
    expect(JSON.stringify(world.log)).not.toContain(ADELE);
    expect(await unreachable()).toEqual(['unreachable:adele: They must text START to the number of TWILIO_FROM.']);
    await text(ADELE, 'start');
    expect(await unreachable()).toEqual([]);
    expect(answers(ADELE)).toEqual([]);
    expect(await services.store.inbound.listOptOuts()).toMatchObject([{ recipientId: 'adele', isOut: false }]);
  });

  const unreachable = async () => {
    const people = { value: await observePeople(services) };
    const { findings } = checkPeople({ people } as Observations, services.now());
    return findings.map(({ id, todo }) => `${id}: ${todo}`);
  };

  test('YES without a STOP before is no START, and no answer either', async () => {
    await placeCall();
    await text(ADELE, 'yes');
    expect(await services.store.inbound.listOptOuts()).toEqual([]);
    expect((await newestCall()).response.state).toBe('open');
    expect(answers(ADELE)).toHaveLength(1);
  });
});

test('what could not be recorded is answered with 503, nobody hears that it was, and the next one deals with it', async () => {
  await placeCall();
  const { calls } = services.store;
  const fails = async () => {
    throw Object.assign(new Error('down'), { statusCode: 503 });
  };
  const broken = { ...services, store: { ...services.store, calls: { ...calls, update: fails } } };
  const { status, sid } = await text(ADELE, '1', undefined, broken);
  expect(status).toBe(503);
  expect(answers(ADELE)).toEqual([]);
  expect(JSON.stringify(world.log)).not.toContain(ADELE);
  expect((await text(ADELE, '1', sid)).status).toBe(200);
  expect((await newestCall()).response.holder).toBe('adele');
});

test('whoever dies in the midst of it is followed by somebody else half a minute later', async () => {
  await placeCall();
  const sid = 'SM-of-one-who-died';
  await services.store.inbound.claim(sid, services.now());
  await text(ADELE, '1', sid);
  expect((await newestCall()).response.state).toBe('open');
  world.advance(31_000);
  await text(ADELE, '1', sid);
  expect((await newestCall()).response.holder).toBe('adele');
});

test('an answer that Twilio does not take changes nothing about what was recorded', async () => {
  await placeCall();
  world.twilio.faults.set({ kind: 'status', status: 503 });
  expect((await text(ADELE, '1')).status).toBe(200);
  expect((await newestCall()).response.holder).toBe('adele');
  expect(await timeline('reply.answered')).toMatchObject([{ detail: { outcome: 'temporary' } }]);
});
