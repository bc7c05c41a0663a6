import { QueueClient } from '@azure/storage-queue';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { notifyOnCall } from '../../shared/pipeline/notifyOnCall.ts';
import { longestSequence, startRecordingProxy } from '../harness/recordingProxy.ts';
import { dials911, startWorld, TEAM } from '../harness/world.ts';

test('at most five storage requests follow one another between the hub and the request to Twilio', async () => {
  const world = await startWorld();
  const proxy = await startRecordingProxy(world.env.AlertStorage, 25);
  try {
    const services = await world.start(undefined, { ...world.env, AlertStorage: proxy.connectionString });
    await services.signIn?.getAccessToken();
    await world.graph.emergency.placeEmergencyCall(dials911);
    proxy.requests.splice(0);

    await ingestNotifications(services, world.hub);
    const queue = new QueueClient(proxy.connectionString, 'alert-work');
    const { receivedMessageItems } = await queue.receiveMessages();
    const [message] = receivedMessageItems;
    const twilioAsked: number[] = [];
    const { channel } = services;
    if (!channel || !message) throw new Error('There is no channel, or no message in the queue');
    services.channel = {
      ...channel,
      send: (outgoing) => {
        twilioAsked.push(performance.now());
        return channel.send(outgoing);
      },
    };
    await notifyOnCall(services, JSON.parse(message.messageText));

    expect(world.inbox(TEAM[0])).toHaveLength(1);
    const [firstAsked = 0] = twilioAsked;
    // What ingest keeps after the wake-up delays nobody: the notifier is at work by then.
    const woken = proxy.requests.find(({ what }) => what.startsWith('POST') && what.endsWith('/alert-work/messages'));
    const dequeued = proxy.requests.find(({ what }) => what.startsWith('GET') && what.endsWith('/alert-work/messages'));
    if (!woken || !dequeued) throw new Error('The notifier was not woken through the queue');
    const before = proxy.requests.filter((request) => request.ended <= woken.ended);
    const after = proxy.requests.filter((request) => request.began >= dequeued.began && request.ended <= firstAsked);
    const sequence = [...longestSequence(before), ...longestSequence(after)].map(({ what }) => what);
    expect(sequence.length).toBeGreaterThanOrEqual(4);
    expect(sequence.length).toBeLessThanOrEqual(5);
  } finally {
    await proxy.close();
    await world.stop();
  }
});
