import { setImmediate as turn } from 'node:timers/promises';
import { createGraphClient } from '../../shared/graph/graphClient.ts';
import { createTwilioChannel } from '../../shared/messaging/twilio/twilioChannel.ts';
import { loadInBackground } from '../../shared/pipeline/loadInBackground.ts';

/** What was tried, in order. */
const mockTried: string[] = [];
jest.mock('twilio/lib/base/BaseTwilio.js', () => {
  mockTried.push('twilio');
  throw new Error('A file is missing');
});
// The last one.
jest.mock('../../shared/graph/graphLibrary.ts', () => {
  mockTried.push('graph');
  throw new Error('A file is missing');
});

const stray: unknown[] = [];
const onStray = (reason: unknown) => stray.push(reason);
beforeAll(() => process.on('unhandledRejection', onStray));
afterAll(() => process.off('unhandledRejection', onStray));

test('what does not load in the background is no stray rejection, and what comes after it is loaded', async () => {
  loadInBackground();
  expect(mockTried).toEqual([]);
  while (!mockTried.includes('graph')) await turn();
  for (let i = 0; i < 10; i += 1) await turn();
  expect(mockTried).toEqual(['twilio', 'graph']);
  expect(stray).toEqual([]);
});

test('a message whose channel does not load has failed, and the next one tries again', async () => {
  const channel = createTwilioChannel({
    accountSid: `AC${'0'.repeat(32)}`,
    credentials: { kind: 'authToken', authToken: 'token' },
    sender: { kind: 'number', from: '+14255550100' },
    baseUrl: 'http://127.0.0.1:1',
  });
  const send = () => channel.send({ to: '+14255550111', body: 'EMERGENCY CALL' });
  const before = mockTried.length;
  expect(await send()).toMatchObject({ outcome: 'doubtful' });
  expect(await send()).toMatchObject({ outcome: 'doubtful' });
  expect(mockTried.slice(before)).toEqual(['twilio', 'twilio']);
});

test('where Graph’s client does not load there is no answer, so that the message is fetched again', async () => {
  const graph = createGraphClient({ graphBaseUrl: 'http://127.0.0.1:1' }, { getAccessToken: async () => 'token' });
  expect(await graph.request({ method: 'GET', path: '/me' })).toEqual({ outcome: 'notAnswered', code: 'network' });
});
