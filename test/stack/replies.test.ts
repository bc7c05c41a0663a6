import { setTimeout as sleep } from 'node:timers/promises';
import { placeCall } from '../../local/control.ts';
import type { Stack } from '../../local/stack.ts';
import type { EmergencyCall } from '../../shared/emergency/emergencyCall.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { startTestStack } from '../harness/testStack.ts';
import { TEAM } from '../harness/world.ts';

const [ADELE, MEGAN] = TEAM;

let stack: Stack;
let services: Services;
beforeAll(async () => {
  ({ stack, services } = await startTestStack());
}, 60_000);
afterAll(() => stack?.stop());

const number = () => stack.settings.TWILIO_FROM ?? '';
const inbox = (phone: string) => stack.twilio?.phone(phone).map(({ body }) => body) ?? [];

async function callAt(place: string): Promise<EmergencyCall | undefined> {
  return (await services.store.calls.listNewest(10)).find(({ facts }) => facts.location?.includes(place));
}

test('a phone rings, its answer reaches the record, and the other phone hears of it', async () => {
  const place = 'Building 34, Room 2210';
  await placeCall(stack, { number: '911', caller: 'alex@contoso.com', place, sources: ['event'] });
  await until(() => [ADELE, MEGAN].every((phone) => inbox(phone).length === 1));
  const { webhookStatus } = (await stack.twilio?.reply(ADELE, number(), '1')) ?? {};
  expect(webhookStatus).toBe(200);
  const call = await callAt(place);
  expect(call?.response).toMatchObject({ state: 'acknowledged', holder: 'adele' });
  await until(() => [ADELE, MEGAN].every((phone) => inbox(phone).length === 2));
  expect(inbox(ADELE)[1]).toContain(`You have call ${call?.code}`);
  expect(inbox(MEGAN)[1]).toContain('Adele Vance has it');
});

test('Twilio reports what became of the messages to the address that it was given with them', async () => {
  const call = await callAt('Building 34');
  await until(async () => {
    const rows = await services.store.deliveries.listOfCall(call?.id ?? '');
    return rows.every(({ value }) => value.providerMessages.every(({ status }) => status === 'delivered'));
  });
  const timeline = await services.store.timeline.listOfCall(call?.id ?? '');
  const delivered = timeline.filter(({ kind }) => kind === 'message.delivered');
  expect(delivered.map(({ detail }) => detail.recipientId)).toEqual(expect.arrayContaining(['adele', 'megan']));
  expect(stack.twilio?.callbacks().map(({ httpStatus }) => httpStatus)).not.toContain(403);
});

test('a stranger reaches no record, and hears nothing', async () => {
  const { webhookStatus } = (await stack.twilio?.reply('+14255550198', number(), '3')) ?? {};
  expect(webhookStatus).toBe(200);
  expect((await callAt('Building 34'))?.response.state).toBe('acknowledged');
  expect(inbox('+14255550198')).toEqual([]);
});

test.each(['twilio/status', 'twilio/messages'])('%s is shut to everybody else', async (path) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'x' };
  const answer = await fetch(`${stack.frontDoor.url}/api/${path}`, { method: 'POST', headers, body: 'Body=1' });
  expect([answer.status, await answer.text()]).toEqual([403, 'signature']);
  const unsigned = await fetch(`${stack.frontDoor.url}/api/${path}`, { method: 'POST', body: '{}' });
  expect(unsigned.status).toBe(415);
  expect((await fetch(`${stack.frontDoor.url}/api/${path}`)).status).toBe(404);
});

test('nothing failed, and the look-alike of Twilio refused nothing', () => {
  expect(Object.values(stack.host.invocations()).filter(({ failed }) => failed > 0)).toEqual([]);
  expect(stack.twilio?.refusals()).toEqual([]);
});

/** A busy machine takes its time; what is wrong ends with the limit of the test. */
async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isDone())) await sleep(50);
}
