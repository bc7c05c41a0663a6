import type { Delivery } from '../../shared/oncall/delivery.ts';
import { pollTwilio } from '../../shared/pipeline/pollTwilio.ts';

import { receiveTwilioMessage } from '../../shared/pipeline/receiveTwilioMessage.ts';
import { receiveTwilioStatus } from '../../shared/pipeline/receiveTwilioStatus.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { reachable, twilioPost } from '../harness/twilioRequest.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const [ADELE] = TEAM;
/** Of `roster.example.json`. */
const LAST_RESORT = '+14255550199';
const MINUTE_MS = 60_000;

let world: World;
let inbound: Services;
let outboundOnly: Services;
let asked: number;
beforeEach(async () => {
  world = await startWorld();
  await world.openChat();
  inbound = reachable(world.services);
  outboundOnly = reachable(world.services, null);
});
afterEach(() => world.stop());

/** A call of which two people are told, whose phones take messages in the given way. */
async function placeCall(behaviour?: 'noReceipt' | 'unreachable'): Promise<void> {
  if (behaviour) for (const phone of TEAM) world.twilio.behave(phone, behaviour);
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  const ends = { noReceipt: 'sent', unreachable: 'undelivered', reachable: 'delivered' };
  for (const phone of TEAM) {
    const end = ends[behaviour ?? 'reachable'];
    await world.twilio.waitForMessage(({ to, status }) => to === phone && status === end, 5_000);
  }
  asked = world.twilio.requests().length;
}

/** What Twilio was asked since the call, or since this was last called. */
function requests(): string[] {
  const since = world.twilio.requests().slice(asked);
  asked += since.length;
  return since.map(({ method, path }) => `${method} ${path.includes('/SM') ? 'one' : 'list'}`);
}

async function deliveries(): Promise<Delivery[]> {
  const [call] = await world.services.store.calls.listNewest(1);
  return (await world.services.store.deliveries.listOfCall(call?.id ?? '')).map(({ value }) => value);
}
const statuses = async () => (await deliveries()).flatMap(({ providerMessages: [one] }) => one?.status ?? []);

const LIST = 'GET list';
const ONE = 'GET one';

describe('without an address of ours', () => {
  test('what became of each message is asked for at once, and once, by the clock of Twilio', async () => {
    await placeCall();
    expect(await statuses()).toEqual(['queued', 'queued']);
    await pollTwilio(outboundOnly);
    expect(await statuses()).toEqual(['delivered', 'delivered']);
    expect(requests().sort()).toEqual([LIST, ONE, ONE]);
    const [delivery] = await deliveries();
    const lines = await world.services.store.timeline.listOfCall(delivery?.callId ?? '');
    const delivered = lines.filter(({ kind }) => kind === 'message.delivered');
    expect(delivered.map(({ clock, at }) => [clock, at.slice(-5)])).toEqual([
      ['twilio', '.000Z'],
      ['twilio', '.000Z'],
    ]);

    await pollTwilio(outboundOnly);
    expect(requests()).toEqual([LIST]);
  });

  test('a message that was lost makes its delivery fail, and the next people are told at once', async () => {
    await placeCall('unreachable');
    await pollTwilio(outboundOnly);
    for (const delivery of await deliveries()) {
      expect(delivery).toMatchObject({ state: 'failed', lastError: '30003: the phone cannot be reached now' });
    }
    expect(world.inbox(LAST_RESORT)).toEqual([]);
    await world.work();
    expect(world.inbox(LAST_RESORT)).toEqual([expect.stringContaining('EMERGENCY CALL')]);
  });

  test('of a carrier that reports nothing, each run asks for five minutes, then each tenth, for little more than an hour', async () => {
    await placeCall('noReceipt');
    const begin = Math.max(...(await deliveries()).map(({ settledAt }) => Date.parse(settledAt ?? '')));
    const asks = async (firstRun: number, count: number) => {
      const perRun: number[] = [];
      for (let run = firstRun; run < firstRun + count; run += 1) {
        await pollTwilio({ ...outboundOnly, now: () => new Date(begin + (run * MINUTE_MS) / 2) });
        perRun.push(requests().filter((what) => what === ONE).length / 2);
      }
      return perRun;
    };
    expect(await asks(0, 10)).toEqual(Array(10).fill(1));
    expect((await asks(10, 20)).sort()).toEqual([...Array(18).fill(0), 1, 1]);
    expect((await asks(130, 10)).sort()).toEqual([...Array(9).fill(0), 1]);
    expect(await asks(141, 10)).toEqual(Array(10).fill(0));
    expect(await statuses()).toEqual(['sent', 'sent']);
  });
});

describe('with an address of ours', () => {
  test('Twilio has a minute to tell by itself', async () => {
    await placeCall();
    await pollTwilio(inbound);
    expect(requests()).toEqual([LIST]);
    expect(await statuses()).toEqual(['queued', 'queued']);
    world.advance(MINUTE_MS);
    await pollTwilio(inbound);
    expect(await statuses()).toEqual(['delivered', 'delivered']);
  });

  test('what it has told is not asked for', async () => {
    await placeCall();
    for (const delivery of await deliveries()) await tell(delivery, 'delivered');
    world.advance(MINUTE_MS);
    await pollTwilio(inbound);
    expect(requests()).toEqual([LIST]);
  });

  test('what it told while the storage was down is found', async () => {
    await placeCall('unreachable');
    const { deliveries: store } = inbound.store;
    const isDown = async () => {
      throw Object.assign(new Error('down'), { statusCode: 503 });
    };
    const down = { ...inbound, store: { ...inbound.store, deliveries: { ...store, get: isDown } } };
    for (const delivery of await deliveries()) expect(await tell(delivery, 'undelivered', down)).toBe(503);
    expect(await statuses()).toEqual(['queued', 'queued']);
    world.advance(MINUTE_MS);
    await pollTwilio(inbound);
    expect((await deliveries()).map(({ state }) => state)).toEqual(['failed', 'failed']);
  });

  async function tell({ callId, alertKey, recipientId, providerMessages }: Delivery, status: string, to = inbound) {
    const path = `/api/twilio/status?call=${callId}&alert=${alertKey}&to=${recipientId}`;
    const parameters = {
      AccountSid: world.env.TWILIO_ACCOUNT_SID,
      MessageSid: providerMessages[0]?.id ?? '',
      MessageStatus: status,
    };
    return (await receiveTwilioStatus(to, twilioPost({ path, parameters, token: world.env.TWILIO_AUTH_TOKEN }))).status;
  }
});

describe('what people text', () => {
  const holder = async () => (await world.services.store.calls.listNewest(1))[0]?.response.holder ?? null;
  const inbox = () => world.inbox(ADELE).slice(1);

  test('is read from the list of Twilio, and counts once', async () => {
    await placeCall();
    await world.twilio.reply(ADELE, world.env.TWILIO_FROM, '1');
    await pollTwilio(outboundOnly);
    expect(await holder()).toBe('adele');
    expect(inbox()).toHaveLength(1);
    world.advance(MINUTE_MS);
    await pollTwilio(outboundOnly);
    await pollTwilio(outboundOnly);
    expect(inbox()).toHaveLength(1);
  });

  test('in the order in which it was written: what came last counts last', async () => {
    await placeCall();
    for (const body of ['1', '2', '3']) await world.twilio.reply(ADELE, world.env.TWILIO_FROM, body);
    await pollTwilio(outboundOnly);
    const [call] = await world.services.store.calls.listNewest(1);
    expect(call?.response).toMatchObject({ state: 'open', holder: null, answeredBy: 'adele', run: 1 });
  });

  test('waits a minute for the callback where there is an address of ours, and is then found', async () => {
    await placeCall();
    await world.twilio.reply(ADELE, world.env.TWILIO_FROM, '1');
    await pollTwilio(inbound);
    expect(await holder()).toBeNull();
    world.advance(MINUTE_MS);
    await pollTwilio(inbound);
    expect(await holder()).toBe('adele');
  });

  test('and came by callback is not dealt with again', async () => {
    await placeCall();
    const { message } = await world.twilio.reply(ADELE, world.env.TWILIO_FROM, '1');
    await callback(message.sid, '1', inbound);
    expect(await holder()).toBe('adele');
    world.advance(MINUTE_MS);
    await pollTwilio(inbound);
    expect(inbox()).toHaveLength(1);
  });

  test('while the storage was down, when Twilio does not try again, is found', async () => {
    await placeCall();
    const { message } = await world.twilio.reply(ADELE, world.env.TWILIO_FROM, '1');
    const claim = async () => {
      throw Object.assign(new Error('down'), { statusCode: 503 });
    };
    const down = { ...inbound, store: { ...inbound.store, inbound: { ...inbound.store.inbound, claim } } };
    expect(await callback(message.sid, '1', down)).toBe(503);
    expect(await holder()).toBeNull();
    world.advance(MINUTE_MS);
    await pollTwilio(inbound);
    expect(await holder()).toBe('adele');
  });

  test('and cannot be dealt with is read again, for a day, beside what is news', async () => {
    await placeCall();
    await world.twilio.reply(ADELE, world.env.TWILIO_FROM, '1');
    const { calls } = outboundOnly.store;
    const update = async () => {
      throw Object.assign(new Error('down'), { statusCode: 503 });
    };
    const broken = { ...outboundOnly, store: { ...outboundOnly.store, calls: { ...calls, update } } };
    for (let run = 0; run < 3; run += 1) {
      await expect(pollTwilio(broken)).rejects.toThrow(/Error 503/);
      world.advance(60 * MINUTE_MS);
    }
    expect(inbox()).toEqual([]);
    await pollTwilio(outboundOnly);
    expect(await holder()).toBe('adele');
  });

  async function callback(sid: string, body: string, to: Services): Promise<number> {
    const parameters = {
      AccountSid: world.env.TWILIO_ACCOUNT_SID,
      MessageSid: sid,
      From: ADELE,
      To: world.env.TWILIO_FROM,
      Body: body,
    };
    const path = '/api/twilio/messages';
    const request = twilioPost({ path, parameters, token: world.env.TWILIO_AUTH_TOKEN });
    return (await receiveTwilioMessage(to, request)).status;
  }
});

describe('what one run may cost', () => {
  /** Messages that Twilio does not know, on the record of the call. */
  async function addDeliveries(count: number): Promise<void> {
    const [first] = await deliveries();
    if (!first) throw new Error('Nobody was told');
    const rows = Array.from({ length: count }, (_, i) => ({
      ...first,
      recipientId: `person-${i}`,
      providerMessages: [{ id: `SM${String(i).padStart(32, '0')}`, status: 'queued' }],
    }));
    await Promise.all(rows.map((row) => world.services.store.deliveries.claim(row)));
  }

  test('200 requests, and the next runs ask for the others', async () => {
    await placeCall();
    await pollTwilio(outboundOnly);
    await addDeliveries(250);
    requests();
    const seen = new Set<string>();
    for (let run = 0; run < 2; run += 1) {
      const before = world.twilio.requests().length;
      await pollTwilio(outboundOnly);
      for (const { path } of world.twilio.requests().slice(before)) seen.add(path);
      expect(requests().filter((what) => what === ONE)).toHaveLength(200);
      world.advance(MINUTE_MS / 2);
    }
    expect([...seen].filter((path) => path.includes('/SM'))).toHaveLength(250);
  });

  test('a Twilio that is down is asked a few times only, and the failure is told', async () => {
    await placeCall();
    await addDeliveries(100);
    requests();
    world.twilio.faults.set({ kind: 'status', status: 503, on: 'every' });
    await expect(pollTwilio(outboundOnly)).rejects.toThrow(/Twilio could not be asked for everything \(TwilioRefusal/);
    expect(requests().length).toBeLessThanOrEqual(12);
  });

  test('without Twilio nothing is asked', async () => {
    await pollTwilio({ ...inbound, settings: { ...inbound.settings, twilio: null } });
    expect(world.twilio.requests()).toEqual([]);
  });
});
