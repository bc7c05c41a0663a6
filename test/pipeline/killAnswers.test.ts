import { setTimeout as sleep } from 'node:timers/promises';
import type { EscalationPlan } from '../../shared/oncall/escalation.ts';
import type { CallResponse, ResponseAction } from '../../shared/oncall/response.ts';
import { answerCall } from '../../shared/pipeline/answerCall.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { loadKillable } from '../harness/killPoints.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';

const MINUTE_MS = 60_000;
/** Every fifth await, from the first to the last; `ALL=1` tries each. */
const EVERY = process.env.ALL === '1' ? 1 : 5;
/** What was under way to the storage or Twilio when the process ended still arrives. */
const IN_FLIGHT_MS = 15;
const ADELE = { id: 'adele', phone: '+14255550111' };
const MEGAN = { id: 'megan', phone: '+14255550112' };
const NESTOR = { id: 'nestor', phone: '+14255550113' };
const PEOPLE = [ADELE, MEGAN, NESTOR];

/** Adele and Megan at once, Nestor after 5 minutes; on scene within 10. */
const PLAN: EscalationPlan = {
  teamId: 'desk',
  steps: [
    { tell: ['adele', 'megan'], channel: null, escalateAfterSeconds: 300 },
    { tell: ['nestor'], channel: null, escalateAfterSeconds: 300 },
  ],
  rounds: 1,
  onSceneWithinSeconds: 600,
};

let killable: Awaited<ReturnType<typeof loadKillable>>;
let world: World;
let doomed: Services;
beforeAll(async () => {
  killable = await loadKillable();
});
afterAll(() => killable.remove());
beforeEach(async () => {
  world = await startWorld();
  killable.killer.disarm();
  doomed = await world.start(killable.pipeline.createServices);
  for (const services of [world.services, doomed]) {
    const people = { adele: ADELE, megan: MEGAN, nestor: NESTOR };
    Object.assign(services, {
      routing: () => ({ recipients: [ADELE, MEGAN], escalation: PLAN }),
      recipientsOfStep: (_, step) => (step === 0 ? [people.adele, people.megan] : [people.nestor]),
    } satisfies Partial<Services>);
  }
  await world.openChat();
});
afterEach(async () => {
  killable.killer.disarm();
  await world.stop();
});

interface Case {
  /** What happened before, by people who outlive it. */
  before: ResponseAction[];
  /** What the process does that ends; `null`: the step that is due. */
  action: ResponseAction | null;
}

const cases: Record<string, Case> = {
  acknowledge: { before: [], action: { kind: 'acknowledge' } },
  'hand back': { before: [{ kind: 'acknowledge' }], action: { kind: 'handBack' } },
  'ask for more people': { before: [], action: { kind: 'escalate' } },
  'ask for more people though somebody has it': { before: [{ kind: 'acknowledge' }], action: { kind: 'escalate' } },
  close: { before: [], action: { kind: 'resolve', reason: 'real' } },
  'the next step': { before: [], action: null },
};

/** One answer of Adele's, or one step, whose process ends at the given await; then other processes, and what they make of it. */
async function killedAt(point: number, { before, action }: Case, { again }: { again: boolean }) {
  const { killer, pipeline } = killable;
  killer.disarm();
  await renewSubscriptions(world.services);
  world.hub.splice(0);
  const earlier = PEOPLE.map(({ phone }) => world.inbox(phone).length);
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  const [call] = await world.services.store.calls.listNewest(1);
  if (call?.response.state !== 'open') throw new Error('There is no new call');
  const given = (one: ResponseAction, key: string) =>
    ({ callId: call.id, by: 'adele', action: one, via: 'voice', at: world.now(), key }) as const;
  for (const one of before) await answerCall(world.services, given(one, one.kind));
  await world.work();
  if (action === null) world.advance(5 * MINUTE_MS);

  let isSaid = false;
  const run = async () => {
    if (action) await pipeline.answerCall(doomed, given(action, 'answer'));
    isSaid = true;
    for (;;) {
      const due = await world.services.store.work.listDue(world.now(), 100);
      if (due.length === 0) return;
      await Promise.all(due.map((row) => pipeline.doWork(doomed, row)));
    }
  };
  const killed = killer.killAt(point);
  const outcome = await Promise.race([run().then(() => 'lived' as const), killed.then(() => 'killed' as const)]);
  const awaits = killer.passed();
  if (outcome === 'killed') await sleep(IN_FLIGHT_MS);
  // Nobody heard that it is recorded: they say it once more, or do not.
  if (again && action && !isSaid) await answerCall(world.services, given(action, 'answer'));
  const response = (await world.services.store.calls.get(call.id))?.value.response;
  await world.pass(8 * MINUTE_MS);
  const inboxes = () => PEOPLE.map(({ phone }, index) => world.inbox(phone).slice(earlier[index]));
  const heard = inboxes();
  await world.pass(3 * MINUTE_MS);
  const reminded = inboxes()[1]?.filter(isReminder).length ?? 0;
  await answerCall(world.services, given({ kind: 'resolve', reason: 'test' }, 'end'));
  await world.pass(11 * MINUTE_MS);
  const isOpen = await world.services.store.work.isOpen(call.id);
  return { outcome, awaits, isSaid, response, heard, isOpen, reminded };
}

const isAlert = (body: string) => /^EMERGENCY CALL/.test(body);
const isReminder = (body: string) => /on scene/i.test(body) && !isAlert(body) && /not|nobody|no one/i.test(body);

/** How many whole alerts each has within eight minutes, by what is on record. */
function mustHear({ before, action }: Case, { state, version }: CallResponse, isAsked: boolean): number[] {
  const isHandedBack = state === 'open' && version > 0;
  const hasIt = state !== 'open' || (before.length > 0 && !isHandedBack);
  const nestor = action?.kind === 'escalate' && isAsked ? 1 : hasIt ? 0 : 1;
  return isHandedBack ? [2, 2, nestor] : [1, 1, nestor];
}

describe.each(Object.entries(cases))('%s', (name, one) => {
  test.each(one.action ? [false, true] : [false])(
    'wherever the process ends, what is recorded is seen to the end (said again: %s)',
    async (again) => {
      const whole = await killedAt(Number.POSITIVE_INFINITY, one, { again });
      expect(whole.outcome).toBe('lived');
      expect(whole.awaits).toBeGreaterThan(10);
      const lastState = whole.response?.state;
      let doubles = 0;
      let unrecorded = 0;
      for (let point = 1; point <= whole.awaits; point += EVERY) {
        const after = await killedAt(point, one, { again });
        const { response, heard, isSaid } = after;
        // Whoever heard that it is recorded does not say it again.
        if (again && isSaid) break;
        if (!response) throw new Error('The call is gone');
        if (again || (isSaid && one.action))
          expect({ point, state: response.state }).toEqual({ point, state: lastState });
        if (response.state !== lastState) unrecorded += 1;
        const alerts = heard.map((bodies) => bodies.filter(isAlert).length);
        const [least, most] = [false, true].map((isAsked) => mustHear(one, response, isAsked || isSaid || again));
        alerts.forEach((count, index) => {
          const [atLeast = 0, atMost = 0] = [least?.[index], most?.[index]];
          const isRight = count >= atLeast && count <= atMost * 2;
          if (!isRight)
            throw new Error(JSON.stringify({ point, response, index, count, atLeast, atMost, heard }, null, 1));
          doubles += Math.max(0, count - atMost);
        });
        // Whoever did not answer hears of every change, once or, in doubt, twice.
        const news = heard[1]?.filter((body) => !isAlert(body) && !isReminder(body)).length ?? 0;
        expect({
          point,
          news,
          isRight: news >= Math.min(1, response.version) && news <= response.version * 2,
        }).toMatchObject({ isRight: true });
        doubles += Math.max(0, news - response.version);
        expect({ point, isOpen: after.isOpen }).toEqual({ point, isOpen: false });
        if (response.state === 'acknowledged') expect(after.reminded).toBe(1);
        else expect(after.reminded).toBe(0);
      }
      process.stdout.write(
        `${name}: killed at ${EVERY === 1 ? 'each' : `every ${EVERY}th`} of ${whole.awaits} awaits, ${unrecorded} answers not recorded, ${doubles} double messages\n`,
      );
    },
    120_000,
  );
});
