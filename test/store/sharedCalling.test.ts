import { TableClient } from '@azure/data-tables';
import { noteCallbackNumber, predictCallbackNumber, predictCallbackOf } from '../../shared/pipeline/callbackNumbers.ts';
import { createSharedCallingStore } from '../../shared/store/sharedCallingStore.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { findCallerAccount } from '../../shared/tenant/callerAccount.ts';
import { createTenantIndex } from '../../shared/tenant/tenantIndex.ts';
import { takeProductStorage } from '../harness/storage.ts';
import { phoneNumber, sharedCallingPolicy, tenant, user } from '../tenant/tenants.ts';

const NUMBERS = Array.from({ length: 12 }, (_, i) => `+142555501${String(i + 10)}`);
const LIST = { emergencyNumbers: NUMBERS, resourceAccountNumber: '+14255550100' };
const now = () => new Date('2026-11-21T12:00:00.000Z');

let connectionString: string;
beforeEach(async () => {
  connectionString = await takeProductStorage();
});

/** As another instance of the app has it. */
async function instance() {
  return { sharedCalling: createSharedCallingStore(await createStorageClients({ connectionString })), now };
}

const rows = () => TableClient.fromConnectionString(connectionString, 'Claims', { allowInsecureConnection: true });

test('calls that come at once to several instances get different numbers', async () => {
  const instances = await Promise.all([instance(), instance(), instance()]);
  const assigned = await Promise.all(
    NUMBERS.map((_, i) => predictCallbackNumber(instances[i % 3] ?? instances[0], 'Seattle', LIST, `call ${i}`)),
  );
  expect(assigned.map(({ how }) => how)).toEqual(NUMBERS.map(() => 'free'));
  expect(assigned.map(({ number }) => number).toSorted()).toEqual(NUMBERS);
  const again = await predictCallbackNumber(await instance(), 'Seattle', LIST, 'call 3');
  expect(again).toEqual({ ...assigned[3], how: 'kept' });
  expect((await predictCallbackNumber(await instance(), 'Seattle', LIST, 'one more')).how).toBe('reused');
});

test('policies are apart, named in any case of letters', async () => {
  const context = await instance();
  const first = await predictCallbackNumber(context, 'Seattle', LIST, 'one');
  const other = await predictCallbackNumber(context, 'Oslo / Fjord', LIST, 'two');
  const second = await predictCallbackNumber(context, 'SEATTLE', LIST, 'three');
  expect([first.number, other.number, second.number]).toEqual([NUMBERS[0], NUMBERS[0], NUMBERS[1]]);
});

test('the number that the call named takes the place of the predicted one for every instance', async () => {
  await predictCallbackNumber(await instance(), 'Seattle', LIST, 'one');
  await noteCallbackNumber(await instance(), 'Seattle', NUMBERS[1] ?? '', 'one');
  const { number } = await predictCallbackNumber(await instance(), 'Seattle', LIST, 'two');
  expect(number).toBe(NUMBERS[0]);
  const stored = await (await instance()).sharedCalling.get('seattle');
  expect(stored?.value.disagreements).toEqual([
    { callId: 'one', predicted: NUMBERS[0], seen: NUMBERS[1], at: '2026-11-21T12:00:00.000Z' },
  ]);
});

test('nothing is stored where nothing is reserved', async () => {
  const context = await instance();
  const list = { emergencyNumbers: [], resourceAccountNumber: '+14255550100' };
  expect((await predictCallbackNumber(context, 'Seattle', list, 'one')).number).toBe('+14255550100');
  expect(await context.sharedCalling.get('Seattle')).toBeNull();
});

test('a caller gets a number of their own policy; who has one of their own gets none', async () => {
  const config = tenant({
    users: [
      user('alex', { lineUri: '+14255550101' }),
      user('adele', { policies: { teamsSharedCallingRoutingPolicy: 'Seattle' } }),
    ],
    phoneNumbers: [phoneNumber('+14255550101', { assignedPstnTargetId: 'alex' })],
    sharedCallingRoutingPolicies: [sharedCallingPolicy('Seattle', 'main-aa', ['tel:+14255550110'])],
  });
  const context = await instance();
  const predict = async (name: string) => {
    const account = findCallerAccount(createTenantIndex(config), `${name}@contoso.com`);
    return account && predictCallbackOf(context, account, `call of ${name}`);
  };
  expect(await predict('adele')).toEqual({
    policy: 'Seattle',
    number: '+14255550110',
    how: 'free',
    until: '2026-11-21T13:00:00.000Z',
    basis: 'predicted',
  });
  expect(await predict('alex')).toBeNull();
});

test('a row of version 1 of the schema is read', async () => {
  // As it is stored today: later code must still read it.
  await rows().createEntity({
    partitionKey: 'sharedCalling',
    rowKey: 'seattle',
    schemaVersion: 1,
    json: JSON.stringify({
      policy: 'seattle',
      reservations: [
        {
          number: '+14255550110',
          callId: 'one',
          reservedAt: '2026-11-21T11:30:00.000Z',
          until: '2026-11-21T12:30:00.000Z',
          basis: 'predicted',
        },
      ],
      disagreements: [{ callId: 'zero', predicted: null, seen: '+14255550111', at: '2026-11-21T10:00:00.000Z' }],
    }),
  });
  const context = await instance();
  const { number, how } = await predictCallbackNumber(context, 'Seattle', LIST, 'one');
  expect([number, how]).toEqual(['+14255550110', 'kept']);
  expect((await context.sharedCalling.get('Seattle'))?.value.disagreements[0]?.seen).toBe('+14255550111');
});
