import fc from 'fast-check';
import { type DeliveryState, fromTwilioStatus, laterState } from '../../shared/messaging/deliveryStatus.ts';

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
