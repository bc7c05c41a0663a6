import { setTimeout as sleep } from 'node:timers/promises';
import { type Killer, loadKillable } from '../harness/killPoints.ts';
import { startWorld, TEAM } from '../harness/world.ts';

/** What was under way to the storage or Twilio when the process ended still arrives. */
const IN_FLIGHT_MS = 40;

let killable: Awaited<ReturnType<typeof loadKillable>>;
beforeAll(async () => {
  killable = await loadKillable();
});
afterAll(() => killable.remove());

/** One call whose process ends at the given await; then another process, and two minutes. */
async function callKilledAt(point: number, killer: Killer) {
  const world = await startWorld();
  try {
    await world.graph.emergency.placeEmergencyCall({
      caller: 'alex@contoso.com',
      numberDialed: '911',
      place: 'Building 34, Room 2210',
      callbackNumber: '+14255550123',
    });
    const events = [...world.hub];
    const { createServices, ingestNotifications, doWork } = killable.pipeline;
    killer.disarm();
    const doomed = await world.start(createServices);

    const killed = killer.killAt(point);
    let isCheckpointed = false;
    const run = async () => {
      await ingestNotifications(doomed, events);
      isCheckpointed = true;
      for (;;) {
        const due = await world.services.store.work.listDue(world.now(), 100);
        if (due.length === 0) return;
        await Promise.all(due.map((row) => doWork(doomed, row)));
      }
    };
    const outcome = await Promise.race([run().then(() => 'lived' as const), killed.then(() => 'killed' as const)]);
    const awaits = killer.passed();
    if (outcome === 'killed') await sleep(IN_FLIGHT_MS);

    await world.restart();
    if (isCheckpointed) world.hub.splice(0);
    await world.deliver();
    await world.pass(120_000);

    const calls = await world.services.store.calls.listNewest(10);
    const open = await world.services.store.work.listDue(new Date(world.now().getTime() + 86_400_000), 10);
    return {
      outcome,
      awaits,
      calls: calls.length,
      open: open.length,
      messages: TEAM.map((phone) => world.inbox(phone).length),
    };
  } finally {
    killer.disarm();
    await world.stop();
  }
}

test('wherever the process ends between event and recorded result, everybody is told and one call is recorded', async () => {
  const whole = await callKilledAt(Number.POSITIVE_INFINITY, killable.killer);
  expect(whole).toMatchObject({ outcome: 'lived', calls: 1, open: 0, messages: TEAM.map(() => 1) });
  expect(whole.awaits).toBeGreaterThan(30);

  let doubles = 0;
  for (let point = 1; point <= whole.awaits; point += 1) {
    const { outcome, ...after } = await callKilledAt(point, killable.killer);
    expect({ point, outcome: point === whole.awaits ? outcome : 'killed', ...after, awaits: undefined }).toEqual({
      point,
      outcome: point === whole.awaits ? outcome : 'killed',
      calls: 1,
      open: 0,
      awaits: undefined,
      messages: after.messages.map((count) => Math.max(1, count)),
    });
    doubles += after.messages.reduce((sum, count) => sum + count - 1, 0);
  }
  process.stdout.write(`killed at each of ${whole.awaits} awaits: nobody missed, ${doubles} double messages\n`);
}, 240_000);
