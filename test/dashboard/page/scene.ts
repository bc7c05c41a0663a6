import type {
  Audit,
  CallDetail,
  CallSummary,
  DeadLetters,
  Live,
  Me,
  Messages,
  Procedures,
  RosterOfPage,
  SetUp,
  SignInState,
  Statistics,
  Status,
} from '../../../shared/dashboard/contract.ts';

/** Times of a scene are counted from here: a browser's own clock goes on. */
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();

export const ADELE = { id: 'adele', name: 'Adele Vance' };
export const MEGAN = { id: 'megan', name: 'Megan Bowen' };
const NESTOR = { id: 'nestor', name: 'Nestor Wilke' };
const CAMPUS = { id: 'campus', name: 'Puget Sound campus' };
const DEPOT = { id: 'depot', name: 'Tacoma depot' };

export const ADMINISTRATOR: Me = {
  name: 'Megan Bowen',
  upn: 'megan@contoso.com',
  roles: ['Administrator'],
  rights: [
    ...(['seeCalls', 'answerCalls', 'seeChats', 'seeStatus', 'replayDeadLetters', 'signInAccount'] as const),
    ...(['seeRoster', 'changeRoster', 'testOneself', 'seeStatistics', 'exportRecord', 'seeAudit'] as const),
    ...(['seeProcedures', 'changeProcedures'] as const),
  ],
  sites: null,
  personId: 'megan',
  allSites: [CAMPUS, DEPOT],
  timeZone: 'America/Los_Angeles',
  serviceAccount: 'emergency-alerts@contoso.com',
  map: null,
};

function callId(seconds: number, end: number): string {
  return `${String(9_999_999_999_999 - Math.round(Date.now() - seconds * 1_000)).padStart(13, '0')}-${Math.round(end).toString(16).padStart(16, '0')}`;
}

export function summary(changes: Partial<CallSummary> = {}, seconds = 40): CallSummary {
  return {
    id: callId(seconds, seconds),
    code: 'K7M',
    isTest: false,
    state: 'open',
    content: 'read',
    confidence: 'certain',
    caller: { name: 'Alex Wilber', upn: 'alex@contoso.com' },
    numberDialed: '911',
    callbackNumber: '+14255550123',
    location: 'Building 34, Floor 2, Room 2210, 15010 NE 36th St, Redmond, WA 98052',
    locationWithheld: null,
    coordinates: { latitude: 47.6415, longitude: -122.1305 },
    site: CAMPUS,
    whereabouts: 'onSite',
    at: ago(seconds),
    clock: 'teams',
    recordedAt: ago(seconds - 1),
    endedAt: null,
    isLate: false,
    firstToldAt: ago(seconds - 2),
    firstAcknowledgedAt: null,
    holder: null,
    since: null,
    resolvedAs: null,
    ...changes,
  };
}

const TOLD: Live['active'][number]['told'] = [
  { person: ADELE, channel: 'sms', state: 'delivered', at: ago(30) },
  { person: MEGAN, channel: 'sms', state: 'sent', at: ago(31) },
];

export function activeCall(changes: Partial<CallSummary> = {}, seconds = 40): Live['active'][number] {
  return { ...summary(changes, seconds), told: TOLD };
}

/** What is answered while these calls run, and those of the days before are over. */
export function liveWith(...active: Live['active']): Live {
  return { active, newest: [...active.map(({ told: _, ...call }) => call), ...pastCalls()], continuation: null };
}

const DONE = { state: 'resolved', resolvedAs: 'real', holder: ADELE } as const;

/** Calls of the days before. */
export function pastCalls(): CallSummary[] {
  const day = 86_400;
  return [
    summary(
      {
        ...DONE,
        code: 'C4T',
        caller: { name: 'Diego Siciliani', upn: 'diego@contoso.com' },
        location: 'Dock 4, Tacoma depot',
        site: DEPOT,
      },
      0.3 * day,
    ),
    summary(
      {
        ...DONE,
        code: 'F9H',
        resolvedAs: 'test',
        isTest: true,
        numberDialed: '933',
        caller: { name: 'Lidia Holloway', upn: 'lidia@contoso.com' },
      },
      day,
    ),
    summary(
      {
        ...DONE,
        code: 'R3W',
        whereabouts: 'offSite',
        site: null,
        isLate: true,
        caller: { name: 'Nestor Wilke', upn: 'nestor@contoso.com' },
        location: null,
        locationWithheld: 'withheld; known to Adele Vance',
        coordinates: null,
      },
      1.1 * day,
    ),
    summary(
      {
        ...DONE,
        code: 'P6D',
        caller: { name: null, upn: null },
        location: null,
        coordinates: null,
        resolvedAs: 'misdial',
      },
      4 * day,
    ),
  ];
}

export const PROCEDURE = `# Emergency at the campus

1. Stay calm. **Do not** call the caller back while the call runs.
2. Who leads the ambulance in?

- [ ] Open gate B
- [ ] Send somebody to the main entrance
- [ ] Call [the first-aid room](tel:+14255550150)
`;

export function detail(changes: Partial<CallDetail> = {}, seconds = 40): CallDetail {
  const said =
    'EMERGENCY 911 K7M: Alex Wilber, call back +14255550123, Building 34, Floor 2, Room 2210. Reply 1 K7M if you have it.';
  const delivery = {
    alert: 'first',
    channel: 'sms' as const,
    attempts: 1,
    claimedAt: ago(38),
    settledAt: ago(37),
    nextAttemptAt: null,
    lastError: null,
    words: [said],
  };
  return {
    ...summary({}, seconds),
    told: TOLD,
    alsoAt: null,
    sources: ['chat', 'event'],
    policyName: 'Puget Sound',
    team: 'Security desk',
    reasons: ['labels of the message of Teams'],
    nextStepAt: new Date(Date.now() + 95_000).toISOString(),
    callback: {
      tel: '+14255550123',
      reservedUntil: new Date(Date.now() + 3_000_000).toISOString(),
      warning: 'The emergency call may still run: calling back can break it off.',
    },
    links: {
      map: 'https://www.bing.com/maps?q=15010%20NE%2036th%20St',
      chat: 'https://teams.microsoft.com/l/chat/19:meeting@thread.v2/0',
    },
    answers: ['acknowledge', 'onScene', 'escalate', 'resolve'],
    deliveries: [
      { ...delivery, person: ADELE, state: 'delivered' },
      {
        ...delivery,
        person: MEGAN,
        alert: 'step-0.0.1',
        state: 'sent',
        attempts: 2,
        lastError: '30005: unknown number',
      },
    ],
    timeline: [
      { at: ago(seconds), clock: 'teams', kind: 'notificationReceived', person: null, detail: {} },
      { at: ago(seconds - 1), clock: 'ours', kind: 'messageRead', person: null, detail: { confidence: 'certain' } },
      { at: ago(seconds - 2), clock: 'ours', kind: 'message.accepted', person: ADELE, detail: { channel: 'sms' } },
      { at: ago(seconds - 5), clock: 'twilio', kind: 'message.delivered', person: ADELE, detail: {} },
    ],
    procedure: {
      site: CAMPUS,
      version: 3,
      markdown: PROCEDURE,
      checklist: [
        { item: 0, text: 'Open gate B', ticked: { by: ADELE, at: ago(20) } },
        { item: 1, text: 'Send somebody to the main entrance', ticked: null },
        { item: 2, text: 'Call the first-aid room', ticked: null },
      ],
    },
    viewers: [{ person: MEGAN, at: ago(10) }],
    ...changes,
  };
}

const message = {
  chatId: '19:meeting@thread.v2',
  messageId: '1700000000000',
  from: 'Emergency services',
  sentAt: ago(41),
  storedAt: ago(40),
  isDeleted: false,
};
export const MESSAGES: Messages = {
  messages: [
    {
      ...message,
      text: 'An emergency call was made by Alex Wilber (+14255550123)\nBuilding 34, Floor 2',
      verdict: 'emergency',
      reasons: ['its labels', 'its sender'],
      callId: callId(40, 40),
    },
    {
      ...message,
      messageId: '1',
      from: 'Adele Vance',
      text: 'Lunch at noon?',
      verdict: 'other',
      reasons: ['no words of an emergency'],
      callId: null,
    },
    {
      ...message,
      messageId: '2',
      from: null,
      text: null,
      verdict: 'unreadable',
      reasons: ['no content'],
      callId: null,
    },
  ],
  continuation: null,
  looked: { rows: 3, from: ago(86_400), isComplete: true },
};

export const STATUS: Status = {
  at: ago(4),
  state: 'critical',
  parts: [
    { part: 'Ingestion', state: 'ok', since: null, detail: 'The canary came back in 2 s.', findings: [] },
    { part: 'Messages', state: 'ok', since: null, detail: 'Twilio takes messages; balance $42.', findings: [] },
    { part: 'Roster', state: 'ok', since: null, detail: 'Version 7; everybody can be reached.', findings: [] },
    {
      part: 'Subscriptions',
      state: 'warning',
      since: ago(3_600),
      detail: 'One subscription hears of each chat.',
      findings: [
        {
          id: 'fallback',
          severity: 'warning',
          title: 'Fallback mode',
          since: ago(3_600),
          what: 'Graph refused the subscription to all chats.',
          todo: 'Assign the Teams licence to the service account.',
        },
      ],
    },
    {
      part: 'Sign-in',
      state: 'critical',
      since: ago(600),
      detail: 'The refresh token was refused.',
      findings: [
        {
          id: 'signIn',
          severity: 'critical',
          title: 'The service account is signed out',
          since: ago(600),
          what: 'Microsoft answered AADSTS50173: the password was changed.',
          todo: 'Sign in again under “Set-up”, “To the sign-in”.',
        },
      ],
    },
  ],
  signIn: {
    serviceAccount: 'emergency-alerts@contoso.com',
    signedInAs: 'emergency-alerts@contoso.com',
    signedInAt: ago(8_000_000),
    refreshedAt: ago(4_000),
    nextRefreshAt: new Date(Date.now() + 900_000).toISOString(),
  },
  subscriptions: {
    mode: 'perChat',
    modeSince: ago(3_600),
    sources: [
      {
        kind: 'chat messages',
        renewedAt: ago(900),
        expiresAt: new Date(Date.now() + 170_000_000).toISOString(),
        failure: null,
      },
      {
        kind: 'emergency events',
        renewedAt: ago(900),
        expiresAt: new Date(Date.now() + 60_000_000).toISOString(),
        failure: null,
      },
    ],
  },
  lastTests: [{ place: 'Puget Sound campus', at: ago(400_000), outcome: 'told in 3 s' }],
  expiries: [{ name: 'Twilio API key', expiresAt: new Date(Date.now() + 5_000_000_000).toISOString() }],
  deadLetters: 2,
};

export const DEAD_LETTERS: DeadLetters = {
  letters: [
    { id: 'one', at: ago(5_000), source: 'notifyOnCall', reason: 'Twilio answered 503 five times', attempts: 5 },
    { id: 'two', at: ago(9_000), source: 'ingest', reason: 'The event could not be decrypted', attempts: 1 },
  ],
  isMore: false,
};

export const SIGN_IN: SignInState = {
  serviceAccount: 'emergency-alerts@contoso.com',
  signedInAs: null,
  signedInAt: null,
  refreshedAt: null,
  scopes: [
    { scope: 'Chat.Read', reason: 'to read the notifications of Teams' },
    { scope: 'offline_access', reason: 'to stay signed in' },
  ],
  attempt: null,
};

export const SET_UP: SetUp = {
  steps: [
    { id: 'settings', title: 'Settings', isDone: true, detail: 'All settings are there.', todo: '' },
    {
      id: 'signIn',
      title: 'Sign-in of the service account',
      isDone: true,
      detail: 'emergency-alerts@contoso.com is signed in.',
      todo: '',
    },
    {
      id: 'subscription',
      title: 'Subscription',
      isDone: true,
      detail: 'One subscription hears of all chats.',
      todo: '',
    },
    { id: 'roster', title: 'Roster', isDone: true, detail: 'Version 7 with 3 people.', todo: '' },
    {
      id: 'test',
      title: 'First test call',
      isDone: false,
      detail: 'There has been none yet.',
      todo: 'Dial 933 in Teams with a user of the emergency calling policy.',
    },
  ],
};

export function roster(): RosterOfPage {
  const person = (one: { id: string; name: string }) => ({
    ...one,
    channels: ['sms', 'voice'],
    language: 'en',
    phoneEnd: '11',
    hasEmail: true,
  });
  const week = (i: number) => new Date(Date.UTC(2020, 0, 6, 16) + i * 7 * 86_400_000).toISOString();
  const current = Math.floor((Date.now() - Date.UTC(2020, 0, 6, 16)) / (7 * 86_400_000));
  const shifts = [-1, 0, 1, 2].map((i) => ({
    from: week(current + i),
    until: week(current + i + 1),
    person: i % 2 === 0 ? ADELE : MEGAN,
    isOverride: i === 1,
  }));
  return {
    version: 7,
    origin: 'table',
    importedAt: ago(90_000),
    importedBy: 'megan@contoso.com',
    problems: [],
    people: [ADELE, MEGAN, NESTOR].map(person),
    teams: [
      {
        id: 'desk',
        name: 'Security desk',
        timeZone: 'America/Los_Angeles',
        steps: [
          { escalateAfterMinutes: 2, tell: ['rotation:desk'], toldNow: [ADELE, MEGAN] },
          { escalateAfterMinutes: 5, tell: ['nestor'], toldNow: [NESTOR] },
        ],
      },
    ],
    sites: [CAMPUS, DEPOT],
    rotations: [
      { id: 'desk', timeZone: 'America/Los_Angeles', people: [ADELE, MEGAN], shifts },
      {
        id: 'backup',
        timeZone: 'America/Los_Angeles',
        people: [NESTOR],
        shifts: [{ from: week(current - 1), until: week(current + 3), person: NESTOR, isOverride: false }],
      },
    ],
    overrides: [
      {
        rotation: 'desk',
        from: '2026-12-01T08:00',
        until: '2026-12-02T08:00',
        fromAt: '2026-12-01T16:00:00Z',
        untilAt: '2026-12-02T16:00:00Z',
        person: NESTOR,
      },
    ],
  };
}

export function statistics(): Statistics {
  const durations = (count: number, p95: number) => ({
    count,
    p50Seconds: p95 / 2,
    p95Seconds: p95,
    worstSeconds: p95 * 1.4,
  });
  const weeks = [3, 1, 0, 4, 2, 6, 1, 2, 3, 0, 5, 2].map((calls, i) => ({
    week: new Date(Date.UTC(2026, 8, 7 + i * 7)).toISOString().slice(0, 10),
    calls,
    tests: i % 3,
    timeToNotify: durations(calls, 2.1 + (i % 4) * 0.6),
    timeToAcknowledge: durations(calls, 34 + (i % 5) * 17),
  }));
  return {
    from: '2026-09-07',
    to: '2026-11-29',
    zone: 'America/Los_Angeles',
    weeks,
    sites: [
      { site: CAMPUS, calls: 21, tests: 9 },
      { site: DEPOT, calls: 6, tests: 3 },
      { site: null, calls: 2, tests: 0 },
    ],
    timeToNotify: durations(29, 3.4),
    timeToAcknowledge: durations(27, 71),
    looked: { rows: 41, from: null, isComplete: true },
  };
}

export const AUDIT: Audit = {
  entries: [
    {
      at: ago(60),
      person: MEGAN,
      upn: 'megan@contoso.com',
      roles: ['Administrator'],
      action: 'viewed',
      what: 'call',
      of: callId(40, 40),
    },
    {
      at: ago(6_000),
      person: ADELE,
      upn: null,
      roles: ['Auditor'],
      action: 'exported',
      what: 'calls.csv',
      of: '2026-09-01 to 2026-11-21',
    },
  ],
  continuation: null,
};

export const PROCEDURES: Procedures = {
  procedures: [{ site: null, version: 3, at: ago(500_000), by: MEGAN }],
};
