import { TableClient } from '@azure/data-tables';
import { callsNamedIn, placeOfCall } from '../../cli/soak/calls/plan.ts';
import { deliveryRowsOf } from '../../shared/evidence/deliveryRow.ts';
import { answerCall } from '../../shared/pipeline/answerCall.ts';
import { noteDeliveryStatus } from '../../shared/pipeline/noteDeliveryStatus.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { startAlert } from '../../shared/pipeline/startAlert.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const [ADELE, MEGAN] = TEAM;
const HALF_MINUTE_MS = 30_000;
const MINUTE_MS = 60_000;
/** Until a list has gone out, and each of its calls knows of it. */
const LISTED_MS = HALF_MINUTE_MS + 6_000;

let world: World;
beforeEach(async () => {
  world = await startWorld({}, { isClockStill: true });
  await world.openChat();
  toHalfMinute(1_000);
});
afterEach(() => world?.stop());

/** Lists go out at whole and half minutes: to so long behind one. */
function toHalfMinute(afterMs: number): void {
  world.advance(HALF_MINUTE_MS - (world.now().getTime() % HALF_MINUTE_MS) + afterMs);
}

interface Dialed {
  numberDialed?: string;
  place?: string;
  callbackNumber?: string;
}

/** Somebody dials, a moment after the one before; the notifier does what is due. Returns the id of the call. */
async function call(n: number, facts: Dialed = {}): Promise<string> {
  world.advance(10);
  await world.graph.emergency.placeEmergencyCall({ ...dials911, place: placeOfCall(n), ...facts });
  await world.deliver();
  await world.work();
  const [newest] = await world.services.store.calls.listNewest(1);
  if (!newest) throw new Error('There is no call');
  return newest.id;
}

async function calls(from: number, to: number, facts: Dialed = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let n = from; n < to; n += 1) ids.push(await call(n, facts));
  return ids;
}

/** Of which calls each message to a phone tells, the oldest message first. */
const toldTo = (phone: string) => world.inbox(phone).map(callsNamedIn);
const codeOf = async (id: string) => (await world.services.store.calls.get(id))?.value.code ?? '';
const deliveriesOf = async (id: string) =>
  (await world.services.store.deliveries.listOfCall(id)).map(({ value }) => value);
const stateOf = async (id: string) => (await deliveriesOf(id)).map(({ recipientId, state }) => [recipientId, state]);

describe('many calls at once', () => {
  test('three calls are told one by one, all further ones in one message at the next half minute', async () => {
    const ids = await calls(0, 6);
    for (const phone of TEAM) expect(toldTo(phone)).toEqual([[0], [1], [2]]);

    await world.pass(LISTED_MS);
    for (const phone of TEAM) expect(toldTo(phone)).toEqual([[0], [1], [2], [3, 4, 5]]);
    const [head, ...lines] = world.inbox(ADELE)[3]?.split('\n') ?? [];
    expect(head).toBe('3 MORE EMERGENCY CALLS');
    const time = /\d\d:\d\d/.source;
    for (const n of [3, 4, 5]) {
      const code = await codeOf(ids[n] ?? '');
      const line = `^${code} Dialed 911 Callback \\+14255550123 At "${placeOfCall(n)}" ${time}$`;
      expect(lines[n - 3]).toMatch(new RegExp(line));
    }
    // In order of duty.
    const last = world.twilio.messages().slice(0, 2).reverse();
    expect(last.map(({ to }) => to)).toEqual([ADELE, MEGAN]);
    expect(await world.services.store.work.listDue(new Date(world.now().getTime() + MINUTE_MS), 10)).toEqual([]);
  });

  test('whoever calls a minute later is told alone again', async () => {
    await calls(0, 3);
    await world.pass(MINUTE_MS);
    await calls(3, 7);
    expect(toldTo(ADELE)).toEqual([[0], [1], [2], [3], [4], [5]]);
    await world.pass(LISTED_MS);
    expect(toldTo(ADELE)).toEqual([[0], [1], [2], [3], [4], [5], [6]]);
  });

  test('a single further call is told as any call is', async () => {
    await calls(0, 4);
    await world.pass(LISTED_MS);
    expect(world.inbox(ADELE)[3]).toMatch(/^EMERGENCY CALL to 911\. Call /);
    expect(toldTo(ADELE)[3]).toEqual([3]);
  });

  test('calls that go on coming: a list each half minute', async () => {
    for (let n = 0; n < 16; n += 1) {
      await call(n);
      await world.pass(5_000);
    }
    await world.pass(MINUTE_MS);
    const told = toldTo(MEGAN);
    expect(told.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, n) => n));
    expect(told.slice(0, 3)).toEqual([[0], [1], [2]]);
    const lists = world.twilio.messages().filter(({ to, body }) => to === MEGAN && callsNamedIn(body).length > 1);
    const steps = lists.map(({ createdAt }) => Math.floor(createdAt.getTime() / HALF_MINUTE_MS));
    expect(new Set(steps).size).toBe(steps.length);
  });

  test('a call that was handed back while it was held stands in the list once, and counts once', async () => {
    const ids = await calls(0, 5);
    const recipients = (await world.services.store.calls.get(ids[3] ?? ''))?.value.recipients ?? [];
    await startAlert(world.services, ids[3] ?? '', 'step-1.0.0', { recipients });
    await world.work();
    await world.pass(LISTED_MS);
    for (const phone of TEAM) expect(toldTo(phone)).toEqual([[0], [1], [2], [3, 4]]);
    const [head, ...lines] = world.inbox(ADELE)[3]?.split('\n') ?? [];
    expect(head).toBe('2 MORE EMERGENCY CALLS');
    expect(lines.filter((line) => line.includes(placeOfCall(3)))).toHaveLength(1);
    expect(new Set((await deliveriesOf(ids[3] ?? '')).map(({ alertKey, state }) => `${alertKey} ${state}`))).toEqual(
      new Set(['first accepted', 'step-1.0.0 accepted']),
    );
  });

  test('tests and real calls never stand in one message, and an exercise delays no call', async () => {
    await calls(0, 5, { numberDialed: '933' });
    await calls(5, 10);
    expect(toldTo(ADELE)).toEqual([[0], [1], [2], [5], [6], [7]]);
    await world.pass(LISTED_MS);
    const lists = world.inbox(ADELE).slice(6).toSorted();
    expect(lists.map(callsNamedIn)).toEqual([
      [8, 9],
      [3, 4],
    ]);
    expect(lists.map((body) => body.split('\n')[0])).toEqual(['2 MORE EMERGENCY CALLS', 'TEST 2 MORE EMERGENCY CALLS']);
  });

  test('forty further calls with long places: cut only between calls, none left out', async () => {
    const place = (n: number) => `${placeOfCall(n)}, ${'second door behind the stairs '.repeat(3).trim()}`;
    for (let n = 0; n < 43; n += 1) await call(n, { place: place(n) });
    await world.pass(MINUTE_MS);
    const bodies = world.inbox(MEGAN);
    expect(bodies.every(({ length }) => length <= 1_600)).toBe(true);
    expect(bodies.flatMap(callsNamedIn).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 43 }, (_, n) => n));
    for (const body of bodies) {
      for (const n of callsNamedIn(body)) expect(body).toContain(`"${place(n)}"`);
    }
    expect(bodies.length).toBeLessThanOrEqual(3 + 6);
  }, 60_000);

  test('a place longer than a message is told by itself, split as ever', async () => {
    const ids = await calls(0, 7);
    await world.services.store.calls.update(ids[4] ?? '', (known) => ({
      ...known,
      facts: { ...known.facts, location: `${placeOfCall(4)} ${'x'.repeat(1_650)}` },
    }));
    await world.pass(LISTED_MS);
    expect(
      toldTo(ADELE)
        .slice(3)
        .toSorted((a, b) => a.length - b.length),
    ).toEqual([[], [], [4], [3, 5, 6]]);
  });

  test('with the setting at 0 each call is a message of its own', async () => {
    world.services = await world.start(undefined, { ...world.env, CALLS_TOLD_ALONE: '0' });
    await calls(0, 6);
    expect(toldTo(ADELE)).toEqual([[0], [1], [2], [3], [4], [5]]);
  });
});

describe('what somebody answers meanwhile', () => {
  test('a call that somebody has by then: the line says who', async () => {
    const ids = await calls(0, 5);
    const taken = ids[4] ?? '';
    const at = world.now();
    await answerCall(world.services, {
      ...{ callId: taken, by: 'megan', action: { kind: 'acknowledge' }, via: 'page', at, key: 'a' },
    });
    await world.work();
    await world.pass(LISTED_MS);
    const code = await codeOf(taken);
    const list = world.inbox(ADELE).find((body) => callsNamedIn(body).includes(4)) ?? '';
    const [line3, line4] = list.split('\n').slice(1);
    expect(line4).toContain(`Call ${code}: Megan Bowen has it since `);
    expect(line3).not.toContain('has it');
  });

  test('facts that come while a call is held are in its line, and bring no update', async () => {
    const ids = await calls(0, 5);
    await world.services.store.calls.update(ids[3] ?? '', (known) => ({
      ...known,
      facts: { ...known.facts, callbackNumber: '+14255550177' },
      factsVersion: known.factsVersion + 1,
    }));
    await world.pass(LISTED_MS);
    expect(world.inbox(ADELE)).toHaveLength(4);
    expect(world.inbox(ADELE)[3]).toContain('Callback +14255550177');
  });
});

describe('what becomes of a list becomes of each of its calls', () => {
  /** Five calls, of which two are told in a list. */
  async function twoInList() {
    const ids = await calls(0, 5);
    await world.pass(LISTED_MS);
    const listed = ids.slice(3);
    const list = world.twilio.messages().find(({ to, body }) => to === ADELE && callsNamedIn(body).length === 2);
    if (!list) throw new Error('There is no list');
    return { listed, messageSid: list.sid, first: ids.slice(0, 3) };
  }

  const report = (messageSid: string, status: string) => ({
    ...{ messageSid, status, errorCode: status === 'undelivered' ? 30_003 : null },
    ...{ at: world.now(), clock: 'ours' as const },
  });
  const of = (callId: string) => ({ callId, alertKey: 'first', recipientId: 'adele', channel: 'sms' as const });

  test.each([0, 1])('delivered, as told of call %i of the list: on record for both', async (index) => {
    const { listed, messageSid } = await twoInList();
    expect(await noteDeliveryStatus(world.services, of(listed[index] ?? ''), report(messageSid, 'delivered'))).toBe(
      'noted',
    );
    for (const id of listed) {
      const [adele] = await deliveriesOf(id);
      expect(adele).toMatchObject({ state: 'accepted', providerMessages: [{ id: messageSid, status: 'delivered' }] });
    }
    expect(await noteDeliveryStatus(world.services, of(listed[index] ?? ''), report(messageSid, 'delivered'))).toBe(
      'known',
    );
  });

  test('undelivered: each call has failed for that person and is told on by itself; those before are not', async () => {
    const { listed, messageSid, first } = await twoInList();
    await noteDeliveryStatus(world.services, of(listed[0] ?? ''), report(messageSid, 'undelivered'));
    for (const id of listed) {
      expect(await stateOf(id)).toEqual([
        ['adele', 'failed'],
        ['megan', 'accepted'],
      ]);
    }
    for (const id of first) expect((await stateOf(id))[0]).toEqual(['adele', 'accepted']);
    const work = await world.services.store.work.listDue(world.now(), 10);
    expect(work.map(({ value }) => 'callId' in value && value.callId).toSorted()).toEqual(listed.toSorted());
  });

  test('a late report never undoes it, and one about a message that is not theirs changes nothing', async () => {
    const { listed, messageSid } = await twoInList();
    await noteDeliveryStatus(world.services, of(listed[0] ?? ''), report(messageSid, 'undelivered'));
    expect(await noteDeliveryStatus(world.services, of(listed[1] ?? ''), report(messageSid, 'sent'))).toBe('known');
    const other = report('SM00000000000000000000000000000000', 'failed');
    expect(await noteDeliveryStatus(world.services, of(listed[1] ?? ''), other)).toBe('unknown');
    for (const id of listed) expect((await stateOf(id))[0]).toEqual(['adele', 'failed']);
  });

  test('a report that reached only one of the calls is brought to the other when it comes again', async () => {
    const { listed, messageSid } = await twoInList();
    const { deliveries } = world.services.store;
    const { replace } = deliveries;
    deliveries.replace = async (row, value) => {
      if (value.callId === listed[1]) throw new Error('The storage is away');
      return replace(row, value);
    };
    const noting = noteDeliveryStatus(world.services, of(listed[0] ?? ''), report(messageSid, 'undelivered'));
    await expect(noting).rejects.toThrow('not recorded for each of its calls');
    deliveries.replace = replace;
    expect((await stateOf(listed[1] ?? ''))[0]).toEqual(['adele', 'accepted']);
    await noteDeliveryStatus(world.services, of(listed[0] ?? ''), report(messageSid, 'undelivered'));
    expect((await stateOf(listed[1] ?? ''))[0]).toEqual(['adele', 'failed']);
  });

  test('the record of each call shows its own delivery, the words, and of how many calls they told', async () => {
    const { listed, messageSid } = await twoInList();
    await noteDeliveryStatus(world.services, of(listed[0] ?? ''), report(messageSid, 'delivered'));
    for (const id of listed) {
      const [found, deliveries, timeline] = await Promise.all([
        world.services.store.calls.get(id),
        deliveriesOf(id),
        world.services.store.timeline.listOfCall(id),
      ]);
      if (!found) throw new Error('The call is gone');
      const [row] = deliveryRowsOf({ call: found.value, deliveries, timeline }, () => null);
      expect(row).toMatchObject({ recipientId: 'adele', alert: 'first', callsInMessage: 2, deliveryState: 'accepted' });
      expect(row?.words).toContain('2 MORE EMERGENCY CALLS');
      expect(row?.providerMessageIds).toBe(messageSid);
      expect(row?.deliveredAt).not.toBeNull();
      expect(row?.history).toMatch(/ours: held.*ours: accepted, attempt 1.*ours: delivered/);
    }
  });
});

describe('what goes wrong: nobody misses a call', () => {
  const everybodyHeard = (count: number) => {
    for (const phone of TEAM) {
      const told = toldTo(phone).flat();
      expect([...new Set(told)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
    }
  };
  const heardOnce = (count: number) => {
    everybodyHeard(count);
    for (const phone of TEAM) expect(toldTo(phone).flat()).toHaveLength(count);
  };

  test('whoever has opted out: each call of the list has failed for them, and nobody else is held up', async () => {
    const ids = await calls(0, 3);
    world.twilio.behave(ADELE, 'optedOut');
    ids.push(...(await calls(3, 6)));
    await world.pass(LISTED_MS);
    for (const id of ids.slice(3)) {
      expect(await stateOf(id)).toEqual([
        ['adele', 'failed'],
        ['megan', 'accepted'],
      ]);
    }
    expect(toldTo(MEGAN)).toEqual([[0], [1], [2], [3, 4, 5]]);
  });

  test('Twilio is too busy for the list: it is sent again as a list, once', async () => {
    await calls(0, 6);
    world.twilio.faults.set({ kind: 'status', status: 429, retryAfterSeconds: 1, times: 2 });
    await world.pass(MINUTE_MS);
    heardOnce(6);
    expect(toldTo(ADELE)[3]).toEqual([3, 4, 5]);
  });

  test('Twilio takes the list and does not say so: it is found there, and nobody is told twice', async () => {
    await calls(0, 6);
    const { sms } = world.services.channels;
    if (!sms) throw new Error('There is no channel');
    const { send } = sms;
    world.services.channels.sms = {
      ...sms,
      async send(message) {
        await send(message);
        return { outcome: 'doubtful', code: 'ETIMEDOUT', reason: 'Twilio did not answer' };
      },
    };
    await world.pass(LISTED_MS);
    world.services.channels.sms = sms;
    await world.pass(MINUTE_MS);
    heardOnce(6);
    for (const delivery of await world.services.store.deliveries.listSince(new Date(0), 100)) {
      expect(delivery.state).toBe('accepted');
    }
  });

  test('Twilio lost the list and did not say so: each call is told alone', async () => {
    await calls(0, 6);
    const { sms } = world.services.channels;
    if (!sms) throw new Error('There is no channel');
    const doubtful = { outcome: 'doubtful', code: 'ETIMEDOUT', reason: 'Twilio did not answer' } as const;
    world.services.channels.sms = { ...sms, send: async () => doubtful };
    await world.pass(LISTED_MS);
    world.services.channels.sms = sms;
    await world.pass(MINUTE_MS);
    heardOnce(6);
    expect(toldTo(ADELE).every((told) => told.length === 1)).toBe(true);
    for (const { listed } of await world.services.store.deliveries.listSince(new Date(0), 100)) {
      expect(listed).toBeUndefined();
    }
  });

  test('who sends the lists has died: somebody else does, within twenty seconds', async () => {
    await calls(0, 6);
    const until = new Date(world.now().getTime() + HALF_MINUTE_MS + 15_000).toISOString();
    await world.services.store.bursts.write('list', 'real', null, { owner: 'dead', until });
    await world.pass(MINUTE_MS);
    heardOnce(6);
    expect(toldTo(ADELE)[3]).toEqual([3, 4, 5]);
  });

  test('a lease without end holds up nobody', async () => {
    await calls(0, 6);
    await world.services.store.bursts.write('list', 'real', null, { owner: 'dead', until: '2999-01-01T00:00:00Z' });
    await world.pass(LISTED_MS);
    heardOnce(6);
  });

  test('somebody always has the lease: after forty seconds each call is told alone', async () => {
    await calls(0, 6);
    const { bursts } = world.services.store;
    bursts.get = async (_, kind) => ({
      ...{ partitionKey: 'burst', rowKey: kind, etag: '' },
      value: { owner: 'dead', until: new Date(world.now().getTime() + 10_000).toISOString() },
    });
    await world.pass(HALF_MINUTE_MS + 45_000);
    heardOnce(6);
    expect(toldTo(ADELE).every((told) => told.length === 1)).toBe(true);
  });

  test('a held call is no failure: the last resort is not told', async () => {
    const ids = await calls(0, 4);
    await world.services.store.calls.update(ids[3] ?? '', (known) => ({
      ...known,
      recordedAt: new Date(world.now().getTime() - 2 * MINUTE_MS).toISOString(),
    }));
    await world.pass(LISTED_MS);
    expect(world.inbox('+14255550199')).toEqual([]);
    heardOnce(4);
  });

  const never = () => new Promise<never>(() => undefined);
  const away = async () => {
    throw new Error('The storage is away');
  };
  const NONSENSE = [null, 7, 'x', [], { adele: 'x' }, { adele: [{ callId: 1, at: 'x' }] }, { adele: [null] }];

  test.each([
    ['cannot be read', (store: Services['store']) => Object.assign(store.bursts, { get: away })],
    ['does not come', (store: Services['store']) => Object.assign(store.bursts, { get: never })],
    ['cannot be written', (store: Services['store']) => Object.assign(store.bursts, { write: away })],
    ['is not written in time', (store: Services['store']) => Object.assign(store.bursts, { write: never })],
    [
      'is always changed by others',
      (store: Services['store']) => Object.assign(store.bursts, { write: async () => 'changed' }),
    ],
  ])('how many calls were told one by one %s: each is told alone', async (_, spoil) => {
    spoil(world.services.store);
    await calls(0, 5);
    for (const phone of TEAM) expect(toldTo(phone)).toEqual([[0], [1], [2], [3], [4]]);
  });

  test.each(NONSENSE)('how many calls were told one by one reads %j: told alone, and written anew', async (value) => {
    const upsert = world.services.store.bursts;
    await upsert.write('alone', 'real', null, { value });
    const row = await upsert.get('alone', 'real');
    if (row) await upsert.write('alone', 'real', row, value as object);
    await calls(0, 5);
    expect(toldTo(ADELE)).toEqual([[0], [1], [2]]);
    await world.pass(LISTED_MS);
    heardOnce(5);
  });

  test('rows that are no JSON: told alone, removed, and lists go on', async () => {
    const table = TableClient.fromConnectionString(world.env.AlertStorage, 'Claims', { allowInsecureConnection: true });
    const spoil = (rowKey: string) =>
      table.upsertEntity({ partitionKey: 'burst', rowKey, schemaVersion: 1, json: '{' }, 'Replace');
    await Promise.all([spoil('alone-real'), spoil('list-real')]);
    await calls(0, 6);
    expect(toldTo(ADELE)).toEqual([[0], [1], [2], [3]]);
    await world.pass(LISTED_MS);
    heardOnce(6);
  });

  test.each([
    ['who sends the lists is not known', (store: Services['store']) => Object.assign(store.bursts, { get: away })],
    [
      'who sends the lists is not said in time',
      (store: Services['store']) => Object.assign(store.bursts, { get: never }),
    ],
    [
      'what is held cannot be listed',
      (store: Services['store']) => Object.assign(store.deliveries, { listHeld: away }),
    ],
  ])('%s: each call is told alone when its time has come', async (_, spoil) => {
    await calls(0, 5);
    spoil(world.services.store);
    await world.pass(LISTED_MS);
    heardOnce(5);
    expect(toldTo(ADELE)).toEqual(expect.arrayContaining([[3], [4]]));
  });

  test('one call of the list cannot be claimed: it is told by its own work', async () => {
    const ids = await calls(0, 6);
    const { deliveries } = world.services.store;
    const { replace } = deliveries;
    let isSpoilt = true;
    deliveries.replace = async (row, value) => {
      if (isSpoilt && value.callId === ids[4] && value.listed) throw new Error('The storage is away');
      return replace(row, value);
    };
    await world.pass(LISTED_MS);
    isSpoilt = false;
    await world.pass(MINUTE_MS);
    everybodyHeard(6);
    expect(await stateOf(ids[4] ?? '')).toEqual([
      ['adele', 'accepted'],
      ['megan', 'accepted'],
    ]);
  });

  test('one call of the list cannot be read: the others are told, and it is told alone', async () => {
    const ids = await calls(0, 6);
    const { calls: store } = world.services.store;
    const { get } = store;
    let reads = 0;
    store.get = async (id) => {
      reads += 1;
      // By the work of the alert it is read; for the list it is not.
      if (id === ids[4] && reads % 2 === 0) throw new Error('The storage is away');
      return get(id);
    };
    await world.pass(HALF_MINUTE_MS + 45_000).catch(() => undefined);
    store.get = get;
    await world.pass(MINUTE_MS);
    everybodyHeard(6);
  });
});
