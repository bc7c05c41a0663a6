import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import type { Check, CheckResult } from '../../cli/doctor/check.ts';
import { CHECKS } from '../../cli/doctor/checks.ts';
import { createContext } from '../../cli/doctor/createContext.ts';
import { type DoctorReport, doctorCommand } from '../../cli/doctorCommand.ts';
import type { Stack } from '../../local/stack.ts';
import { startTwilio } from '../../local/twilio/server.ts';
import type { KnownSubscription } from '../../shared/graph/subscriptionPlan.ts';
import { readSettings } from '../../shared/settings.ts';
import type { Store } from '../../shared/store/store.ts';
import { startTestStack } from '../harness/testStack.ts';

jest.setTimeout(60_000);

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Reserved for fiction, as the numbers of 555-01xx are. */
const TOLL_FREE = '+18005550199';
/** No server listens there. */
const NOWHERE = 'http://127.0.0.1:1';

let stack: Stack;
let store: Store;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const started = await startTestStack({ storageProxies: true });
  ({ stack } = started);
  // The host may have begun to subscribe before there was a sign-in.
  ({ store } = started.services);
  while ((await store.subscriptions.list()).filter(({ state }) => state === 'active').length < 2) await sleep(20);
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true });
});

interface Run {
  code: number;
  text: string;
}

interface RunOptions {
  settings?: Record<string, string>;
  checks?: readonly Check[];
  limitMs?: number;
  json?: boolean;
  aheadMs?: number;
}

async function run({ settings = {}, aheadMs = 0, json = true, ...options }: RunOptions = {}): Promise<Run> {
  const env = { ...stack.settings, ...settings };
  const reading = {
    ...readSettings(env),
    env,
    source: { kind: 'stack' as const },
    keyVault: { unread: [], references: 0 },
    overridden: [],
  };
  const context = await createContext(reading, { credential, machineNow: () => Date.now() + aheadMs });
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const code = await doctorCommand(context, { write, columns: 100, hasColours: false }, { json, ...options });
  return { code, text };
}

/** The identity of the app, past the memory in which its library keeps tokens for a day. */
const credential = {
  async getToken(scopes: string | string[]) {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER = '' } = stack.settings;
    const resource = encodeURIComponent([scopes].flat().join().replace('/.default', ''));
    const response = await fetch(`${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=${resource}`, {
      headers: { 'x-identity-header': IDENTITY_HEADER },
    });
    const { access_token: token, expires_on: until } = (await response.json()) as Record<string, string>;
    return { token: token ?? '', expiresOnTimestamp: Number(until) * 1_000 };
  },
};

const report = ({ text }: Run): DoctorReport => JSON.parse(text);

/** Connecting to the hub takes most of a run, and only the breakages of the hub touch it: the others share one look. */
let hubSeen: Promise<CheckResult> | null = null;
const CHECKS_OF_OTHERS = CHECKS.map((check): Check => {
  if (check.part !== 'Event Hub') return check;
  const look: Check['look'] = (context) => {
    hubSeen ??= check.look(context);
    return hubSeen;
  };
  return { ...check, look };
});

/** Parts with something to mend. */
function partsWithFindings(shown: Run): string[] {
  return report(shown).parts.flatMap(({ part, findings }) => (findings.length > 0 ? [part] : []));
}

test('all is well: every part is seen that can be, exit code 0, and what only a person sees is named', async () => {
  const shown = await run();
  const { parts, byHand, state } = report(shown);
  expect(parts.flatMap(({ findings }) => findings)).toEqual([]);
  expect(shown.code).toBe(0);
  expect(state).toBe('ok');
  expect(parts.filter((part) => part.state === 'unknown').map(({ part }) => part)).toEqual([
    'Azure roles',
    'Teams policies',
  ]);
  expect(byHand.map(({ powerShell }) => powerShell).join()).toContain('Get-CsTeamsEmergencyCallingPolicy');
  expect(detail(shown, 'sign-in')).toMatch(/^emergency@contoso\.com, may .*Chat\.Read/);
  expect(detail(shown, 'Event Hub')).toBe('answers; may send and receive');
  expect(detail(shown, 'subscriptions')).toMatch(
    /^all chats: \d+ \w+ left at Graph; policy Global: \d+ \w+ left at Graph$/,
  );
  expect(detail(shown, 'SMS registration')).toBe('A2P 10DLC campaign verified');
  for (const look of [stack.graph, stack.twilio, stack.vault]) expect(look?.refusals()).toEqual([]);
});

function detail(shown: Run, part: string): string | undefined {
  return report(shown).parts.find((one) => one.part === part)?.detail;
}

/** What is broken, and how it is made well again. */
type Break = () => Promise<{ settings?: Record<string, string>; aheadMs?: number; mend?: (() => unknown) | undefined }>;

const setting =
  (settings: Record<string, string>): Break =>
  async () => ({ settings });
const profile =
  (changes: Parameters<NonNullable<Stack['twilio']>['setProfile']>[0]): Break =>
  async () => {
    stack.twilio?.setProfile(changes);
    return { mend: () => stack.twilio?.setProfile({ ...READY_PROFILE }) };
  };
const READY_PROFILE = {
  status: 'active',
  type: 'Full',
  balance: '54.20',
  voiceOnly: [],
  unpooled: [],
  campaign: 'VERIFIED',
  tollFreeVerification: 'TWILIO_APPROVED',
} as const;
const graphFault =
  (operation: string, effect: Parameters<NonNullable<Stack['graph']>['faults']['add']>[0]['effect']): Break =>
  async () => {
    const id = stack.graph?.faults.add({ operation, effect });
    return { mend: () => stack.graph?.faults.clear(id) };
  };
/** The example, but nobody is to test its sites: that has a case of its own. */
async function exampleRoster(): Promise<Record<string, unknown> & { sites: object[] }> {
  const example = JSON.parse(await readFile('roster.example.json', 'utf8')) as { sites: object[] };
  return { ...example, sites: example.sites.map((site) => ({ ...site, test: null })) };
}
const isTested = (all: { sites: object[] }) => ({
  ...all,
  sites: all.sites.map((site) => ({ ...site, test: { everyDays: 90, tell: ['nestor'] } })),
});
const roster =
  (change: (roster: Awaited<ReturnType<typeof exampleRoster>>) => unknown): Break =>
  async () => {
    const file = join(folder, 'roster.json');
    const changed = change(await exampleRoster());
    await writeFile(file, typeof changed === 'string' ? changed : JSON.stringify(changed));
    return { settings: { ROSTER_FILE: file } };
  };
/** `npm run roster -- import` stored the example with this change as the only version; the file is whole, or as given. */
const stored =
  (change: (roster: Awaited<ReturnType<typeof exampleRoster>>) => unknown, file?: Break): Break =>
  async () => {
    const document = change(await exampleRoster());
    const made = await store.roster.insert(0, { document, importedAt: new Date().toISOString(), importedBy: null });
    if (!made) throw new Error('There is a version already');
    const table = TableClient.fromConnectionString(stack.storage.product.direct, 'Roster', {
      allowInsecureConnection: true,
    });
    return { ...(await file?.()), mend: () => table.deleteEntity('roster', '99999998') };
  };
const wrongNumber = (all: Record<string, unknown>) => ({
  ...all,
  people: [{ id: 'adele', name: 'Adele Vance', phone: '911x' }, ...(all.people as object[]).slice(1)],
});
const tollFree =
  (tollFreeVerification: 'IN_REVIEW' | 'TWILIO_REJECTED' | null): Break =>
  async () => {
    const { TWILIO_ACCOUNT_SID: accountSid = '', TWILIO_AUTH_TOKEN: authToken = '' } = stack.settings;
    const twilio = await startTwilio({ accountSid, authToken, numbers: [TOLL_FREE] });
    twilio.setProfile({ tollFreeVerification });
    return { settings: { TWILIO_BASE_URL: twilio.baseUrl, TWILIO_FROM: TOLL_FREE }, mend: () => twilio.close() };
  };
const vaultSecret =
  (days: number): Break =>
  async () => {
    const expiresAt = new Date(Date.now() + days * DAY_MS);
    const version = stack.vault?.setSecret('page-secret', 'unused', { expiresAt }).version ?? '';
    return { mend: () => stack.vault?.setEnabled('page-secret', version, false) };
  };
/** Our table says something else of the subscription to events than before. */
const inOurTable =
  (change: (one: KnownSubscription) => KnownSubscription[]): Break =>
  async () => {
    const write = async (known: KnownSubscription[]) => {
      const row = await store.subscriptions.read('event:Global');
      if (row) await store.subscriptions.replace(row, { ...row.value, known });
    };
    const known = (await store.subscriptions.read('event:Global'))?.value.known ?? [];
    await write(known.flatMap(change));
    return { mend: () => write(known) };
  };
const hoursFrom = (time: string | null, hours: number) =>
  new Date(Date.parse(time ?? '') + hours * 60 * MINUTE_MS).toISOString();
const vaultFault: Break = async () => {
  stack.vault?.faults.add({ operation: '*', effect: { kind: 'status', status: 403, innerCode: 'ForbiddenByRbac' } });
  return { mend: () => stack.vault?.faults.clear() };
};
const withoutTable = async () => {
  const table = TableClient.fromConnectionString(stack.storage.product.direct, 'Timeline', {
    allowInsecureConnection: true,
  });
  await table.deleteTable();
  return { mend: () => table.createTable() };
};
const withoutQueue = async () => {
  const queue = new QueueClient(stack.storage.product.direct, 'alert-work-poison');
  await queue.delete();
  return { mend: () => queue.create() };
};
const storageFault =
  (kind: 'refuse' | 'hang'): Break =>
  async () => ({ mend: await stack.storage.product.proxy?.add({ kind }) });
const hubAway: Break = async () => {
  stack.hub?.faults.refuseConnections();
  stack.hub?.faults.dropConnections();
  return { mend: () => stack.hub?.faults.acceptConnections() };
};
const wrongHubKey: Break = async () => ({
  settings: {
    EventHubConnection: (stack.settings.EventHubConnection ?? '').replace(/(SharedAccessKey=)[^;]+/, '$1d3Jvbmc='),
  },
});
const otherCertificate: Break = async () => ({
  settings: { ENCRYPTION_CERTIFICATE: `${stack.vault?.vaultUrl}/certificates/other` },
});
const twilioAway: Break = async () => {
  stack.twilio?.faults.set({ kind: 'status', status: 503, on: 'every' });
  return { mend: () => stack.twilio?.faults.clear() };
};
const withoutRoles: Break = async () => {
  stack.graph?.setAppRoles([]);
  return { mend: () => stack.graph?.setAppRoles(['CallEvents-Emergency.Read.All']) };
};
const NOT_FOUND = { kind: 'status', status: 404 } as const;

test.each<[string, string, number, RegExp, Break]>([
  ['a needed setting', 'settings', 2, /^NOTIFICATION_URL must read/, setting({ NOTIFICATION_URL: 'x' })],
  ['a missing setting', 'settings', 2, /^TWILIO_ACCOUNT_SID is missing/, setting({ TWILIO_ACCOUNT_SID: '' })],
  ['a setting for comfort', 'settings', 1, /^HEARTBEAT_URL must/, setting({ HEARTBEAT_URL: 'ftp://x' })],
  [
    'a revoked sign-in',
    'sign-in',
    2,
    /AADSTS50173/,
    graphFault('signIn.token.refresh', { kind: 'aadsts', code: 50173 }),
  ],
  [
    'consent that is gone',
    'sign-in',
    2,
    /AADSTS65001/,
    graphFault('signIn.token.refresh', { kind: 'aadsts', code: 65001 }),
  ],
  [
    'another token cache key',
    'sign-in',
    2,
    /TOKEN_CACHE_KEY/,
    setting({ TOKEN_CACHE_KEY: 'A'.repeat(43).concat('=') }),
  ],
  ['Graph silent for the account', 'sign-in', 2, /503/, graphFault('me.get', { kind: 'status', status: 503 })],
  ['no permission for events', 'app permission', 2, /has no permission CallEvents-Emergency\.Read\.All/, withoutRoles],
  [
    'subscriptions gone at Graph',
    'subscriptions',
    2,
    /Graph knows it no more/,
    graphFault('subscriptions.get', NOT_FOUND),
  ],
  [
    'a subscription that our table lost',
    'subscriptions',
    2,
    /: policy Global has none by our table\.$/,
    inOurTable(() => []),
  ],
  [
    'a subscription that ends earlier at Graph',
    'subscriptions',
    1,
    /^policy Global: it lives until .* at Graph, and until .* by our table/,
    inOurTable((one) => [{ ...one, expiresAt: hoursFrom(one.expiresAt, 2) }]),
  ],
  [
    'a subscription that is not renewed',
    'subscriptions',
    1,
    /^policy Global: 8\d % of its life is used/,
    inOurTable((one) => [{ ...one, renewedAt: hoursFrom(one.expiresAt, -150) }]),
  ],
  [
    'a door that is shut',
    'HTTPS doors',
    2,
    /no answer/,
    setting({ LIFECYCLE_NOTIFICATION_URL: `${NOWHERE}/api/graph/lifecycle` }),
  ],
  ['a hub that is away', 'Event Hub', 2, /does not answer/, hubAway],
  ['a wrong key of the hub', 'Event Hub', 2, /does not let the app send or receive/, wrongHubKey],
  ['a missing table', 'storage', 2, /has no table Timeline\./, withoutTable],
  ['a missing queue', 'storage', 2, /has no queue alert-work-poison\./, withoutQueue],
  [
    'an address that is none of storage',
    'storage',
    2,
    /are none of a storage account/,
    setting({
      AlertStorage: '',
      AlertStorage__tableServiceUri: 'https://127.0.0.1:1',
      AlertStorage__queueServiceUri: 'https://127.0.0.1:1',
    }),
  ],
  ['storage that refuses', 'storage', 2, /does not answer/, storageFault('refuse')],
  [
    'a site that nobody has tested',
    'site tests',
    1,
    /^No test is on record of Headquarters, Warehouse\.$/,
    roster(isTested),
  ],
  ['a roster that is no JSON', 'roster', 2, /cannot be read/, roster(() => '{')],
  ['a wrong number in it', 'roster', 1, /people\[0\]\.phone: must be in E\.164/, roster(wrongNumber)],
  ['nobody in it', 'roster', 2, /nobody who can be texted/, roster((all) => ({ ...all, people: [], lastResort: [] }))],
  ['no administrator in it', 'roster', 1, /no administrator/, roster((all) => ({ ...all, administrators: [] }))],
  [
    'no time zone in it',
    'roster',
    1,
    /no time zone/,
    roster((all) => ({ ...all, teams: (all.teams as object[]).map((team) => ({ ...team, timeZone: 'PST8' })) })),
  ],
  [
    'a stored version that cannot be used',
    'roster',
    1,
    /^The stored roster has faults: version 1 cannot be used \(people\[0\]\.phone: .*the file is told/,
    stored(wrongNumber),
  ],
  [
    'no administrator in the stored roster, though the file has one',
    'roster',
    1,
    /no administrator/,
    stored((all) => ({ ...all, administrators: [] })),
  ],
  [
    'a file with faults beside a stored roster without',
    'roster',
    1,
    /^roster\.json has faults: people\[0\]\.phone/,
    stored((all) => all, roster(wrongNumber)),
  ],
  [
    'a stored rotation that has not begun',
    'roster',
    1,
    /^The stored roster has faults: at .* nobody is on duty in step 2 of team security-desk/,
    stored((all) => ({
      ...all,
      overrides: [],
      rotations: (all.rotations as object[]).map((one) => ({ ...one, startsAt: '2999-01-07T09:00' })),
    })),
  ],
  [
    'wrong credentials of Twilio',
    'Twilio account',
    2,
    /refuses the credentials \(20003/,
    setting({ TWILIO_AUTH_TOKEN: 'revoked' }),
  ],
  ['Twilio out of order', 'Twilio account', 2, /does not answer \(20503/, twilioAway],
  ['a suspended account', 'Twilio account', 2, /is suspended/, profile({ status: 'suspended' })],
  ['a trial account', 'Twilio account', 1, /trial/, profile({ type: 'Trial' })],
  ['little money', 'Twilio account', 1, /Little money .*9\.99 USD/, profile({ balance: '9.99' })],
  ['no money', 'Twilio account', 2, /no money .*0\.00 USD/, profile({ balance: '0.00' })],
  ["somebody else's number", 'Twilio sender', 2, /not in the Twilio account/, setting({ TWILIO_FROM: '+14255550109' })],
  ['a number without SMS', 'Twilio sender', 2, /cannot send SMS/, profile({ voiceOnly: ['+14255550100'] })],
  [
    'no such messaging service',
    'Twilio sender',
    2,
    /MESSAGING_SERVICE_SID is not/,
    setting({ TWILIO_MESSAGING_SERVICE_SID: `MG${'f'.repeat(32)}` }),
  ],
  [
    'a messaging service without numbers',
    'Twilio sender',
    2,
    /has no sender/,
    async () => ({
      ...(await profile({ unpooled: ['+14255550100'] })()),
      settings: { TWILIO_MESSAGING_SERVICE_SID: `MG${'5'.repeat(32)}` },
    }),
  ],
  ['a campaign that was refused', 'SMS registration', 2, /was refused/, profile({ campaign: 'FAILED' })],
  [
    'a campaign under way',
    'SMS registration',
    2,
    /not verified yet \(IN_PROGRESS\)/,
    profile({ campaign: 'IN_PROGRESS' }),
  ],
  ['no campaign', 'SMS registration', 2, /has no A2P 10DLC campaign/, profile({ campaign: null })],
  [
    'a number in no messaging service',
    'SMS registration',
    2,
    /in no messaging service/,
    profile({ unpooled: ['+14255550100'] }),
  ],
  ['a toll-free number in review', 'SMS registration', 2, /is being reviewed/, tollFree('IN_REVIEW')],
  ['a toll-free number that was rejected', 'SMS registration', 2, /was rejected/, tollFree('TWILIO_REJECTED')],
  ['a toll-free number never verified', 'SMS registration', 2, /never asked for/, tollFree(null)],
  ['a secret that ends in a month', 'expiry', 1, /page-secret ends in 19 days/, vaultSecret(20)],
  ['a secret that has expired', 'expiry', 2, /page-secret has expired/, vaultSecret(-1)],
  ['a vault that refuses', 'expiry', 2, /403 Forbidden/, vaultFault],
  ['no certificate', 'expiry', 2, /no certificate that is enabled/, otherCertificate],
  [
    'a wrong clock',
    'clock',
    1,
    /10 min ahead of Graph, 10 min ahead of Twilio, 10 min ahead of the storage/,
    async () => ({ aheadMs: 10 * MINUTE_MS }),
  ],
])('%s: "%s" is named and nothing else, exit code %d', async (_, part, code, what, breakIt) => {
  const { mend, ...options } = await breakIt();
  try {
    const shown = await run({ ...options, checks: part === 'Event Hub' ? CHECKS : CHECKS_OF_OTHERS });
    expect(partsWithFindings(shown)).toEqual([part]);
    const found = report(shown).parts.find((one) => one.part === part)?.findings ?? [];
    expect(found.map((finding) => finding.what).join('\n')).toMatch(what);
    for (const { why, todo } of found)
      expect([why, todo]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
    expect(shown.code).toBe(code);
  } finally {
    await mend?.();
  }
});

test.each<[string, Break, RegExp, RegExp | null]>([
  [
    'the file, while nothing is stored',
    roster((all) => ({ ...all, administrators: [] })),
    /^roster\.json: 2 people on call, no administrators/,
    /under "administrators": change roster\.json\.$/,
  ],
  [
    'what is stored',
    stored((all) => ({ ...all, administrators: [] })),
    /^version 1: 2 people on call, no administrators/,
    /npm run roster -- import FILE\.$/,
  ],
  [
    'what is stored, where the file is no JSON',
    stored(
      (all) => all,
      roster(() => '{'),
    ),
    /^version 1: 2 people on call, 1 administrator/,
    /^Change roster\.json\./,
  ],
  [
    'what is stored, where there is no file',
    stored((all) => all, setting({ ROSTER_FILE: 'nowhere/roster.json' })),
    /^version 1: 2 people on call, 1 administrator/,
    null,
  ],
])('the roster that is judged is %s, and it is said how to change that one', async (_, breakIt, detailOf, todo) => {
  const { mend, ...options } = await breakIt();
  try {
    const shown = await run({ ...options, checks: CHECKS.filter(({ part }) => part === 'roster') });
    expect(detail(shown, 'roster')).toMatch(detailOf);
    const todos = report(shown).parts.flatMap(({ findings }) => findings.map((finding) => finding.todo));
    expect(todos).toEqual(todo === null ? [] : [expect.stringMatching(todo)]);
  } finally {
    await mend?.();
  }
});

test('while the storage does not answer nobody says that it is the file that is told', async () => {
  const { mend } = await storageFault('refuse')();
  try {
    const shown = await run({ checks: CHECKS.filter(({ part }) => part === 'roster') });
    expect(detail(shown, 'roster')).toBe('not looked at: see "storage"');
  } finally {
    await mend?.();
  }
});

test('what never answers is reported as not looked at, and the others all the same', async () => {
  const never: Check = { part: 'never', look: () => new Promise(() => undefined) };
  const throws: Check = { part: 'throws', look: () => Promise.reject(new TypeError('a secret')) };
  const well: Check = { part: 'well', look: async () => ({ detail: 'fine' }) };
  const shown = await run({ checks: [never, well, throws], limitMs: 20 });
  expect(report(shown).parts.map(({ part, state, detail: how }) => [part, state, how])).toEqual([
    ['never', 'unknown', 'could not be looked at (It did not answer within 0.02 s)'],
    ['well', 'ok', 'fine'],
    ['throws', 'unknown', 'could not be looked at (TypeError)'],
  ]);
  expect(shown.code).toBe(3);
  expect(shown.text).not.toContain('a secret');
});

test('Twilio that hangs costs its own parts and no more', async () => {
  stack.twilio?.faults.set({ kind: 'hang', on: 'every' });
  try {
    const shown = await run({ limitMs: 1_000, checks: CHECKS_OF_OTHERS });
    expect(partsWithFindings(shown).filter((part) => !/Twilio|SMS|clock/.test(part))).toEqual([]);
    const unseen = report(shown).parts.filter(({ isBlind }) => isBlind);
    expect(unseen.map(({ part }) => part)).toEqual(
      expect.arrayContaining(['Twilio account', 'Twilio sender', 'SMS registration']),
    );
    expect(shown.code).toBe(3);
  } finally {
    stack.twilio?.faults.clear();
  }
});

test('an API key that may not see the account is no fault: its sending is what counts', async () => {
  const { TWILIO_ACCOUNT_SID: accountSid = '', TWILIO_AUTH_TOKEN: authToken = '' } = stack.settings;
  const key = { sid: `SK${'0'.repeat(32)}`, secret: 'the-secret-of-a-key' };
  const twilio = await startTwilio({ accountSid, authToken, apiKeys: [key], numbers: ['+14255550100'] });
  twilio.setProfile({ balance: null });
  const settings = { TWILIO_BASE_URL: twilio.baseUrl, TWILIO_API_KEY_SID: key.sid, TWILIO_API_KEY_SECRET: key.secret };
  const shown = await run({ settings, checks: CHECKS_OF_OTHERS });
  await twilio.close();
  expect(detail(shown, 'Twilio account')).toBe('this API key may not see its state, balance cannot be seen');
  expect(shown.code).toBe(0);
});

test('the text says what it looks at, then the same as the JSON', async () => {
  const breaks = { checks: CHECKS_OF_OTHERS, settings: { TWILIO_AUTH_TOKEN: 'revoked', HEARTBEAT_URL: 'ftp://x' } };
  const text = await run({ ...breaks, json: false });
  const json = await run(breaks);
  expect(text.text).toMatch(/^The stack that runs in this folder/);
  expect(text.code).toBe(json.code);
  const words = text.text.replace(/\s+/g, ' ');
  for (const { part, findings } of report(json).parts) {
    expect(words).toContain(part);
    for (const { what, why, todo } of findings) expect(words).toContain(`${what} ${why} -> ${todo}`);
  }
  if (process.env.SHOW) process.stderr.write(text.text);
});

test('no secret and no number of a person is shown, whatever is wrong', async () => {
  const secret = 'a-secret-that-was-revoked';
  const settings = {
    TWILIO_AUTH_TOKEN: secret,
    NOTIFICATION_URL: `EventHub:${secret}`,
    ENCRYPTION_CERTIFICATE: secret,
  };
  const broken = { settings, checks: CHECKS_OF_OTHERS };
  const all = [await run(), await run({ ...broken }), await run({ ...broken, json: false })];
  const { TOKEN_CACHE_KEY, TWILIO_AUTH_TOKEN, IDENTITY_HEADER, EventHubConnection, AlertStorage } = stack.settings;
  const keys = [EventHubConnection, AlertStorage].map((text) => /Key=([^;]+)/.exec(text ?? '')?.[1]);
  for (const { text } of all) {
    for (const value of [secret, TOKEN_CACHE_KEY, TWILIO_AUTH_TOKEN, IDENTITY_HEADER, ...keys]) {
      expect(value).toBeTruthy();
      expect(text).not.toContain(value);
    }
    expect(text).not.toMatch(/\+1425|Adele|Vance|Megan|Nestor|eyJ/);
  }
});
