import { answerCall } from '../../shared/pipeline/answerCall.ts';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { reconcileChats } from '../../shared/pipeline/reconcileChats.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

let world: World;
afterEach(() => world.stop());
const begin = async (settings: Record<string, string> = {}) => {
  world = await startWorld({ CALLS_TOLD_ALONE: '0', ...settings }, { events: true });
  await world.openChat();
};

const calls = () => world.services.store.calls.listNewest(100);
const letters = () => world.services.store.deadLetters.list(100);
const errors = () => world.log.filter(({ level }) => level === 'error').map(({ message }) => message);
const dial = (changes: object = {}) => world.graph.emergency.placeEmergencyCall({ ...dials911, ...changes });
const deliverAndWork = async () => {
  await world.deliver();
  await world.work();
};
const oneByOne = async () => {
  for (const one of world.hub.splice(0)) {
    world.hub.push(one);
    await deliverAndWork();
    world.advance(1_000);
  }
};
const both = (body: unknown) => {
  for (const phone of TEAM) expect(world.inbox(phone)).toEqual(body);
};
const kindsOf = async (callId: string) =>
  (await world.services.store.timeline.listOfCall(callId)).map(({ kind }) => kind);

/** What is in the hub, changed before it is delivered. */
const tamper = (change: (notification: Record<string, unknown>) => void) => {
  for (const event of world.hub) {
    const { value } = event.body as { value: Record<string, unknown>[] };
    for (const notification of value) change(notification);
  }
};

describe('either source is enough, and both are one call', () => {
  beforeEach(() => begin());

  test('at once: one record, one SMS for each', async () => {
    const placed = await dial();
    await deliverAndWork();
    const [call, ...others] = await calls();
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      chat: { chatId: placed.chatId, messageId: placed.messageId },
      event: { eventId: placed.eventId, policyName: 'Global' },
      facts: { callerUpn: 'alex@contoso.com', callbackNumber: '+14255550123' },
    });
    both([expect.stringMatching(/911.*\+14255550123.*Building 34, Room 2210/)]);
    expect(errors()).toEqual([]);
  });

  test.each([
    ['the chat', ['chat', 'event'] as const],
    ['the event', ['event', 'chat'] as const],
  ])('%s first, the other after people were told: one record, one SMS for each', async (_, sources) => {
    await dial({ sources });
    await oneByOne();
    expect(await calls()).toEqual([expect.objectContaining({ source: sources[0] })]);
    both([expect.stringContaining('911')]);
  });

  test('taken in by two processes at once, each with one of them: one record, whoever is first', async () => {
    const other = await world.start();
    for (let i = 0; i < 5; i += 1) {
      await dial({ sources: ['chat', 'event'], caller: `caller${i}@contoso.com` });
      const [chat, event] = world.hub.splice(-2);
      if (!chat || !event) throw new Error('Graph announced nothing');
      await Promise.all([ingestNotifications(world.services, [chat]), ingestNotifications(other, [event])]);
    }
    await world.work();
    expect(await calls()).toHaveLength(5);
    both(Array(5).fill(expect.stringContaining('911')));
  });

  test('the event alone tells everything', async () => {
    await dial({ sources: ['event'] });
    await deliverAndWork();
    both([expect.stringMatching(/911.*\+14255550123.*Building 34, Room 2210.*Alex/)]);
  });

  test('what the chat did not know, the event adds, and people hear of it once', async () => {
    await dial({ place: undefined, callbackNumber: undefined, phoneNumber: '+14255550124' });
    await oneByOne();
    both([
      expect.stringMatching(/Callback unknown.*Location unknown/),
      expect.stringMatching(/^UPDATE.*Callback now \+14255550124/),
    ]);
    expect(await calls()).toHaveLength(1);
  });

  test('another place in the second source: people hear of both, and the first stays', async () => {
    await dial({ address: { street: 'Elsewhere 1' } });
    await oneByOne();
    const [call] = await calls();
    expect(call).toMatchObject({ facts: { location: 'Building 34, Room 2210' }, alsoAt: 'Elsewhere 1' });
    both([
      expect.stringContaining('Building 34'),
      expect.stringMatching(/^UPDATE.*Location "Building 34, Room 2210".*Also reported at "Elsewhere 1"/),
    ]);
  });

  test('a place that only says more of the same is no news', async () => {
    await dial({ address: { additionalData: { additionalInfo: 'Building 34, Room 2210' }, city: 'Redmond' } });
    await oneByOne();
    expect(await calls()).toEqual([expect.objectContaining({ alsoAt: null })]);
    both([expect.stringContaining('Building 34')]);
  });

  test('numbers that contradict each other are two calls', async () => {
    await dial({ sources: ['chat'] });
    await dial({ sources: ['event'], callbackNumber: undefined, phoneNumber: '+14255550124' });
    await deliverAndWork();
    expect(await calls()).toHaveLength(2);
    both(Array(2).fill(expect.stringContaining('911')));
  });

  test('a redial within the window is a second call, told by both sources', async () => {
    await dial();
    world.advance(30_000);
    await dial();
    world.hub.reverse();
    await deliverAndWork();
    const found = await calls();
    expect(found).toHaveLength(2);
    for (const { chat, event } of found) expect([chat, event]).not.toContain(null);
    both(Array(2).fill(expect.stringContaining('911')));
  });

  test('each event three times, newest first, is one call', async () => {
    await dial();
    world.hub.push(...world.hub, ...[...world.hub].reverse());
    await world.deliver(3);
    await world.work();
    await world.restart();
    await world.work();
    expect(await calls()).toHaveLength(1);
    both([expect.stringContaining('911')]);
  });

  describe('a message that does not name the UPN', () => {
    const dialWithoutUpn = async () => {
      await dial({ sources: ['event'] });
      const { chatId } = await dial({ sources: ['chat'], announce: false });
      const message = {
        from: dials911.caller,
        content: 'Alex has placed an Emergency Call',
        importance: 'high' as const,
      };
      await world.graph.chats.postMessage(chatId, message);
    };

    test('is matched by the members of its chat', async () => {
      await dialWithoutUpn();
      await deliverAndWork();
      expect(await calls()).toEqual([expect.objectContaining({ chat: expect.anything(), event: expect.anything() })]);
    });

    test('whose chat cannot be asked who is in it: two calls, in doubt twice', async () => {
      await world.restart();
      world.graph.faults.add({ operation: 'chats.listMembers', effect: { kind: 'status', status: 503 } });
      await dialWithoutUpn();
      await deliverAndWork();
      expect(await calls()).toHaveLength(2);
      both([expect.stringMatching(/EMERGENCY CALL/), expect.stringMatching(/EMERGENCY CALL/)]);
    });
  });

  test('933 begins with TEST', async () => {
    await dial({ sources: ['event'], numberDialed: '933' });
    await deliverAndWork();
    both([expect.stringMatching(/^TEST/)]);
  });
});

describe('the end of a call', () => {
  beforeEach(() => begin());

  test.each([true, false])(
    'with the id of its beginning: %s; it is on the record, and those who were told hear it once',
    async (sameId) => {
      const { eventId } = await dial();
      await deliverAndWork();
      world.advance(90_000);
      const endedAt = world.now();
      await world.graph.emergency.endCall({ eventId, sameId, at: endedAt });
      await world.deliver(2);
      await world.work();
      const [call, ...others] = await calls();
      expect(others).toEqual([]);
      expect(call?.endedAt).toBe(endedAt.toISOString());
      expect((await kindsOf(call?.id ?? '')).filter((kind) => kind === 'callEnded')).toHaveLength(1);
      both([
        expect.stringContaining('911'),
        expect.stringContaining(`Call ${call?.code}: the emergency call itself ended`),
      ]);
    },
  );

  test('of a call that somebody has closed: nobody hears of it', async () => {
    const { eventId } = await dial();
    await deliverAndWork();
    const [call] = await calls();
    const action = { kind: 'resolve', reason: 'real' } as const;
    await answerCall(world.services, {
      callId: call?.id ?? '',
      by: 'adele',
      action,
      via: 'sms',
      at: world.now(),
      key: '1',
    });
    await world.work();
    const before = world.inbox(TEAM[0]).length;
    await world.graph.emergency.endCall({ eventId });
    await deliverAndWork();
    expect((await calls())[0]?.endedAt).not.toBeNull();
    expect(world.inbox(TEAM[0])).toHaveLength(before);
  });

  test('of a call that only the chat told of', async () => {
    const { eventId } = await dial({ announce: { event: false } });
    await deliverAndWork();
    world.advance(10 * 60_000);
    await world.graph.emergency.endCall({ eventId });
    await deliverAndWork();
    expect(await calls()).toEqual([expect.objectContaining({ endedAt: expect.any(String) })]);
    both([expect.stringContaining('911'), expect.stringContaining('ended')]);
  });

  test('of a call that nobody told of: people hear of that call', async () => {
    const { eventId } = await dial({ sources: ['event'], announce: false });
    await world.graph.emergency.endCall({ eventId });
    await deliverAndWork();
    expect(await calls()).toEqual([expect.objectContaining({ endedAt: expect.any(String) })]);
    both([expect.stringMatching(/911.*\+14255550123/)]);
  });
});

describe('an event of another kind', () => {
  beforeEach(() => begin());
  const other = (id: string, upn: string | null) => ({
    emergencyCallEvent: { id, callEventType: 'rosterUpdated', ...(upn ? { callerInfo: { upn } } : {}) },
  });

  test.each([
    ['of the same id', (eventId: string) => other(eventId, null)],
    ['of the same caller', () => other('another', 'Alex@contoso.com')],
  ])('%s as a known call is on its timeline and texts nobody', async (_, contentOf) => {
    const { eventId } = await dial({ sources: ['event'] });
    await deliverAndWork();
    const content = contentOf(eventId);
    await world.graph.emergency.sendEvent({ content, id: content.emergencyCallEvent.id });
    await deliverAndWork();
    const [call, ...others] = await calls();
    expect(others).toEqual([]);
    expect(call?.endedAt).toBeNull();
    expect(await kindsOf(call?.id ?? '')).toContain('emergencyEvent');
    both([expect.stringContaining('911')]);
  });

  test.each([
    ['of a call that nobody knows', other('e9', 'adele@contoso.com')],
    ['without any field', {}],
    ['that is a list', []],
    ['that is a number', 911],
  ])('%s: in doubt people are told, with what is unknown', async (_, content) => {
    await world.graph.emergency.sendEvent({ content });
    await deliverAndWork();
    both([expect.stringMatching(/Callback unknown/)]);
    expect(await calls()).toEqual([expect.objectContaining({ confidence: 'possible' })]);
  });

  test('that is nested too deeply to be kept: people are told, and it ends as a dead letter', async () => {
    const deep = `{"emergencyCallEvent":{"callEventType":"callStarted","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
    await world.graph.emergency.sendEvent({ content: deep });
    await world.deliver();
    await world.pass(60_000);
    both([expect.stringMatching(/Callback unknown/)]);
    expect(await letters()).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('cannot be recorded: RangeError') }),
    ]);
    expect(await world.services.store.work.listDue(new Date(Date.now() + 86_400_000), 10)).toEqual([]);
  });

  test('that is no JSON is refused with its reason, and people are told that there is something', async () => {
    await world.graph.emergency.sendEvent({ content: 'no JSON' });
    await deliverAndWork();
    both([expect.stringContaining('EMERGENCY MESSAGE, details not available')]);
    expect(await letters()).toEqual([expect.objectContaining({ reason: expect.stringContaining('refused') })]);
  });
});

describe('what Graph does not promise', () => {
  beforeEach(() => begin());
  const ZERO = '00000000-0000-0000-0000-000000000000';
  const send = (id: string, upn: string | null, changes: object = {}) => {
    const callerInfo = { ...(upn === null ? {} : { upn }), phoneNumber: '+14255550123' };
    const eventDateTime = world.now().toISOString();
    const event = { id, callEventType: 'callStarted', eventDateTime, emergencyNumberDialed: '911', callerInfo };
    return world.graph.emergency.sendEvent({ content: { emergencyCallEvent: { ...event, ...changes } }, id });
  };
  const two = [expect.stringContaining('911'), expect.stringContaining('911')];

  test.each([
    ['of two callers', 'adele@contoso.com'],
    ['of one caller', 'alex@contoso.com'],
    ['of a caller without UPN', null],
  ])('an id of its own for each call: two calls %s are told', async (_, second) => {
    await send(ZERO, 'alex@contoso.com');
    await deliverAndWork();
    world.advance(30 * 60_000);
    await send(ZERO, second);
    const copies = [...world.hub];
    await deliverAndWork();
    world.hub.push(...copies);
    await deliverAndWork();
    both(two);
    expect(await calls()).toHaveLength(2);
  });

  test.each([undefined, 'callRinging'])('a kind of event (%s): each event is a call', async (callEventType) => {
    for (const id of ['e1', 'e2']) {
      await send(id, 'alex@contoso.com', { callEventType });
      await deliverAndWork();
      world.advance(30 * 60_000);
    }
    both(two);
  });
});

describe('an event that cannot be decrypted', () => {
  beforeEach(() => begin());
  const content = (notification: Record<string, unknown>) => notification.encryptedContent as Record<string, string>;
  const flip = (text: string) => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;

  test('for a certificate that nobody knows: people are told after ten seconds, and the reason is kept', async () => {
    await dial({ sources: ['event'] });
    tamper((notification) => {
      content(notification).encryptionCertificateId = 'emergency-alerts/0123456789abcdef';
    });
    await world.deliver();
    await world.pass(11_000);
    both([expect.stringContaining('EMERGENCY MESSAGE, details not yet available')]);
    expect(await letters()).toEqual([]);
    await world.pass(15 * 60_000);
    both([expect.anything(), expect.stringContaining('details not available')]);
    expect(await letters()).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('a certificate that is not known') }),
    ]);
    expect(await calls()).toEqual([expect.objectContaining({ content: 'unavailable' })]);
  });

  test.each(['data', 'dataSignature', 'dataKey'])(
    'for a changed byte of %s: nothing of it is believed, people are told without details, and the reason is kept',
    async (field) => {
      await dial({ sources: ['event'] });
      tamper((notification) => {
        content(notification)[field] = flip(content(notification)[field] ?? '');
      });
      await deliverAndWork();
      const [call, ...others] = await calls();
      expect(others).toEqual([]);
      expect(call).toMatchObject({ content: 'unavailable', confidence: 'possible', occurredAt: null });
      expect(Object.values(call?.facts ?? {}).filter((fact) => fact !== null)).toEqual([]);
      both([expect.stringContaining('EMERGENCY MESSAGE, details not available')]);
      expect(await letters()).toEqual([expect.objectContaining({ reason: expect.stringMatching(/refused: .{8}/) })]);
    },
  );

  test.each([
    ['a stranger', { clientState: 'guessed' }],
    ['nobody', { clientState: null }],
  ])('and comes from %s: a dead letter, and nobody is told', async (_, changes) => {
    await dial({ sources: ['event'] });
    tamper((notification) => {
      Object.assign(notification, changes);
      content(notification).data = flip(content(notification).data ?? '');
    });
    await deliverAndWork();
    expect(await calls()).toEqual([]);
    both([]);
    expect(await letters()).toEqual([expect.objectContaining({ reason: expect.stringContaining('clientState') })]);
  });

  test('one bad event does not touch its neighbours', async () => {
    await dial({ sources: ['event'] });
    tamper((notification) => {
      content(notification).data = flip(content(notification).data ?? '');
    });
    await dial({ sources: ['event'], caller: 'adele@contoso.com' });
    await deliverAndWork();
    both(expect.arrayContaining([expect.stringMatching(/911.*Building 34/)]));
  });

  test('a dead letter that can be decrypted by now gives its call the details', async () => {
    await dial({ sources: ['event'] });
    const whole = JSON.parse(JSON.stringify(world.hub[0]?.body));
    tamper((notification) => {
      content(notification).data = flip(content(notification).data ?? '');
    });
    await deliverAndWork();
    world.hub.push({ body: whole, enqueuedAt: world.now().toISOString(), source: 'again' });
    await deliverAndWork();
    expect(await calls()).toEqual([expect.objectContaining({ content: 'read' })]);
    both([expect.stringContaining('details not available'), expect.stringMatching(/Building 34/)]);
  });
});

test('a decrypted event without our clientState is told, and the doubt is on its record', async () => {
  await begin();
  await dial({ sources: ['event'] });
  tamper((notification) => {
    notification.clientState = 'guessed';
  });
  await deliverAndWork();
  both([expect.stringContaining('911')]);
  const [call] = await calls();
  expect(call).toMatchObject({
    confidence: 'possible',
    reasons: expect.arrayContaining([expect.stringContaining('clientState')]),
  });
});

test('an event of another tenant is refused', async () => {
  await begin();
  await dial({ sources: ['event'] });
  tamper((notification) => {
    notification.tenantId = '99990000-aaaa-2222-bbbb-3333cccc4444';
  });
  await deliverAndWork();
  both([]);
  expect(await letters()).toEqual([expect.objectContaining({ reason: 'wrong tenant' })]);
});

describe('the vault', () => {
  beforeEach(() => begin());

  test('is down for a process that has no keys yet: people are told after ten seconds, and of the details once it is back', async () => {
    await world.restart();
    world.vault?.faults.add({ operation: '*', effect: { kind: 'status', status: 503 } });
    await dial({ sources: ['event'] });
    await world.deliver();
    await world.pass(9_000);
    both([]);
    await world.pass(2_000);
    both([expect.stringContaining('details not yet available')]);
    world.vault?.faults.clear();
    await world.pass(60_000);
    both([expect.anything(), expect.stringMatching(/\+14255550123.*Building 34/)]);
    expect(await calls()).toEqual([expect.objectContaining({ content: 'read' })]);
    expect(await letters()).toEqual([]);
  });

  test('is down for a process that has the keys: nobody notices', async () => {
    await world.services.certificates?.all();
    world.vault?.faults.add({ operation: '*', effect: { kind: 'status', status: 503 } });
    await dial({ sources: ['event'] });
    await deliverAndWork();
    both([expect.stringMatching(/Building 34/)]);
  });

  test('has a new certificate that Graph uses already: it is asked again, and the event is read', async () => {
    await world.services.certificates?.all();
    const other = await world.start();
    world.advance(60_000);
    await world.vault?.createCertificateVersion('emergency-alerts');
    await other.certificates?.all({ refresh: true });
    await renewSubscriptions(other);
    world.hub.splice(0);
    await dial({ sources: ['event'] });
    await deliverAndWork();
    both([expect.stringMatching(/Building 34/)]);
  });
});

describe('one source is lost', () => {
  test('the sign-in: the event tells everything', async () => {
    await begin();
    world.graph.revokeRefreshTokens();
    world.graph.expireAccessTokens();
    await dial();
    await world.deliver();
    await world.pass(60_000);
    both(expect.arrayContaining([expect.stringMatching(/911.*\+14255550123.*Building 34/)]));
  });

  test('events never come through the hub: the chat tells everything', async () => {
    await begin();
    world.graph.setBehaviour({ eventHubDeliversEvents: false });
    await dial();
    await deliverAndWork();
    both([expect.stringMatching(/911.*Building 34/)]);
  });

  test('the identity of the app: the chat tells everything', async () => {
    await begin();
    world.graph.faults.add({ operation: 'identity', effect: { kind: 'status', status: 503 } });
    await world.restart();
    await renewSubscriptions(world.services);
    await dial({ announce: { event: false } });
    await deliverAndWork();
    both([expect.stringMatching(/911.*Building 34/)]);
  });

  test('Graph announces neither: nothing is told, and nothing can be (the chats are read back by reconcileChats)', async () => {
    await begin();
    await dial({ announce: false });
    await deliverAndWork();
    both([]);
  });
});

describe('Graph is slow to give the message, and the event was told', () => {
  let fault: string;
  beforeEach(async () => {
    await begin();
    fault = world.graph.faults.add({ operation: 'chats.getMessage', effect: { kind: 'status', status: 503 } });
  });

  test('it gives it within seconds: one record, one SMS for each', async () => {
    const placed = await dial();
    await deliverAndWork();
    world.graph.faults.clear(fault);
    await world.pass(9_000);
    expect(await calls()).toEqual([
      expect.objectContaining({
        source: 'event',
        chat: { chatId: placed.chatId, messageId: placed.messageId },
        event: { eventId: placed.eventId, policyName: 'Global' },
      }),
    ]);
    both([expect.stringContaining('Building 34')]);
  });

  test('the chat is read back first: nobody is told of a message without details', async () => {
    await dial();
    await deliverAndWork();
    await reconcileChats(world.services);
    await world.pass(60_000);
    expect(await calls()).toHaveLength(1);
    both([expect.stringContaining('Building 34')]);
    const tomorrow = new Date(world.now().getTime() + 86_400_000);
    expect(await world.services.store.work.listDue(tomorrow, 100)).toEqual([]);
  });

  test('people were told of it without details: what is read later has its place in that record alone', async () => {
    const { messageId } = await dial();
    await deliverAndWork();
    await world.pass(12_000);
    both([expect.stringContaining('Building 34'), expect.stringMatching(/details not yet available/i)]);
    // Read back while the work that waits for the message knows nothing of it.
    await reconcileChats(world.services);
    world.graph.faults.clear(fault);
    await world.pass(120_000);
    const told = (await calls()).filter(({ chat }) => chat?.messageId === messageId);
    expect(told).toEqual([expect.objectContaining({ source: 'chat', content: 'read', event: null })]);
  });
});

test('the storage is down: people are told of an event from memory, with its details, and it is recorded later', async () => {
  await begin();
  const AlertStorage = world.env.AlertStorage.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
  const services = await world.start(undefined, { ...world.env, AlertStorage });
  await dial({ sources: ['event'] });
  await expect(ingestNotifications(services, world.hub)).rejects.toThrow('could not be kept');
  both([expect.stringMatching(/911.*\+14255550123.*Building 34/)]);
  await deliverAndWork();
  expect(await calls()).toHaveLength(1);
});

describe('chat messages that come encrypted', () => {
  beforeEach(() => begin({ CHAT_RESOURCE_DATA: 'encrypted' }));

  test('are told though Graph gives nothing', async () => {
    world.graph.faults.add({ operation: 'chats', effect: { kind: 'status', status: 503 } });
    await dial({ sources: ['chat'] });
    await deliverAndWork();
    both([expect.stringMatching(/911.*Building 34/)]);
  });

  test.each([
    [
      'cannot be decrypted',
      (item: Record<string, unknown>) => ({ encryptedContent: { ...(item.encryptedContent as object), data: 'AAAA' } }),
    ],
    ['do not carry our secret', () => ({ clientState: 'guessed' })],
  ])('and %s are fetched: Graph decides', async (_, changes) => {
    await dial({ sources: ['chat'] });
    tamper((notification) => Object.assign(notification, changes(notification)));
    await deliverAndWork();
    both([expect.stringMatching(/911.*Building 34/)]);
    expect(await calls()).toHaveLength(1);
  });
});

test('no line of the log names a person, a number, a place or an event', async () => {
  await begin();
  await dial();
  tamper((notification) => {
    notification.clientState = 'guessed';
  });
  await deliverAndWork();
  const lines = world.log.map((line) => JSON.stringify(line)).join('\n');
  expect(lines).not.toMatch(/alex|wilber|\+1425|building|room|contoso|eyJ/i);
});
