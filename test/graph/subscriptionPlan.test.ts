import {
  expiryFor,
  gapBegin,
  type KnownSubscription,
  planSubscription,
  withoutForgotten,
} from '../../shared/graph/subscriptionPlan.ts';

const NOW = new Date('2026-03-02T09:00:00.000Z');
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000).toISOString();
const LONG = {
  resource: '/users/87d349ed/chats/getAllMessages',
  notificationUrl: 'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com',
  lifecycleNotificationUrl: 'https://contoso.azurewebsites.net/api/lifecycle',
};
const SHORT = { ...LONG, lifecycleNotificationUrl: null };

const active = (changes: Partial<KnownSubscription> = {}): KnownSubscription => ({
  ...LONG,
  state: 'active',
  subscriptionId: 'sub-1',
  clientState: 'secret',
  createdAt: minutes(-60),
  renewedAt: null,
  expiresAt: minutes(4_000),
  confirmedAt: minutes(-5),
  ...changes,
});
const creating = (changes: Partial<KnownSubscription> = {}) =>
  active({ state: 'creating', subscriptionId: null, expiresAt: null, confirmedAt: null, ...changes });

// https://learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime
test.each([
  [LONG, 4_320],
  [SHORT, 60],
])('%# asks for as long as Graph grants: %o for %d minutes', (target, granted) => {
  expect(expiryFor(target, NOW).toISOString()).toBe(minutes(granted));
});

describe('what is to be done', () => {
  test.each<[string, KnownSubscription[], string]>([
    ['nothing is known', [], 'create'],
    ['one is being created', [creating()], 'create'],
    ['the only one is gone', [active({ state: 'gone' })], 'create'],
    ['it expires now', [active({ expiresAt: minutes(0) })], 'create'],
    ['it has expired', [active({ expiresAt: minutes(-1) })], 'create'],
    ['it has no expiry that can be read', [active({ expiresAt: 'soon' })], 'create'],
    ['more than half of its life is left', [active({ expiresAt: minutes(2_161) })], 'check'],
    ['half of its life is left', [active({ expiresAt: minutes(2_160) })], 'renew'],
    ['little is left', [active({ expiresAt: minutes(1) })], 'renew'],
    ['the hub is another', [active({ notificationUrl: 'EventHub:https://other' })], 'replace'],
    ['the lifecycle address is another', [active({ lifecycleNotificationUrl: 'https://other' })], 'replace'],
    ['there was no lifecycle address', [active({ ...SHORT, expiresAt: minutes(50) })], 'replace'],
    ['the account is another', [active({ resource: '/users/2/chats/getAllMessages' })], 'replace'],
    ['one lives beside others', [creating(), active({ state: 'gone' }), active()], 'check'],
  ])('%s', (_what, known, action) => {
    expect(planSubscription(known, LONG, NOW)).toMatchObject({ action });
  });

  test.each([
    [41, 'check'],
    [40, 'renew'],
  ])('without a lifecycle address, with %d of 60 minutes left: %s', (left, action) => {
    expect(planSubscription([active({ ...SHORT, expiresAt: minutes(left) })], SHORT, NOW)).toMatchObject({ action });
  });

  test('names the one it is about', () => {
    const current = active({ expiresAt: minutes(1) });
    expect(planSubscription([creating(), current], LONG, NOW)).toEqual({ action: 'renew', current });
  });
});

describe('since when notifications may be missing', () => {
  test.each<[string, KnownSubscription[], number]>([
    ['never had one: now', [], 0],
    ['wanted for a while: since then', [creating({ createdAt: minutes(-30) })], -30],
    ['lost: since it was last seen', [active({ state: 'gone', confirmedAt: minutes(-7) })], -7],
    ['expired: since it was last seen', [active({ expiresAt: minutes(-1), confirmedAt: minutes(-7) })], -7],
    ['never confirmed: since it was made', [active({ state: 'gone', confirmedAt: null })], -60],
    [
      'several lost: since the last was seen',
      [active({ state: 'gone', confirmedAt: minutes(-90) }), active({ state: 'gone', confirmedAt: minutes(-7) })],
      -7,
    ],
    [
      'lost, and wanted since: since it was last seen',
      [active({ state: 'gone', confirmedAt: minutes(-7) }), creating({ createdAt: minutes(-5) })],
      -7,
    ],
  ])('%s', (_what, known, begin) => {
    expect(gapBegin(known, NOW).toISOString()).toBe(minutes(begin));
  });
});

describe('what is forgotten', () => {
  const old = active({ state: 'gone', confirmedAt: minutes(-24 * 60) });
  const recent = active({ state: 'gone', confirmedAt: minutes(-24 * 60 + 1) });
  const oldIntent = creating({ createdAt: minutes(-24 * 60) });

  test('what ended a day ago, once another lives', () => {
    expect(withoutForgotten([old, recent, oldIntent, active()], NOW)).toEqual([recent, active()]);
  });

  test('nothing while none lives', () => {
    expect(withoutForgotten([old, recent, oldIntent], NOW)).toEqual([old, recent, oldIntent]);
  });

  test('never the one that lives', () => {
    const longUnconfirmed = active({ confirmedAt: minutes(-24 * 60 * 2) });
    expect(withoutForgotten([longUnconfirmed], NOW)).toEqual([longUnconfirmed]);
  });
});
