import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import { answerKeyOf, createAnswerToken } from '../../shared/oncall/answerToken.ts';
import type { ResponseAction } from '../../shared/oncall/response.ts';
import { answerCall } from '../../shared/pipeline/answerCall.ts';
import { answerPage } from '../../shared/pipeline/answerPage.ts';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { noteDeliveryStatus } from '../../shared/pipeline/noteDeliveryStatus.ts';
import { recordCallWithoutContent, updateCall } from '../../shared/pipeline/recordCall.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';
import { type PostServer, respond, startPostServer } from '../messaging/postServer.ts';

const MINUTE_MS = 60_000;
const HOME = '12 Elm St, Apt 4, Redmond, WA 98052';
const HOME_WORDS = /12 Elm|Apt 4/;
const HERE = 'Building 34, Room 2210';
const ADELE = { id: 'adele', name: 'Adele Vance', phone: '+14255550111' };
const MEGAN = { id: 'megan', name: 'Megan Bowen', phone: '+14255550112' };
const NESTOR = { id: 'nestor', name: 'Nestor Wilke', phone: '+14255550113' };
const LIDIA = { id: 'lidia', name: 'Lidia Holloway', phone: '+14255550114', mayKnowHomeAddress: true };
const LAST_RESORT = '+14255550199';
const EVERYBODY = [ADELE, MEGAN, NESTOR, LIDIA];

/** The desk is Adele and then Megan; remote workers are Lidia's, who may know where they live, and Nestor's, who may not. */
const ROSTER = {
  people: EVERYBODY,
  teams: [
    teamOf('desk', [['adele'], ['megan']]),
    teamOf('remote', [
      ['lidia', 'nestor'],
      ['nestor', 'adele'],
    ]),
    teamOf('north', [['megan']]),
  ],
  sites: [
    { id: 'campus', name: 'Campus', places: ['Building 3*'] },
    { id: 'north', name: 'North', places: ['North Annex*'] },
  ],
  routes: [
    { site: 'north', team: 'north' },
    { policy: 'Field*', team: 'north' },
  ],
  defaultTeam: 'desk',
  remoteTeam: 'remote',
  administrators: ['adele'],
  lastResort: [LAST_RESORT],
};

function teamOf(id: string, steps: string[][]) {
  const more = { name: id, timeZone: 'America/Los_Angeles', rounds: 1 };
  return { id, ...more, steps: steps.map((tell) => ({ tell, escalateAfterMinutes: 3 })) };
}

let world: World;
let server: PostServer;
let dir: string;
beforeEach(async () => {
  server = await startPostServer(respond(202, { id: '01234567-89ab-4def-8123-456789abcdef', status: 'Running' }));
  dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-sites-'));
});
afterEach(async () => {
  await world?.stop();
  await server.close();
  await rm(dir, { recursive: true });
});

async function begin(roster: object = {}, settings: Record<string, string> = {}, events = false): Promise<void> {
  const file = join(dir, 'roster.json');
  await writeFile(file, JSON.stringify({ ...ROSTER, ...roster }));
  world = await startWorld({ ...settings, ROSTER_FILE: file }, { events });
  await world.openChat();
}

async function dial(place: string | undefined, more: object = {}): Promise<EmergencyCall> {
  const { place: _, ...call } = dials911;
  await world.graph.emergency.placeEmergencyCall({ ...call, ...(place === undefined ? {} : { place }), ...more });
  await world.deliver();
  await world.work();
  return newest();
}

async function newest(): Promise<EmergencyCall> {
  const [call] = await world.services.store.calls.listNewest(1);
  if (!call) throw new Error('There is no call');
  return call;
}

/** Becomes known of the call, with its update. */
async function learn(callId: string, location: string): Promise<EmergencyCall> {
  await updateCall(world.services, callId, (known) => ({
    ...known,
    facts: { ...known.facts, location },
    factsVersion: known.factsVersion + 1,
    changedFacts: ['location'],
  }));
  await world.work();
  return newest();
}

const inbox = ({ phone }: { phone: string }) => world.inbox(phone);
const told = () => EVERYBODY.filter((one) => inbox(one).length > 0).map(({ id }) => id);
const lastOf = (one: { phone: string }) => inbox(one).at(-1) ?? '';
const timelineOf = async ({ id }: EmergencyCall, kind: string) =>
  (await world.services.store.timeline.listOfCall(id)).filter((entry) => entry.kind === kind);
const answer = ({ id }: EmergencyCall, by: string, action: ResponseAction) =>
  answerCall(world.services, { callId: id, by, action, via: 'sms', at: world.now(), key: `${by} ${action.kind}` });
const refuse = (...people: { phone: string }[]) => {
  for (const { phone } of people) world.twilio.behave(phone, 'optedOut');
};

/** Whatever anybody reads but those named holds no home address; nor does the log, whoever reads that. */
function expectHidden(...allowed: { phone: string }[]) {
  const phones = allowed.map(({ phone }) => phone);
  const others = world.twilio.messages().filter(({ to }) => !phones.includes(to));
  expect(others.map(({ body }) => body).filter((body) => HOME_WORDS.test(body))).toEqual([]);
  expect(server.received.filter(({ body }) => HOME_WORDS.test(body))).toEqual([]);
  expect(world.log.filter((line) => HOME_WORDS.test(JSON.stringify(line)))).toEqual([]);
}

describe('where the caller is', () => {
  test('at a site of no route: the default team, the whole location, and no mark', async () => {
    await begin();
    const call = await dial(HERE);
    expect(call).toMatchObject({ site: 'campus', whereabouts: 'onSite', sitePattern: 'Building 3*' });
    expect(told()).toEqual(['adele']);
    expect(lastOf(ADELE)).toMatch(/^EMERGENCY CALL to 911.*Building 34, Room 2210/);
    expect(await timelineOf(call, 'located')).toMatchObject([
      {
        at: call.locatedAt,
        clock: 'ours',
        detail: { whereabouts: 'onSite', site: 'campus', sitePattern: 'Building 3*', form: 'otherWords', team: 'desk' },
      },
    ]);
  });

  test('at a site with a route, in other letters: its team', async () => {
    await begin();
    expect(await dial('NORTH  ANNEX, Lobby')).toMatchObject({ site: 'north' });
    expect(told()).toEqual(['megan']);
  });

  test('nowhere that is known: OFF-SITE to the team of remote workers, and only who may know it reads where', async () => {
    await begin();
    const call = await dial(HOME);
    expect(call).toMatchObject({ site: null, whereabouts: 'offSite', sitePattern: null, isAddressOpen: false });
    expect(told()).toEqual(['nestor', 'lidia']);
    expect(lastOf(LIDIA)).toMatch(/^OFF-SITE EMERGENCY CALL to 911.*\+14255550123.*12 Elm St, Apt 4/);
    expect(lastOf(NESTOR)).toMatch(/^OFF-SITE EMERGENCY CALL to 911.*\+14255550123.*withheld; known to Lidia Holloway/);
    expectHidden(LIDIA);
    // The record keeps it: somebody must be able to look it up.
    expect(call.facts.location).toContain('12 Elm St');
    const [located] = await timelineOf(call, 'located');
    expect(located?.detail).toEqual({
      whereabouts: 'offSite',
      site: null,
      sitePattern: null,
      form: 'streetAddressWithRoom',
      team: 'remote',
    });
  });

  test('a test call too, marked as both', async () => {
    await begin({ tests: { tell: 'team', escalate: false } });
    await dial(HOME, { numberDialed: '933' });
    expect(lastOf(LIDIA)).toMatch(/^TEST OFF-SITE EMERGENCY CALL to 933.*12 Elm/);
    expect(lastOf(NESTOR)).toMatch(/^TEST OFF-SITE EMERGENCY CALL to 933.*withheld/);
    expectHidden(LIDIA);
  });

  test('a test call that only administrators hear of, none of whom may know it: all of them read it', async () => {
    await begin({ tests: { tell: 'administrators', escalate: false } });
    await dial(HOME, { numberDialed: '933' });
    expect(told()).toEqual(['adele']);
    expect(lastOf(ADELE)).toMatch(/^TEST OFF-SITE .*12 Elm/);
  });

  test('nobody on the roster is named who may know it: everybody who is told reads it', async () => {
    await begin({ people: EVERYBODY.map((one) => ({ ...one, mayKnowHomeAddress: false })) });
    await dial(HOME);
    for (const one of [LIDIA, NESTOR]) expect(lastOf(one)).toMatch(/^OFF-SITE .*12 Elm/);
  });

  test('off site, and a route by policy fits: its team, of whom all read it, since nobody of them may', async () => {
    await begin({}, { EMERGENCY_CALLING_POLICIES: 'Field staff' }, true);
    const call = await dial(HOME, { policyName: 'Field staff', sources: ['event'] });
    expect(call.whereabouts).toBe('offSite');
    expect(told()).toEqual(['megan']);
    expect(lastOf(MEGAN)).toMatch(/^OFF-SITE .*12 Elm/);
  });

  test('without a team for remote workers the default one hears of it, marked', async () => {
    await begin({ remoteTeam: null });
    await dial(HOME);
    expect(told()).toEqual(['adele']);
    // Lidia, who may know it, is not told: somebody must know where.
    expect(lastOf(ADELE)).toMatch(/^OFF-SITE .*12 Elm/);
  });

  test.each([
    ['no location', undefined, {}],
    [
      'coordinates alone, which say no site',
      undefined,
      { place: { coordinates: { latitude: 47.64, longitude: -122.13 } } },
    ],
  ])('%s: nowhere in particular, told to the default team without a mark', async (_, place, more) => {
    await begin();
    const call = await dial(place, more);
    expect(call).toMatchObject({ whereabouts: 'unknown', site: null });
    expect(told()).toEqual(['adele']);
    expect(lastOf(ADELE)).toMatch(/^EMERGENCY CALL/);
  });

  test('no sites are set up: as before there were any', async () => {
    await begin({ sites: [], routes: [] });
    const call = await dial(HOME);
    expect(call).toMatchObject({ whereabouts: 'unknown', site: null });
    expect(told()).toEqual(['adele']);
    expect(lastOf(ADELE)).toMatch(/^EMERGENCY CALL.*12 Elm/);
  });
});

describe('what becomes known later', () => {
  test('the message could not be read: once it is, the call is off site, and the remote team hears of it too', async () => {
    await begin();
    world.graph.faults.add({ operation: 'chats.getMessage', effect: { kind: 'status', status: 503 } });
    await world.graph.emergency.placeEmergencyCall({ ...dials911, place: HOME });
    await world.deliver();
    await world.pass(15_000);
    expect(told()).toEqual(['adele']);
    expect((await newest()).whereabouts).toBe('unknown');
    world.graph.faults.clear();
    await world.pass(MINUTE_MS);
    const call = await newest();
    expect(call).toMatchObject({ whereabouts: 'offSite', escalation: { teamId: 'remote' } });
    expect(told()).toEqual(['adele', 'nestor', 'lidia']);
    expect(lastOf(ADELE)).toMatch(/^OFF-SITE UPDATE.*withheld; known to Lidia Holloway/);
    expect(lastOf(LIDIA)).toMatch(/^OFF-SITE EMERGENCY CALL.*12 Elm/);
    expectHidden(LIDIA);
    const entries = await timelineOf(call, 'located');
    expect(entries.map(({ detail }) => [detail.whereabouts, detail.form])).toEqual([
      ['unknown', 'none'],
      ['offSite', 'streetAddressWithRoom'],
    ]);
  });

  test('a call without a place is at a site of another team: that one hears of it as well, unmarked', async () => {
    await begin();
    const { id } = await dial(undefined);
    expect(await learn(id, 'North Annex, Lobby')).toMatchObject({ whereabouts: 'onSite', site: 'north' });
    expect(told()).toEqual(['adele', 'megan']);
    expect(lastOf(ADELE)).toMatch(/^UPDATE: EMERGENCY CALL.*Location now "North Annex, Lobby"/);
  });

  test('a place that changes within its site moves no call; one at another site does; one off site is withheld', async () => {
    await begin();
    const { id } = await dial(HERE);
    expect(await learn(id, 'Building 35')).toMatchObject({ site: 'campus', escalation: { teamId: 'desk' } });
    expect(told()).toEqual(['adele']);
    expect(await learn(id, 'North Annex')).toMatchObject({ site: 'north', escalation: { teamId: 'north' } });
    expect(told()).toEqual(['adele', 'megan']);
    expect(await learn(id, HOME)).toMatchObject({ site: null, whereabouts: 'offSite', sitePattern: null });
    expect(told()).toEqual(['adele', 'megan', 'nestor', 'lidia']);
    for (const one of [ADELE, MEGAN]) expect(lastOf(one)).toMatch(/^OFF-SITE UPDATE.*withheld; known to Lidia/);
    expectHidden(LIDIA);
    expect(
      (await timelineOf(await newest(), 'located')).map(({ detail }) => detail.site ?? detail.whereabouts),
    ).toEqual(['campus', 'campus', 'north', 'offSite']);
  });

  test('a call that is held turns out to be off site: its list says no place to who came before her who may know it', async () => {
    await begin({}, { CALLS_TOLD_ALONE: '1' });
    await dial(HERE);
    const held = await dial(undefined);
    const others = await dial(undefined);
    expect(inbox(ADELE)).toHaveLength(1);
    await learn(held.id, HOME);
    await learn(others.id, HERE);
    await world.pass(MINUTE_MS);
    expect(inbox(LIDIA).join()).toMatch(/OFF-SITE EMERGENCY CALL.*12 Elm/);
    expect(inbox(ADELE).join()).toMatch(/OFF-SITE .*withheld; known to Lidia Holloway/);
    expectHidden(LIDIA);
  });

  test('another home: an update for those who may know it, and that it has changed for the others', async () => {
    await begin();
    const { id } = await dial('1 Pine Rd, Bellevue');
    await learn(id, HOME);
    expect(lastOf(LIDIA)).toMatch(/^OFF-SITE UPDATE.*Location now "12 Elm/);
    expect(lastOf(NESTOR)).toMatch(/^OFF-SITE UPDATE.*Location now withheld/);
    expectHidden(LIDIA);
  });

  test('a second place of the other source, and coordinates, are withheld like the first', async () => {
    await begin();
    const { id } = await dial('1 Pine Rd, Bellevue');
    const coordinates = { latitude: 47.674, longitude: -122.1215 };
    await updateCall(world.services, id, (known) => ({
      ...{ ...known, alsoAt: HOME, facts: { ...known.facts, coordinates } },
      factsVersion: 2,
      changedFacts: ['coordinates'],
    }));
    await world.work();
    expect(lastOf(LIDIA)).toMatch(/47\.674,-122\.1215/);
    expect(lastOf(LIDIA)).toMatch(HOME_WORDS);
    expect(inbox(NESTOR)).toHaveLength(2);
    expect(inbox(NESTOR).join()).not.toMatch(/47\.674|Pine/);
    expectHidden(LIDIA);
  });

  test('the roster changes between record and alert: whoever may know it then is who reads it', async () => {
    await begin();
    await world.graph.emergency.placeEmergencyCall({ ...dials911, place: HOME });
    await world.deliver();
    // Recorded for Lidia and Nestor; now it is Nestor who may know it, and there are no sites any more.
    const document = {
      ...{ ...ROSTER, sites: [], routes: [] },
      people: EVERYBODY.map((one) => ({ ...one, mayKnowHomeAddress: one === NESTOR })),
    };
    const imported = { document, importedAt: world.now().toISOString(), importedBy: null };
    await world.services.store.roster.insert(0, imported);
    world.advance(MINUTE_MS);
    await world.services.refreshRoster();
    await world.work();
    expect(lastOf(NESTOR)).toMatch(/^OFF-SITE .*12 Elm/);
    expect(lastOf(LIDIA)).toMatch(/^OFF-SITE .*withheld; known to Nestor Wilke/);
    expectHidden(NESTOR);
  });
});

describe('nobody takes it', () => {
  test('a step without anybody who may know it reads it, and hears of what follows', async () => {
    await begin();
    const { id } = await dial(HOME);
    await world.pass(3 * MINUTE_MS);
    for (const one of [NESTOR, ADELE]) expect(lastOf(one)).toMatch(/^OFF-SITE EMERGENCY CALL.*12 Elm/);
    expect(inbox(LIDIA)).toHaveLength(1);
    await learn(id, '12 Elm St, Apt 5');
    for (const one of [NESTOR, ADELE, LIDIA]) expect(lastOf(one)).toMatch(/^OFF-SITE UPDATE.*12 Elm St, Apt 5/);
  });

  test('the last resort gets the location', async () => {
    await begin();
    await dial(HOME);
    await world.pass(10 * MINUTE_MS);
    expect(world.inbox(LAST_RESORT)).toEqual([expect.stringMatching(/^OFF-SITE EMERGENCY CALL.*12 Elm/)]);
  });

  test('nobody at all of the team can be reached: the last resort gets the location', async () => {
    await begin();
    refuse(...EVERYBODY);
    await dial(HOME);
    await world.pass(2 * MINUTE_MS);
    expect(world.inbox(LAST_RESORT)).toEqual([expect.stringMatching(/^OFF-SITE EMERGENCY CALL.*12 Elm/)]);
  });
});

describe('nobody who may know it can be reached', () => {
  test('refused for good: all others are told where at once, by an update', async () => {
    await begin();
    refuse(LIDIA);
    const call = await dial(HOME);
    await world.work();
    expect(inbox(NESTOR)).toEqual([
      expect.stringMatching(/^OFF-SITE EMERGENCY CALL.*withheld/),
      expect.stringMatching(/^OFF-SITE UPDATE.*12 Elm/),
    ]);
    expect(await newest()).toMatchObject({ isAddressOpen: true, factsVersion: 2 });
    expect(await timelineOf(call, 'addressOpened')).toMatchObject([{ detail: { unreached: ['lidia'] } }]);
    expect(world.log.filter(({ message }) => message.startsWith('Nobody who may know the location'))).toHaveLength(1);
    // It stays so: the next step is told by the same rule.
    await world.pass(3 * MINUTE_MS);
    expect(lastOf(ADELE)).toMatch(/12 Elm/);
  });

  test('refused before it was known where: once it is, others are told, and not that somebody knows it who does not', async () => {
    await begin({ remoteTeam: null, teams: [teamOf('desk', [['adele', 'lidia']]), teamOf('north', [['megan']])] });
    refuse(LIDIA);
    const call = await dial(undefined);
    expect(told()).toEqual(['adele']);
    await answer(call, 'adele', { kind: 'acknowledge' });
    await learn(call.id, HOME);
    await world.work();
    expect(lastOf(ADELE)).toMatch(/^OFF-SITE UPDATE.*12 Elm/);
    expect(await newest()).toMatchObject({ isAddressOpen: true });
    expect(await timelineOf(call, 'addressOpened')).toMatchObject([{ detail: { unreached: ['lidia'] } }]);
  });

  test('taken, and then reported as undelivered: the same', async () => {
    await begin();
    const { id } = await dial(HOME);
    expectHidden(LIDIA);
    const row = await world.services.store.deliveries.get(id, 'first|lidia|sms');
    const messageSid = row?.value.providerMessages[0]?.id ?? '';
    const report = { messageSid, status: 'undelivered', errorCode: 30_003, at: world.now(), clock: 'ours' } as const;
    const reference = { callId: id, alertKey: 'first', recipientId: 'lidia', channel: 'sms' } as const;
    await noteDeliveryStatus(world.services, reference, report);
    await world.work();
    expect(lastOf(NESTOR)).toMatch(/^OFF-SITE UPDATE.*12 Elm/);
  });

  test('her provider does not answer: after a minute, not before', async () => {
    await begin({ people: EVERYBODY.map((one) => (one === LIDIA ? { ...one, channels: ['voice'] } : one)) });
    const { voice } = world.services.channels;
    if (!voice) throw new Error('There is no voice');
    const away = { outcome: 'temporary', code: '503', reason: 'away', retryAfterMs: null } as const;
    world.services.channels.voice = { ...voice, send: async () => away };
    await dial(HOME);
    await world.pass(50_000);
    expect(inbox(NESTOR)).toHaveLength(1);
    expectHidden(LIDIA);
    await world.pass(50_000);
    expect(lastOf(NESTOR)).toMatch(/^OFF-SITE UPDATE.*12 Elm/);
    expect(inbox(LIDIA)).toEqual([]);
  });

  test('one of two is reached: nobody else is told where', async () => {
    await begin({
      people: EVERYBODY.map((one) => ({ ...one, mayKnowHomeAddress: one === LIDIA || one === ADELE })),
      teams: [
        teamOf('desk', [['megan']]),
        teamOf('remote', [['lidia', 'nestor', 'adele']]),
        teamOf('north', [['megan']]),
      ],
    });
    refuse(LIDIA);
    await dial(HOME);
    await world.pass(2 * MINUTE_MS);
    expect(inbox(NESTOR)).toEqual([expect.stringMatching(/withheld; known to Lidia Holloway, Adele Vance/)]);
    expectHidden(ADELE);
  });

  test('she hears of it by mail instead: she was reached', async () => {
    const mail = { channels: ['sms', 'email'], email: 'lidiah@contoso.com' };
    await begin(
      { people: EVERYBODY.map((one) => (one === LIDIA ? { ...one, ...mail } : one)) },
      {
        EMAIL_CONNECTION_STRING: `endpoint=${server.origin}/;accesskey=${Buffer.alloc(32).toString('base64')}`,
        EMAIL_FROM: 'alerts@contoso.com',
      },
    );
    refuse(LIDIA);
    await dial(HOME);
    await world.pass(2 * MINUTE_MS);
    const [mailed, ...more] = server.received.map(({ body }) => JSON.parse(body).content);
    expect(more).toEqual([]);
    expect(mailed.subject).toMatch(/^OFF-SITE EMERGENCY CALL to 911 \[\w{3}\]$/);
    expect(mailed.plainText).toMatch(/Location: "12 Elm/);
    expect(inbox(NESTOR)).toEqual([expect.stringMatching(/withheld/)]);
  });
});

describe('by other ways', () => {
  const PLACES = () => ({
    TEAMS_WORKFLOW_URL: `${server.origin}/teams?sig=a-secret`,
    WEBHOOK_URL: `${server.origin}/hook`,
    WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  });
  const postedTo = (path: string) => server.received.filter((one) => one.path.startsWith(path)).map(({ body }) => body);

  test('a card in Teams and a webhook never hold it while somebody is named, and say that it is off site', async () => {
    await begin({}, PLACES());
    refuse(LIDIA);
    const { id } = await dial(HOME);
    await world.pass(MINUTE_MS);
    await learn(id, '12 Elm St, Apt 5');
    await world.pass(MINUTE_MS);
    const [card, update] = postedTo('/teams');
    expect(card).toMatch(/OFF-SITE EMERGENCY CALL to 911.*withheld; known to Lidia Holloway/);
    expect(update).toMatch(/OFF-SITE UPDATE.*withheld/);
    const events = postedTo('/hook').map((body) => JSON.parse(body).data);
    expect(events.length).toBeGreaterThanOrEqual(2);
    for (const event of events)
      expect(event).toMatchObject({
        whereabouts: 'offSite',
        site: null,
        location: null,
        coordinates: null,
        alsoAt: null,
        locationKnownTo: ['Lidia Holloway'],
      });
    // Nestor has it since: Lidia could not be reached.
    expectHidden(LIDIA, NESTOR);
  });

  test('where everybody who is told reads it since none of them may, a card names them', async () => {
    await begin({ remoteTeam: null }, PLACES());
    await dial(HOME);
    await world.work();
    expect(lastOf(ADELE)).toMatch(/12 Elm/);
    expect(postedTo('/teams').join()).toMatch(/withheld; known to Adele Vance/);
    expectHidden(ADELE);
  });

  test('where the roster names nobody, it is in the card as in every message', async () => {
    await begin({ people: EVERYBODY.map((one) => ({ ...one, mayKnowHomeAddress: false })) }, PLACES());
    await dial(HOME);
    await world.work();
    expect(postedTo('/teams').join()).toMatch(/OFF-SITE.*12 Elm/);
    expect(JSON.parse(postedTo('/hook')[0] ?? '').data).toMatchObject({ location: expect.stringContaining('12 Elm') });
  });

  test('of a caller on site they say the site', async () => {
    await begin({}, PLACES());
    await dial(HERE);
    await world.work();
    expect(JSON.parse(postedTo('/hook')[0] ?? '').data).toMatchObject({
      whereabouts: 'onSite',
      site: 'campus',
      locationKnownTo: null,
    });
  });

  test('a voice call says it, and where to nobody else', async () => {
    await begin({ people: EVERYBODY.map((one) => ({ ...one, channels: ['voice'] })) });
    await dial(HOME);
    const rows = await world.services.store.deliveries.listOfCall((await newest()).id);
    const wordsTo = (id: string) =>
      rows
        .filter(({ value }) => value.recipientId === id)
        .flatMap(({ value }) => value.bodies)
        .join();
    expect(wordsTo('lidia')).toMatch(/OFF-SITE\. The caller is away from any known location\..*Location: 12 Elm/s);
    expect(wordsTo('nestor')).toMatch(/OFF-SITE\..*Location: withheld\. Known to Lidia Holloway\./s);
    expect(wordsTo('nestor')).not.toMatch(HOME_WORDS);
  });

  test('words that name nobody and no place say that it is off site, and keep nothing open', async () => {
    await begin({}, { SMS_DETAIL: 'minimal' });
    refuse(LIDIA);
    await dial(HOME);
    await world.pass(MINUTE_MS);
    expect(inbox(NESTOR)).toEqual([expect.stringMatching(/^OFF-SITE EMERGENCY CALL to 911/)]);
    expectHidden();
    expect(inbox(NESTOR).join()).not.toMatch(/Lidia|withheld/);
  });

  test('the storage takes nothing: from memory too, each reads what they may', async () => {
    await begin();
    const AlertStorage = world.env.AlertStorage.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
    const away = await world.start(undefined, { ...world.env, AlertStorage });
    await world.graph.emergency.placeEmergencyCall({ ...dials911, place: HOME });
    await expect(ingestNotifications({ ...away, chats: world.services.chats }, world.hub)).rejects.toThrow(
      'could not be kept',
    );
    expect(inbox(LIDIA)).toEqual([expect.stringMatching(/^OFF-SITE .*12 Elm/)]);
    expect(inbox(NESTOR)).toEqual([expect.stringMatching(/^OFF-SITE .*withheld; known to Lidia Holloway/)]);
    expectHidden(LIDIA);
  });

  test('who has the call, and that it is over, is told without any place', async () => {
    await begin();
    const call = await dial(HOME);
    await answer(call, 'lidia', { kind: 'acknowledge' });
    await world.work();
    await updateCall(world.services, call.id, (known) => ({ ...known, endedAt: world.now().toISOString() }));
    await world.work();
    expect(inbox(NESTOR)).toHaveLength(3);
    expectHidden(LIDIA);
  });

  test('a call that turns out to be none is no call from off site', async () => {
    await begin();
    const origin = {
      chatId: '19:a@thread.v2',
      messageId: '1772524800000',
      hubEnqueuedAt: null,
      receivedAt: world.now().toISOString(),
    };
    await recordCallWithoutContent(world.services, origin, '8227475199999-0123456789abcdef', 'pending');
    await world.work();
    await updateCall(world.services, '8227475199999-0123456789abcdef', (known) => ({
      ...known,
      content: 'notEmergency',
      factsVersion: 2,
    }));
    await world.work();
    expect(lastOf(ADELE)).toMatch(/^NO EMERGENCY/);
  });

  test('the page behind a link: each reads there what their messages may say', async () => {
    await begin();
    const { id } = await dial(HOME);
    const key = answerKeyOf(Buffer.from(world.env.TOKEN_CACHE_KEY, 'base64'));
    const open = async (recipientId: string) => {
      const t = createAnswerToken(key, { callId: id, recipientId }, world.now());
      const request = { method: 'GET', query: new URLSearchParams({ t }), headers: new Headers(), body: null };
      return (await answerPage(world.services, request)).body;
    };
    expect(await open('lidia')).toMatch(/OFF-SITE Emergency call to 911.*12 Elm/s);
    const page = await open('nestor');
    expect(page).toMatch(/OFF-SITE Emergency call to 911.*withheld; known to Lidia Holloway/s);
    expect(page).not.toMatch(HOME_WORDS);
    // A stranger to the call, whose link is good all the same.
    expect(await open('megan')).not.toMatch(HOME_WORDS);
    // The step without Lidia has read it.
    await world.pass(3 * MINUTE_MS);
    expect(await open('nestor')).toMatch(HOME_WORDS);
    expect(await open('megan')).not.toMatch(HOME_WORDS);
  });
});
