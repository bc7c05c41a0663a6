import { TableClient } from '@azure/data-tables';
import { alertKeyOfStep, type EscalationPlan, type EscalationStep } from '../../shared/oncall/escalation.ts';
import type { ResponseAction } from '../../shared/oncall/response.ts';
import { answerCall } from '../../shared/pipeline/answerCall.ts';
import { handleReply } from '../../shared/pipeline/handleReply.ts';
import { noteDeliveryStatus } from '../../shared/pipeline/noteDeliveryStatus.ts';
import { doWork } from '../../shared/pipeline/notifyOnCall.ts';
import { recordCallWithoutContent, updateCall } from '../../shared/pipeline/recordCall.ts';
import { readAlertContext } from '../../shared/pipeline/sendAlert.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { sweep } from '../../shared/pipeline/sweep.ts';
import type { Store } from '../../shared/store/store.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';

const MINUTE_MS = 60_000;
const ADELE = { id: 'adele', phone: '+14255550111' };
const MEGAN = { id: 'megan', phone: '+14255550112' };
const NESTOR = { id: 'nestor', phone: '+14255550113' };
const LAST_RESORT = '+14255550199';

const FIRST: EscalationStep = { tell: ['adele'], channel: null, escalateAfterSeconds: 180 };
const SECOND: EscalationStep = { tell: ['megan'], channel: null, escalateAfterSeconds: 120 };
const PLAN: EscalationPlan = {
  teamId: 'desk',
  steps: [FIRST, SECOND],
  rounds: 1,
  onSceneWithinSeconds: 600,
};
/** Another team: Nestor alone, again after a minute. */
const OTHER_PLAN: EscalationPlan = {
  teamId: 'remote',
  steps: [{ tell: ['nestor'], channel: null, escalateAfterSeconds: 60 }],
  rounds: 2,
  onSceneWithinSeconds: null,
};

let world: World;
let routing: Services['routing'];
/** What every process of this test knows of the people on call. */
function asRouted(services: Services): Services {
  const people = new Map([ADELE, MEGAN, NESTOR].map((person) => [person.id, person]));
  return Object.assign(services, {
    routing: (call) => routing(call),
    recipientsOfStep: ({ steps }, step) => (steps[step]?.tell ?? []).flatMap((id) => people.get(id) ?? []),
  } satisfies Partial<Services>);
}
beforeEach(async () => {
  world = await startWorld();
  routing = () => ({ recipients: [ADELE], escalation: PLAN });
  asRouted(world.services);
  await world.openChat();
});
afterEach(() => world?.stop());

/** Somebody dials 911; nobody is told yet. */
async function record(): Promise<string> {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  const [newest] = await world.services.store.calls.listNewest(1);
  if (!newest) throw new Error('There is no call');
  return newest.id;
}
async function call(): Promise<string> {
  const callId = await record();
  await world.work();
  return callId;
}

let answers = 0;
function answer(callId: string, by: string, action: ResponseAction, services = world.services) {
  answers += 1;
  return answerCall(services, { callId, by, action, via: 'voice', at: world.now(), key: `answer ${answers}` });
}

const inboxes = () => [ADELE, MEGAN, NESTOR].map(({ phone }) => world.inbox(phone).length);
const alerts = ({ phone }: { phone: string }) =>
  world.inbox(phone).filter((body) => /^EMERGENCY (CALL|MESSAGE)/.test(body));
const responseOf = async (callId: string) => (await world.services.store.calls.get(callId))?.value.response;

/** The same process, with a part of its storage that fails. */
function failing<K extends keyof Store>(part: K, methods: Partial<Store[K]>): Services {
  const { store } = world.services;
  return { ...world.services, store: { ...store, [part]: { ...store[part], ...methods } } };
}
/** Twilio does not take messages to this number. */
function refuseForATime(phone: string): void {
  const { sms } = world.services.channels;
  if (!sms) throw new Error('There is no channel');
  const refused = { outcome: 'temporary', code: '20429', reason: 'too many requests', retryAfterMs: null } as const;
  world.services.channels.sms = { ...sms, send: async (one) => (one.to === phone ? refused : sms.send(one)) };
}
const dies = () => Promise.reject(new Error('The process ends here'));
/** Recorded is what was answered, and then the process ends. */
const dyingAfterTheAnswer = () => failing('timeline', { append: dies });

describe('the process ends after an answer is recorded, before anything follows', () => {
  test('handed back: telling begins anew all the same', async () => {
    const callId = await call();
    await answer(callId, 'adele', { kind: 'acknowledge' });
    await expect(answer(callId, 'adele', { kind: 'handBack' }, dyingAfterTheAnswer())).rejects.toThrow('ends here');
    expect(await responseOf(callId)).toMatchObject({ state: 'open', holder: null });
    await world.pass(MINUTE_MS);
    expect(alerts(ADELE)).toHaveLength(2);
    await world.pass(3 * MINUTE_MS);
    expect(alerts(MEGAN)).toHaveLength(1);
  });

  test('handed back, long after every step was done', async () => {
    const callId = await call();
    await world.pass(60 * MINUTE_MS);
    await answer(callId, 'adele', { kind: 'acknowledge' });
    await world.pass(60 * MINUTE_MS);
    await expect(answer(callId, 'adele', { kind: 'handBack' }, dyingAfterTheAnswer())).rejects.toThrow('ends here');
    const before = alerts(ADELE).length;
    await world.pass(MINUTE_MS);
    expect(alerts(ADELE)).toHaveLength(before + 1);
  });

  test('the same answer comes again: it is theirs, and what followed stays', async () => {
    const callId = await call();
    await answer(callId, 'adele', { kind: 'acknowledge' });
    await expect(answer(callId, 'adele', { kind: 'handBack' }, dyingAfterTheAnswer())).rejects.toThrow('ends here');
    expect((await answer(callId, 'adele', { kind: 'handBack' })).verdict).toBe('done');
    await world.work();
    expect(alerts(ADELE)).toHaveLength(2);
    // Whoever says it again and again does not put the next step off.
    for (let minute = 0; minute < 3; minute += 1) {
      await world.pass(MINUTE_MS);
      await answer(callId, 'adele', { kind: 'handBack' });
    }
    await world.work();
    expect(alerts(ADELE)).toHaveLength(2);
    expect(alerts(MEGAN)).toHaveLength(1);
  });

  test('acknowledged: the others hear of it, and that nobody is on scene', async () => {
    const callId = await call();
    await world.pass(3 * MINUTE_MS);
    await expect(answer(callId, 'adele', { kind: 'acknowledge' }, dyingAfterTheAnswer())).rejects.toThrow('ends here');
    await world.pass(MINUTE_MS);
    expect(inboxes()).toEqual([1, 2, 0]);
    await world.pass(11 * MINUTE_MS);
    expect(inboxes()).toEqual([2, 3, 0]);
  });

  test('closed: the others hear of it', async () => {
    const callId = await call();
    await world.pass(3 * MINUTE_MS);
    const closes: ResponseAction = { kind: 'resolve', reason: 'misdial' };
    await expect(answer(callId, 'adele', closes, dyingAfterTheAnswer())).rejects.toThrow('ends here');
    await world.pass(60 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 2, 0]);
  });
});

describe('the first try of the first alert comes to nothing: the next step is planned all the same', () => {
  test('the sweep could not read the call', async () => {
    await record();
    world.advance(3_000);
    await expect(sweep(failing('calls', { get: dies }))).rejects.toThrow('Work could not be done');
    await world.pass(5 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 1, 0]);
  });

  test('nobody could be told at all', async () => {
    await record();
    const { channels } = world.services;
    world.services.channels = {};
    await world.work();
    world.services.channels = channels;
    await world.pass(5 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 1, 0]);
  });

  test('its recipient is tried again for ten minutes: nobody hears twice of what was told meanwhile', async () => {
    routing = () => ({ recipients: [ADELE, NESTOR], escalation: PLAN });
    refuseForATime(NESTOR.phone);
    await record();
    await world.pass(10 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 1, 0]);
  });
});

describe('it becomes known late whose call it is', () => {
  const origin = () => ({
    ...{ chatId: '19:late@thread.v2', messageId: String(world.now().getTime()), hubEnqueuedAt: null },
    receivedAt: world.now().toISOString(),
  });
  async function recordUnread(): Promise<string> {
    const callId = `${String(9_999_999_999_999 - world.now().getTime()).padStart(13, '0')}-0123456789abcdef`;
    await recordCallWithoutContent(world.services, origin(), callId, 'pending');
    return callId;
  }

  test('another team, with fewer steps and more rounds: all of its rounds are told', async () => {
    const callId = await recordUnread();
    await world.work();
    routing = () => ({ recipients: [NESTOR], escalation: OTHER_PLAN });
    await updateCall(world.services, callId, (known) => ({ ...known, content: 'read' }));
    await world.work();
    expect(inboxes()).toEqual([1, 0, 1]);
    await world.pass(MINUTE_MS);
    expect(inboxes()).toEqual([1, 0, 2]);
  });

  test('another team, when the second step of the first one is due', async () => {
    const callId = await recordUnread();
    await world.work();
    await world.pass(2 * MINUTE_MS);
    routing = () => ({ recipients: [NESTOR], escalation: { ...OTHER_PLAN, rounds: 3 } });
    await updateCall(world.services, callId, (known) => ({ ...known, content: 'read' }));
    await world.pass(30 * MINUTE_MS);
    expect(alerts(NESTOR).length).toBeGreaterThanOrEqual(2);
  });

  test('no test after all, while the first alert is still tried', async () => {
    routing = () => ({ recipients: [NESTOR, ADELE], escalation: null });
    refuseForATime(NESTOR.phone);
    const callId = await recordUnread();
    await updateCall(world.services, callId, (known) => ({ ...known, content: 'read', isTest: true }));
    await world.pass(2 * MINUTE_MS);
    routing = () => ({ recipients: [ADELE], escalation: PLAN });
    await updateCall(world.services, callId, (known) => ({ ...known, isTest: false }));
    await world.pass(4 * MINUTE_MS);
    expect(alerts(MEGAN)).toHaveLength(1);
  });

  test('in the moment in which the first alert is done by what was known before', async () => {
    const callId = await recordUnread();
    const before = await readAlertContext(world.services, callId);
    routing = () => ({ recipients: [NESTOR], escalation: OTHER_PLAN });
    await updateCall(world.services, callId, (known) => ({ ...known, content: 'read' }));
    const row = await world.services.store.work.get(`${callId}|alert|first`);
    if (!row) throw new Error('There is no first alert');
    await doWork(world.services, row, before);
    await world.work();
    expect([ADELE, NESTOR].map((person) => alerts(person).length)).toEqual([1, 1]);
  });

  test.each<[string, Parameters<typeof updateCall>[2]]>([
    [
      'the policy, told by the second source',
      (known) => ({ ...known, event: { eventId: 'one', policyName: 'Remote' } }),
    ],
    [
      'the place',
      (known) => ({
        ...known,
        facts: { ...known.facts, location: 'Home office' },
        factsVersion: known.factsVersion + 1,
      }),
    ],
  ])('%s: its team hears of it too', async (_, change) => {
    routing = ({ policyName, location }) =>
      policyName === 'Remote' || location === 'Home office'
        ? { recipients: [NESTOR], escalation: OTHER_PLAN }
        : { recipients: [ADELE], escalation: PLAN };
    const callId = await recordUnread();
    await updateCall(world.services, callId, (known) => ({ ...known, content: 'read' }));
    await world.work();
    await updateCall(world.services, callId, change);
    await world.work();
    expect(alerts(NESTOR)).toHaveLength(1);
    expect(alerts(ADELE)).toHaveLength(1);
  });
});

async function lose(callId: string, person: { id: string }, alertKey: string): Promise<void> {
  const reference = { callId, alertKey, recipientId: person.id, channel: 'sms' } as const;
  const row = await world.services.store.deliveries.get(callId, `${alertKey}|${person.id}|sms`);
  const messageSid = row?.value.providerMessages[0]?.id ?? '';
  const report = { messageSid, status: 'undelivered', errorCode: 30003, at: world.now(), clock: 'ours' } as const;
  expect(await noteDeliveryStatus(world.services, reference, report)).toBe('noted');
}

describe('a message is lost late', () => {
  test('of a step that somebody asked for, while somebody has the call: the next one is asked for in its place', async () => {
    routing = () => ({ recipients: [ADELE], escalation: { ...PLAN, steps: [...PLAN.steps, ...OTHER_PLAN.steps] } });
    const callId = await call();
    await answer(callId, 'adele', { kind: 'acknowledge' });
    await answer(callId, 'adele', { kind: 'escalate' });
    await world.work();
    expect(alerts(MEGAN)).toHaveLength(1);
    await lose(callId, MEGAN, alertKeyOfStep(0, { round: 0, step: 1 }));
    await world.work();
    expect(alerts(NESTOR)).toHaveLength(1);
    expect(await responseOf(callId)).toMatchObject({ state: 'acknowledged', holder: 'adele' });
  });

  test('two of a step at once: each is told by the next way', async () => {
    const PAIR: EscalationPlan = { ...PLAN, steps: [FIRST, { ...SECOND, tell: ['megan', 'nestor'] }] };
    routing = () => ({ recipients: [ADELE], escalation: PAIR });
    const callId = await call();
    await world.pass(3 * MINUTE_MS);
    const called: string[] = [];
    const { sms } = world.services.channels;
    if (!sms) throw new Error('There is no channel');
    const send = async ({ to }: { to: string }) => {
      called.push(to);
      return { outcome: 'accepted', providerMessageId: `CA${called.length}`, status: 'queued' } as const;
    };
    world.services.channels.voice = { ...sms, name: 'voice', send };
    world.services.waysOf = ({ phone: to }) => [
      { channel: 'sms', to },
      { channel: 'voice', to },
    ];
    const alertKey = alertKeyOfStep(0, { round: 0, step: 1 });
    await lose(callId, MEGAN, alertKey);
    await lose(callId, NESTOR, alertKey);
    await world.work();
    expect(called.sort()).toEqual([MEGAN.phone, NESTOR.phone]);
  });

  test.each<[string, ResponseAction]>([
    ['somebody has it', { kind: 'acknowledge' }],
    ['it was closed', { kind: 'resolve', reason: 'real' }],
  ])('%s: the last resort is left alone', async (_, action) => {
    routing = () => ({ recipients: [ADELE], escalation: null });
    const callId = await call();
    await answer(callId, 'adele', action);
    await lose(callId, ADELE, 'first');
    await world.pass(5 * MINUTE_MS);
    expect(world.inbox(LAST_RESORT)).toEqual([]);
  });

  test('nobody has it, and nobody else was told: the last resort is told', async () => {
    routing = () => ({ recipients: [ADELE], escalation: null });
    const callId = await call();
    await lose(callId, ADELE, 'first');
    await world.work();
    expect(world.inbox(LAST_RESORT)).toHaveLength(1);
  });

  test('in the moment in which the call is handed back: telling begins anew all the same', async () => {
    const callId = await call();
    await answer(callId, 'adele', { kind: 'acknowledge' });
    await lose(callId, ADELE, 'first');
    const { store } = world.services;
    const { get } = store.work;
    let isHandedBack = false;
    const late = failing('work', {
      get: async (work) => {
        const row = await get(work);
        if (work === `${callId}|escalate` && !isHandedBack) {
          isHandedBack = true;
          await answer(callId, 'adele', { kind: 'handBack' });
        }
        return row;
      },
    });
    const own = world.services;
    world.services = late;
    await world.work();
    world.services = own;
    expect(isHandedBack).toBe(true);
    await world.pass(4 * MINUTE_MS);
    expect(alerts(MEGAN)).toHaveLength(1);
  });
});

describe('nobody answers any step: the last resort is told, and then there is an end', () => {
  test('the process ends before it has noted that, and the work is done again', async () => {
    const callId = await call();
    world.advance(3 * MINUTE_MS);
    await world.work();
    world.advance(2 * MINUTE_MS);
    const [row] = await world.services.store.work.listDue(world.now(), 10);
    if (row?.value.kind !== 'escalate') throw new Error('The end is not due');
    await world.work();
    await world.services.store.work.insert(row.value);
    await world.pass(10 * MINUTE_MS);
    expect(world.inbox(LAST_RESORT)).toHaveLength(1);
    expect(await world.services.store.work.isOpen(callId)).toBe(false);
  });

  test.each<[string, () => void]>([
    ['nobody is left for it', () => Object.assign(world.services, { lastResort: () => [], recipients: () => [ADELE] })],
    ['its number is wrong', () => world.twilio.behave(LAST_RESORT, 'invalid')],
  ])('%s', async (_, arrange) => {
    arrange();
    const callId = await call();
    await world.pass(10 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 1, world.inbox(NESTOR.phone).length]);
    expect(await world.services.store.work.isOpen(callId)).toBe(false);
  });
});

test('a process dies before it sends what the same person was told in the same words a moment ago: it is sent', async () => {
  const callId = await call();
  await answer(callId, 'adele', { kind: 'acknowledge' });
  await answer(callId, 'adele', { kind: 'handBack' });
  const { sms } = world.services.channels;
  if (!sms) throw new Error('There is no channel');
  world.services.channels.sms = { ...sms, send: dies };
  await expect(world.work()).rejects.toThrow('could be told');
  world.services.channels.sms = sms;
  await world.pass(MINUTE_MS);
  expect(alerts(ADELE)).toHaveLength(2);
});

test('a reminder planned by an answer of before does not take the place of that of now', async () => {
  const callId = await call();
  await answer(callId, 'adele', { kind: 'acknowledge' });
  const old = await world.services.store.work.get(`${callId}|remind`);
  await answer(callId, 'adele', { kind: 'handBack' });
  await answer(callId, 'adele', { kind: 'acknowledge' });
  const current = await world.services.store.work.get(`${callId}|remind`);
  if (!old || !current) throw new Error('No reminder is planned');
  // As a process leaves it that stood still between reading and writing.
  await world.services.store.work.reschedule(current, old.value);
  await world.work();
  const before = inboxes();
  await world.pass(11 * MINUTE_MS);
  expect(inboxes()[0]).toBe((before[0] ?? 0) + 1);
});

test('what a process of before wrote of a call does not undo who has it', async () => {
  const callId = await call();
  await answer(callId, 'adele', { kind: 'acknowledge' });
  const client = TableClient.fromConnectionString(world.env.AlertStorage, 'EmergencyCalls', {
    allowInsecureConnection: true,
  });
  const entity = await client.getEntity(callId.slice(0, 4), callId);
  await client.updateEntity(
    { ...entity, partitionKey: callId.slice(0, 4), rowKey: callId, schemaVersion: 2 },
    'Replace',
  );
  expect(await responseOf(callId)).toMatchObject({ state: 'acknowledged', holder: 'adele' });
  expect((await world.services.store.calls.get(callId))?.value.escalation).toMatchObject({ teamId: 'desk' });
});

test('an answer that was written before a call came in is no answer to it', async () => {
  const callId = await call();
  const receivedAt = new Date(world.now().getTime() - 10 * MINUTE_MS);
  const message = { messageSid: `SM${'0'.repeat(31)}1`, from: ADELE.phone, body: '1', receivedAt };
  await handleReply(world.services, message);
  expect(await responseOf(callId)).toMatchObject({ state: 'open' });
  await handleReply(world.services, { ...message, messageSid: `SM${'0'.repeat(31)}2`, receivedAt: world.now() });
  expect(await responseOf(callId)).toMatchObject({ state: 'acknowledged' });
});

test('the same notification again after the call was closed: nobody is told again', async () => {
  const callId = await record();
  const events = [...world.hub];
  await world.work();
  await answer(callId, 'adele', { kind: 'resolve', reason: 'real' });
  await world.work();
  world.hub.push(...events);
  await world.deliver(2);
  await world.pass(60 * MINUTE_MS);
  expect(inboxes()).toEqual([1, 0, 0]);
});
