import type { Delivery } from '../../shared/oncall/delivery.ts';
import { outcomeOf, planDeliveries, recipientsOfUpdate, retryDelayMs } from '../../shared/oncall/deliveryPlan.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const SOON = '2026-03-01T08:00:10.000Z';
const PAST = '2026-03-01T07:59:59.000Z';
const adele = { id: 'adele', phone: '+14255550101' };
const megan = { id: 'megan', phone: '+14255550102' };

const delivery = (changes: Partial<Delivery>): Delivery => ({
  callId: 'call',
  alertKey: 'first',
  recipientId: 'adele',
  channel: 'sms',
  to: '+14255550101',
  state: 'claimed',
  owner: 'someone',
  attempts: 1,
  queuedAt: null,
  startedAt: PAST,
  firstClaimedAt: PAST,
  claimedAt: PAST,
  leaseUntil: SOON,
  nextAttemptAt: null,
  bodies: ['text'],
  providerMessages: [],
  factsVersion: 1,
  settledAt: null,
  lastError: null,
  doubts: 0,
  ...changes,
});

describe('who is sent to now', () => {
  test.each<[string, Partial<Delivery> | null, string]>([
    ['nobody tried yet', null, 'send'],
    ['claimed by somebody at work', { state: 'claimed', leaseUntil: SOON }, 'wait'],
    ['claimed by somebody who died', { state: 'claimed', leaseUntil: PAST }, 'send'],
    ['lapsing this very moment', { state: 'claimed', leaseUntil: NOW.toISOString() }, 'send'],
    ['waiting for its time', { state: 'waiting', nextAttemptAt: SOON }, 'wait'],
    ['waiting and due', { state: 'waiting', nextAttemptAt: PAST }, 'send'],
    ['accepted', { state: 'accepted', leaseUntil: PAST }, 'settled'],
    ['failed for good', { state: 'failed', leaseUntil: PAST }, 'settled'],
  ])('%s: %s', (_, existing, kind) => {
    const [step] = planDeliveries([adele], existing ? [delivery(existing)] : [], NOW);
    expect(step?.kind).toBe(kind);
  });

  test('one recipient never stands in for another', () => {
    const steps = planDeliveries([adele, megan], [delivery({ state: 'accepted' })], NOW);
    expect(steps.map(({ kind, recipient }) => [recipient.id, kind])).toEqual([
      ['adele', 'settled'],
      ['megan', 'send'],
    ]);
  });
});

describe('how an alert stands', () => {
  test('open until every delivery is settled, and looked at again at the earliest of their times', () => {
    const waiting = delivery({ state: 'waiting', nextAttemptAt: SOON });
    const claimed = delivery({ recipientId: 'megan', leaseUntil: '2026-03-01T08:00:05.000Z' });
    expect(outcomeOf([waiting, claimed, delivery({ state: 'accepted' })])).toEqual({
      kind: 'open',
      nextAt: new Date('2026-03-01T08:00:05.000Z'),
    });
  });

  test.each([
    ['somebody is told', 'accepted', true],
    ['nobody is told', 'failed', false],
  ] as const)('done, and %s', (_, state, isAnyoneTold) => {
    expect(outcomeOf([delivery({ state: 'failed' }), delivery({ state })])).toEqual({ kind: 'done', isAnyoneTold });
  });
});

test.each([
  [1, null, 1_000],
  [2, null, 2_000],
  [5, null, 16_000],
  [6, null, 30_000],
  [500, null, 30_000],
  [1, 5_000, 5_000],
  [6, 5_000, 30_000],
  [1, 3_600_000, 60_000],
])('after attempt %s with Retry-After %s ms the next one waits %s ms', (attempts, retryAfterMs, expected) => {
  expect(retryDelayMs(attempts, retryAfterMs)).toBe(expected);
});

describe('who gets an update', () => {
  const accepted = (changes: Partial<Delivery>) => delivery({ state: 'accepted', ...changes });

  test('those who were told of older facts, in order of duty', () => {
    const deliveries = [accepted({ recipientId: 'megan', to: megan.phone }), accepted({})];
    expect(recipientsOfUpdate(deliveries, 2, [adele, megan])).toEqual([adele, megan]);
  });

  test('also the last resort, who are on no roster', () => {
    const lastResort = accepted({ recipientId: 'last-resort-1', alertKey: 'last-resort', to: '+14255550199' });
    expect(recipientsOfUpdate([lastResort], 2, [adele])).toEqual([{ id: 'last-resort-1', phone: '+14255550199' }]);
  });

  test.each<[string, Delivery[]]>([
    ['whoever was told of these facts already', [accepted({}), accepted({ alertKey: 'update-2', factsVersion: 2 })]],
    ['whoever was not told at all', [delivery({ state: 'failed' })]],
    ['whoever is still being told', [delivery({ state: 'waiting', nextAttemptAt: SOON })]],
  ])('not %s', (_, deliveries) => {
    expect(recipientsOfUpdate(deliveries, 2, [adele])).toEqual([]);
  });
});
