import twilio from 'twilio';
import { startTwilio, type Twilio } from '../../local/twilio/server.ts';

const ACCOUNT_SID = `AC${'0a'.repeat(16)}`;
const AUTH_TOKEN = 'the-token-of-a-test';
const SERVICE_SID = `MG${'0c'.repeat(16)}`;
const NUMBERS = ['+14255550100', '+14255550101'];

let look: Twilio;
beforeEach(async () => {
  look = await startTwilio({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    numbers: NUMBERS,
    messagingServices: [SERVICE_SID],
  });
});
afterEach(() => look.close());

/** The official client; the hosts of its requests are one here. */
function client(password = AUTH_TOKEN) {
  const inner = new twilio.RequestClient();
  const httpClient = Object.create(inner) as InstanceType<typeof twilio.RequestClient>;
  httpClient.request = (options) =>
    inner.request({ ...options, uri: options.uri.replace(/^https:\/\/\w+\.twilio\.com/, look.baseUrl) });
  return twilio(ACCOUNT_SID, password, { httpClient });
}

test("the account, its numbers and their registration read as Twilio's client expects them", async () => {
  const { api, balance, incomingPhoneNumbers, messaging } = client();
  expect(await api.v2010.accounts(ACCOUNT_SID).fetch()).toMatchObject({
    sid: ACCOUNT_SID,
    status: 'active',
    type: 'Full',
  });
  expect(await balance.fetch()).toMatchObject({ balance: '54.20', currency: 'USD' });
  const [number, ...others] = await incomingPhoneNumbers.list({ phoneNumber: '+14255550101' });
  expect(others).toEqual([]);
  expect(number).toMatchObject({ phoneNumber: '+14255550101', capabilities: { sms: true, voice: true } });
  expect((await messaging.v1.services.list()).map(({ sid }) => sid)).toEqual([SERVICE_SID]);
  const service = messaging.v1.services(SERVICE_SID);
  expect((await service.phoneNumbers.list()).map(({ sid, phoneNumber }) => [sid, phoneNumber])).toContainEqual([
    number?.sid,
    '+14255550101',
  ]);
  expect((await service.usAppToPerson.list()).map(({ campaignStatus }) => campaignStatus)).toEqual(['VERIFIED']);
  const verifications = await messaging.v1.tollfreeVerifications.list({ tollfreePhoneNumberSid: number?.sid ?? '' });
  expect(verifications.map(({ status }) => status)).toEqual(['TWILIO_APPROVED']);
  expect(look.refusals()).toEqual([]);
});

test.each<[string, (from: ReturnType<typeof client>) => Promise<unknown>, number, number]>([
  ['a service that is not there', ({ messaging }) => messaging.v1.services(`MG${'f'.repeat(32)}`).fetch(), 404, 20404],
  [
    'the pool of such a service',
    ({ messaging }) => messaging.v1.services(`MG${'f'.repeat(32)}`).phoneNumbers.list(),
    404,
    20404,
  ],
  ['another account', ({ api }) => api.v2010.accounts(`AC${'f'.repeat(32)}`).fetch(), 401, 20003],
  ['the balance of a subaccount', ({ balance }) => balance.fetch(), 404, 20404],
  [
    'a filter that is not known here',
    ({ incomingPhoneNumbers }) => incomingPhoneNumbers.list({ friendlyName: 'x' }),
    400,
    20001,
  ],
])('%s is refused', async (_, ask, status, code) => {
  look.setProfile({ balance: null });
  await expect(ask(client())).rejects.toMatchObject({ status, code });
});

test('without the right token nothing of it is shown', async () => {
  await expect(client('wrong').balance.fetch()).rejects.toMatchObject({ status: 401, code: 20003 });
});
