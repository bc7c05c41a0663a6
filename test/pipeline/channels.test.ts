import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerCall } from '../../shared/pipeline/answerCall.ts';
import { updateCall } from '../../shared/pipeline/recordCall.ts';
import { untoldCalls } from '../../shared/pipeline/untoldCalls.ts';
import { dials911, startWorld, type World } from '../harness/world.ts';
import { type PostServer, respond, startPostServer } from '../messaging/postServer.ts';

const MINUTE_MS = 60_000;
const ADELE = { id: 'adele', name: 'Adele Vance', phone: '+14255550111' };
const MEGAN = { id: 'megan', name: 'Megan Bowen', phone: '+14255550112' };
const LAST_RESORT = '+14255550199';
const TAKES = respond(202, { id: '01234567-89ab-4def-8123-456789abcdef', status: 'Running' });

let world: World;
let server: PostServer;
let dir: string;
beforeEach(async () => {
  server = await startPostServer(TAKES);
  dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-channels-'));
});
afterEach(async () => {
  await world?.stop();
  await server.close();
  await rm(dir, { recursive: true });
});

const PLACES = () => ({
  TEAMS_WORKFLOW_URL: `${server.origin}/teams?sig=a-secret`,
  WEBHOOK_URL: `${server.origin}/hook`,
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
});
const EMAIL = () => ({
  EMAIL_CONNECTION_STRING: `endpoint=${server.origin}/;accesskey=${Buffer.alloc(32).toString('base64')}`,
  EMAIL_FROM: 'alerts@contoso.com',
});

/** Adele by SMS and then e-mail, in German; Megan, by SMS alone, three minutes later. */
async function begin(settings: Record<string, string>, { steps = [['adele'], ['megan']] } = {}): Promise<void> {
  const file = join(dir, 'roster.json');
  const adele = { ...ADELE, channels: ['sms', 'email'], email: 'adelev@contoso.com', language: 'de' };
  const team = { id: 'desk', name: 'Security desk', timeZone: 'America/Los_Angeles' };
  const roster = {
    people: [adele, MEGAN],
    teams: [{ ...team, steps: steps.map((tell) => ({ tell, escalateAfterMinutes: 3 })) }],
    defaultTeam: 'desk',
    lastResort: [LAST_RESORT],
  };
  await writeFile(file, JSON.stringify(roster));
  world = await startWorld({ ...settings, ROSTER_FILE: file });
  await world.openChat();
}

async function dial(numberDialed = '911') {
  await world.graph.emergency.placeEmergencyCall({ ...dials911, numberDialed });
  await world.deliver();
  await world.work();
}

async function call() {
  const [newest] = await world.services.store.calls.listNewest(1);
  if (!newest) throw new Error('There is no call');
  return newest;
}

const postedTo = (path: string) =>
  server.received.filter((request) => request.path.startsWith(path)).map(({ body }) => JSON.parse(body));
const events = () => postedTo('/hook');
const work = async () =>
  (await world.services.store.work.listDue(new Date('2100-01-01'), 100)).map(({ value }) => value);

describe('e-mail', () => {
  test('Twilio is down: the e-mail carries the alert, in the language of who reads it', async () => {
    await begin(EMAIL(), { steps: [['adele']] });
    world.twilio.faults.set({ kind: 'status', status: 503 });
    await dial();
    expect(postedTo('/emails')).toEqual([]);
    await world.pass(MINUTE_MS);
    const mails = postedTo('/emails');
    expect(mails).toHaveLength(1);
    expect(mails[0].recipients).toEqual({ to: [{ address: 'adelev@contoso.com' }] });
    expect(mails[0].content.subject).toMatch(/^NOTRUF an 911 \[\w{3}\]$/);
    expect(mails[0].content.plainText).toContain('Ort: "Building 34, Room 2210"');
    expect((await call()).firstToldAt).not.toBeNull();
    expect(world.inbox(LAST_RESORT)).toEqual([]);
  });

  test('when Twilio takes the SMS nobody gets an e-mail', async () => {
    await begin(EMAIL());
    await dial();
    await world.pass(MINUTE_MS);
    expect(world.inbox(ADELE.phone)).toHaveLength(1);
    expect(postedTo('/emails')).toEqual([]);
  });

  test('a message in doubt is asked for by its own id, and not sent again', async () => {
    await begin(EMAIL(), { steps: [['adele']] });
    world.twilio.behave(ADELE.phone, 'optedOut');
    server.answers((response, request) =>
      request.method === 'GET'
        ? respond(200, { id: 'known', status: 'Succeeded' })(response, request)
        : response.destroy(),
    );
    await dial();
    await world.pass(MINUTE_MS);
    const [sent, asked, ...more] = server.received;
    expect(more).toEqual([]);
    expect([sent?.method, asked?.method]).toEqual(['POST', 'GET']);
    expect(asked?.path).toContain(String(sent?.headers['operation-id']));
    const [delivery] = (await world.services.store.deliveries.listOfCall((await call()).id)).filter(
      ({ value }) => value.channel === 'email',
    );
    expect(delivery?.value).toMatchObject({ state: 'accepted', providerMessages: [{ id: 'known' }] });
  });
});

describe('places of the team', () => {
  test('hear of the call beside the first message, once, and of the answer', async () => {
    await begin(PLACES());
    await dial();
    await world.work();
    expect(world.inbox(ADELE.phone)).toHaveLength(1);
    expect(postedTo('/teams')).toHaveLength(1);
    expect(JSON.stringify(postedTo('/teams'))).toContain('EMERGENCY CALL to 911');
    expect(events()).toMatchObject([{ type: 'teams-emergency-alerts.call.alerted', data: { isTest: false } }]);
    const { id } = await call();
    await answerCall(world.services, {
      ...{ callId: id, by: 'adele', action: { kind: 'acknowledge' }, via: 'sms', at: world.now(), key: 'one' },
    });
    await world.pass(10 * MINUTE_MS);
    expect(events().slice(1)).toMatchObject([
      { type: 'teams-emergency-alerts.call.answered', subject: id, data: { state: 'acknowledged', by: 'Adele Vance' } },
    ]);
    expect(postedTo('/teams')).toHaveLength(2);
    expect(JSON.stringify(server.received)).not.toMatch(/Reply/);
  });

  test('hear that the emergency call itself has ended', async () => {
    await begin(PLACES());
    await dial();
    const { id } = await call();
    const endedAt = world.now().toISOString();
    await updateCall(world.services, id, (known) => ({ ...known, endedAt }));
    await world.pass(MINUTE_MS);
    expect(events().slice(1)).toMatchObject([
      { type: 'teams-emergency-alerts.call.ended', subject: id, data: { kind: 'ended', state: 'open', endedAt } },
    ]);
    expect(JSON.stringify(postedTo('/teams').slice(1))).toContain('the emergency call itself ended at');
  });

  test('hear of no later step of the same call', async () => {
    await begin(PLACES());
    await dial();
    await world.pass(10 * MINUTE_MS);
    expect(world.inbox(MEGAN.phone)).toHaveLength(1);
    expect([events().length, postedTo('/teams').length]).toEqual([1, 1]);
  });

  test('a test call is one to them too', async () => {
    await begin(PLACES());
    await dial('933');
    await world.work();
    expect(events()).toMatchObject([{ data: { isTest: true, emergencyNumberDialed: '933' } }]);
    expect(JSON.stringify(postedTo('/teams'))).toContain('TEST EMERGENCY CALL to 933');
  });

  test('facts that become known later reach those that were told of less, and no other', async () => {
    await begin(PLACES());
    server.answers((response, request) => respond(request.path.startsWith('/hook') ? 202 : 410)(response, request));
    world.graph.faults.add({ operation: 'chats.getMessage', effect: { kind: 'status', status: 503 } });
    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    await world.pass(15_000);
    expect(events()).toMatchObject([{ data: { kind: 'detailsPending' } }]);
    world.graph.faults.clear();
    await world.pass(5 * MINUTE_MS);
    expect(events().slice(1)).toMatchObject([
      { type: 'teams-emergency-alerts.call.updated', data: { kind: 'update', location: dials911.place } },
    ]);
    expect(postedTo('/teams')).toHaveLength(1);
  });

  describe('count as nobody', () => {
    test('nobody of the step can be reached: the next begins, then the last resort, as if no place had heard', async () => {
      await begin(PLACES());
      for (const { phone } of [ADELE, MEGAN]) world.twilio.behave(phone, 'optedOut');
      world.twilio.behave(LAST_RESORT, 'optedOut');
      await dial();
      await world.work();
      expect(events()).toHaveLength(1);
      expect((await call()).firstToldAt).toBeNull();
      world.twilio.behave(LAST_RESORT, 'reachable');
      await world.pass(MINUTE_MS);
      const deliveries = await world.services.store.deliveries.listOfCall((await call()).id);
      expect(deliveries.map(({ value }) => value.to)).toContain(LAST_RESORT);
    });

    test('Twilio is down for all: last resort after a minute, though the card was taken at once', async () => {
      await begin(PLACES());
      world.twilio.faults.set({ kind: 'status', status: 503 });
      await dial();
      await world.work();
      expect(postedTo('/teams')).toHaveLength(1);
      await world.pass(2 * MINUTE_MS);
      expect((await call()).firstToldAt).toBeNull();
      // Should the storage fail now, this process would tell people itself.
      expect(untoldCalls(world.services)).toHaveLength(1);
      expect((await work()).flatMap((one) => (one.kind === 'alert' ? [one.alertKey] : []))).toContain('last-resort');
      world.twilio.faults.clear();
      await world.pass(MINUTE_MS);
      expect(world.inbox(LAST_RESORT)).toHaveLength(1);
    });

    test('escalation goes on though places have heard', async () => {
      await begin(PLACES());
      await dial();
      await world.pass(3 * MINUTE_MS);
      expect(world.inbox(MEGAN.phone)).toHaveLength(1);
    });
  });

  describe('hold nobody up', () => {
    test('a webhook that never answers: by then people are told, and their alert is concluded', async () => {
      await begin(PLACES());
      let isHanging: () => void = () => undefined;
      const hanging = new Promise<void>((resolve) => {
        isHanging = resolve;
      });
      server.answers((response, request) => {
        if (request.path.startsWith('/hook')) isHanging();
        else TAKES(response, request);
      });
      await world.graph.emergency.placeEmergencyCall(dials911);
      await world.deliver();
      const working = world.work();
      await hanging;
      expect((await work()).flatMap((one) => (one.kind === 'alert' ? [one.alertKey] : []))).toEqual(['first.places']);
      expect(world.inbox(ADELE.phone)).toHaveLength(1);
      expect((await call()).firstToldAt).not.toBeNull();
      server.hangUp();
      await working;
    });

    test('one that fails is tried again for an hour with the same id, the other is told once, and no alarm says that a person was not', async () => {
      await begin(PLACES());
      server.answers((response, request) => respond(request.path.startsWith('/hook') ? 503 : 202)(response, request));
      await dial();
      await world.pass(61 * MINUTE_MS);
      expect(events().length).toBeGreaterThan(60);
      expect(new Set(events().map(({ id }) => id)).size).toBe(1);
      expect(postedTo('/teams')).toHaveLength(1);
      expect(world.inbox(ADELE.phone)).toHaveLength(1);
      expect((await work()).filter((one) => one.kind === 'alert')).toEqual([]);
      expect(await world.services.store.deadLetters.list(10)).toEqual([]);
      const deliveries = await world.services.store.deliveries.listOfCall((await call()).id);
      const [failed] = deliveries.filter(({ value }) => value.recipientId === 'place:webhook');
      expect(failed?.value).toMatchObject({ state: 'failed', lastError: 'HTTP 503: the webhook is not available' });
    });

    test('a place whose work could not be begun is told when the alert is looked at again', async () => {
      await begin(PLACES());
      const { insert } = world.services.store.work;
      let failures = 1;
      world.services.store.work.insert = async (one) => {
        if (one.kind === 'alert' && one.alertKey === 'first.places' && failures-- > 0)
          throw new Error('The table is down');
        return insert(one);
      };
      await world.graph.emergency.placeEmergencyCall(dials911);
      await world.deliver();
      await expect(world.work()).rejects.toThrow('The table is down');
      expect(world.inbox(ADELE.phone)).toHaveLength(1);
      expect((await call()).firstToldAt).not.toBeNull();
      await world.work();
      expect(world.inbox(ADELE.phone)).toHaveLength(1);
      expect(events()).toHaveLength(1);
    });
  });

  test('neither the address of the workflow nor a secret is on the record or in the log', async () => {
    await begin(PLACES());
    await dial();
    await world.pass(MINUTE_MS);
    const { id } = await call();
    const { deliveries, timeline } = world.services.store;
    const record = JSON.stringify([await deliveries.listOfCall(id), await timeline.listOfCall(id), world.log]);
    for (const secret of ['a-secret', 'whsec_', new URL(server.origin).port]) expect(record).not.toContain(secret);
    expect(record).toContain('place:teams');
  });
});
