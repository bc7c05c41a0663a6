import { messagesSchema, statusSchema, threadSchema } from '../../shared/dashboard/contract.ts';
import type { EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import { startWorld, type World } from '../harness/world.ts';
import { callAt } from './storedCalls.ts';
import { ADMINISTRATOR, AUDITOR, askPage, type PretendVisitor, RESPONDER } from './visitors.ts';

const ROSTER = {
  people: [
    { id: 'diego', name: 'Diego Siciliani', phone: '+14255550111', email: 'diego@contoso.com', seesSites: ['north'] },
    { id: 'adele', name: 'Adele Vance', phone: '+14255550112', email: 'adele@contoso.com', mayKnowHomeAddress: true },
  ],
  teams: [{ id: 'desk', name: 'Desk', timeZone: 'UTC', steps: [{ tell: ['diego', 'adele'] }] }],
  defaultTeam: 'desk',
  sites: [
    { id: 'north', name: 'North campus', places: ['North*'] },
    { id: 'south', name: 'South campus', places: ['South*'] },
  ],
};
const ADELE: PretendVisitor = { roles: ['Administrator'], name: 'Adele', upn: 'adele@contoso.com', objectId: '7777' };
const HOME = 'Rose Lane 7, Redmond';
const SOUTH = 'South tower, floor 9';
const RECIPIENTS = [
  { id: 'diego', phone: '+14255550111' },
  { id: 'adele', phone: '+14255550112' },
];

/** From the oldest on, all told of in one chat, as by one caller. */
const CALLS: Record<string, { location: string } & Partial<EmergencyCall>> = {
  south: { location: SOUTH, site: 'south', whereabouts: 'onSite', sitePattern: 'South*' },
  left: { location: 'Closed office', site: 'closed', whereabouts: 'onSite', sitePattern: 'Closed*', isTest: true },
  home: { location: HOME, whereabouts: 'offSite', recipients: RECIPIENTS, isTest: true },
  north: { location: 'North lobby', site: 'north', whereabouts: 'onSite', sitePattern: 'North*' },
};

let world: World;
const calls: Record<string, EmergencyCall> = {};
beforeAll(async () => {
  world = await startWorld();
  const { store } = world.services;
  await store.roster.insert(0, { document: ROSTER, importedAt: '2026-01-01T00:00:00Z', importedBy: null });
  world.advance(60_000);
  await world.services.refreshRoster();
  const begunAt = world.now().getTime() - 60 * 60_000;
  for (const [i, [name, { location, ...changes }]] of Object.entries(CALLS).entries()) {
    const at = new Date(begunAt + i * 60_000);
    const call = callAt(at, { ...changes, facts: { ...callAt(at).facts, location }, firstToldAt: at.toISOString() });
    calls[name] = call;
    await store.calls.insert(call);
    await saveMessage(at, `Emergency call from ${location}`, call.id);
    await saveMessage(new Date(at.getTime() + 20_000), `Go to ${location}`, null);
  }
  await told('adele', `2 calls: North lobby; ${HOME}`, ['north', 'home']);
  await told('diego', 'North lobby', ['north']);
});
afterAll(() => world?.stop());

async function saveMessage(at: Date, content: string, callId: string | null): Promise<void> {
  const id = String(at.getTime());
  await world.services.store.chatMessages.save({
    chatId: '19:chat@unq.gbl.spaces',
    messageId: id,
    message: { id, createdDateTime: at.toISOString(), body: { contentType: 'text', content } },
    ...{ notification: {}, deletedAs: null, verdict: callId === null ? 'other' : 'emergency' },
    ...{ reasons: [`in "${content}"`], callId, lastModifiedAt: null, storedAt: at.toISOString() },
  });
}

async function told(recipientId: string, body: string, listed: string[]): Promise<void> {
  const time = world.now().toISOString();
  const { id: callId = '' } = calls.north ?? {};
  await world.services.store.deliveries.claim({
    ...{ callId, alertKey: 'first', recipientId, channel: 'sms', to: '+14255550112', state: 'accepted', owner: 'x' },
    ...{ attempts: 1, queuedAt: null, startedAt: time, firstClaimedAt: time, claimedAt: time, leaseUntil: time },
    ...{ nextAttemptAt: null, bodies: [body], providerMessages: [], factsVersion: 1, settledAt: time },
    ...{ lastError: null, doubts: 0 },
    ...(listed.length > 1
      ? { listed: listed.map((name) => ({ callId: calls[name]?.id ?? '', alertKey: 'first' })) }
      : {}),
  });
}

const ask = (path: string, as: PretendVisitor) => askPage(world.services, path, { as });
const messages = async (as: PretendVisitor, query = '') =>
  messagesSchema.parse((await ask(`messages?${query}`, as)).json).messages;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const days = () =>
  `from=${dayOf(world.now().getTime() - 24 * 60 * 60_000)}&to=${dayOf(world.now().getTime())}&zone=UTC`;

describe.each([
  ['an administrator', ADMINISTRATOR],
  ['an auditor', AUDITOR],
])('what may be a home is kept from %s', (_, as) => {
  test('in the history of all chats, with what is written after it, and says who knows it', async () => {
    const found = await messages(as);
    expect(found).toHaveLength(8);
    expect(JSON.stringify(found)).not.toContain('Rose Lane');
    expect(found.find(({ callId }) => callId === calls.home?.id)?.text).toContain('known to Adele Vance');
    expect(found.some(({ text }) => text?.includes(SOUTH))).toBe(true);
  });

  test('nor can it be guessed by searching the chats for it', async () => {
    expect(await messages(as, 'q=rose%20lane')).toEqual([]);
    const after = new Date(Number(calls.home?.chat?.messageId) + 10_000).toISOString();
    expect(await messages(as, `q=rose%20lane&from=${after}`)).toEqual([]);
    expect(await messages(as, 'q=known%20to')).toEqual([]);
    expect(await messages(as, 'q=rose%20lane&from=0001-01-01T00:00:00Z')).toEqual([]);
  });

  test('in a message that lists several calls, in the thread of another call of the chat, and in the export', async () => {
    const { json, text } = await ask(`calls/${calls.north?.id}`, as);
    expect(text).not.toContain('Rose Lane');
    expect(json.deliveries.map(({ words }: { words: string[] }) => words).sort()).toEqual([[], ['North lobby']]);
    const thread = threadSchema.parse((await ask(`calls/${calls.north?.id}/chat`, as)).json).messages;
    expect(thread.map((one) => one.text)).toEqual([
      ...[`Emergency call from ${SOUTH}`, `Go to ${SOUTH}`],
      ...['Emergency call from Closed office', 'Go to Closed office'],
      ...['Emergency call from North lobby', 'Go to North lobby'],
    ]);
    const csv = (await ask(`export/calls.csv?${days()}`, as)).text;
    expect(csv).toContain(SOUTH);
    expect(csv).not.toContain('Rose Lane');
  });

  test('among the last tests: whoever tests from home has a home', async () => {
    const { lastTests } = statusSchema.parse((await ask('status', as)).json);
    expect(lastTests.map(({ place }) => place)).toEqual(['closed', 'a place that is withheld']);
  });
});

test('whom the roster names reads all of it', async () => {
  expect((await messages(ADELE, 'q=rose%20lane')).map(({ text }) => text)).toEqual([
    `Go to ${HOME}`,
    `Emergency call from ${HOME}`,
  ]);
  expect((await ask(`calls/${calls.north?.id}`, ADELE)).text).toContain(HOME);
  expect((await ask(`calls/${calls.north?.id}/chat`, ADELE)).text).toContain(HOME);
  expect((await ask(`export/calls.csv?${days()}`, ADELE)).text).toContain(HOME);
  const { lastTests } = statusSchema.parse((await ask('status', ADELE)).json);
  expect(lastTests.map(({ place }) => place)).toContain(HOME);
});

test('a responder with sites reads nothing of a call of another site, in one chat with theirs or not', async () => {
  const { json } = await ask(`calls/${calls.north?.id}/chat`, RESPONDER);
  expect(threadSchema.parse(json).messages.map(({ text }) => text)).toEqual([
    'Emergency call from North lobby',
    'Go to North lobby',
  ]);
  const { text } = await ask('status', RESPONDER);
  expect(text).not.toMatch(/Rose Lane|South tower|Closed office/);
});
