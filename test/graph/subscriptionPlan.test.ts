import {
  expiryFor,
  gapBegin,
  type KnownSubscription,
  planSubscription,
  type SubscriptionTarget,
  stillRemembered,
  withoutForgotten,
} from '../../shared/graph/subscriptionPlan.ts';
import { allChatsTarget, chatsTarget, eventTarget, oneChatTarget } from '../../shared/graph/subscriptionTargets.ts';
import type { SubscriptionSettings } from '../../shared/settings.ts';

const NOW = new Date('2026-03-02T09:00:00.000Z');
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000).toISOString();
const HUB = 'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com';
const LIFECYCLE = 'https://contoso.azurewebsites.net/api/lifecycle';
const SETTINGS: SubscriptionSettings = {
  notificationUrl: HUB,
  lifecycleNotificationUrl: LIFECYCLE,
  chatResourceData: 'none',
};
const LONG = allChatsTarget('87d349ed', SETTINGS);
const SHORT = allChatsTarget('87d349ed', { ...SETTINGS, lifecycleNotificationUrl: null });
const EVENTS = { policyNames: ['Redmond'], notificationUrl: HUB, lifecycleNotificationUrl: LIFECYCLE };
const DAY = eventTarget('Redmond', EVENTS);

const active = (changes: Partial<KnownSubscription> = {}): KnownSubscription => ({
  ...LONG,
  state: 'active',
  subscriptionId: 'sub-1',
  clientState: 'secret',
  encryptionCertificateId: null,
  createdAt: minutes(-60),
  renewedAt: null,
  expiresAt: minutes(4_000),
  confirmedAt: minutes(-5),
  ...changes,
});
const creating = (changes: Partial<KnownSubscription> = {}) =>
  active({ state: 'creating', subscriptionId: null, expiresAt: null, confirmedAt: null, ...changes });

describe('what is asked for', () => {
  // https://learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime
  test.each<[string, SubscriptionTarget, number]>([
    ['messages of all chats', LONG, 4_320],
    ['messages of all chats, without a lifecycle address', SHORT, 60],
    ['the list of chats', chatsTarget('87d349ed', SETTINGS), 4_320],
    ['messages of one chat', oneChatTarget('19:a@thread.v2', SETTINGS), 4_320],
    ['emergency call events', DAY, 1_440],
    [
      'emergency call events, without a lifecycle address',
      eventTarget('Redmond', { ...EVENTS, lifecycleNotificationUrl: null }),
      60,
    ],
  ])('%s: as long as Graph grants', (_what, target, granted) => {
    expect(expiryFor(target, NOW).toISOString()).toBe(minutes(granted));
  });

  test.each<[SubscriptionTarget, Partial<SubscriptionTarget>]>([
    [LONG, { resource: '/users/87d349ed/chats/getAllMessages', changeType: 'created,updated' }],
    [chatsTarget('87d349ed', SETTINGS), { resource: '/users/87d349ed/chats', changeType: 'created,updated' }],
    [oneChatTarget('19:a@thread.v2', SETTINGS), { resource: '/chats/19:a@thread.v2/messages' }],
    [
      DAY,
      {
        resource: "communications/calls/getEmergencyEventsByPolicy(policyName='Redmond')",
        changeType: 'updated',
        includeResourceData: true,
      },
    ],
    [
      eventTarget("O'Hare & 2", EVENTS),
      { resource: "communications/calls/getEmergencyEventsByPolicy(policyName='O''Hare & 2')" },
    ],
  ])('%#', (target, expected) => {
    expect(target).toMatchObject(expected);
  });

  test('content only where it was asked for, and never of the list of chats', () => {
    const encrypted = { ...SETTINGS, chatResourceData: 'encrypted' } as const;
    const targets = (settings: SubscriptionSettings) => [
      allChatsTarget('1', settings),
      oneChatTarget('2', settings),
      chatsTarget('1', settings),
    ];
    expect(targets(SETTINGS).map((one) => one.includeResourceData)).toEqual([false, false, false]);
    expect(targets(encrypted).map((one) => one.includeResourceData)).toEqual([true, true, false]);
  });
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
    expect(planSubscription(known, LONG, null, NOW)).toMatchObject({ action });
  });

  test.each<[string, SubscriptionTarget, number, string]>([
    ['an hour, a third of it used', SHORT, 41, 'check'],
    ['an hour, a third of it used', SHORT, 40, 'renew'],
    ['a day, half of it used', DAY, 721, 'check'],
    ['a day, half of it used', DAY, 720, 'renew'],
  ])('%s: with %#', (_what, target, left, action) => {
    const current = active({ ...target, encryptionCertificateId: 'v1', expiresAt: minutes(left) });
    expect(planSubscription([current], target, 'v1', NOW)).toMatchObject({ action });
  });

  describe('about the certificate', () => {
    const RICH = allChatsTarget('87d349ed', { ...SETTINGS, chatResourceData: 'encrypted' });
    const rich = active({ ...RICH, encryptionCertificateId: 'v1' });
    test.each<[string, KnownSubscription, SubscriptionTarget, string | null, string]>([
      ['it is the newest', rich, RICH, 'v1', 'check'],
      ['there is a newer one', rich, RICH, 'v2', 'renew'],
      ['it was never recorded', { ...rich, encryptionCertificateId: null }, RICH, 'v1', 'renew'],
      ['the vault does not answer', rich, RICH, null, 'check'],
      ['the vault does not answer, and it is due', { ...rich, expiresAt: minutes(5) }, RICH, null, 'renew'],
      ['content is wanted now', active(), RICH, 'v1', 'replace'],
      ['content is wanted now, but the vault does not answer', active(), RICH, null, 'check'],
      ['content is wanted no longer', rich, LONG, null, 'replace'],
      ['content was never wanted', active(), LONG, 'v2', 'check'],
      ['content, and another address', rich, { ...RICH, notificationUrl: 'https://other' }, null, 'replace'],
    ])('%s', (_what, current, target, certificateId, action) => {
      expect(planSubscription([current], target, certificateId, NOW)).toMatchObject({ action });
    });
  });

  test('names the one it is about', () => {
    const current = active({ expiresAt: minutes(1) });
    expect(planSubscription([creating(), current], LONG, null, NOW)).toEqual({ action: 'renew', current });
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

  test('what ended a day ago of a source that is no longer wanted, though none lives', () => {
    expect(stillRemembered([old, recent, oldIntent], NOW)).toEqual([recent]);
  });

  test('never the one that lives', () => {
    const longUnconfirmed = active({ confirmedAt: minutes(-24 * 60 * 2) });
    expect(withoutForgotten([longUnconfirmed], NOW)).toEqual([longUnconfirmed]);
  });
});
