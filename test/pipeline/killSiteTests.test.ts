import { setTimeout as sleep } from 'node:timers/promises';
import { remindTests } from '../../shared/pipeline/remindTests.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { loadKillable } from '../harness/killPoints.ts';
import { startWorld } from '../harness/world.ts';

const HOUR_MS = 3_600_000;
const ZONE = 'America/Los_Angeles';
/** Longer than a run holds what it has claimed. */
const LET_GO_MS = 121_000;
/** What was under way to the storage or Twilio when the process ended still arrives. */
const IN_FLIGHT_MS = 15;
/** Every second await, from the first to the last; `ALL=1` tries each. */
const EVERY = process.env.ALL === '1' ? 1 : 2;
const MEGAN = '+14255550112';

test('killed at an await of a reminder, its reader gets it once all the same', async () => {
  const killable = await loadKillable();
  const world = await startWorld();
  const { killer, pipeline } = killable;
  try {
    const hour = new Intl.DateTimeFormat('en-US', {
      timeZone: ZONE,
      weekday: 'short',
      hour: 'numeric',
      hourCycle: 'h23',
    });
    while (!hour.format(world.now()).replace(/\W+/g, ' ').startsWith('Mon 10')) world.advance(HOUR_MS);
    killer.disarm();
    const doomed = await world.start(pipeline.createServices);
    const siteAt = (services: Services, point: string): Services => ({
      ...services,
      sites: () => [
        {
          id: `at-${point}`,
          name: `Site ${point}.`,
          places: [],
          directRouting: false,
          test: { everyDays: 30, tell: ['megan'] },
        },
      ],
    });
    const told = (point: string) => world.inbox(MEGAN).filter((sms) => sms.includes(`Site ${point}.`)).length;

    // What is loaded once for a process is loaded in the first run.
    await pipeline.remindTests(siteAt(doomed, 'first'));
    killer.disarm();
    await pipeline.remindTests(siteAt(doomed, 'whole'));
    const points = killer.passed();
    expect(told('whole')).toBe(1);
    expect(points).toBeGreaterThan(10);
    let isKilledBeforeSending = false;
    for (let point = 1; point <= points; point += EVERY) {
      const killed = killer.killAt(point);
      await Promise.race([killed, pipeline.remindTests(siteAt(doomed, `${point}`))]);
      await sleep(IN_FLIGHT_MS);
      isKilledBeforeSending ||= told(`${point}`) === 0;
      killer.disarm();
      world.advance(LET_GO_MS);
      await remindTests(siteAt(world.services, `${point}`));
      await remindTests(siteAt(world.services, `${point}`));
      expect([point, told(`${point}`)]).toEqual([point, 1]);
    }
    expect(isKilledBeforeSending).toBe(true);
  } finally {
    killer.disarm();
    await world.stop();
    await killable.remove();
  }
}, 60_000);
