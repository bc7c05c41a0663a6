import type { Delivery } from '../../shared/oncall/delivery.ts';
import { outcomeOf, planDeliveries, recipientsOfUpdate, retryDelayMs } from '../../shared/oncall/deliveryPlan.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
const SOON = '2026-03-01T08:00:10.000Z';
const PAST = '2026-03-01T07:59:59.000Z';
const sms = (to: string) => ({ channel: 'sms' as const, to });
const adele = { id: 'adele', ways: [sms('+14255550101')] };
const megan = { id: 'megan', ways: [sms('+14255550102')] };

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

describe('by which way', () => {
  const voice = { channel: 'voice' as const, to: '+14255550101' };
  const both = { id: 'adele', ways: [sms('+14255550101'), voice] };
  const text = (changes: Partial<Delivery>) => delivery({ channel: 'sms', ...changes });
  const call = (changes: Partial<Delivery>) => delivery({ channel: 'voice', ...changes });
  const waysOf = (...deliveries: Delivery[]) =>
    planDeliveries([both], deliveries, NOW).map((step) => (step.kind === 'send' ? step.way.channel : step.kind));

  test.each<[string, Delivery[], string[]]>([
    ['nothing was tried: the first', [], ['sms']],
    ['the first is under way', [text({ state: 'claimed', leaseUntil: SOON })], ['wait']],
    ['its holder died: it again', [text({ state: 'claimed', leaseUntil: PAST })], ['sms']],
    ['it failed for good: the next', [text({ state: 'failed' })], ['voice']],
    ['it stumbled once: it again, in its time', [text({ state: 'waiting', nextAttemptAt: SOON })], ['wait']],
    [
      'it stumbled twice: the next beside it',
      [text({ state: 'waiting', nextAttemptAt: SOON, attempts: 2 })],
      ['wait', 'voice'],
    ],
    ['both failed', [text({ state: 'failed' }), call({ state: 'failed' })], ['settled']],
    [
      'the next was taken: the first is left alone',
      [text({ state: 'waiting', nextAttemptAt: PAST, attempts: 3 }), call({ state: 'accepted' })],
      ['settled'],
    ],
    ['another number since', [text({ state: 'failed', to: '+14255550199' })], ['sms']],
  ])('%s', (_, deliveries, expected) => {
    expect(waysOf(...deliveries)).toEqual(expected);
  });

  test('without any way there is nothing to do', () => {
    expect(planDeliveries([{ id: 'adele', ways: [] }], [], NOW)).toMatchObject([{ kind: 'settled' }]);
  });
});

describe('how an alert stands', () => {
  test('open until every delivery is settled, and looked at again at the earliest of their times', () => {
    const waiting = delivery({ state: 'waiting', nextAttemptAt: SOON });
    const claimed = delivery({ recipientId: 'megan', leaseUntil: '2026-03-01T08:00:05.000Z' });
    const steps = planDeliveries([adele, megan], [waiting, claimed], NOW);
    expect(outcomeOf(steps, NOW)).toEqual({ kind: 'open', nextAt: new Date('2026-03-01T08:00:05.000Z') });
  });

  test('open, and looked at now, while somebody is not sent to yet', () => {
    const steps = planDeliveries([adele, megan], [delivery({ state: 'waiting', nextAttemptAt: SOON })], NOW);
    expect(outcomeOf(steps, NOW)).toEqual({ kind: 'open', nextAt: NOW });
  });

  test.each(['accepted', 'failed'] as const)('done when each is settled: %s', (state) => {
    const deliveries = [delivery({ state: 'failed' }), delivery({ recipientId: 'megan', to: '+14255550102', state })];
    expect(outcomeOf(planDeliveries([adele, megan], deliveries, NOW), NOW)).toEqual({ kind: 'done' });
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
    const deliveries = [accepted({ recipientId: 'megan', to: '+14255550102' }), accepted({})];
    expect(recipientsOfUpdate(deliveries, 2, [adele, megan])).toMatchObject([adele, megan]);
  });

  test('also the last resort, who are on no roster', () => {
    const lastResort = accepted({ recipientId: 'last-resort-1', alertKey: 'last-resort', to: '+14255550199' });
    expect(recipientsOfUpdate([lastResort], 2, [adele])).toMatchObject([
      { id: 'last-resort-1', ways: [sms('+14255550199')] },
    ]);
  });

  test.each<[string, Delivery[]]>([
    ['whoever was told of these facts already', [accepted({}), accepted({ alertKey: 'update-2', factsVersion: 2 })]],
    ['whoever was not told at all', [delivery({ state: 'failed' })]],
    ['whoever is still being told', [delivery({ state: 'waiting', nextAttemptAt: SOON })]],
  ])('not %s', (_, deliveries) => {
    expect(recipientsOfUpdate(deliveries, 2, [adele])).toEqual([]);
  });
});
