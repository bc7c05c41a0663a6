import type { CallBehaviour } from '../../local/twilio/calls/callPhone.ts';
import { createVoiceChannel } from '../../shared/messaging/voice/voiceChannel.ts';
import { pollCalls } from '../../shared/pipeline/pollCalls.ts';
import { reachable } from '../harness/twilioRequest.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

const [ADELE, MEGAN] = TEAM;

let world: World;
/** Outbound only: Twilio has no address of ours. */
beforeAll(async () => {
  world = await startWorld();
  await world.openChat();
  const services = reachable(world.services, null);
  if (!services.settings.twilio) throw new Error('Twilio is not set up');
  const voice = createVoiceChannel(services.settings.twilio);
  world.services = {
    ...services,
    channels: { ...services.channels, voice },
    waysOf: ({ phone }) => [{ channel: 'voice', to: phone }],
  };
});
afterAll(() => world?.stop());
afterEach(() => world.twilio.faults.clear());

/** Somebody dials 911, the team is called, and these calls are over; nobody has told us. */
async function dial(behaviour: CallBehaviour): Promise<string> {
  world.twilio.setPhone(ADELE, behaviour);
  const before = new Set(world.twilio.calls().map(({ sid }) => sid));
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  for (const to of [ADELE, MEGAN]) {
    await world.twilio.waitForCall((call) => !before.has(call.sid) && call.to === to && call.endedAt !== null, 3_000);
  }
  const [call] = await world.services.store.calls.listNewest(1);
  return call?.id ?? '';
}

const deliveryOf = async (callId: string, number: string) =>
  (await world.services.store.deliveries.listOfCall(callId)).find(({ value }) => value.to === number)?.value;

test.each<[CallBehaviour, string, string]>([
  [{ takes: 'answered', by: 'human' }, 'accepted', 'completed'],
  [{ takes: 'answered', by: 'machine' }, 'failed', 'no-person'],
  [{ takes: 'answered', by: 'human', hangsUpAfterSeconds: 2 }, 'failed', 'unheard'],
  [{ takes: 'busy' }, 'failed', 'busy'],
  [{ takes: 'noAnswer' }, 'failed', 'no-answer'],
])('%j: is %s as %s once Twilio is asked', async (behaviour, state, status) => {
  const callId = await dial(behaviour);
  expect(await deliveryOf(callId, ADELE)).toMatchObject({
    state: 'accepted',
    providerMessages: [{ status: 'queued' }],
  });
  await pollCalls(world.services);
  expect(await deliveryOf(callId, ADELE)).toMatchObject({ state, providerMessages: [{ status }] });
  expect(await deliveryOf(callId, MEGAN)).toMatchObject({
    state: 'accepted',
    providerMessages: [{ status: 'completed' }],
  });
});

test('what is known is not asked for again; with an address of ours, Twilio is left the time to tell', async () => {
  await dial({ takes: 'answered', by: 'human' });
  const asked = () =>
    world.twilio.requests().filter(({ method, path }) => method === 'GET' && path.includes('/Calls/'));
  const before = asked().length;
  await pollCalls(reachable(world.services));
  expect(asked()).toHaveLength(before);
  await pollCalls(world.services);
  await pollCalls(world.services);
  expect(asked()).toHaveLength(before + 2);
});

test('one that cannot be asked for is reported, and the others are noted', async () => {
  const callId = await dial({ takes: 'busy' });
  world.twilio.faults.set({ kind: 'status', status: 503, on: 'every', times: 1 });
  await expect(pollCalls(world.services)).rejects.toThrow('What became of calls could not be read');
  const states = [await deliveryOf(callId, ADELE), await deliveryOf(callId, MEGAN)].map(
    (one) => one?.providerMessages[0]?.status,
  );
  expect(states.filter((status) => status === 'queued')).toHaveLength(1);
  await pollCalls(world.services);
  expect(await deliveryOf(callId, ADELE)).toMatchObject({ state: 'failed' });
});
