import { startTwilio, type Twilio } from '../../local/twilio/server.ts';
import { createTwilioReader, type TwilioReader } from '../../shared/messaging/twilio/twilioReader.ts';
import type { TwilioSettings } from '../../shared/settings.ts';

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const SERVICE = `MG${'1'.repeat(32)}`;
const [OURS, OTHER, PHONE] = ['+14255550100', '+14255550101', '+14255550111'];
const BEGIN = new Date('2026-03-01T10:00:00Z');

let twilio: Twilio;
let now: Date;
beforeEach(async () => {
  now = BEGIN;
  const options = { accountSid: ACCOUNT, authToken: 'token', numbers: [OURS, OTHER], messagingServices: [SERVICE] };
  twilio = await startTwilio({ ...options, now: () => now, deliverAfterMs: 1 });
});
afterEach(() => twilio.close());

function reader(sender: TwilioSettings['sender'] = { kind: 'number', from: OURS }): Promise<TwilioReader> {
  const credentials = { kind: 'authToken', authToken: 'token' } as const;
  return createTwilioReader({ accountSid: ACCOUNT, credentials, sender, baseUrl: twilio.baseUrl });
}

async function write(count: number, to = OURS): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    now = new Date(now.getTime() + 1_000);
    await twilio.reply(PHONE, to, `${i}`);
  }
}

test('what came to our number since then, page by page, the oldest first', async () => {
  await write(3);
  const since = new Date(now.getTime() + 1_000);
  await write(450);
  await write(2, OTHER);
  const { messages, isComplete } = await (await reader()).readReceived(since);
  expect(isComplete).toBe(true);
  expect(messages.map(({ body }) => Number(body))).toEqual(Array.from({ length: 450 }, (_, i) => i));
  expect(messages[0]).toEqual({ messageSid: expect.any(String), from: PHONE, body: '0', receivedAt: since });
});

test('of a messaging service, what came to any of its numbers, and nothing that was sent', async () => {
  const service = await reader({ kind: 'messagingService', messagingServiceSid: SERVICE });
  await write(1);
  await write(1, OTHER);
  await fetch(`${twilio.baseUrl}/2010-04-01/Accounts/${ACCOUNT}/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${ACCOUNT}:token`).toString('base64')}` },
    body: new URLSearchParams({ To: PHONE, From: OURS, Body: 'EMERGENCY CALL' }),
  });
  expect(twilio.messages()).toHaveLength(3);
  const { messages } = await service.readReceived(BEGIN);
  expect(messages.map(({ body }) => body)).toEqual(['0', '0']);
});

test('more than a run reads: the newest, and it is said', async () => {
  await write(2_001);
  const { messages, isComplete } = await (await reader()).readReceived(BEGIN);
  expect([messages.length, isComplete]).toEqual([2_000, false]);
  expect(messages.at(-1)?.body).toBe('2000');
});

test('a message that Twilio does not know is none; a Twilio that refuses is a failure', async () => {
  const { readStatus, readReceived } = await reader();
  expect(await readStatus(`SM${'0'.repeat(32)}`)).toBeNull();
  twilio.faults.set({ kind: 'status', status: 401, on: 'every' });
  await expect(readStatus(`SM${'0'.repeat(32)}`)).rejects.toThrow('Twilio answered 401');
  await expect(readReceived(BEGIN)).rejects.toThrow('Twilio answered 401');
});
