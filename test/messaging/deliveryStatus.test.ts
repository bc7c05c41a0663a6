import fc from 'fast-check';
import {
  callStatusOf,
  type DeliveryState,
  fromTwilioStatus,
  laterState,
} from '../../shared/messaging/deliveryStatus.ts';

// https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
test.each<[string, DeliveryState | null]>([
  ['accepted', 'accepted'],
  ['scheduled', 'accepted'],
  ['queued', 'accepted'],
  ['sending', 'accepted'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'delivered'],
  ['partially_delivered', 'undelivered'],
  ['undelivered', 'undelivered'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
  ['receiving', null],
  ['received', null],
  ['Delivered', null],
  ['toString', null],
  ['', null],
])('%s means %s', (status, state) => {
  expect(fromTwilioStatus(status)).toBe(state);
});

// https://www.twilio.com/docs/voice/api/call-resource#call-status-values, and `initiated` of the status callbacks
test.each<[string, DeliveryState]>([
  ['queued', 'accepted'],
  ['initiated', 'sent'],
  ['ringing', 'sent'],
  ['in-progress', 'sent'],
  ['completed', 'delivered'],
  ['busy', 'undelivered'],
  ['no-answer', 'undelivered'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
])('of a call, %s means %s', (status, state) => {
  expect(fromTwilioStatus(status)).toBe(state);
});

// AnsweredBy: https://www.twilio.com/docs/voice/answering-machine-detection#answeredby
test.each<[string, string | null, number | null, DeliveryState]>([
  ['completed', 'human', 40, 'delivered'],
  ['completed', 'human', 8, 'delivered'],
  ['completed', 'human', 7, 'undelivered'],
  ['completed', 'human', 0, 'undelivered'],
  ['completed', 'machine_start', 40, 'undelivered'],
  ['completed', 'machine_end_beep', 40, 'undelivered'],
  ['completed', 'machine_end_silence', 40, 'undelivered'],
  ['completed', 'machine_end_other', 40, 'undelivered'],
  ['completed', 'fax', 40, 'undelivered'],
  ['completed', 'unknown', 40, 'undelivered'],
  ['completed', null, 40, 'delivered'],
  ['completed', '', null, 'delivered'],
  ['completed', null, 3, 'undelivered'],
  ['in-progress', 'machine_start', 3, 'sent'],
  ['no-answer', null, 0, 'undelivered'],
])('a call that is %s, answered by %s, after %s s of at least 8, is %s', (status, answeredBy, seconds, state) => {
  expect(fromTwilioStatus(callStatusOf({ status, answeredBy, seconds }, 8))).toBe(state);
});

describe('what holds of two states', () => {
  test.each<[DeliveryState, DeliveryState]>([
    ['claimed', 'accepted'],
    ['accepted', 'sent'],
    ['sent', 'delivered'],
    ['sent', 'undelivered'],
    ['accepted', 'failed'],
    ['delivered', 'undelivered'],
  ])('after %s comes %s, whichever is learned first', (earlier, later) => {
    expect(laterState(earlier, later)).toBe(later);
    expect(laterState(later, earlier)).toBe(later);
  });

  test('callbacks in any order, some of them twice, end in the same state, and never go back on the way', () => {
    const states: DeliveryState[] = ['claimed', 'accepted', 'sent', 'delivered', 'undelivered', 'failed'];
    const state = fc.constantFrom(...states);
    const endOf = (learned: DeliveryState[]) => learned.reduce((a, b) => laterState(a, b));
    const history = fc.array(state, { minLength: 1, maxLength: 12 });
    const twice = history.chain((learned) =>
      fc.tuple(fc.constant(learned), fc.shuffledSubarray([...learned, ...learned], { minLength: learned.length * 2 })),
    );
    fc.assert(
      fc.property(twice, ([learned, shuffled]) => {
        expect(endOf(shuffled)).toBe(endOf(learned));
        for (const late of learned) expect(laterState(endOf(learned), late)).toBe(endOf(learned));
      }),
    );
  });
});
