import type { AnswerResult, CallSummary } from '../shared/dashboard/contract.ts';

type Heading = Pick<CallSummary, 'isTest' | 'numberDialed' | 'caller' | 'code'>;

const channels = { sms: 'SMS', voice: 'call', email: 'mail', teams: 'Teams', webhook: 'webhook' } as const;

const count = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`);

/** Kinds of the timeline in words; one that is new stands as it is recorded. */
const timelineKinds: Record<string, string> = {
  notificationReceived: 'Notification received',
  messageRead: 'Message read',
  located: 'Location looked up among the sites',
  messageDeleted: 'Message deleted in the chat',
  chatReply: 'Written in the chat',
  callStarted: 'Event: the call has begun',
  callEnded: 'Event: the call has ended',
  emergencyEvent: 'Event of the call',
  'message.claimed': 'Message being sent',
  'message.waiting': 'Message waits for the next try',
  'message.accepted': 'Message handed over',
  'message.sent': 'Message sent',
  'message.delivered': 'Message delivered',
  'message.undelivered': 'Message NOT delivered',
  'message.failed': 'Message FAILED',
  reply: 'Reply received',
  'reply.answered': 'Reply answered',
  escalated: 'More people are told',
  unanswered: 'NOBODY answered any step',
  'answer.acknowledge': 'Acknowledged',
  'answer.onScene': 'On scene',
  'answer.handBack': 'Handed back',
  'answer.escalate': 'More people asked for',
  'answer.resolve': 'Closed',
  'test.asked': 'Asked what the test call read back',
  'test.answered': 'What the test call read back',
  'procedure.ticked': 'Step of the procedure done',
  'procedure.unticked': 'Step of the procedure not done after all',
};

/** All words of the page, in English: another language is another object of this shape. */
export const texts = {
  locale: 'en-US',
  name: 'Emergency calls',
  loading: 'Loading …',
  unknown: 'unknown',
  all: 'All',
  more: 'Show earlier ones',
  again: 'Try again',
  cancel: 'Cancel',
  copy: 'Copy',
  tableOf: (title: string) => `Table: ${title}`,
  copied: 'Copied',
  notCopied: 'Could not be copied',
  menu: 'Menu',
  skip: 'To the content',
  viewsLabel: 'Views',
  recording: 'Recording …',
  notRecorded: 'NOT RECORDED.',
  live: 'Live',
  notLive: 'NOT LIVE',
  lastAnswer: 'The last answer came at',
  lookedBackTo: 'Looked back to',
  signIn: 'Sign in',
  unknownView: 'There is no such page',
  askAdministrator: 'Choose another view above, or ask your administrator.',
  titleWaiting: (waiting: number, title: string) => `(${waiting}) NOBODY HAS IT – ${title}`,
  shownIsFrom: (when: string) => `What is shown is from ${when}.`,
  seconds: (value: number | null) => (value === null ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)} s`),

  views: {
    calls: 'Calls',
    chats: 'Chats',
    roster: 'On call',
    status: 'Status',
    setUp: 'Set-up',
    statistics: 'Statistics',
    wall: 'Wall display',
  },

  failures: {
    unreachable: 'The service does not answer. Calls are told by SMS and phone all the same.',
    signedOut: 'Your session has ended. Sign in again.',
    forbidden: 'You may not see this.',
    refused: 'That was refused.',
    failed: 'The service answered with a failure. Try again, or tell your administrator.',
  },

  sound: {
    button: { off: 'Turn alarm on', on: 'Alarm on', blocked: 'Turn alarm on' },
    hint: {
      off: 'This screen is silent. Turn its alarm on to hear calls and get notifications.',
      on: '',
      blocked: 'The browser keeps this screen silent. Click or press a key to hear calls.',
    },
  },

  alarm: {
    title: (call: Heading) =>
      `${call.isTest ? 'TEST: ' : ''}Emergency call to ${call.numberDialed ?? 'an unknown number'}`,
    body: (call: CallSummary) =>
      `${call.caller.name ?? call.caller.upn ?? 'Unknown caller'}\n${call.location ?? call.locationWithheld ?? 'Location unknown'}`,
  },

  states: { open: 'Nobody has it', acknowledged: 'Acknowledged', onScene: 'On scene', resolved: 'Closed' },
  answers: {
    acknowledge: 'I have it',
    onScene: 'I am on scene',
    handBack: 'Hand it back',
    escalate: 'More people now',
    resolve: 'Close the call',
  },
  reasons: { real: 'It was real', misdial: 'Misdial', test: 'Test', other: 'Other' },
  verdict(verdict: AnswerResult['verdict'], action: string, holder: string | null): string {
    const done: Record<string, string> = {
      acknowledge: 'Recorded: you have it. The others are told.',
      onScene: 'Recorded: you are on scene.',
      handBack: 'Recorded: handed back. The others are told again.',
      escalate: 'Recorded: more people are told now.',
      resolve: 'Recorded: the call is closed.',
    };
    switch (verdict) {
      case 'done':
        return done[action] ?? 'Recorded.';
      case 'yours':
        return 'You have it already.';
      case 'taken':
        return `${holder ?? 'Somebody else'} has it already.`;
      case 'notYours':
        return `${holder ?? 'Somebody else'} has it: nothing is changed.`;
      case 'resolved':
        return 'The call is closed already: nothing is changed.';
    }
  },

  channels,
  deliveryStates: { sending: 'being sent', waiting: 'waiting', sent: 'sent', delivered: 'delivered', failed: 'failed' },
  clocks: { ours: 'our clock', teams: "Teams' clock", eventHub: "Event Hub's clock", twilio: "Twilio's clock" },
  timelineKind: (kind: string) => timelineKinds[kind] ?? kind,

  calls: {
    history: 'All calls',
    noneActive: 'No call is running',
    none: 'No calls.',
    never: 'There has been none yet.',
    lastWas: (when: string) => `The last one came ${when}.`,
    active: (n: number) => count(n, 'running call', 'running calls'),
    unanswered: (n: number) => count(n, 'call that nobody has', 'calls that nobody has'),
    open: 'Open',
    search: 'Search',
    searchHint: 'Caller, number, place',
    filters: 'Filter',
    state: 'State',
    kind: 'Kind',
    kinds: { false: 'Emergency calls', true: 'Test calls' },
    from: 'From',
    until: 'To',
    clear: 'Show all',
  },

  call: {
    heading: (call: Heading) =>
      `${call.caller.name ?? call.caller.upn ?? 'Unknown caller'} dialed ${call.numberDialed ?? 'an emergency number'}`,
    named: (call: Heading) => `${call.isTest ? 'Test call' : 'Emergency call'} ${call.code}`,
    heldBy: (name: string) => `by ${name}`,
    dialed: (number: string | null) => `dialed ${number ?? 'an unknown number'}`,
    test: 'TEST',
    offSite: 'OFF-SITE',
    offSiteMeans: 'OFF-SITE: not at any of the set-up sites.',
    late: 'LATE',
    notEmergency: 'No emergency',
    caller: 'Caller',
    callback: 'Callback number',
    location: 'Location',
    place: 'Where',
    site: 'Site',
    code: 'Code',
    locationUnknown: 'Location unknown',
    alsoAt: 'Another source says',
    told: 'Who has been told',
    nobodyTold: 'Nobody has been told yet.',
    answers: 'Answers',
    nextStepIn: 'More people are told in',
    nextStepDue: 'More people are being told.',
    openChat: 'Open the chat in Teams',
    callBack: 'Call back',
    callBackTitle: (number: string) => `Call ${number} back?`,
    callAnyway: 'Call anyway',
    reservedUntil: 'Reserved for the caller until',
    mapOf: (location: string | null) => `Map of ${location ?? 'the place'}`,
    noTiles: 'No map service is set up.',
    noCoordinates: 'No coordinates were conveyed, so there is no map.',
    mapBroken: 'The map service cannot be reached. The address is below.',
    openMap: 'Open in maps',
    copyAddress: 'Copy the address',
    procedure: 'What to do',
    procedureVersion: (site: string | null, version: number) =>
      `Procedure of ${site ?? 'all sites'}, version ${version}`,
    ticked: 'Recorded: done.',
    unticked: 'Recorded: not done.',
    timeline: 'Timeline',
    allDetails: 'All details',
    alertNamed(alert: string): string {
      const names: Record<string, string> = { first: 'first alert', update: 'update', response: 'who has it' };
      const [kind = '', number] = alert.split('-');
      // A step says its run, round and number, counted from 0.
      const [, round, step] = (number ?? '').split('.').map(Number);
      if (kind !== 'step' || round === undefined || step === undefined) return names[kind] ?? alert;
      return round === 0 ? `step ${step + 1}` : `step ${step + 1}, round ${round + 1}`;
    },
    attempts: (n: number) => count(n, 'attempt', 'attempts'),
    words: 'What was said',
    chat: 'Chat of the call',
    raw: 'Raw notification',
    noRaw: 'Nothing is kept of it any more.',
    notification: 'Notification',
    message: 'Message',
  },

  chats: {
    about: (account: string | null) =>
      `What ${account ?? 'the service account'} has received, and what was made of it.`,
    readAs: 'Read as',
    verdicts: { emergency: 'Emergency', other: 'Something else', unreadable: 'Could not be read' },
    none: 'No messages.',
    fromUnknown: 'Unknown sender',
    deleted: 'This message was deleted.',
    removed: 'The words are no longer kept.',
    toCall: 'To the call',
  },

  status: {
    overall: {
      ok: 'All is well: the next call will be told.',
      warning: 'Something needs attention.',
      critical: 'The next call may not be told. See what to do.',
    },
    states: { ok: 'OK', warning: 'Warning', critical: 'Critical', unknown: 'Unknown' },
    looked: 'Looked at',
    good: 'All well',
    partName: (part: string) => part.charAt(0).toUpperCase() + part.slice(1),
    todo: 'What to do:',
    signIn: 'Sign-in of the service account',
    account: 'Account',
    nobody: 'nobody is signed in',
    since: 'Since',
    refreshed: 'Refreshed',
    nextRefresh: 'Next refresh',
    toSignIn: 'To the sign-in',
    subscriptions: 'Subscriptions',
    modes: {
      allChats: 'One subscription hears of all chats.',
      perChat: 'Fallback: a subscription for each chat.',
      polling: 'Fallback: chats are read again and again.',
    },
    kind: 'Kind',
    expires: 'Expires',
    renewed: 'Renewed',
    failure: 'Failure',
    lastTests: 'Last test calls',
    noTests: 'There has been no test call yet. Dial 933 from each site.',
    expiries: 'Secrets and certificates',
    noExpiries: 'None that expires is known.',
  },

  deadLetters: {
    title: (n: number) => (n === 0 ? 'No dead letters' : count(n, 'dead letter', 'dead letters')),
    about: 'What could not be worked off. Nothing of it is lost: each can be tried again.',
    replay: 'Try again',
    asked: 'Asked for. It leaves the list when it worked.',
    more: 'There are more than are shown.',
  },

  signInPage: {
    title: 'Sign-in of the service account',
    about: (account: string | null) =>
      account === null
        ? 'No service account is set up yet.'
        : `Sign in as ${account}, to whose chats Teams sends the notifications. Any other account is refused.`,
    nobody: 'Nobody is signed in. Calls are not heard of through chats.',
    signedInAs: (name: string) => `Signed in as ${name}.`,
    byCode: 'Sign in with a code',
    byBrowser: 'Sign in in this browser',
    begun: 'Begun. Follow the steps above.',
    enterCode: 'Open the page of Microsoft on any device and enter this code:',
    copyCode: 'Copy the code',
    openPage: "Open Microsoft's page",
    inBrowser: 'Sign in on the page of Microsoft. It ends on an empty page: copy its whole address and put it in here.',
    address: 'Address of the empty page',
    finish: 'Finish',
    handedIn: 'Handed in.',
    remaining: 'Remaining time:',
    expired: 'The time for this sign-in has run out. Begin again.',
    worked: 'The sign-in worked.',
    failed: 'The sign-in failed.',
    wrongAccount: (account: string) => `${account} signed in, and was refused: it is not the service account.`,
    blocked: 'A policy of your tenant blocks codes. Use “Sign in in this browser” below.',
    scopes: 'What is granted, and why',
  },

  setUp: { done: 'Done', todo: 'To do', toSignIn: 'To the sign-in', toRoster: 'To the roster' },

  test: {
    title: 'Test your own phone',
    about: 'Only you are told. To test the whole way of a call, dial 933 in Teams.',
    notInRoster: 'The roster knows nobody with your e-mail address, so there is no number to test.',
    sms: 'Text me',
    voice: 'Call me',
    result: (detail: string, phoneEnd: string) => `${detail} (number ending in ${phoneEnd})`,
  },

  procedures: {
    title: 'Response procedures',
    about: 'Shown with each call. A line that begins with “- [ ]” becomes a box to tick, and each tick is recorded.',
    allSites: 'All sites without their own',
    none: 'There is none yet.',
    version: (version: number, by: string) => `Version ${version} by ${by},`,
    text: 'Text (Markdown)',
    preview: 'As it will be read',
    save: 'Save as a new version',
    saved: 'Recorded: new calls show this version.',
  },

  roster: {
    step: (n: number) => (n === 1 ? 'Told at once' : `Step ${n}`),
    escalates: (minutes: number) => `Nobody answers for ${count(minutes, 'minute', 'minutes')}: next step`,
    nobody: 'Nobody',
    calendar: 'Who is on call',
    today: 'Today',
    earlier: 'Two weeks earlier',
    later: 'Two weeks later',
    day: 'Day',
    override: 'stands in',
    noRotations: 'There are no rotations: the same people are always told.',
    overrides: 'Stand-ins',
    noOverrides: 'Nobody stands in for anybody.',
    rotation: 'Rotation',
    standsIn: 'Who stands in',
    until: 'Until',
    add: 'Add stand-in',
    added: 'Recorded: the stand-in counts from now on.',
    remove: 'Remove',
    removed: 'Recorded: the stand-in is removed.',
    isFile: 'The roster is a file of the package. Import it with “npm run roster” to make changes here.',
  },

  statistics: {
    export: 'Export as CSV',
    calls: 'Emergency calls',
    tests: 'Test calls',
    notify: 'Until told (95 %)',
    acknowledge: 'Until acknowledged (95 %)',
    callsByWeek: 'Calls by week',
    inSeconds: 'Seconds',
    bySite: 'By site',
    byWeek: 'By week',
    week: 'Week of',
    noSite: 'No site',
    incomplete: 'There is more than could be looked through: choose fewer days.',
    audit: 'Who looked at what',
    noAudit: 'Nothing yet.',
    actions: { viewed: 'viewed', exported: 'exported', changed: 'changed' },
  },

  wall: { leave: 'Leave the wall display' },
} as const;
