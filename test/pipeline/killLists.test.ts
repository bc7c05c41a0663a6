import { setTimeout as sleep } from 'node:timers/promises';
import type { EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import { type Killer, loadKillable } from '../harness/killPoints.ts';
import { recordManyCall } from '../harness/manyCalls.ts';
import { startWorld, TEAM, type World } from '../harness/world.ts';

/** One is told alone, the others in a list. */
const CALLS = 5;
/** What was under way to the storage or Twilio when the process ended still arrives. */
const IN_FLIGHT_MS = 40;
const HALF_MINUTE_MS = 30_000;
/** Each await takes about half a second: `ALL=1` ends the process at every one of them. */
const EVERY = process.env.ALL === '1' ? 1 : 5;

let killable: Awaited<ReturnType<typeof loadKillable>>;
let world: World;
beforeAll(async () => {
  killable = await loadKillable();
  world = await startWorld({ CALLS_TOLD_ALONE: '1' }, { isClockStill: true });
});
afterAll(async () => {
  await Promise.all([killable?.remove(), world?.stop()]);
});

let placed = 0;

/** Five calls, of which four wait for the list. */
async function burst(): Promise<EmergencyCall[]> {
  // The places of the burst before are free again; just behind a half minute.
  world.advance(2 * 60_000 + HALF_MINUTE_MS - (world.now().getTime() % HALF_MINUTE_MS));
  const calls: EmergencyCall[] = [];
  for (let n = 0; n < CALLS; n += 1) {
    world.advance(10);
    placed += 1;
    calls.push(await recordManyCall(world.services, placed));
    await world.work();
  }
  return calls;
}

/** The process that finds the list due ends at the given await; then another one, and two minutes. */
async function listKilledAt(point: number, killer: Killer) {
  const calls = await burst();
  const before = world.twilio.messages().length;
  world.advance(HALF_MINUTE_MS - (world.now().getTime() % HALF_MINUTE_MS));
  killer.disarm();
  const doomed = await world.start(killable.pipeline.createServices);
  const due = await world.services.store.work.listDue(world.now(), 100);
  const killed = killer.killAt(point);
  const run = Promise.all(due.map((row) => killable.pipeline.doWork(doomed, row)));
  const outcome = await Promise.race([run.then(() => 'lived' as const), killed.then(() => 'killed' as const)]);
  const awaits = killer.passed();
  if (outcome === 'killed') await sleep(IN_FLIGHT_MS);
  killer.disarm();

  await world.restart();
  await world.pass(120_000);

  const open = await world.services.store.work.listDue(new Date(world.now().getTime() + 86_400_000), 10);
  const sent = world.twilio.messages().slice(0, -before);
  const waiting = calls.slice(1);
  const heard = TEAM.map((phone) => {
    const bodies = sent.flatMap(({ to, body }) => (to === phone ? [body] : []));
    return waiting.map(({ facts }) => bodies.filter((body) => body.includes(`"${facts.location}"`)).length);
  });
  return { outcome, awaits, open: open.length, lists: sent.length, heard };
}

test('wherever the process ends that sends a list, everybody is told of each of its calls', async () => {
  const whole = await listKilledAt(Number.POSITIVE_INFINITY, killable.killer);
  const once = TEAM.map(() => [1, 1, 1, 1]);
  expect(whole).toMatchObject({ outcome: 'lived', open: 0, lists: TEAM.length, heard: once });
  expect(whole.awaits).toBeGreaterThan(60);

  let doubles = 0;
  for (let point = 1; point <= whole.awaits; point += EVERY) {
    const { open, heard } = await listKilledAt(point, killable.killer);
    expect({ point, open, heard }).toEqual({
      ...{ point, open: 0 },
      heard: heard.map((counts) => counts.map((count) => Math.max(1, count))),
    });
    doubles += heard.flat().reduce((sum, count) => sum + count - 1, 0);
  }
  process.stdout.write(
    `list killed at ${EVERY === 1 ? 'each' : `every ${EVERY}th`} of ${whole.awaits} awaits: nobody missed, ${doubles} told twice\n`,
  );
}, 600_000);
