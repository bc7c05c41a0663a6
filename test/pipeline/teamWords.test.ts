import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tellFromRecord } from '../../shared/pipeline/tellDirectly.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';
import { type PostServer, respond, startPostServer } from '../messaging/postServer.ts';

const ADELE = { id: 'adele', name: 'Adele Vance', phone: '+14255550111', language: 'de-AT' };
const MEGAN = { id: 'megan', name: 'Megan Bowen', phone: '+14255550112' };
const LAST_RESORT = '+14255550199';
const GERMAN = 'Werk Nord. {call}, {place}. Rückruf {callback}. {code}. {replies}';
const TEAM = { id: 'desk', name: 'Desk', timeZone: 'America/Los_Angeles', steps: [{ tell: ['adele', 'megan'] }] };

let world: World;
let server: PostServer;
let dir: string;
beforeEach(async () => {
  server = await startPostServer(respond(202, { id: '1', status: 'Running' }));
  dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-words-'));
});
afterEach(async () => {
  await world?.stop();
  await server.close();
  await rm(dir, { recursive: true });
});

async function begin(team: object, changes: object = {}): Promise<void> {
  const file = join(dir, 'roster.json');
  const roster = {
    people: [ADELE, MEGAN],
    teams: [{ ...TEAM, ...team }],
    defaultTeam: 'desk',
    lastResort: [LAST_RESORT],
  };
  await writeFile(file, JSON.stringify({ ...roster, ...changes }));
  world = await startWorld({
    ROSTER_FILE: file,
    TEAMS_WORKFLOW_URL: `${server.origin}/teams?sig=a-secret`,
    WEBHOOK_URL: `${server.origin}/hook`,
    WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  });
  await world.openChat();
}

async function dial(numberDialed = '911', changes: object = {}): Promise<void> {
  await world.graph.emergency.placeEmergencyCall({ ...dials911, numberDialed, ...changes });
  await world.deliver();
  await world.work();
}
const posted = (path: string) => server.received.filter((one) => one.path.startsWith(path)).map(({ body }) => body);

describe('everybody is told in their own language, by the words that their team has for it', () => {
  test('German by the template, English built in, places and last resort in the language of the team', async () => {
    await begin({ language: 'fr', templates: { de: { sms: GERMAN } } });
    await dial();
    const [german, ...moreGerman] = world.inbox(ADELE.phone);
    expect(german).toMatch(
      /^Werk Nord\. NOTRUF an 911, "Building 34, Room 2210"\. Rückruf \+14255550123\. (\w{3})\. Antwort 1 \1: übernehme/,
    );
    const [english, ...moreEnglish] = world.inbox(MEGAN.phone);
    expect(english).toMatch(
      /^EMERGENCY CALL to 911\. Call \w{3}\. Callback \+14255550123\. Location "Building 34, Room 2210"/,
    );
    expect([...moreGerman, ...moreEnglish]).toEqual([]);
    expect(posted('/teams').join()).toContain("APPEL D'URGENCE au 911");
    const [event] = posted('/hook').map((body) => JSON.parse(body));
    expect(event.data.summary).toMatch(
      /^APPEL D'URGENCE au 911\. Appel \w{3}\. Num[eé]ro de rappel \+14255550123\. Lieu "/,
    );
    expect(world.services.rosterProblems()).toEqual([]);
  });

  test('a last-resort number reads the language of the team', async () => {
    await begin({ language: 'es' });
    for (const { phone } of [ADELE, MEGAN]) world.twilio.behave(phone, 'optedOut');
    await dial();
    await world.pass(60_000);
    expect(world.inbox(LAST_RESORT)).toEqual([expect.stringMatching(/^LLAMADA DE EMERGENCIA al 911\. Llamada /)]);
  });

  test('a call of another team has the words of that one', async () => {
    const other = { ...TEAM, id: 'other', name: 'Other', steps: [{ tell: ['adele'] }] };
    const templates = { de: { sms: '{call} in Halle 7. {place}. {callback}. {code}' } };
    await begin(
      { templates: { de: { sms: GERMAN } } },
      {
        teams: [
          { ...TEAM, templates: { de: { sms: GERMAN } } },
          { ...other, templates },
        ],
        routes: [{ place: 'Building 34*', team: 'other' }],
      },
    );
    await dial();
    expect(world.inbox(ADELE.phone)).toEqual([expect.stringMatching(/^NOTRUF an 911 in Halle 7\. "/)]);
    // A test is not escalated, so no team is stamped on it.
    await dial('933');
    expect(world.inbox(ADELE.phone)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^TEST NOTRUF an 933 in Halle 7\. "/)]),
    );
  });

  test('past a storage that is down too', async () => {
    await begin({ templates: { de: { sms: GERMAN } } });
    await dial();
    const [call] = await world.services.store.calls.listNewest(1);
    if (!call) throw new Error('There is no call');
    await tellFromRecord(world.services, call);
    expect(world.inbox(ADELE.phone).map((body) => body.startsWith('Werk Nord. NOTRUF an 911'))).toEqual([true, true]);
    expect(world.inbox(MEGAN.phone).map((body) => body.startsWith('EMERGENCY CALL to 911'))).toEqual([true, true]);
  });
});

test('a template without a fact stops no alert: the built-in words are sent, and the administrator learns of it', async () => {
  await begin({ templates: { de: { sms: 'Bitte kommen! {call} {code}' } } });
  await dial();
  const [german] = world.inbox(ADELE.phone);
  expect(german).toMatch(/^NOTRUF an 911\. Notruf \w{3}\. Rückruf \+14255550123\. Ort "Building 34, Room 2210"/);
  expect(world.services.rosterProblems().map(({ name, problem }) => `${name}: ${problem}`)).toEqual([
    'ROSTER_FILE: teams[0].templates.de.sms: must hold {callback}: the number to call back',
    'ROSTER_FILE: teams[0].templates.de.sms: must hold {place}: where the call comes from',
  ]);
});
