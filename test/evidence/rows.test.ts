import type { CallEvidence } from '../../shared/evidence/callEvidence.ts';
import { CALL_COLUMNS, callRowOf } from '../../shared/evidence/callRow.ts';
import { DELIVERY_COLUMNS, deliveryRowsOf } from '../../shared/evidence/deliveryRow.ts';
import { lastTestsOf, TEST_COLUMNS } from '../../shared/evidence/lastTests.ts';
import { NOBODY_ANSWERED } from '../../shared/oncall/response.ts';
import type { Site } from '../../shared/oncall/roster.ts';
import type { SiteTest } from '../../shared/oncall/siteTest.ts';
import type { TimelineEntry } from '../../shared/store/timelineStore.ts';
import { answerEntry, callAt, deliveryOf, later, messageEntry } from './records.ts';

const CALLED = '2026-03-03T08:00:00.000Z';
const NAMES: Record<string, string> = { adele: 'Adele Vance', megan: 'Megan Bowen' };
const NO_ROUND: NonNullable<SiteTest['round']> = {
  ...{ code: 'CDF', begunAt: CALLED, reminders: 1, remindedAt: CALLED, calls: [], questions: 0, askedAt: null },
  ...{ told: ['adele'], unreached: [], answers: [], telling: null },
};
const nameOf = (id: string) => NAMES[id] ?? null;
const plus = (seconds: number) => later(CALLED, seconds);
const evidenceOf = (
  changes: Parameters<typeof callAt>[1] = {},
  rest: Partial<Omit<CallEvidence, 'call'>> = {},
): CallEvidence => ({ call: callAt(CALLED, changes), deliveries: [], timeline: [], ...rest });
const rowOf = (evidence: CallEvidence) => callRowOf(evidence, nameOf);

test('each row has its columns, no more and no fewer', () => {
  const call = callAt(CALLED, { isTest: true });
  const evidence = { call, deliveries: [deliveryOf(call)], timeline: [] };
  const [test] = lastTestsOf([evidence], new Date(CALLED), nameOf);
  expect(Object.keys(rowOf(evidence)).sort()).toEqual([...CALL_COLUMNS].sort());
  expect(Object.keys(deliveryRowsOf(evidence, nameOf)[0] ?? {}).sort()).toEqual([...DELIVERY_COLUMNS].sort());
  expect(Object.keys(test ?? {}).sort()).toEqual([...TEST_COLUMNS].sort());
});

describe('times', () => {
  test.each<[string, Parameters<typeof callAt>[1], object]>([
    [
      'told in time',
      { firstToldAt: plus(2.5), late: false },
      { late: 'in time', timeToNotifySeconds: 2.5, timeToNotifyClocks: 'teams to ours', receivedToToldSeconds: 1.5 },
    ],
    ['told late', { firstToldAt: plus(11), late: true }, { late: 'LATE', timeToNotifySeconds: 11 }],
    [
      'nobody told: neither late nor in time',
      {},
      { late: 'unknown', timeToNotifySeconds: null, timeToNotifyClocks: null, receivedToToldSeconds: null },
    ],
    [
      'the source says no time: counted from the hub, and not said to be in time',
      { occurredAt: null, firstToldAt: plus(2.5) },
      {
        ...{ late: 'unknown', timeToNotifySeconds: 2, timeToNotifyClocks: 'eventHub to ours' },
        gaps: expect.stringContaining('no time of the source: counted from the time of eventHub'),
      },
    ],
    [
      'neither does the hub',
      { occurredAt: null, hubEnqueuedAt: null, firstToldAt: plus(2.5) },
      { timeToNotifySeconds: 1.5, timeToNotifyClocks: 'ours' },
    ],
    [
      'the clock of Teams is ahead of ours: shown as it is',
      { firstToldAt: plus(-0.25) },
      { timeToNotifySeconds: -0.25, gaps: expect.stringContaining('the clocks disagree') },
    ],
  ])('%s', (_, changes, expected) => {
    expect(rowOf(evidenceOf(changes))).toMatchObject(expected);
  });

  test('nobody acknowledged: no time to acknowledge, of nobody', () => {
    expect(rowOf(evidenceOf({ firstToldAt: plus(2) }))).toMatchObject({
      ...{ timeToAcknowledgeSeconds: null, timeToAcknowledgeClocks: null, toldToAcknowledgedSeconds: null },
      ...{ acknowledgedAt: null, acknowledgedById: null, responseState: 'open', resolvedAs: null },
    });
  });
});

describe('the facts of the law', () => {
  const { facts } = callAt(CALLED);
  test.each<[string, Parameters<typeof callAt>[1], object]>([
    ['unknown place', { facts: { ...facts, location: null } }, { locationMet: 'unknown', location: null }],
    [
      'coordinates only',
      { facts: { ...facts, location: null, coordinates: { latitude: 47.6, longitude: -122.1 } } },
      { locationMet: 'conveyed', location: null, coordinates: '47.6 -122.1' },
    ],
    [
      'a place that became known later',
      { changedFacts: ['location'], factsVersion: 2 },
      { locationMet: 'conveyed', locationChangedLater: true },
    ],
    [
      'a place of a site',
      { whereabouts: 'onSite', site: 'headquarters', sitePattern: 'Building 3*' },
      {
        whereabouts: 'onSite',
        site: 'headquarters',
        siteFittedBy: 'Building 3*',
        locationForm: 'otherWords',
        locationWithheldFrom: '',
      },
    ],
    [
      'off site, at an address without a room',
      { whereabouts: 'offSite', facts: { ...facts, location: '12 Elm St, Redmond, WA 98052' } },
      { whereabouts: 'offSite', site: null, siteFittedBy: null, locationForm: 'streetAddress' },
    ],
    [
      'one that was told to all in the end',
      { whereabouts: 'offSite', isAddressOpen: true },
      { gaps: expect.stringContaining('nobody who may know a home address could be told it') },
    ],
    ['unknown callback number', { facts: { ...facts, callbackNumber: null } }, { callbackNumberMet: 'unknown' }],
    ['a second place', { alsoAt: 'Lobby' }, { alsoAt: 'Lobby', location: 'Building 34, Room 2210' }],
  ])('%s', (_, changes, expected) => {
    expect(rowOf(evidenceOf(changes))).toMatchObject(expected);
  });
});

test('from whom a location was withheld: who got no message with it; a place of the team is nobody', () => {
  const { call } = evidenceOf({ whereabouts: 'offSite' });
  const deliveries = [
    deliveryOf(call, { recipientId: 'adele', homeAddress: 'told' }),
    deliveryOf(call, { recipientId: 'megan', homeAddress: 'withheld' }),
    deliveryOf(call, { recipientId: 'nestor', homeAddress: 'withheld' }),
    deliveryOf(call, { recipientId: 'nestor', homeAddress: 'told', alertKey: 'step-0.0.1' }),
    deliveryOf(call, { recipientId: 'lidia', homeAddress: 'withheld', state: 'failed' }),
    deliveryOf(call, { recipientId: 'place:teams', homeAddress: 'withheld', alertKey: 'first.places' }),
    deliveryOf(call, { recipientId: 'diego' }),
  ];
  const evidence = { call, deliveries, timeline: [] };
  expect(rowOf(evidence).locationWithheldFrom).toBe('megan');
  const rows = deliveryRowsOf(evidence, nameOf);
  expect(rows.filter(({ recipientId }) => recipientId === 'nestor').map(({ homeAddress }) => homeAddress)).toEqual([
    'withheld',
    'told',
  ]);
  expect(rows.find(({ recipientId }) => recipientId === 'diego')?.homeAddress).toBeNull();
});

describe('answers', () => {
  const taken = (by: string, at: string, changes = {}) => ({
    response: {
      ...NOBODY_ANSWERED,
      ...{ state: 'acknowledged' as const, holder: by, answeredBy: by, since: at, firstAcknowledgedAt: at, version: 1 },
      ...changes,
    },
  });

  test('who was first holds, whoever answered after', () => {
    const timeline = [
      answerEntry(plus(60), 'megan', 'acknowledge', { via: 'voice' }),
      answerEntry(plus(61), 'adele', 'acknowledge', { verdict: 'taken' }),
    ];
    const row = rowOf(evidenceOf({ firstToldAt: plus(2), ...taken('megan', plus(60)) }, { timeline }));
    expect(row).toMatchObject({
      ...{ acknowledgedById: 'megan', acknowledgedByName: 'Megan Bowen', acknowledgedVia: 'voice' },
      ...{ timeToAcknowledgeSeconds: 60, timeToAcknowledgeClocks: 'teams to ours', toldToAcknowledgedSeconds: 58 },
    });
    expect(row.answers).toBe(
      `${plus(60)} megan by voice: acknowledge, done; ${plus(61)} adele by sms: acknowledge, taken`,
    );
  });

  test('a call handed back and taken by another: the first acknowledgement is still the first', () => {
    const timeline = [
      answerEntry(plus(60), 'megan', 'acknowledge'),
      answerEntry(plus(90), 'megan', 'handBack'),
      answerEntry(plus(120), 'adele', 'acknowledge'),
    ];
    const response = taken('adele', plus(120), { firstAcknowledgedAt: plus(60) });
    expect(rowOf(evidenceOf(response, { timeline }))).toMatchObject({
      ...{ holderId: 'adele', acknowledgedById: 'megan', acknowledgedAt: plus(60) },
    });
  });

  test('the timeline lacks the acknowledgement: nobody is named in its place, and the gap is', () => {
    const timeline = [
      answerEntry(plus(90), 'adele', 'escalate'),
      answerEntry(plus(95), 'adele', 'resolve', { reason: 'real' }),
    ];
    const resolved = { state: 'resolved', resolvedAs: 'real', firstAcknowledgedAt: plus(60) };
    expect(rowOf(evidenceOf(taken('adele', plus(95), resolved), { timeline }))).toMatchObject({
      ...{ acknowledgedAt: plus(60), acknowledgedById: null },
      gaps: expect.stringContaining('who acknowledged is not on the timeline'),
    });
  });

  test('on scene, then closed as a misdial by somebody else', () => {
    const timeline = [
      answerEntry(plus(60), 'megan', 'onScene'),
      answerEntry(plus(300), 'adele', 'resolve', { reason: 'misdial' }),
    ];
    const resolved = { state: 'resolved', resolvedAs: 'misdial', firstAcknowledgedAt: plus(60) };
    expect(rowOf(evidenceOf(taken('adele', plus(300), resolved), { timeline }))).toMatchObject({
      ...{ onSceneAt: plus(60), onSceneById: 'megan', resolvedAt: plus(300), resolvedById: 'adele' },
      ...{ resolvedByName: 'Adele Vance', resolvedAs: 'misdial', acknowledgedById: 'megan' },
      answers: expect.stringContaining('resolve misdial, done'),
    });
  });

  test('somebody who is on no roster has an id and no name', () => {
    const timeline = [answerEntry(plus(60), 'nobody', 'acknowledge')];
    const row = rowOf(evidenceOf(taken('nobody', plus(60)), { timeline }));
    expect(row).toMatchObject({ acknowledgedById: 'nobody', acknowledgedByName: null, holderName: null });
  });
});

describe('the message and the sources', () => {
  const read = (seconds: number, text: string, key = 'hub') =>
    ({ at: plus(seconds), clock: 'ours', kind: 'messageRead', key, detail: { text } }) as const;
  const came = (via: string) =>
    ({ at: plus(1), clock: 'ours', kind: 'notificationReceived', key: via, detail: { via } }) as const;

  test('read again unchanged is no edit', () => {
    const timeline = [read(1, 'Alex dialed 911'), read(3, 'Alex dialed 911', 'reconcile')];
    expect(rowOf(evidenceOf({}, { timeline }))).toMatchObject({ messageEdits: 0, messageEditSeenAt: null });
  });

  test('edited twice, then deleted', () => {
    const deleted = { ...read(90, ''), kind: 'messageDeleted', detail: {} };
    const timeline = [read(1, 'a'), read(30, 'b'), read(60, 'a'), deleted];
    expect(rowOf(evidenceOf({}, { timeline }))).toMatchObject({
      ...{ messageEdits: 2, messageEditSeenAt: plus(60), messageDeletionSeenAt: plus(90) },
    });
  });

  test.each<[string, Parameters<typeof callAt>[1], string[], string]>([
    ['not announced', {}, ['reconcile'], 'Graph did not announce it'],
    ['not read yet', { content: 'pending' }, ['hub'], 'the message could not be read yet'],
    ['never to be read', { content: 'unavailable' }, ['hub'], 'the message could not be read'],
    ['no emergency after all', { content: 'notEmergency' }, ['hub'], 'it was no emergency'],
    ['nothing written down', {}, [], 'no timeline'],
    ['nobody told', {}, ['hub'], 'no delivery'],
  ])('%s: a gap in words', (_, changes, ways, gap) => {
    expect(rowOf(evidenceOf(changes, { timeline: ways.map(came) })).gaps).toContain(gap);
  });

  test('announced and read back too: no gap of the source', () => {
    const row = rowOf(evidenceOf({}, { timeline: [came('hub'), came('reconcile')] }));
    expect(row).toMatchObject({ cameBy: 'hub; reconcile', sources: 'chat', gaps: 'no delivery' });
  });
});

describe('deliveries', () => {
  const call = callAt(CALLED);
  const rowsOf = (deliveries: CallEvidence['deliveries'], timeline: CallEvidence['timeline'] = []) =>
    deliveryRowsOf({ call, deliveries, timeline }, nameOf);

  test('taken by the provider is not delivered', () => {
    expect(rowsOf([deliveryOf(call)])).toMatchObject([
      { deliveryState: 'accepted', acceptedAt: plus(2), deliveredAt: null, deliveredClock: null, answeredAt: null },
    ]);
  });

  test('delivered once every part is, by the clock of whoever reported the last', () => {
    const parts = (second: string) => [
      { id: 'SM1', status: 'delivered' },
      { id: 'SM2', status: second },
    ];
    const half = deliveryOf(call, { providerMessages: parts('sent') });
    const first = messageEntry(half, 'message.delivered', plus(4), { messageSid: 'SM1', status: 'delivered' });
    expect(rowsOf([half], [first])[0]).toMatchObject({ providerStatus: 'delivered; sent', deliveredAt: null });
    const whole = deliveryOf(call, { providerMessages: parts('delivered') });
    const report = { messageSid: 'SM2', status: 'delivered' };
    const second = messageEntry(whole, 'message.delivered', plus(6), report, 'twilio');
    expect(rowsOf([whole], [first, second])[0]).toMatchObject({ deliveredAt: plus(6), deliveredClock: 'twilio' });
  });

  test('undelivered: when, by whose clock, why, and that the provider had taken it', () => {
    const lost = deliveryOf(call, {
      ...{ state: 'failed', lastError: '30003: the phone cannot be reached', settledAt: plus(9) },
      providerMessages: [{ id: 'SM1', status: 'undelivered' }],
    });
    const timeline = [
      messageEntry(lost, 'message.accepted', plus(2)),
      messageEntry(lost, 'message.undelivered', plus(8), { messageSid: 'SM1', status: 'undelivered' }, 'twilio'),
    ];
    expect(rowsOf([lost], timeline)).toMatchObject([
      {
        ...{ deliveryState: 'failed', acceptedAt: plus(2), undeliveredAt: plus(8), undeliveredClock: 'twilio' },
        ...{ deliveredAt: null, lastError: '30003: the phone cannot be reached' },
        history: `${plus(2)} ours: accepted, attempt 1; ${plus(8)} twilio: undelivered, attempt 1`,
      },
    ]);
    expect(callRowOf({ call, deliveries: [lost], timeline }, nameOf).peopleTold).toBe(1);
  });

  test('never taken: no time of acceptance, though it is settled', () => {
    const refused = deliveryOf(call, { state: 'failed', providerMessages: [], lastError: '21610: opted out' });
    const timeline = [messageEntry(refused, 'message.failed', plus(2))];
    expect(rowsOf([refused], timeline)).toMatchObject([{ acceptedAt: null, undeliveredAt: null }]);
    expect(callRowOf({ call, deliveries: [refused], timeline }, nameOf)).toMatchObject({
      ...{ peopleTold: 0, gaps: 'nobody was told' },
    });
  });

  test.each(['teams', 'webhook'] as const)('a place that took it by %s is no person who was told', (channel) => {
    const place = deliveryOf(call, { channel, recipientId: `place:${channel}`, to: channel });
    expect(rowsOf([place])).toMatchObject([{ channel, acceptedAt: plus(2) }]);
    expect(callRowOf({ call, deliveries: [place], timeline: [] }, nameOf)).toMatchObject({
      ...{ peopleTold: 0, deliveries: 1, gaps: 'no timeline; nobody was told' },
    });
  });

  test("what another person, alert or channel got is not this one's", () => {
    const sms = deliveryOf(call);
    const others = [
      deliveryOf(call, { recipientId: 'megan' }),
      deliveryOf(call, { channel: 'voice' }),
      deliveryOf(call, { alertKey: 'update-2' }),
    ];
    const delivered = { messageSid: 'SM1', status: 'delivered' };
    const timeline = [
      ...others.map((other) => messageEntry(other, 'message.delivered', plus(4), delivered)),
      answerEntry(plus(5), 'megan', 'acknowledge'),
    ];
    expect(rowsOf([sms], timeline)).toMatchObject([{ deliveredAt: null, answeredAt: null, history: '' }]);
  });

  test('an answer before a message is none to it', () => {
    const [before, afterwards] = [deliveryOf(call), deliveryOf(call, { alertKey: 'reminder-1.1' })];
    const reminded = { ...afterwards, firstClaimedAt: plus(600), claimedAt: plus(600) };
    const timeline = [answerEntry(plus(60), 'adele', 'acknowledge')];
    expect(rowsOf([reminded, before], timeline)).toMatchObject([
      { alert: 'first', answeredAt: plus(60), answer: 'acknowledge', answeredVia: 'sms' },
      { alert: 'reminder-1.1', answeredAt: null },
    ]);
  });
});

describe('the last test of each place', () => {
  const now = new Date('2026-04-02T07:59:59.000Z');
  const testFrom = (place: string | null, at: string, changes: Parameters<typeof callAt>[1] = {}): CallEvidence => {
    const { facts } = callAt(at);
    const call = callAt(at, { isTest: true, facts: { ...facts, location: place }, ...changes });
    return { call, deliveries: [deliveryOf(call)], timeline: [] };
  };
  const closed = (by: string, resolvedAs: 'test' | 'misdial') => ({
    response: { ...NOBODY_ANSWERED, state: 'resolved' as const, holder: by, since: plus(60), resolvedAs },
  });

  test('the newest of each place, the one longest ago first; a real call is no test', () => {
    const rows = lastTestsOf(
      [
        testFrom('Building 34', '2026-03-20T08:00:00.000Z'),
        testFrom('BUILDING 34', CALLED),
        testFrom('Lobby', '2026-03-01T08:00:00.000Z'),
        testFrom('Lobby', '2026-03-30T08:00:00.000Z', { isTest: false }),
        testFrom(null, '2026-04-02T07:00:00.000Z'),
      ],
      now,
      nameOf,
    );
    expect(rows).toMatchObject([
      { place: 'Lobby', lastTestAt: '2026-03-01T08:00:00.000Z', ageDays: 31 },
      { place: 'Building 34', lastTestAt: '2026-03-20T08:00:00.000Z', ageDays: 12 },
      { place: null, ageDays: 0, addressReadBack: 'not recorded' },
    ]);
  });

  test.each<[string, Parameters<typeof callAt>[1], string | null]>([
    ['nobody closed it', {}, null],
    ['closed as something else', closed('adele', 'misdial'), null],
    ['closed by somebody who was not told', closed('megan', 'test'), null],
    ['closed as a test by somebody who was told', closed('adele', 'test'), 'adele'],
  ])('%s', (_, changes, seenById) => {
    const [row] = lastTestsOf([testFrom('Lobby', CALLED, changes)], now, nameOf);
    expect(row).toMatchObject({ seenById, seenAt: seenById === null ? null : plus(60) });
  });

  test('no test calls, no places', () => {
    expect(lastTestsOf([], now, nameOf)).toEqual([]);
  });

  const site = (id: string, changes: Partial<Site> = {}): Site => ({
    ...{ id, name: `Site ${id}`, places: [`${id}*`], directRouting: false, test: { everyDays: 30, tell: ['adele'] } },
    ...changes,
  });
  const said = (at: string, by: string, answer: string, more = {}): TimelineEntry => ({
    ...{ at, clock: 'ours', kind: 'test.answered', key: at },
    detail: { by, answer, said: null, ...more },
  });
  const withTimeline = (...timeline: TimelineEntry[]) => ({ ...testFrom('Lobby', CALLED), timeline });
  const asked: TimelineEntry = { at: plus(60), clock: 'ours', kind: 'test.asked', key: '1', detail: { site: 'Lobby' } };

  test.each<[string, TimelineEntry[], object]>([
    ['nobody was asked', [], { addressReadBack: 'not recorded', addressAnsweredAt: null }],
    ['nobody answered', [asked], { addressReadBack: 'not answered', addressAnsweredById: null }],
    [
      'it was right, and what was heard',
      [asked, said(plus(90), 'adele', 'right', { said: '1 Main St' })],
      {
        ...{ addressReadBack: 'right', addressAnsweredById: 'adele', addressAnsweredByName: 'Adele Vance' },
        ...{ addressAnsweredAt: plus(90), addressSaid: '1 Main St' },
      },
    ],
    [
      'somebody says wrong, somebody else right later',
      [said(plus(90), 'adele', 'wrong'), said(plus(99), 'megan', 'right')],
      { addressReadBack: 'wrong', addressAnsweredById: 'adele', addressAnsweredAt: plus(90) },
    ],
    [
      'the same person mends a slip',
      [said(plus(90), 'adele', 'wrong'), said(plus(99), 'adele', 'right')],
      { addressReadBack: 'right', addressAnsweredAt: plus(99) },
    ],
    ['what is no such answer', [said(plus(90), 'adele', 'perhaps')], { addressReadBack: 'not recorded' }],
  ])('what was read back: %s', (_, timeline, expected) => {
    const [row] = lastTestsOf([withTimeline(...timeline)], now, nameOf, { sites: [site('Lobby')], tests: [] });
    expect(row).toMatchObject({ siteId: 'Lobby', siteName: 'Site Lobby', directRouting: false, ...expected });
  });

  test('a site that was never tested stands first; one that nobody is to test, and has no test, is left out', () => {
    const records = { sites: [site('Lobby'), site('Annex'), site('Garage', { test: null })], tests: [] };
    expect(lastTestsOf([testFrom('Lobby', CALLED), testFrom('Roof', plus(1))], now, nameOf, records)).toMatchObject([
      { siteId: 'Annex', lastTestAt: null, ageDays: null, callId: null, addressReadBack: 'not recorded' },
      { siteId: 'Lobby', lastTestAt: CALLED },
      { siteId: null, place: 'Roof' },
    ]);
  });

  test('an answer without a call, as Direct Routing has it, is a test of its own', () => {
    const answers = [{ by: 'adele', at: plus(90), answer: 'right' as const, said: '1 Main St', messageSid: 'SM1' }];
    const round = { ...NO_ROUND, answers };
    const tests = [{ siteId: 'Annex', lastTestAt: plus(90), round, answered: null }];
    const records = { sites: [site('Annex', { directRouting: true })], tests };
    expect(lastTestsOf([], now, nameOf, records)).toMatchObject([
      {
        ...{ siteId: 'Annex', directRouting: true, lastTestAt: plus(90), lastTestClock: 'ours', callId: null },
        ...{ addressReadBack: 'right', addressSaid: '1 Main St' },
      },
    ]);
    const newer = testFrom('Annex', plus(999));
    expect(lastTestsOf([newer], now, nameOf, records)).toMatchObject([{ callId: newer.call.id }]);
  });
});
