import fc from 'fast-check';
import { type CallResponse, NOBODY_ANSWERED, type ResponseAction, respond } from '../../shared/oncall/response.ts';
import { answerCall } from '../../shared/pipeline/answerCall.ts';
import { noteDeliveryStatus } from '../../shared/pipeline/noteDeliveryStatus.ts';
import { updateCall } from '../../shared/pipeline/recordCall.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import { dials911, startWorld } from '../harness/world.ts';

const PEOPLE = ['adele', 'megan'];
const actions: ResponseAction[] = [
  { kind: 'acknowledge' },
  { kind: 'onScene' },
  { kind: 'handBack' },
  { kind: 'escalate' },
  { kind: 'resolve', reason: 'real' },
];
const answer = fc.record({ by: fc.constantFrom(...PEOPLE), action: fc.constantFrom(...actions) });

/** Who has a call loses it only by giving it back, to who is on scene, or to who closes it; closed stays closed. */
function expectKept(before: CallResponse, after: CallResponse, by: string | null, kind: ResponseAction['kind'] | null) {
  const isLost = before.holder !== null && after.holder !== before.holder;
  const mayBe =
    before.state !== 'resolved' &&
    ((kind === 'handBack' && by === before.holder) ||
      (kind === 'onScene' && before.state === 'acknowledged') ||
      kind === 'resolve');
  expect({ isLost: isLost && !mayBe, before, after }).toMatchObject({ isLost: false });
  if (before.state === 'resolved') expect(after).toEqual(before);
  if (before.firstAcknowledgedAt !== null) expect(after.firstAcknowledgedAt).toBe(before.firstAcknowledgedAt);
  expect(after.version).toBeGreaterThanOrEqual(before.version);
  expect(after.run).toBeGreaterThanOrEqual(before.run);
}

test('in whatever order people answer, nobody loses a call by what another one says too late', () => {
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 12 }), (answers) => {
      let known = NOBODY_ANSWERED;
      for (const { by, action } of answers) {
        const { after } = respond(known, action, by, new Date(0));
        expectKept(known, after, by, action.kind);
        known = after;
      }
    }),
  );
});

type Late =
  | { by: string; action: ResponseAction }
  | { about: string; status: string }
  | { passed: number }
  | 'read again';
const late: fc.Arbitrary<Late> = fc.oneof(
  answer,
  fc.record({
    about: fc.constantFrom(...PEOPLE),
    status: fc.constantFrom('queued', 'sent', 'delivered', 'undelivered', 'failed'),
  }),
  fc.record({ passed: fc.constantFrom(1_000, 60_000, 600_000) }),
  fc.constant('read again' as const),
);

test('no report, no time that passes and nothing that is read again undoes an answer', async () => {
  const world = await startWorld();
  try {
    await world.openChat();
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(late, { minLength: 4, maxLength: 10 }), async (events) => {
        await renewSubscriptions(world.services);
        world.hub.splice(0);
        await world.graph.emergency.placeEmergencyCall(dials911);
        const notifications = [...world.hub];
        await world.deliver();
        await world.work();
        const { store } = world.services;
        const [call] = await store.calls.listNewest(1);
        if (call?.response.state !== 'open') throw new Error('There is no new call');
        const responseOf = async () => (await store.calls.get(call.id))?.value.response ?? NOBODY_ANSWERED;
        for (const event of events) {
          const before = await responseOf();
          const isAnswer = event !== 'read again' && 'by' in event;
          if (event === 'read again') {
            world.hub.push(...notifications);
            await world.deliver(2);
            await updateCall(world.services, call.id, (known) => ({ ...known, endedAt: world.now().toISOString() }));
          } else if ('by' in event) {
            count += 1;
            await answerCall(world.services, {
              callId: call.id,
              ...event,
              via: 'sms',
              at: world.now(),
              key: `${count}`,
            });
          } else if ('about' in event) {
            const reference = { callId: call.id, alertKey: 'first', recipientId: event.about, channel: 'sms' } as const;
            const row = await store.deliveries.get(call.id, `first|${event.about}|sms`);
            const messageSid = row?.value.providerMessages[0]?.id ?? 'none';
            const { status } = event;
            const report = { messageSid, status, errorCode: null, at: world.now(), clock: 'ours' } as const;
            await noteDeliveryStatus(world.services, reference, report);
          } else {
            world.advance(event.passed);
          }
          await world.work();
          const after = await responseOf();
          expectKept(before, after, isAnswer ? event.by : null, isAnswer ? event.action.kind : null);
          // To ask for more people may begin a new run; nothing else but an answer changes anything.
          if (!isAnswer) expect(after).toEqual(before);
        }
        // Nobody has it, and it is not closed: somebody was told, or something is still to be done.
        const end = await responseOf();
        const isTold = (await store.deliveries.listOfCall(call.id)).some(({ value }) => value.state === 'accepted');
        if (end.state === 'open') expect(isTold || (await store.work.isOpen(call.id))).toBe(true);
        await answerCall(world.services, {
          ...{ callId: call.id, by: 'adele', action: { kind: 'resolve', reason: 'test' }, via: 'sms' },
          ...{ at: world.now(), key: 'end' },
        });
        await world.work();
      }),
      { numRuns: 12, endOnFailure: true },
    );
  } finally {
    await world.stop();
  }
}, 60_000);
