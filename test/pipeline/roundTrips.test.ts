import { QueueClient } from '@azure/storage-queue';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { notifyOnCall } from '../../shared/pipeline/notifyOnCall.ts';
import { longestSequence, startRecordingProxy } from '../harness/recordingProxy.ts';
import { dials911, startWorld, TEAM } from '../harness/world.ts';

test.each([
  ['a chat message', ['chat'] as const, false, 6],
  ['a chat message where events are subscribed to as well', ['chat'] as const, true, 8],
  ['an event', ['event'] as const, true, 8],
])('%s: few storage requests follow one another between the hub and the request to Twilio', async (...parameters) => {
  const [, sources, events, most] = parameters;
  const world = await startWorld({}, { events });
  const proxy = await startRecordingProxy(world.env.AlertStorage, 100);
  try {
    const services = await world.start(undefined, { ...world.env, AlertStorage: proxy.connectionString });
    await services.signIn?.getAccessToken();
    // What is loaded and asked once for a process is no part of a call.
    await world.graph.emergency.placeEmergencyCall({ ...dials911, caller: 'adele@contoso.com' });
    await ingestNotifications(services, world.hub.splice(0));
    await new QueueClient(proxy.connectionString, 'alert-work').clearMessages();
    await world.graph.emergency.placeEmergencyCall({ ...dials911, sources: [...sources] });
    proxy.requests.splice(0);

    await ingestNotifications(services, world.hub);
    const queue = new QueueClient(proxy.connectionString, 'alert-work');
    const { receivedMessageItems } = await queue.receiveMessages();
    const [message] = receivedMessageItems;
    const twilioAsked: number[] = [];
    const channel = services.channels.sms;
    if (!channel || !message) throw new Error('There is no channel, or no message in the queue');
    services.channels.sms = {
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
    if (sequence.length > most) throw new Error(`In sequence: ${sequence.join(', ')}`);
  } finally {
    await proxy.close();
    await world.stop();
  }
});
