import { setTimeout as sleep } from 'node:timers/promises';
import { countInversions } from '../../cli/bench/inversions.ts';
import { callNamedIn, placeOfCall } from '../../cli/soak/calls/plan.ts';
import { startTwilio, type Twilio } from '../../local/twilio/server.ts';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { doWork } from '../../shared/pipeline/notifyOnCall.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const CALLS = 200;
/** What Twilio grants a short code. */
const SEGMENTS_PER_SECOND = 100;
/** As the host hands them to ingest. */
const BATCH = 32;
/** With so many at once, Graph's look-alike takes longer than the worlds of other tests wait for it. */
const FETCH_BUDGET_MS = 20_000;
const SMS_FROM = '+14255550100';
const [ADELE, MEGAN] = TEAM;

let world: World;
let twilio: Twilio;
beforeEach(async () => {
  const account = { accountSid: `AC${'fedcba9876543210'.repeat(2)}`, authToken: 'token of a short code' };
  twilio = await startTwilio({
    ...account,
    numbers: [SMS_FROM],
    segmentsPerSecond: SEGMENTS_PER_SECOND,
    deliverAfterMs: 0,
  });
  world = await startWorld({
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken,
    TWILIO_FROM: SMS_FROM,
    TWILIO_BASE_URL: twilio.baseUrl,
  });
  world.services.fetchBudgetMs = FETCH_BUDGET_MS;
});
afterEach(async () => {
  await Promise.all([world?.stop(), twilio?.close()]);
});

/** Different people dial at the same moment; the hub hands everything over at once. */
async function placeCalls(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const caller = `caller${n}@contoso.com`;
    const numberDialed = n % 10 === 9 ? '933' : '911';
    await world.graph.emergency.placeEmergencyCall({ ...dials911, caller, numberDialed, place: placeOfCall(n) });
  }
  const events = world.hub.splice(0);
  const batches = Array.from({ length: Math.ceil(events.length / BATCH) }, (_, i) =>
    events.slice(i * BATCH, (i + 1) * BATCH),
  );
  await Promise.all(batches.map((batch) => ingestNotifications(world.services, batch)));
}

/** Does all that is due; what is due at once is done at once, in turn by each of the processes. */
async function work(processes: readonly Services[]): Promise<void> {
  for (;;) {
    const due = await world.services.store.work.listDue(world.now(), 1_000);
    if (due.length === 0) return;
    await Promise.all(due.map((row, index) => doWork(processes[index % processes.length] ?? world.services, row)));
  }
}

/** What was told, in the order in which Twilio took it. */
function told() {
  return twilio
    .messages()
    .reverse()
    .map(({ to, body }) => ({ to, body, call: callNamedIn(body) ?? -1 }));
}

/** Which calls a phone was told of, in that order. */
const callsToldTo = (phone: string) => told().flatMap(({ to, call }) => (to === phone ? [call] : []));

/** Calls of which somebody was told before who comes first in duty. */
function toldOutOfDuty(): number[] {
  const first = new Map(
    told()
      .map(({ call, to }): [number, string] => [call, to])
      .reverse(),
  );
  return [...first].flatMap(([call, to]) => (to === ADELE ? [] : [call]));
}

const everyCall = Array.from({ length: CALLS }, (_, n) => n);

test('200 calls at once, two processes: nobody misses one or hears of one twice, each in order of duty', async () => {
  await placeCalls(CALLS);
  await work([world.services, await world.start()]);

  for (const phone of TEAM) expect(callsToldTo(phone).toSorted((a, b) => a - b)).toEqual(everyCall);
  expect(toldOutOfDuty()).toEqual([]);
  // A test is marked as one, and nothing else is, however many there are.
  for (const { call, body } of told()) expect([call, /^TEST /.test(body)]).toEqual([call, call % 10 === 9]);

  while (TEAM.some((phone) => twilio.phone(phone).length < CALLS)) await sleep(50);
  for (const phone of TEAM) {
    const shown = twilio.phone(phone).map(({ body }) => callNamedIn(body) ?? -1);
    expect(shown.toSorted((a, b) => a - b)).toEqual(everyCall);
  }
  const pairs = (CALLS * (CALLS - 1)) / 2;
  const inversions = TEAM.map((phone) => countInversions(callsToldTo(phone)));
  process.stdout.write(`${CALLS} calls at once: of ${pairs} pairs ${inversions.join(' and ')} in the other order\n`);
}, 60_000);

test('who has opted out of messages holds up nobody, and no call is left out', async () => {
  twilio.behave(ADELE, 'optedOut');
  await placeCalls(20);
  await work([world.services]);
  expect(callsToldTo(ADELE)).toEqual([]);
  expect(callsToldTo(MEGAN).toSorted((a, b) => a - b)).toEqual(everyCall.slice(0, 20));
});

test('Twilio is too busy for some of them: each call is told all the same, once', async () => {
  twilio.faults.set({ kind: 'status', status: 429, retryAfterSeconds: 1, times: 30 });
  await placeCalls(20);
  await work([world.services]);
  await world.pass(60_000);
  expect(twilio.requests().filter(({ status }) => status === 429)).toHaveLength(30);
  for (const phone of TEAM) expect(callsToldTo(phone).toSorted((a, b) => a - b)).toEqual(everyCall.slice(0, 20));
});
