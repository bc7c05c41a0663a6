import { findings, watchedParts } from '../../shared/watch/findings.ts';
import type { Observations, TenantState } from '../../shared/watch/observations.ts';
import { ago, allWell, allWellBut, NOW, source } from './observed.ts';

const found = (observations: Observations) =>
  findings(observations, NOW).map(({ id, severity }) => `${severity} ${id}`);

const fails = (code: string, isTemporary = false) => ({ code, isTemporary, advice: `Mend it (${code}).` });
const renewal = (since: Date) => ({ action: 'renew', code: '403', since });
const grant = (from: string, until: string) => ({ from: ago(from), until: ago(until) });
const chat = (change: Parameters<typeof source>[1]) =>
  allWellBut('subscriptions', { sources: [source('chat', change), source('event:Headquarters')] });
const event = (change: Parameters<typeof source>[1]) =>
  allWellBut('subscriptions', { sources: [source('chat'), source('event:Headquarters', change)] });
const canary = (sent: string[], arrived: [sentAt: string, arrivedAt: string] | null) => ({
  sent: sent.map(ago),
  arrived: arrived && { sentAt: ago(arrived[0]), arrivedAt: ago(arrived[1]) },
});
const canaries = (one: ReturnType<typeof canary>, other = canary(['5 min'], ['5 min', '4.9 min'])) =>
  allWellBut('canaries', {
    partitions: [
      { partitionId: '0', ...one },
      { partitionId: '1', ...other },
    ],
  });
const untold = (recordedAt: Date) =>
  allWellBut('calls', { recorded: 1, untold: [{ code: 'K7D', isTest: false, recordedAt }] });
const refusal = (recipientId: string, at: string, change = {}) => ({
  recipientId,
  at: ago(at),
  failure: '21610: the recipient opted out with STOP',
  isCurrentNumber: true,
  ...change,
});
const taken = (recipientId: string, at: string) => refusal(recipientId, at, { failure: null });
const timer = (name: string, at: string) => {
  const { ranAt } = allWell().timers.value;
  return allWellBut('timers', { ranAt: { ...ranAt, [name]: ago(at) } });
};
const ends = (left: string) =>
  allWellBut('certificates', {
    expiring: [{ name: 'certificate graph', expiresAt: ago(left.startsWith('-') ? left.slice(1) : `-${left}`) }],
  });
const tenant = (change: Partial<TenantState>) => allWellBut('tenant', change);
const fault = (name: string) =>
  allWellBut('settings', { faults: [{ name, problem: 'is missing', feature: 'a feature' }] });
const letters = (count: number, untoldCount = 0) =>
  allWellBut('deadLetters', {
    count,
    newest: count > untoldCount ? { id: 'letter-9', at: ago('1 min'), reason: 'not JSON' } : null,
    oldest: ago('2 d'),
    untold: { count: untoldCount, since: untoldCount > 0 ? ago('1 h') : null },
  });

test('nothing is found while all is well, and every part says how it stands', () => {
  expect(found(allWell())).toEqual([]);
  for (const part of watchedParts(allWell(), NOW)) {
    expect(part).toMatchObject({ isSeen: true, detail: expect.stringMatching(/\w/), findings: [] });
  }
});

describe.each<[what: string, well: Observations, ill: Observations, expected: string[]]>([
  [
    '60 % of the life of a subscription',
    chat({ grant: grant('6 h', '-4 h') }),
    chat({ grant: grant('6.01 h', '-4 h') }),
    ['critical subscriptionLife:chat'],
  ],
  [
    '60 % of an event subscription',
    event({ grant: grant('6 h', '-4 h') }),
    event({ grant: grant('6.01 h', '-4 h') }),
    ['critical subscriptionLife:event:Headquarters'],
  ],
  ['a subscription', chat({}), chat({ grant: null }), ['critical noSubscription:chat']],
  ['a subscription to events', event({}), event({ grant: null }), ['critical noSubscription:event:Headquarters']],
  [
    'the first renewal that fails',
    chat({ failure: null }),
    chat({ failure: renewal(ago('1 s')) }),
    ['warning renewal:chat'],
  ],
  [
    'a gap of events in the last day',
    event({ gap: grant('26 h', '24 h') }),
    event({ gap: grant('26 h', '23.9 h') }),
    ['warning gap:event:Headquarters'],
  ],
  [
    'the fallback to single chats',
    allWell(),
    allWellBut('subscriptions', {
      mode: { name: 'perChat', since: NOW, readBackOnly: 0 },
      sources: [source('chats')],
      singleChats: [source('chat:1')],
    }),
    ['warning fallback'],
  ],
  [
    'the fallback to polling',
    allWell(),
    allWellBut('subscriptions', { mode: { name: 'polling', since: NOW, readBackOnly: 3 }, sources: [source('chats')] }),
    ['warning fallback'],
  ],
  [
    'the list of chats',
    allWellBut('subscriptions', { sources: [source('chats')], singleChats: [source('chat:1')] }),
    allWellBut('subscriptions', { sources: [source('chats', { grant: null })], singleChats: [source('chat:1')] }),
    ['warning noSubscription:chats'],
  ],
  [
    'single chats',
    allWellBut('subscriptions', { sources: [], singleChats: [source('chat:1'), source('chat:2')] }),
    allWellBut('subscriptions', { sources: [], singleChats: [source('chat:1'), source('chat:2', { grant: null })] }),
    ['warning singleChats'],
  ],
  [
    'a delivery that was refused',
    allWellBut('subscriptions', { refusedAt: ago('1 h') }),
    allWellBut('subscriptions', { refusedAt: ago('59.9 min') }),
    ['critical refusedDelivery'],
  ],
  ['the sign-in', allWell(), allWellBut('signIn', { failure: fails('AADSTS50173') }), ['critical signIn']],
  [
    'the sign-in service',
    allWell(),
    allWellBut('signIn', { failure: fails('noAnswer', true) }),
    ['warning signInService'],
  ],
  [
    '60 days without a refresh',
    allWellBut('signIn', { refreshedAt: ago('60 d') }),
    allWellBut('signIn', { refreshedAt: ago('60.01 d') }),
    ['warning signInAge'],
  ],
  [
    'the identity of the app',
    allWell(),
    allWellBut('appSignIn', { failure: fails('appIdentity 400') }),
    ['critical appSignIn'],
  ],
  [
    'the identity of the app for a time',
    allWell(),
    allWellBut('appSignIn', { failure: fails('network', true) }),
    ['warning appSignInService'],
  ],
  [
    'chats read back',
    allWellBut('chats', { readUpTo: ago('5 min') }),
    allWellBut('chats', { readUpTo: ago('5.01 min') }),
    ['warning chatsUnread'],
  ],
  [
    'a chat that lags',
    allWellBut('chats', { lagging: [ago('10 min')] }),
    allWellBut('chats', { lagging: [ago('10.01 min')] }),
    ['warning chatsLagging'],
  ],
  ['a call told to nobody', untold(ago('60 s')), untold(ago('61 s')), ['critical untold']],
  [
    'an overdue alert',
    allWellBut('work', { oldestAlert: ago('2 min') }),
    allWellBut('work', { oldestAlert: ago('2.01 min') }),
    ['critical stuckAlert'],
  ],
  [
    'other overdue work',
    allWellBut('work', { oldestOther: ago('2 min') }),
    allWellBut('work', { oldestOther: ago('2.01 min') }),
    ['warning stuckWork'],
  ],
  ['work that cannot be read', allWell(), allWellBut('work', { unreadable: 1 }), ['critical unreadableWork']],
  [
    'a poison message',
    allWellBut('poison', { messages: 1, oldest: ago('2 min') }),
    allWellBut('poison', { messages: 1, oldest: ago('2.01 min') }),
    ['warning poison'],
  ],
  ['dead letters', letters(0), letters(1), ['warning deadLetters']],
  ['alerts that were given up', letters(0), letters(1, 1), ['critical givenUp']],
  [
    'a canary on its way',
    canaries(canary(['2 min'], null)),
    canaries(canary(['2.01 min'], null)),
    ['critical canaryLost'],
  ],
  [
    'a canary of one partition',
    allWell(),
    canaries(canary(['10 min', '5 min'], ['10 min', '9.9 min'])),
    ['critical canaryLost'],
  ],
  [
    'a canary that took long',
    canaries(canary(['5 min'], ['5 min', '3 min'])),
    canaries(canary(['5 min'], ['5 min', '2.99 min'])),
    ['warning canarySlow'],
  ],
  [
    'canaries that cannot be sent',
    allWell(),
    allWellBut('canaries', { failure: { code: 'ETIMEDOUT', since: ago('11 min') } }),
    ['warning canaryUnsent'],
  ],
  ['the sweep', timer('sweep', '5 min'), timer('sweep', '5.01 min'), ['critical timer:sweep']],
  [
    'the renewal',
    timer('renewSubscriptions', '20 min'),
    timer('renewSubscriptions', '20.01 min'),
    ['warning timer:renewSubscriptions'],
  ],
  [
    'what Twilio is asked for',
    timer('pollTwilio', '5 min'),
    timer('pollTwilio', '5.01 min'),
    ['warning timer:pollTwilio'],
  ],
  ['the watch itself', timer('watch', '15 min'), timer('watch', '15.01 min'), ['critical timer:watch']],
  ['the removal of old records', timer('purge', '49 h'), timer('purge', '49.01 h'), ['warning timer:purge']],
  [
    'an opted-out recipient',
    allWellBut('people', { attempts: [refusal('adele', '9 d'), taken('adele', '8 d')] }),
    allWellBut('people', { attempts: [taken('adele', '9 d'), refusal('adele', '8 d')] }),
    ['warning unreachable:adele'],
  ],
  [
    'an unreachable administrator',
    allWell(),
    allWellBut('people', { attempts: [refusal('nestor', '1 d')] }),
    ['warning unreachable:nestor'],
  ],
  [
    'everybody on call',
    allWellBut('people', { attempts: [taken('adele', '1 d'), taken('megan', '1 d')] }),
    allWellBut('people', { attempts: [refusal('adele', '2 h'), refusal('megan', '1 h')] }),
    ['critical unreachable:adele', 'critical unreachable:megan'],
  ],
  [
    'somebody who left the roster',
    allWellBut('people', { attempts: [refusal('last-resort-1', '24 h')] }),
    allWellBut('people', { attempts: [refusal('last-resort-1', '23.9 h')] }),
    ['warning unreachable:last-resort-1'],
  ],
  [
    'a number that was replaced',
    allWellBut('people', { attempts: [refusal('adele', '1 h', { isCurrentNumber: false })] }),
    allWellBut('people', { attempts: [refusal('adele', '1 h')] }),
    ['warning unreachable:adele'],
  ],
  ['recipients', allWell(), allWellBut('people', { recipients: [] }), ['critical noRecipients']],
  [
    'a roster in use',
    allWell(),
    allWellBut('people', { recipients: [{ id: 'last-resort-1', isLastResort: true }] }),
    ['critical lastResortOnly'],
  ],
  ['a channel', allWell(), allWellBut('channel', { name: null }), ['critical noChannel']],
  [
    'a provider that answers',
    allWell(),
    allWellBut('channel', { failure: '20003: the credentials were refused' }),
    ['critical channel'],
  ],
  ['a setting needed to tell people', allWell(), fault('TWILIO_FROM'), ['critical setting:TWILIO_FROM']],
  ['a setting of comfort', allWell(), fault('HEARTBEAT_URL'), ['warning setting:HEARTBEAT_URL']],
  ['a roster with faults', allWell(), fault('ROSTER_FILE'), ['warning setting:ROSTER_FILE']],
  ['a stored roster with faults', allWell(), fault('Roster'), ['warning setting:Roster']],
  ['expiry in 30 days', ends('30.01 d'), ends('30 d'), ['warning expiry:certificate graph']],
  ['expiry in 7 days', ends('30.01 d'), ends('7 d'), ['critical expiry:certificate graph']],
  [
    'the certificate in use',
    allWell(),
    allWellBut('certificates', { isInUseEnabled: false }),
    ['critical certificateDisabled'],
  ],
  [
    'a configuration of the tenant that is old',
    tenant({ inForce: { version: 3, exportedAt: ago('30 d') } }),
    tenant({ inForce: { version: 3, exportedAt: ago('30.01 d') } }),
    ['warning tenantAge'],
  ],
  [
    'a configuration of the tenant that is damaged',
    tenant({ inForce: null }),
    tenant({ inForce: null, damaged: 1 }),
    ['warning tenantDamaged'],
  ],
  [
    'the clock',
    allWellBut('storage', { clockOffsetMs: -60_000 }),
    allWellBut('storage', { clockOffsetMs: -60_001 }),
    ['warning clock'],
  ],
  [
    'the clock ahead',
    allWellBut('storage', { clockOffsetMs: 60_000 }),
    allWellBut('storage', { clockOffsetMs: 60_001 }),
    ['warning clock'],
  ],
])('%s', (_, well, ill, expected) => {
  test('is well below the threshold', () => expect(found(well).filter((one) => expected.includes(one))).toEqual([]));
  test('is found above it', () => expect(found(ill)).toEqual(expected));
});

test.each<[string, Observations, string[]]>([
  ['7.01 days before an expiry', ends('7.01 d'), ['warning expiry:certificate graph']],
  ['after an expiry', ends('-1 d'), ['critical expiry:certificate graph']],
  [
    'canaries unsent for longer than eleven minutes, none arrived since',
    {
      ...canaries(canary([], ['16 min', '12 min']), canary([], ['16 min', '12 min'])),
    },
    ['warning canarySlow'],
  ],
  [
    'nobody signed in: chats that are not read back follow from it',
    {
      ...allWellBut('signIn', { failure: fails('notSignedIn') }),
      chats: { value: { isWanted: true, readUpTo: null, lagging: [ago('1 h')] } },
    },
    ['critical signIn'],
  ],
  [
    'chats not read back while no subscription to them lives',
    {
      ...chat({ grant: null }),
      chats: { value: { isWanted: true, readUpTo: ago('6 min'), lagging: [] } },
    },
    ['critical chatsUnread', 'critical noSubscription:chat'],
  ],
  ['a given-up alert among other dead letters', letters(3, 1), ['critical givenUp', 'warning deadLetters']],
])('%s', (_, observations, expected) => {
  expect(found(observations).sort()).toEqual([...expected].sort());
});

test('canaries that cannot be sent are critical once none has arrived for eleven minutes', () => {
  const silent = { partitionId: '0', ...canary(['17 min'], ['17 min', '16.9 min']) };
  const unsent = (since: string) =>
    found(allWellBut('canaries', { partitions: [silent], failure: { code: 'ETIMEDOUT', since: ago(since) } }));
  expect(unsent('11 min')).toEqual(['warning canaryUnsent']);
  expect(unsent('11.01 min')).toEqual(['critical canaryUnsent']);
});

test('after a gap in the watch nothing is late that had no time to run', () => {
  const late: Observations = {
    ...allWell(),
    watchedSince: ago('10 s'),
    chats: { value: { isWanted: true, readUpTo: ago('3 h'), lagging: [] } },
    timers: { value: { ranAt: { watch: ago('3 h'), sweep: ago('3 h') } } },
    canaries: {
      value: { isWanted: true, partitions: [{ partitionId: '0', ...canary(['3 h'], null) }], failure: null },
    },
  };
  expect(found(late)).toEqual([]);
  expect(found({ ...late, watchedSince: ago('3 h') })).toContain('critical timer:sweep');
});

test('a timer that has never run is late by the time since the watch began', () => {
  const never = allWellBut('timers', { ranAt: { watch: ago('5 min') } });
  expect(found({ ...never, watchedSince: ago('4 min') })).toEqual([]);
  expect(found({ ...never, watchedSince: ago('6 min') })).toEqual(['critical timer:sweep', 'warning timer:pollTwilio']);
});

test('what is not wanted is never wrong', () => {
  expect(
    found({
      ...allWell(),
      subscriptions: { value: { mode: null, sources: [], singleChats: [], refusedAt: null } },
      signIn: { value: { isWanted: false, failure: null, refreshedAt: null } },
      appSignIn: { value: { isWanted: false, failure: null, refreshedAt: null } },
      chats: { value: { isWanted: false, readUpTo: null, lagging: [] } },
      canaries: { value: { isWanted: false, partitions: [], failure: null } },
      certificates: { value: { isWanted: false, expiring: [], isInUseEnabled: null } },
    }),
  ).toEqual([]);
});

const PARTS = [
  'people',
  'channel',
  'subscriptions',
  'signIn',
  'appSignIn',
  'chats',
  'calls',
  'work',
  'poison',
  'deadLetters',
  'canaries',
  'timers',
  'certificates',
  'tenant',
] as const;

test.each(PARTS)('%s that cannot be looked at is a finding, and says why', (part) => {
  const observations: Observations = { ...allWell(), [part]: { failed: 'RestError 503' } };
  expect(findings(observations, NOW)).toEqual([
    expect.objectContaining({
      id: expect.stringMatching(/^unseen:/),
      severity: 'warning',
      what: expect.stringContaining('RestError 503'),
    }),
  ]);
});

test('storage that answers nothing is one finding, not one for each of its parts', () => {
  const failed = { failed: 'ECONNREFUSED' };
  const down = {
    ...allWell(),
    ...Object.fromEntries(PARTS.filter((part) => part !== 'channel').map((part) => [part, failed])),
    storage: failed,
  };
  expect(findings(down, NOW)).toEqual([
    expect.objectContaining({ id: 'storage', severity: 'critical', what: expect.stringContaining('ECONNREFUSED') }),
  ]);
});

test.each<[string, Observations, RegExp, RegExp]>([
  ['a lost sign-in', allWellBut('signIn', { failure: fails('AADSTS50173') }), /AADSTS50173/, /Mend it/],
  [
    'a lost subscription',
    chat({ grant: null, failure: renewal(ago('1 h')) }),
    /chat messages.*renew: 403/,
    /npm run status/,
  ],
  ['a renewal that fails', chat({ failure: renewal(ago('1 h')) }), /renew: 403.*another 23 h/, /npm run status/],
  [
    'an opted-out recipient',
    allWellBut('people', { attempts: [refusal('adele', '1 h')] }),
    /"adele".*opted out/,
    /START/,
  ],
  ['a call told to nobody', untold(ago('2 min')), /NOBODY.*emergency call K7D/, /Teams chat/],
  ['a lost canary', canaries(canary(['6 min'], null)), /partition 0/, /Restart the function app/],
  [
    'a refused delivery',
    allWellBut('subscriptions', { refusedAt: ago('1 min') }),
    /refused for its tokens/,
    /TENANT_ID.*receiveNotifications/,
  ],
  ['a dead letter', letters(2), /2.*not JSON/, /npm run dead-letters/],
  ['a certificate that ends', ends('3 d'), /ends in 3 days/, /npm run certificate -- rotate/],
  ['a bad setting', fault('TWILIO_FROM'), /TWILIO_FROM: is missing.*a feature/, /Mend TWILIO_FROM/],
  [
    'a stored roster with faults',
    fault('Roster'),
    /^Roster: is missing\. Off or limited: a feature/,
    /^Mend the roster: npm run roster -- import FILE$/,
  ],
  [
    'a roster file with faults',
    fault('ROSTER_FILE'),
    /^ROSTER_FILE: is missing/,
    /^Mend the roster file and deploy it\.$/,
  ],
])('%s: what happened and what to do', (_, observations, what, todo) => {
  expect(findings(observations, NOW)).toEqual([
    expect.objectContaining({ what: expect.stringMatching(what), todo: expect.stringMatching(todo) }),
  ]);
});
