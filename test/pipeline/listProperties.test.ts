import fc from 'fast-check';
import type { EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import { recordManyCall } from '../harness/manyCalls.ts';
import { startWorld, TEAM, type World } from '../harness/world.ts';

const LISTED_WITHIN_MS = 30_000;
const MINUTE_MS = 60_000;

let world: World;
beforeAll(async () => {
  world = await startWorld({}, { isClockStill: true });
});
afterAll(() => world?.stop());

/** When each call comes after the one before, and whether it is a test. */
const arrivals = fc.array(
  fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 40_000 })),
    isTest: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

let placed = 0;

/** What is due is done at its time; calls that come at once are told at once. */
async function play(pattern: readonly { gapMs: number; isTest: boolean }[]): Promise<EmergencyCall[]> {
  await world.pass(2 * MINUTE_MS);
  const calls: EmergencyCall[] = [];
  for (const [index, { gapMs, isTest }] of pattern.entries()) {
    await world.pass(gapMs);
    placed += 1;
    calls.push(await recordManyCall(world.services, placed, { isTest }));
    if ((pattern[index + 1]?.gapMs ?? 1) > 0) await world.work();
  }
  await world.pass(2 * MINUTE_MS);
  return calls;
}

test('however calls come, each is told to each recipient within 30 s, once, alone or in a list', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (pattern) => {
      const before = world.twilio.messages().length;
      const calls = await play(pattern);
      const sent = world.twilio.messages().slice(0, world.twilio.messages().length - before);
      for (const phone of TEAM) {
        const messages = sent.filter(({ to }) => to === phone);
        const tellingOf = ({ facts }: EmergencyCall) =>
          messages.filter(({ body }) => body.includes(`"${facts.location}"`));
        for (const call of calls) {
          const [message, ...more] = tellingOf(call);
          expect(more).toEqual([]);
          expect(message).toBeDefined();
          const waitedMs = (message?.createdAt.getTime() ?? Number.NaN) - Date.parse(call.recordedAt);
          expect(waitedMs).toBeLessThanOrEqual(LISTED_WITHIN_MS);
          expect(message?.body.startsWith('TEST ')).toBe(call.isTest);
        }
        for (const isTest of [false, true]) {
          const alike = calls.filter((call) => call.isTest === isTest);
          // The first three are told at once.
          for (const call of alike.slice(0, 3)) {
            expect(tellingOf(call)[0]?.createdAt.toISOString()).toBe(call.recordedAt);
          }
          // Whatever minute: three at once, and a list at each of the half minutes in it.
          const times = messages
            .filter(({ body }) => body.startsWith('TEST ') === isTest)
            .map(({ createdAt }) => createdAt.getTime());
          for (const time of times) {
            const inMinute = times.filter((other) => other >= time && other < time + MINUTE_MS);
            expect(inMinute.length).toBeLessThanOrEqual(3 + 2);
          }
        }
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);
