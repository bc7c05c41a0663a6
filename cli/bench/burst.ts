import { setTimeout as sleep } from 'node:timers/promises';
import { placeCall } from '../../local/control.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { TENANT } from '../../local/tenant.ts';
import type { TwilioMessage } from '../../local/twilio/message.ts';
import { startTwilio, type Twilio } from '../../local/twilio/server.ts';
import { bundle } from '../../scripts/bundle.ts';
import { createServices } from '../../shared/pipeline/createServices.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { readSettings } from '../../shared/settings.ts';
import { quietLog } from '../quietLog.ts';
import { leftOver } from '../soak/calls/drain.ts';
import { callNamedIn, placeOfCall } from '../soak/calls/plan.ts';
import { signInToStack } from '../stackSignIn.ts';
import { countInversions } from './inversions.ts';
import { describeMachine } from './machine.ts';

const ROSTER = 'local/oneStepRoster.json';
/** Those of the roster, in order of duty. */
const TEAM = ['+14255550111', '+14255550112'] as const;
/** Calls are placed so many at a time: Graph's look-alike shares its processor with the app. */
const PLACED_AT_ONCE = 16;
/** Told before anything is measured: modules are loaded, connections are open. */
const WARM_UP = 8;
const LOOK_EVERY_MS = 1_000;
/** Nothing is left to do, and nothing was told, for this long. */
const QUIET_MS = 5_000;

interface BurstOptions {
  calls: number;
  /** What Twilio grants the sender: 1 for a long code, 3 for a toll-free number, 100 for a short code. */
  segmentsPerSecond: number;
  json: boolean;
}

/**
 * Calls all at once, with Twilio as slow as its sender is. Measures and prints; true when everybody heard of each call,
 * in order of duty.
 */
export async function benchBurst({ calls, segmentsPerSecond, json }: BurstOptions): Promise<boolean> {
  await bundle();
  const { accountSid, authToken, number } = TENANT.twilio;
  const twilio = await startTwilio({ accountSid, authToken, numbers: [number], segmentsPerSecond, deliverAfterMs: 0 });
  const env = {
    ...process.env,
    ROSTER_FILE: ROSTER,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_FROM: number,
    TWILIO_BASE_URL: twilio.baseUrl,
  };
  const stack = await startStack({ appDir: 'dist', env, storageProxies: true }).catch(async (caught: unknown) => {
    await twilio.close();
    throw caught;
  });
  try {
    // What is read to measure is not counted.
    const direct = { ...stack.settings, AlertStorage: stack.storage.product.direct };
    const services = await createServices(readSettings(direct), quietLog);
    await signInToStack(stack, services);
    const scene = { stack, twilio, services };
    await placeAll(scene, { from: calls, to: calls + WARM_UP });
    await untilQuiet(scene);
    const report = { machine: describeMachine(), segmentsPerSecond, ...(await measureBurst(scene, calls)) };
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : toText(report));
    return report.missed + report.outOfDuty === 0;
  } finally {
    await stack.stop();
    await twilio.close();
  }
}

interface Scene {
  stack: Stack;
  twilio: Twilio;
  services: Services;
}

type Measured = Awaited<ReturnType<typeof measureBurst>>;

async function measureBurst(scene: Scene, calls: number) {
  const { twilio } = scene;
  const storageRequests = () => scene.stack.storage.product.proxy?.counts().passed ?? 0;
  const before = { storage: storageRequests(), twilio: twilio.requests().length, messages: twilio.messages().length };
  const placedAt = await placeAll(scene, { from: 0, to: calls });
  await untilQuiet(scene);
  const perCall = (requests: number) => Math.round((requests / calls) * 10) / 10;
  const requestsPerCall = {
    twilio: perCall(twilio.requests().length - before.twilio),
    storage: perCall(storageRequests() - before.storage),
  };

  const records = (await readRecords(scene, calls * 2 + WARM_UP * 2)).filter(({ n }) => n < calls);
  const ofCall = Array.from({ length: calls }, (_, n) =>
    records.filter((record) => record.n === n).flatMap(({ first }) => first),
  );
  const sinceCall = (at: (message: TwilioMessage) => Date | null) =>
    ofCall.flatMap((messages, n) => {
      const times = messages.flatMap((message) => at(message)?.getTime() ?? []);
      return times.length === 0 ? [] : [Math.min(...times) - (placedAt[n] ?? Number.NaN)];
    });
  return {
    calls,
    /** Calls of which somebody of the team did not hear. */
    missed: ofCall.filter((messages) => TEAM.some((phone) => !messages.some(({ to }) => to === phone))).length,
    /** Calls of which each source made a record of its own: people heard of them twice. */
    split: records.length - new Set(records.map(({ n }) => n)).size,
    outOfDuty: records.filter(({ first: [message] }) => message && message.to !== TEAM[0]).length,
    inversions: TEAM.map((phone) => countInversions(orderTold(twilio, records, phone))),
    pairs: (calls * (calls - 1)) / 2,
    messages: twilio.messages().length - before.messages,
    segments: twilio
      .messages()
      .slice(0, -before.messages)
      .reduce((sum, { numSegments }) => sum + numSegments, 0),
    toTwilioMs: spreadOf(sinceCall(({ createdAt }) => createdAt)),
    sentMs: spreadOf(sinceCall(({ sentAt }) => sentAt)),
    /** Everything that the functions do meanwhile is in it, also what they do each half minute. */
    requestsPerCall,
  };
}

/** When each was placed, in milliseconds: each by somebody of their own, as fast as it goes. */
async function placeAll({ stack }: Scene, { from, to }: { from: number; to: number }): Promise<number[]> {
  const placedAt: number[] = [];
  for (let n = from; n < to; n += PLACED_AT_ONCE) {
    const batch = Array.from({ length: Math.min(PLACED_AT_ONCE, to - n) }, (_, i) => n + i);
    await Promise.all(
      batch.map(async (call) => {
        placedAt[call] = Date.now();
        await placeCall(stack, { number: '911', caller: `caller${call}@contoso.com`, place: placeOfCall(call) });
      }),
    );
  }
  return placedAt;
}

/** Resolves when everything has been sent and nothing more comes. */
async function untilQuiet({ twilio, services }: Scene): Promise<void> {
  let seen = -1;
  let quietSince = performance.now();
  while (performance.now() - quietSince < QUIET_MS) {
    await sleep(LOOK_EVERY_MS);
    const messages = twilio.messages();
    const isBusy = messages.length !== seen || messages.some(({ sentAt }) => sentAt === null);
    seen = messages.length;
    // The storage is asked only when nothing else goes on: to ask it costs what is being measured.
    if (isBusy || !(await isIdle(services))) quietSince = performance.now();
  }
}

/** A storage that does not answer in time is at work. */
async function isIdle(services: Services): Promise<boolean> {
  const left = await leftOver(services).catch(() => null);
  return left !== null && left.work.length + left.queued === 0;
}

/** A record of a call, by the number of the call, with the first messages about it as Twilio took them. */
interface Recorded {
  n: number;
  first: TwilioMessage[];
}

async function readRecords({ twilio, services }: Scene, limit: number): Promise<Recorded[]> {
  const calls = await services.store.calls.listNewest(limit);
  const messages = twilio.messages().reverse();
  const places = new Map(messages.map(({ sid }, index) => [sid, index]));
  const records: Recorded[] = [];
  for (const { id, facts } of calls) {
    const deliveries = (await services.store.deliveries.listOfCall(id)).map(({ value }) => value);
    const sids = deliveries
      .filter(({ alertKey }) => alertKey === 'first')
      .flatMap(({ providerMessages }) => providerMessages.map((message) => message.id));
    const taken = sids.flatMap((sid) => places.get(sid) ?? []).sort((a, b) => a - b);
    const n = callNamedIn(facts.location ?? '');
    if (n !== null) records.push({ n, first: taken.flatMap((index) => messages[index] ?? []) });
  }
  return records;
}

/** Which calls a phone was told of, in the order in which Twilio took them. */
function orderTold(twilio: Twilio, records: readonly Recorded[], phone: string): number[] {
  const calls = new Map<string, number[]>();
  for (const { n, first } of records) {
    // A list tells of several.
    for (const { sid } of first) calls.set(sid, [...(calls.get(sid) ?? []), n]);
  }
  return twilio
    .messages()
    .reverse()
    .flatMap(({ sid, to }) => (to === phone ? (calls.get(sid) ?? []) : []));
}

function spreadOf(values: readonly number[]): { p50: number; p95: number; worst: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), worst: at(1) };
}

function toText(report: Measured & { machine: string; segmentsPerSecond: number }): string {
  const { calls, segmentsPerSecond, missed, split, outOfDuty, inversions, pairs, messages, segments, requestsPerCall } =
    report;
  const cell = (value: number | string) => String(value).padStart(10);
  const row = (name: string, { p50, p95, worst }: Measured['sentMs']) =>
    `${name.padEnd(36)}${[p50, p95, worst].map(cell).join('')}`;
  return `${report.machine}
${calls} calls at once, told to ${TEAM.length} people each; Twilio sends ${segmentsPerSecond} segments a second

${'ms from the call, first message'.padEnd(36)}${['p50', 'p95', 'worst'].map(cell).join('')}
${row('accepted by Twilio', report.toTwilioMs)}
${row('sent by Twilio', report.sentMs)}

missed ${missed}; in another order than that of duty ${outOfDuty}; told twice, once for each source, ${split}
of ${pairs} pairs of calls ${inversions.join(' and ')} were told in the other order
${messages} messages of ${segments} segments; requests per call: ${requestsPerCall.twilio} to Twilio, ${requestsPerCall.storage} to the storage
`;
}
