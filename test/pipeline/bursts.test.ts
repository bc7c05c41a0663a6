import { setTimeout as sleep } from 'node:timers/promises';
import { countInversions } from '../../cli/bench/inversions.ts';
import { callsNamedIn, placeOfCall } from '../../cli/soak/calls/plan.ts';
import { startTwilio, type Twilio } from '../../local/twilio/server.ts';
import { errorCodeOf } from '../../shared/errors.ts';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { doWork } from '../../shared/pipeline/notifyOnCall.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const CALLS = 200;
/** What Twilio grants a short code. */
const SEGMENTS_PER_SECOND = 100;
/** As the host hands them to ingest. */
const BATCH = 32;
/** `batchSize` and `newBatchThreshold` of `host.json`: so many messages of the queue a host does at once. */
const AT_ONCE = 24;
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

/** Does all that is due within a minute, at its time, each process as much at once as the host lets it. */
async function work(processes: readonly Services[]): Promise<void> {
  const { work } = world.services.store;
  const end = world.now().getTime() + 60_000;
  for (;;) {
    const soon = await work.listDue(new Date(end), 2_000);
    const [next] = soon.map(({ value }) => Date.parse(value.dueAt)).sort((a, b) => a - b);
    if (next === undefined) return;
    world.advance(Math.max(0, next - world.now().getTime()));
    const due = await work.listDue(world.now(), 2_000);
    const lane = async (services: Services) => {
      for (let row = due.shift(); row; row = due.shift()) {
        // What the storage does not take in time stays due, as a message of the queue does.
        await doWork(services, row).catch(errorCodeOf);
      }
    };
    await Promise.all(processes.flatMap((services) => Array.from({ length: AT_ONCE }, () => lane(services))));
  }
}

/** What was told, in the order in which Twilio took it: a list tells of several calls. */
function told() {
  return twilio
    .messages()
    .reverse()
    .flatMap(({ to, body, sid }) => callsNamedIn(body).map((call) => ({ to, body, sid, call })));
}

/** Which calls a phone was told of, in that order. */
const callsToldTo = (phone: string) => told().flatMap(({ to, call }) => (to === phone ? [call] : []));
/** Of which calls each message to a phone tells. */
const messagesTo = (phone: string) =>
  twilio
    .messages()
    .reverse()
    .flatMap(({ to, body }) => (to === phone ? [callsNamedIn(body)] : []));

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

test('200 calls at once, two processes: three are told one by one, all others in lists, each once, in order of duty', async () => {
  await placeCalls(CALLS);
  await work([world.services, await world.start()]);

  for (const phone of TEAM) expect(callsToldTo(phone).toSorted((a, b) => a - b)).toEqual(everyCall);
  expect(toldOutOfDuty()).toEqual([]);
  // Three real ones and three tests, whatever the storage was too busy to answer for, and a few that had a list for themselves.
  const alone = world.log.filter(({ message }) => /^Whether calls are to be listed .*told alone$/.test(message)).length;
  for (const phone of TEAM) {
    const messages = messagesTo(phone);
    expect(messages.slice(0, 6).map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(messages.length - alone).toBeLessThan(CALLS / 5);
  }
  expect(alone).toBeLessThan(CALLS / 2);
  // A test is marked as one, and nothing else is, however many there are.
  for (const { call, body } of told()) expect([call, /^TEST /.test(body)]).toEqual([call, call % 10 === 9]);

  const shownOn = (phone: string) => twilio.phone(phone).flatMap(({ body }) => callsNamedIn(body));
  while (TEAM.some((phone) => shownOn(phone).length < CALLS)) await sleep(50);
  for (const phone of TEAM) expect(shownOn(phone).toSorted((a, b) => a - b)).toEqual(everyCall);
  const pairs = (CALLS * (CALLS - 1)) / 2;
  const inversions = TEAM.map((phone) => countInversions(callsToldTo(phone)));
  const sent = TEAM.map((phone) => messagesTo(phone).length);
  process.stdout.write(
    `${CALLS} calls at once in ${sent.join(' and ')} messages (${alone} calls alone for want of an answer): of ${pairs} pairs ${inversions.join(' and ')} in the other order\n`,
  );
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
  expect(twilio.requests().filter(({ status }) => status === 429)).toHaveLength(30);
  for (const phone of TEAM) expect(callsToldTo(phone).toSorted((a, b) => a - b)).toEqual(everyCall.slice(0, 20));
});
