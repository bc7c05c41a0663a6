import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { dials911, startWorld, TEAM, type World } from '../harness/world.ts';

let world: World;
/** Takes connections and never answers. */
let silent: Server;
let open: Socket[];
beforeEach(async () => {
  world = await startWorld();
  await world.openChat();
  open = [];
  silent = createServer((socket) => open.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await world.stop();
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

/** Another process whose storage is at a port where nobody answers; it is signed in already. */
async function withStorageAt(port: number): Promise<Services> {
  const AlertStorage = world.env.AlertStorage.replace(/127\.0\.0\.1:\d+/g, `127.0.0.1:${port}`);
  const services = await world.start(undefined, { ...world.env, AlertStorage });
  return { ...services, chats: world.services.chats };
}

test('storage refuses: people are told at once from memory, ingest throws, and the call is recorded later', async () => {
  const services = await withStorageAt(1);
  await world.graph.emergency.placeEmergencyCall(dials911);
  await expect(ingestNotifications(services, world.hub)).rejects.toThrow('could not be kept');
  for (const phone of TEAM) {
    expect(world.inbox(phone)).toEqual([expect.stringMatching(/911.*\+14255550123.*Building 34, Room 2210/)]);
  }

  await world.deliver();
  await world.work();
  expect(await world.services.store.calls.listNewest(2)).toHaveLength(1);
});

test('the event comes again and again meanwhile: each is told once', async () => {
  const services = await withStorageAt(1);
  await world.graph.emergency.placeEmergencyCall(dials911);
  for (let i = 0; i < 3; i += 1) await expect(ingestNotifications(services, world.hub)).rejects.toThrow();
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
});

test('whoever could not be reached is tried again with the next delivery, the others are not', async () => {
  const services = await withStorageAt(1);
  world.twilio.faults.set({ kind: 'status', status: 503, times: 1 });
  await world.graph.emergency.placeEmergencyCall(dials911);
  await expect(ingestNotifications(services, world.hub)).rejects.toThrow();
  await expect(ingestNotifications(services, world.hub)).rejects.toThrow();
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
});

test('storage hangs: people are told after three seconds, before ingest gives up', async () => {
  const services = await withStorageAt((silent.address() as AddressInfo).port);
  await world.graph.emergency.placeEmergencyCall(dials911);
  const began = performance.now();
  const ingest = expect(ingestNotifications(services, world.hub)).rejects.toThrow('could not be kept');
  await world.twilio.waitForMessage(({ to }) => to === TEAM[0], 10_000);
  expect(performance.now() - began).toBeGreaterThanOrEqual(2_400);
  await ingest;
  for (const phone of TEAM) expect(world.inbox(phone)).toHaveLength(1);
}, 30_000);

test('an ordinary message is told to nobody, storage or not', async () => {
  const services = await withStorageAt(1);
  const { chatId } = await world.graph.emergency.placeEmergencyCall({ ...dials911, announce: false });
  await world.graph.chats.postMessage(chatId, { from: dials911.caller, content: 'Lunch?' });
  await expect(ingestNotifications(services, world.hub)).rejects.toThrow();
  expect(world.inbox(TEAM[0])).toEqual([]);
});

test('Graph does not answer either: told that there is a message', async () => {
  const services = await withStorageAt(1);
  world.graph.faults.add({ operation: 'chats.getMessage', effect: { kind: 'status', status: 503 } });
  await world.graph.emergency.placeEmergencyCall(dials911);
  await expect(ingestNotifications(services, world.hub)).rejects.toThrow();
  expect(world.inbox(TEAM[0])).toEqual([expect.stringMatching(/details not yet available/i)]);
});

test('a storage that takes the call in time: nobody is told twice', async () => {
  await world.graph.emergency.placeEmergencyCall(dials911);
  await world.deliver();
  await world.work();
  expect(world.services.toldDirectly.size).toBe(0);
  expect(world.inbox(TEAM[0])).toHaveLength(1);
});
