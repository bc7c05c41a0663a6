import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import type { Channel } from '../../shared/messaging/channel.ts';
import { handleReply } from '../../shared/pipeline/handleReply.ts';
import { observeSiteTests } from '../../shared/pipeline/observeSiteTests.ts';
import { remindTests } from '../../shared/pipeline/remindTests.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { watch } from '../../shared/pipeline/watch.ts';
import { checkSiteTests } from '../../shared/watch/siteTestCheck.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONE = 'America/Los_Angeles';
const ADELE = '+14255550111';
const NESTOR = '+14255550113';
const DIEGO = '+14255550114';
const LIDIA = '+14255550115';
const STRANGER = '+14255550198';

const person = (id: string, phone: string, more = {}) => ({ id, name: id, phone, ...more });
/** Adele is on call, Nestor administers, Diego and Lidia test; Alex, who calls, is on the roster in one test only. */
const ROSTER = {
  people: [
    person('adele', ADELE),
    person('nestor', NESTOR),
    person('diego', DIEGO),
    person('lidia', LIDIA, { language: 'de' }),
  ],
  teams: [{ id: 'desk', name: 'Desk', timeZone: ZONE, steps: [{ tell: ['adele'] }] }],
  defaultTeam: 'desk',
  administrators: ['nestor'],
  tests: { tell: 'administrators' },
  sites: [{ id: 'hq', name: 'Building 34', places: ['Building 34*'], test: { everyDays: 30, tell: ['diego'] } }],
};
type Roster = typeof ROSTER;
const [HQ] = ROSTER.sites;

let folder: string;
let world: World;
let services: Services;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'site-tests-'));
  await start();
});
afterEach(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<void> {
  world = await startWorld({ ROSTER_FILE: rosterFile(ROSTER), TEST_NUMBERS: '933,844' });
  const hour = new Intl.DateTimeFormat('en-US', {
    timeZone: ZONE,
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  while (!hour.format(world.now()).replace(/\W+/g, ' ').startsWith('Mon 10')) world.advance(HOUR_MS);
  await renewSubscriptions(world.services);
  await world.openChat();
  world.log.splice(0);
  ({ services } = world);
}

let files = 0;
function rosterFile(roster: object): string {
  files += 1;
  const file = join(folder, `roster-${files}.json`);
  writeFileSync(file, JSON.stringify(roster));
  return file;
}

/** Another process, with another roster. */
async function withRoster(roster: object): Promise<Services> {
  services = await world.start(undefined, { ...world.env, ROSTER_FILE: rosterFile(roster) });
  return services;
}

async function call(changes: Partial<typeof dials911> = {}): Promise<EmergencyCall> {
  await world.graph.emergency.placeEmergencyCall({ ...dials911, numberDialed: '933', ...changes });
  await world.deliver();
  await world.work();
  const [newest] = await services.store.calls.listNewest(1);
  if (!newest) throw new Error('There is no call');
  return newest;
}

let texts = 0;
async function text(from: string, body: string, sid?: string): Promise<void> {
  texts += 1;
  const messageSid = sid ?? `SM${String(texts).padStart(32, '0')}`;
  await handleReply(services, { messageSid, from, body, receivedAt: world.now() });
}

const run = (by: Services = services) => remindTests(by);
async function passDays(count: number): Promise<void> {
  world.advance(count * DAY_MS);
  await renewSubscriptions(world.services);
  world.hub.splice(0);
}
const tests = async (id = 'hq') =>
  (await services.store.siteTests.list()).map(({ value }) => value).find(({ siteId }) => siteId === id);
const timeline = async (id: string, kind: string) =>
  (await services.store.timeline.listOfCall(id)).filter((entry) => entry.kind === kind);
const found = async () => {
  const siteTests = { value: await observeSiteTests(services) };
  return checkSiteTests({ siteTests }, services.now());
};
const ids = async () => (await found()).findings.map(({ id }) => id);
const codeIn = (sms: string | undefined) => /RIGHT ([34679CDFGHJKMNPQRTVWXY]{3})/.exec(sms ?? '')?.[1] ?? 'none';

describe('a reminder', () => {
  test('says what to do, once, and again when nothing has happened for three days', async () => {
    await run();
    await run();
    expect(world.inbox(DIEGO)).toEqual([
      expect.stringMatching(/^REMINDER 1: the 933 test of Building 34 is due\. Dial 933 .* RIGHT (\w{3}) or WRONG \1 /),
    ]);
    expect(world.inbox(ADELE)).toEqual([]);
    await passDays(2);
    await run();
    expect(world.inbox(DIEGO)).toHaveLength(1);
    await passDays(1);
    await run();
    expect(world.inbox(DIEGO)).toHaveLength(2);
    expect(codeIn(world.inbox(DIEGO)[1])).toBe(codeIn(world.inbox(DIEGO)[0]));
  });

  test('of a site with Direct Routing sends nobody to the bot, and is in the language of its reader', async () => {
    await withRoster({
      ...ROSTER,
      sites: [{ ...HQ, directRouting: true, test: { everyDays: 30, tell: ['diego', 'lidia'] } }],
    });
    await run();
    expect(world.inbox(DIEGO)).toEqual([expect.stringMatching(/Direct Routing: .*ERS provider or ELIN/)]);
    expect(world.inbox(DIEGO)[0]).not.toMatch(/Dial 933/);
    expect(world.inbox(LIDIA)).toEqual([expect.stringMatching(/^ERINNERUNG 1: .*RICHTIG \w{3} oder FALSCH/)]);
  });

  test('two hosts at once send one', async () => {
    const other = await world.start();
    await Promise.all([run(), run(other), run(), run(other)]);
    expect(world.inbox(DIEGO)).toHaveLength(1);
  });

  test('whose host died before it was sent is sent by the next one, once it has let go', async () => {
    const dies = { ...services.channels.sms, send: () => new Promise<never>(() => undefined) };
    void run({ ...services, channels: { sms: dies } } as unknown as Services);
    await until(async () => (await tests())?.round?.telling != null);
    await run();
    expect(world.inbox(DIEGO)).toEqual([]);
    world.advance(121_000);
    await run();
    await run();
    expect(world.inbox(DIEGO)).toHaveLength(1);
  });

  test('whose host died after it was sent is not sent again', async () => {
    const { sms } = services.channels;
    if (!sms) throw new Error('There is no SMS');
    const dies = {
      ...sms,
      send: (message: Parameters<typeof sms.send>[0]) =>
        sms.send(message).then(() => new Promise<never>(() => undefined)),
    };
    void run({ ...services, channels: { sms: dies } });
    await until(async () => world.inbox(DIEGO).length > 0);
    world.advance(121_000);
    await run();
    await run();
    expect(world.inbox(DIEGO)).toHaveLength(1);
    expect((await tests())?.round).toMatchObject({ told: ['diego'], telling: null, reminders: 1 });
  });

  test('that Twilio does not take is sent by a later run', async () => {
    world.twilio.faults.set({ kind: 'status', status: 503 });
    await run();
    world.twilio.faults.clear();
    world.advance(300_000);
    await run();
    expect(world.inbox(DIEGO)).toHaveLength(1);
  });

  test('never reaches who said STOP; the next channel is tried, and the watch says when there is none', async () => {
    world.twilio.behave(DIEGO, 'optedOut');
    await run();
    await run();
    expect(world.inbox(DIEGO)).toEqual([]);
    expect(await ids()).toEqual(['testUnreached:hq']);
    expect(world.twilio.requests().filter(({ path }) => path.endsWith('/Messages.json'))).toHaveLength(1);
  });

  test.each([
    ['without a test', [{ ...HQ, test: null }]],
    ['that is no longer on the roster', []],
  ])('is not sent for a site %s, and nothing is found there', async (_, sites) => {
    await withRoster({ ...ROSTER, sites });
    await run();
    expect([DIEGO, NESTOR, ADELE].flatMap((phone) => world.inbox(phone))).toEqual([]);
    expect(await found()).toMatchObject({ detail: 'not used', findings: [] });
    expect(await tests()).toBeUndefined();
  });

  test('waits while its reader was told of a real call that is open, and comes once that is closed', async () => {
    await withRoster({ ...ROSTER, sites: [{ ...HQ, test: { everyDays: 30, tell: ['adele'] } }] });
    const { code } = await call({ numberDialed: '911' });
    await run();
    expect(world.inbox(ADELE)).toHaveLength(1);
    await text(ADELE, `5 ${code}`);
    await run();
    expect(world.inbox(ADELE).at(-1)).toMatch(/^REMINDER 1/);
  });

  test('of which one reader has a real call open reaches the other at once, and that one later, each once', async () => {
    await withRoster({ ...ROSTER, sites: [{ ...HQ, test: { everyDays: 30, tell: ['adele', 'diego'] } }] });
    const { code } = await call({ numberDialed: '911' });
    const reminders = (phone: string) => world.inbox(phone).filter((sms) => sms.startsWith('REMINDER')).length;
    await run();
    expect([reminders(ADELE), reminders(DIEGO)]).toEqual([0, 1]);
    await text(ADELE, `5 ${code}`);
    await run();
    await run();
    expect([reminders(ADELE), reminders(DIEGO)]).toEqual([1, 1]);
  });

  test('does not wait for somebody else’s real call', async () => {
    await call({ numberDialed: '911' });
    await run();
    expect(world.inbox(DIEGO)).toEqual([expect.stringMatching(/^REMINDER 1/)]);
  });
});

describe('a test call', () => {
  test('is asked about: its caller, where the roster knows them, and the code of the call answers', async () => {
    await withRoster({
      ...ROSTER,
      people: [...ROSTER.people, person('alex', '+14255550116', { email: 'Alex@contoso.com' })],
    });
    const { id, code } = await call();
    await run();
    await run();
    expect(world.inbox('+14255550116')).toEqual([
      expect.stringMatching(
        new RegExp(`^TEST call ${code}: did 933 read back the right address of Building 34\\? Reply RIGHT ${code}`),
      ),
    ]);
    expect(world.inbox(DIEGO)).toEqual([]);
    await text('+14255550116', `Right ${code} 4567 Main St, Buffalo`);
    expect(world.inbox('+14255550116').at(-1)).toMatch(/^Recorded: the address of Building 34 was right/);
    expect((await tests())?.round?.answers).toMatchObject([
      { by: 'alex', answer: 'right', said: '4567 Main St, Buffalo' },
    ]);
    expect(await timeline(id, 'test.asked')).toMatchObject([{ detail: { site: 'hq', to: { alex: 'told' } } }]);
    expect(await timeline(id, 'test.answered')).toMatchObject([
      { detail: { by: 'alex', answer: 'right', site: 'hq' } },
    ]);
    expect(await ids()).toEqual([]);
    expect((await services.store.calls.get(id))?.value.response.state).toBe('open');
  });

  test('whose caller nobody knows is asked of those who test; after a reminder with the code of that', async () => {
    await run();
    const known = codeIn(world.inbox(DIEGO)[0]);
    const { code } = await call();
    await run();
    expect(world.inbox(DIEGO)[1]).toMatch(new RegExp(`^TEST call ${code}: .*Reply RIGHT ${known}`));
  });

  test.each([
    ['from a place of no site', { place: 'Building 1' }],
    ['to another test number, which no bot answers', { numberDialed: '844' }],
    ['that is none', { numberDialed: '911' }],
  ])('%s is not asked about, and is no test of the site', async (_, changes) => {
    await call(changes);
    await run();
    expect(world.inbox(DIEGO)).toEqual([expect.stringMatching(/^REMINDER 1/)]);
    expect(await tests()).toMatchObject({ lastTestAt: null });
  });

  test('to another test number is one where the site has Direct Routing', async () => {
    await withRoster({ ...ROSTER, sites: [{ ...HQ, directRouting: true }] });
    await call({ numberDialed: '844' });
    await run();
    expect(world.inbox(DIEGO)).toEqual([expect.stringMatching(/does your ERS provider have the right address/)]);
  });
});

describe('an answer', () => {
  test('WRONG is an alarm with the name of the site, until a test that was right', async () => {
    const first = await call();
    await run();
    await text(DIEGO, `WRONG ${first.code} it said 1 Other Street`);
    expect(world.inbox(DIEGO).at(-1)).toMatch(/The administrators are told/);
    const { findings } = await found();
    expect(findings).toMatchObject([{ id: 'testWrong:hq', severity: 'warning' }]);
    expect(findings[0]?.what).toContain('Building 34');
    expect(JSON.stringify(findings)).not.toContain('Other Street');
    world.advance(HOUR_MS);
    const second = await call();
    await run();
    expect(await ids()).toEqual(['testWrong:hq']);
    await text(DIEGO, `RIGHT ${second.code}`);
    expect(await ids()).toEqual([]);
  });

  test('RIGHT of somebody else does not undo WRONG, and they hear so; the one who said it can', async () => {
    await withRoster({ ...ROSTER, sites: [{ ...HQ, test: { everyDays: 30, tell: ['diego', 'adele'] } }] });
    const { code } = await call();
    await run();
    await text(DIEGO, `WRONG ${code}`);
    await text(ADELE, `RIGHT ${code}`);
    expect(world.inbox(ADELE).at(-1)).toMatch(/Somebody else answered WRONG/);
    expect(await ids()).toEqual(['testWrong:hq']);
    await text(DIEGO, `RIGHT ${code}`);
    expect(await ids()).toEqual([]);
  });

  test('to a reminder is a test of its own, also before anybody has noted the call', async () => {
    await run();
    const code = codeIn(world.inbox(DIEGO)[0]);
    const { id } = await call();
    await text(DIEGO, `RIGHT ${code}`);
    expect(await timeline(id, 'test.answered')).toHaveLength(1);
    await run();
    expect(world.inbox(DIEGO).filter((sms) => sms.startsWith('TEST call'))).toEqual([]);
    expect((await tests())?.round?.answers).toHaveLength(1);
  });

  test('to a reminder without any call is a test too', async () => {
    await run();
    await text(DIEGO, `RIGHT ${codeIn(world.inbox(DIEGO)[0])}`);
    await passDays(7);
    await run();
    expect(world.inbox(DIEGO)).toHaveLength(2);
    expect(await tests()).toMatchObject({ lastTestAt: expect.any(String) });
  });

  test('comes twice and is one', async () => {
    const { id, code } = await call();
    await run();
    await text(DIEGO, `RIGHT ${code}`, 'SM-twice');
    await text(DIEGO, `RIGHT ${code}`, 'SM-twice');
    expect((await tests())?.round?.answers).toHaveLength(1);
    expect(await timeline(id, 'test.answered')).toHaveLength(1);
  });

  test('is no digit, courtesy, code, question or denial', async () => {
    await run();
    for (const body of ['1', '5', 'ok', 'K7M', 'right?', 'not right']) await text(DIEGO, body);
    expect((await tests())?.round?.answers).toEqual([]);
  });

  test('of a stranger is kept for an administrator, and gets none', async () => {
    const { code } = await call();
    await run();
    await text(STRANGER, `WRONG ${code}`);
    expect(world.inbox(STRANGER)).toEqual([]);
    expect(await services.store.inbound.listStrangers(5)).toHaveLength(1);
    expect(await ids()).toEqual([]);
  });

  test('of who tested and has left the roster is refused like a stranger’s', async () => {
    await run();
    const code = codeIn(world.inbox(DIEGO)[0]);
    await withRoster({ ...without('diego'), sites: [{ ...HQ, test: { everyDays: 30, tell: ['lidia'] } }] });
    await text(DIEGO, `WRONG ${code}`);
    expect(await services.store.inbound.listStrangers(5)).toHaveLength(1);
    expect(await ids()).toEqual([]);
    await passDays(3);
    await run();
    expect(world.inbox(LIDIA)).toHaveLength(1);
    expect(world.inbox(DIEGO)).toHaveLength(1);
  });

  test('of somebody who was not asked is none', async () => {
    await run();
    const code = codeIn(world.inbox(DIEGO)[0]);
    await text(ADELE, `WRONG ${code}`);
    expect(world.inbox(ADELE)).toEqual([expect.stringMatching(/^Nothing has changed/)]);
    expect(await ids()).toEqual([]);
  });

  test('for a site that has left the roster is none', async () => {
    await run();
    const code = codeIn(world.inbox(DIEGO)[0]);
    await withRoster({ ...ROSTER, sites: [] });
    await text(DIEGO, `WRONG ${code}`);
    expect((await tests())?.round?.answers).toEqual([]);
    expect(world.inbox(DIEGO).at(-1)).toMatch(/^Nothing has changed/);
  });
});

describe('a real call is open', () => {
  let real: EmergencyCall;
  let code: string;
  beforeEach(async () => {
    await withRoster({ ...ROSTER, sites: [{ ...HQ, test: { everyDays: 30, tell: ['adele'] } }] });
    await run();
    code = codeIn(world.inbox(ADELE)[0]);
    real = await call({ numberDialed: '911' });
  });
  const stored = async () => (await services.store.calls.get(real.id))?.value.response;

  test.each([['RIGHT'], ['wrong'], [() => `RIGHT ${real.code}`], [() => `WRONG ${real.code} 12 Main St`]])(
    '%s answers no test, nor the call, and is told how to answer the call',
    async (body) => {
      await text(ADELE, typeof body === 'string' ? body : body());
      expect((await tests())?.round?.answers).toEqual([]);
      expect(await stored()).toMatchObject({ state: 'open', version: 0 });
      expect(world.inbox(ADELE).at(-1)).toContain(`Reply 1 ${real.code}`);
    },
  );

  test('a digit answers the call', async () => {
    await text(ADELE, '1');
    expect(await stored()).toMatchObject({ state: 'acknowledged', holder: 'adele' });
    expect((await tests())?.round?.answers).toEqual([]);
  });

  test('the code of a test answers the test, and leaves the call as it is', async () => {
    await text(ADELE, `WRONG ${code}`);
    expect(await stored()).toMatchObject({ state: 'open', version: 0 });
    expect(await ids()).toEqual(['testWrong:hq']);
  });
});

test('with two tests open a bare word is asked back, and a code decides', async () => {
  const annex = { ...HQ, id: 'annex', name: 'Annex', places: ['Annex*'] };
  await withRoster({ ...ROSTER, sites: [HQ, annex] });
  await run();
  await text(DIEGO, 'wrong');
  expect(world.inbox(DIEGO).at(-1)).toMatch(/^Which test\? .*\w{3} Building 34, \w{3} Annex/);
  expect(await ids()).toEqual([]);
  await text(DIEGO, `wrong ${(await tests('annex'))?.round?.code}`);
  expect(await ids()).toEqual(['testWrong:annex']);
});

test('a test that stays away is told of a week after it was due, once for all sites', async () => {
  await run();
  await passDays(6);
  expect(await found()).toMatchObject({ detail: '1 site; never tested: Building 34', findings: [] });
  await passDays(1);
  expect((await found()).findings).toMatchObject([{ id: 'testsMissing', severity: 'warning', isWeekly: true }]);
});

test('one site that fails keeps no other from its reminder', async () => {
  const annex = { ...HQ, id: 'annex', name: 'Annex', places: ['Annex*'] };
  await withRoster({ ...ROSTER, sites: [HQ, annex] });
  const { siteTests } = services.store;
  const write: typeof siteTests.write = async (row, value) => {
    if (value.siteId === 'hq') throw Object.assign(new Error('down'), { statusCode: 503 });
    return siteTests.write(row, value);
  };
  const broken = { ...services, store: { ...services.store, siteTests: { ...siteTests, write } } };
  await expect(run(broken)).rejects.toThrow('Not every test of a site could be seen to (Error 503)');
  expect(world.inbox(DIEGO)).toEqual([expect.stringMatching(/Annex/)]);
});

test('the watch tells the administrators of a wrong address, and when it was right', async () => {
  const ofSite = () => world.inbox(NESTOR).filter((sms) => sms.includes('Building 34') && !sms.startsWith('TEST'));
  const { code } = await call();
  await watch(services);
  await text(DIEGO, `WRONG ${code}`);
  await watch(services);
  await watch(services);
  expect(ofSite().join()).toMatch(/^ALARM(.|\n)*The test of Building 34 \(\w{3}\) found a wrong emergency address/);
  const told = ofSite().length;
  await text(DIEGO, `RIGHT ${code}`);
  await watch(services);
  expect(ofSite().slice(told).join()).toMatch(/OVER address of Building 34 wrong/);
});

test('tests that cannot be seen to do not keep the watch from its end', async () => {
  const list = async () => {
    throw Object.assign(new Error('down'), { statusCode: 503 });
  };
  const { store } = services;
  await watch({ ...services, store: { ...store, siteTests: { ...store.siteTests, list } } });
  expect(await store.alarms.lastWatch()).not.toBeNull();
  expect(world.log).toContainEqual(expect.objectContaining({ message: 'Tests could not be seen to' }));
});

describe('the channels of a person', () => {
  const sent: string[] = [];
  const channel = (name: 'email' | 'voice' | 'sms', outcome: 'accepted' | 'permanent'): Channel => ({
    name,
    compose: () => [],
    find: async () => null,
    send: async ({ to }) => {
      sent.push(`${name} ${to}`);
      return outcome === 'accepted'
        ? { outcome, providerMessageId: 'id', status: 'queued' }
        : { outcome, code: '21610', reason: 'opted out' };
    },
  });

  test.each([
    ['in their order', ['email', 'sms'], 'accepted', ['email diego@contoso.com']],
    ['the next one where one refuses', ['email', 'sms'], 'permanent', ['email diego@contoso.com', `sms ${DIEGO}`]],
    ['and an SMS in the place of a voice call', ['voice', 'email'], 'accepted', [`sms ${DIEGO}`]],
  ] as const)('%s', async (_, channels, email, expected) => {
    sent.splice(0);
    const diego = person('diego', DIEGO, { channels, email: 'diego@contoso.com' });
    await withRoster({ ...without('diego'), people: [...without('diego').people, diego] });
    const all = {
      sms: channel('sms', 'accepted'),
      voice: channel('voice', 'accepted'),
      email: channel('email', email),
    };
    const waysOf: Services['waysOf'] = ({ phone }) =>
      channels.map((one) => ({ channel: one, to: one === 'email' ? 'diego@contoso.com' : phone }));
    await run({ ...services, channels: all, waysOf });
    expect(sent).toEqual(expected);
  });
});

test('names, numbers and words stay out of the log', async () => {
  const { code } = await call();
  world.log.splice(0);
  await run();
  await text(DIEGO, `WRONG ${code} it said 1 Other Street`);
  expect(JSON.stringify(world.log)).not.toMatch(/4255550|Building 34|Other Street/);
});

function without(id: string): Roster {
  return { ...ROSTER, people: ROSTER.people.filter((one) => one.id !== id) };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
