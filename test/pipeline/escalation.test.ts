import type { EscalationPlan } from '../../shared/oncall/escalation.ts';
import type { ResponseAction } from '../../shared/oncall/response.ts';
import { answerCall } from '../../shared/pipeline/answerCall.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';

const MINUTE_MS = 60_000;
const ADELE = { id: 'adele', phone: '+14255550111' };
const MEGAN = { id: 'megan', phone: '+14255550112' };
const LAST_RESORT = '+14255550199';
const NESTOR = { id: 'nestor', phone: '+14255550113' };

/** Adele at once, Megan after 3 minutes, Nestor after 2 more, then all of it once more; on scene within 10. */
const PLAN: EscalationPlan = {
  teamId: 'desk',
  steps: [
    { tell: ['adele'], channel: null, escalateAfterSeconds: 180 },
    { tell: ['rotation:night'], channel: null, escalateAfterSeconds: 120 },
    { tell: ['nestor', 'adele'], channel: null, escalateAfterSeconds: 300 },
  ],
  rounds: 2,
  onSceneWithinSeconds: 600,
};
const WHO = [[ADELE], [MEGAN], [NESTOR, ADELE]];

let world: World;
let onCall: (step: number, at: Date) => { id: string; phone: string }[];
beforeEach(async () => {
  world = await startWorld();
  onCall = (step) => WHO[step] ?? [];
  Object.assign(world.services, {
    routing: () => ({ recipients: [ADELE], escalation: PLAN }),
    recipientsOfStep: (_plan: EscalationPlan, step: number, at: Date) => onCall(step, at),
  } satisfies Partial<Services>);
  await world.openChat();
});
afterEach(() => world?.stop());

/** Somebody dials 911, and whoever is first is told. */
async function call(): Promise<string> {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  const [newest] = await world.services.store.calls.listNewest(1);
  if (!newest) throw new Error('There is no call');
  return newest.id;
}

let answers = 0;
function answer(callId: string, by: string, action: ResponseAction) {
  answers += 1;
  return answerCall(world.services, { callId, by, action, via: 'sms', at: world.now(), key: `answer ${answers}` });
}
const acknowledge = (callId: string, by: string) => answer(callId, by, { kind: 'acknowledge' });

/** How many messages each of the three has. */
const inboxes = () => [ADELE, MEGAN, NESTOR].map(({ phone }) => world.inbox(phone).length);
const lastOf = ({ phone }: { phone: string }) => world.inbox(phone).at(-1) ?? '';

describe('nobody answers', () => {
  test('step follows step, each in its time, and all of it again, and then the last resort', async () => {
    await call();
    expect(inboxes()).toEqual([1, 0, 0]);
    await world.pass(2 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 0, 0]);
    await world.pass(MINUTE_MS);
    expect(inboxes()).toEqual([1, 1, 0]);
    await world.pass(2 * MINUTE_MS);
    expect(inboxes()).toEqual([2, 1, 1]);
    await world.pass(5 * MINUTE_MS);
    expect(inboxes()).toEqual([3, 1, 1]);
    await world.pass(7 * MINUTE_MS);
    expect(inboxes()).toEqual([4, 2, 2]);
    expect(world.inbox(LAST_RESORT)).toEqual([]);
    // While the last step lasts, somebody may still answer.
    await world.pass(60 * MINUTE_MS);
    expect(inboxes()).toEqual([4, 2, 2]);
    expect(world.inbox(LAST_RESORT)).toEqual([expect.stringContaining('EMERGENCY CALL')]);
  });

  test('each step says the whole alert, to whoever is on call when it begins', async () => {
    onCall = (step, at) => (step === 1 && at.getTime() > began + 2 * MINUTE_MS ? [NESTOR] : (WHO[step] ?? []));
    const began = world.now().getTime();
    await call();
    await world.pass(3 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 0, 1]);
    expect(lastOf(NESTOR)).toContain('EMERGENCY CALL');
    expect(lastOf(NESTOR)).toContain(dials911.place);
    expect(lastOf(NESTOR)).toContain('+14255550123');
  });

  test('a step in which nobody can be reached is not waited for', async () => {
    world.twilio.behave(ADELE.phone, 'optedOut');
    await call();
    expect(world.inbox(MEGAN.phone)).toHaveLength(1);
  });

  test('a killed process loses no step', async () => {
    await call();
    const { routing, recipientsOfStep } = world.services;
    await world.restart();
    Object.assign(world.services, { routing, recipientsOfStep });
    await world.pass(3 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 1, 0]);
  });
});

describe('somebody has it', () => {
  test('telling stops, and the others who were told hear who it is', async () => {
    const callId = await call();
    await world.pass(3 * MINUTE_MS);
    expect((await acknowledge(callId, 'megan')).verdict).toBe('done');
    await world.work();
    expect(inboxes()).toEqual([2, 1, 0]);
    expect(lastOf(ADELE)).toMatch(/Megan Bowen/);
    expect(world.inbox(LAST_RESORT)).toEqual([]);
    await world.pass(9 * MINUTE_MS);
    expect(inboxes()).toEqual([2, 1, 0]);
  });

  test('two at once: one has it, the other hears who was first, nobody hears twice', async () => {
    const callId = await call();
    await world.pass(3 * MINUTE_MS);
    const verdicts = await Promise.all([acknowledge(callId, 'adele'), acknowledge(callId, 'megan')]);
    expect(verdicts.map(({ verdict }) => verdict).sort()).toEqual(['done', 'taken']);
    await world.work();
    const { holder } = verdicts[0].call.response;
    expect(inboxes()).toEqual(holder === 'adele' ? [1, 2, 0] : [2, 1, 0]);
  });

  test('the same answer again changes nothing, and tells nobody again', async () => {
    const callId = await call();
    await world.pass(3 * MINUTE_MS);
    await acknowledge(callId, 'adele');
    await world.work();
    const before = inboxes();
    expect((await acknowledge(callId, 'adele')).verdict).toBe('yours');
    await world.work();
    expect(inboxes()).toEqual(before);
  });

  test('an acknowledgement that comes when the next step is already queued still stops it', async () => {
    const callId = await call();
    world.advance(3 * MINUTE_MS);
    const [due] = await world.services.store.work.listDue(world.now(), 10);
    if (due?.value.kind !== 'escalate') throw new Error('No step is due');
    const { escalate } = await import('../../shared/pipeline/escalate.ts');
    await escalate(world.services, { ...due, value: due.value });
    await acknowledge(callId, 'adele');
    await world.work();
    expect(inboxes()).toEqual([1, 0, 0]);
  });

  test('whoever hears of it late, since Twilio was away, hears at once who has it', async () => {
    world.twilio.faults.set({ kind: 'status', status: 503, on: 'every' });
    const callId = await call();
    expect(inboxes()).toEqual([0, 0, 0]);
    await answer(callId, 'megan', { kind: 'resolve', reason: 'misdial' });
    world.twilio.faults.clear();
    await world.pass(MINUTE_MS);
    expect(world.inbox(ADELE.phone)).toEqual([
      expect.stringContaining('EMERGENCY CALL'),
      expect.stringMatching(/closed by Megan Bowen .* misdial/),
    ]);
  });

  test('nobody on scene in time: everybody who was told hears that, three times at most', async () => {
    const callId = await call();
    await world.pass(3 * MINUTE_MS);
    await acknowledge(callId, 'megan');
    await world.work();
    const [adele = 0, megan = 0] = inboxes();
    await world.pass(10 * MINUTE_MS);
    expect(inboxes()).toEqual([adele + 1, megan + 1, 0]);
    expect(lastOf(MEGAN)).toMatch(/nobody|no one/i);
    await world.pass(120 * MINUTE_MS);
    expect(inboxes()).toEqual([adele + 3, megan + 3, 0]);
  });

  test('on scene: nobody is reminded', async () => {
    const callId = await call();
    await acknowledge(callId, 'adele');
    await world.pass(5 * MINUTE_MS);
    await answer(callId, 'adele', { kind: 'onScene' });
    await world.pass(60 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 0, 0]);
  });
});

describe('somebody gives it back', () => {
  test('telling begins anew, with the first step', async () => {
    const callId = await call();
    await acknowledge(callId, 'adele');
    await answer(callId, 'adele', { kind: 'handBack' });
    await world.work();
    expect(inboxes()).toEqual([2, 0, 0]);
    expect(lastOf(ADELE)).toContain('EMERGENCY CALL');
    await world.pass(3 * MINUTE_MS);
    expect(world.inbox(MEGAN.phone).filter((body) => body.includes('EMERGENCY CALL'))).toHaveLength(1);
  });

  test.each<[string, string | null]>([
    ['who does not have it', 'megan'],
    ['of a call that nobody has', null],
  ])('not by somebody %s', async (_, holder) => {
    const callId = await call();
    if (holder) await acknowledge(callId, holder);
    await world.work();
    const before = inboxes();
    expect((await answer(callId, 'adele', { kind: 'handBack' })).verdict).toBe('notYours');
    await world.work();
    expect(inboxes()).toEqual(before);
  });
});

describe('somebody asks for more people', () => {
  test('the next step begins at once, and the one after it in its time', async () => {
    const callId = await call();
    await answer(callId, 'adele', { kind: 'escalate' });
    await world.work();
    expect(inboxes()).toEqual([1, 1, 0]);
    await world.pass(2 * MINUTE_MS);
    expect(inboxes()).toEqual([2, 1, 1]);
  });

  test('also when somebody has it, who keeps it', async () => {
    const callId = await call();
    await acknowledge(callId, 'adele');
    const { call: after } = await answer(callId, 'adele', { kind: 'escalate' });
    await world.work();
    expect(world.inbox(MEGAN.phone).filter((body) => body.includes('EMERGENCY CALL'))).toHaveLength(1);
    expect(after.response).toMatchObject({ state: 'acknowledged', holder: 'adele' });
  });

  test('while the last step lasts they begin again too, and the last resort is left alone', async () => {
    const callId = await call();
    await world.pass(17 * MINUTE_MS);
    expect(inboxes()).toEqual([4, 2, 2]);
    await answer(callId, 'megan', { kind: 'escalate' });
    await world.work();
    expect(inboxes()).toEqual([5, 2, 2]);
    expect(world.inbox(LAST_RESORT)).toEqual([]);
  });

  test('after the last step the steps begin again', async () => {
    const callId = await call();
    await world.pass(60 * MINUTE_MS);
    const [, megan = 0] = inboxes();
    const adele = world.inbox(ADELE.phone).length;
    await answer(callId, 'megan', { kind: 'escalate' });
    await world.work();
    expect(inboxes().slice(0, 2)).toEqual([adele + 1, megan]);
  });
});

describe('it is over', () => {
  test.each(['real', 'misdial', 'test', 'other'] as const)(
    'as %s: nobody is told of a further step',
    async (reason) => {
      const callId = await call();
      const { verdict, call: after } = await answer(callId, 'adele', { kind: 'resolve', reason });
      expect(verdict).toBe('done');
      expect(after.response).toMatchObject({ state: 'resolved', resolvedAs: reason, holder: 'adele' });
      await world.pass(60 * MINUTE_MS);
      expect(inboxes()).toEqual([1, 0, 0]);
    },
  );

  test.each<ResponseAction>([
    { kind: 'acknowledge' },
    { kind: 'onScene' },
    { kind: 'handBack' },
    { kind: 'escalate' },
    { kind: 'resolve', reason: 'misdial' },
  ])('nothing undoes it: %o', async (action) => {
    const callId = await call();
    await answer(callId, 'adele', { kind: 'resolve', reason: 'real' });
    const { verdict, call: after } = await answer(callId, 'adele', action);
    expect(verdict).toBe('resolved');
    expect(after.response).toMatchObject({ state: 'resolved', resolvedAs: 'real' });
    await world.pass(60 * MINUTE_MS);
    expect(inboxes()).toEqual([1, 0, 0]);
  });
});

test('whatever was answered is on the timeline, also what came too late', async () => {
  const callId = await call();
  await acknowledge(callId, 'adele');
  await acknowledge(callId, 'megan');
  const entries = await world.services.store.timeline.listOfCall(callId);
  expect(entries.filter(({ kind }) => kind === 'answer.acknowledge').map(({ detail }) => detail)).toEqual([
    { by: 'adele', via: 'sms', verdict: 'done' },
    { by: 'megan', via: 'sms', verdict: 'taken' },
  ]);
});

test('a way that is no longer set up holds nothing up', async () => {
  const callId = await call();
  await world.pass(3 * MINUTE_MS);
  await acknowledge(callId, 'megan');
  world.services.channels = {};
  await world.work();
  expect(await world.services.store.work.isOpen(callId)).toBe(true);
  const open = await world.services.store.work.listDue(new Date(world.now().getTime() + 60 * MINUTE_MS), 10);
  expect(open.map(({ value }) => value.kind).sort()).toEqual(['escalate', 'remind']);
});
