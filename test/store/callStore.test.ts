import { TableClient } from '@azure/data-tables';
import { absorb } from '../../shared/emergency/callLife.ts';
import { createCallStore } from '../../shared/store/callStore.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { takeProductStorage } from '../harness/storage.ts';

/** A row as version 0.1.0 wrote it, when chats were the only source. */
const VERSION_1 = {
  id: '8227475199999-0123456789abcdef',
  code: '7KF',
  source: 'chat',
  chatId: '19:a@thread.v2',
  messageId: '1772524800000',
  isTest: false,
  content: 'read',
  facts: {
    ...{ emergencyNumberDialed: '911', callerDisplayName: 'Alex Wilber', callerUserId: null, callerUpn: null },
    ...{ callbackNumber: '+14255550123', location: 'Building 34', coordinates: null },
  },
  factsVersion: 1,
  changedFacts: [],
  recipients: [{ id: 'adele', phone: '+14255550111' }],
  contentModifiedAt: null,
  confidence: 'certain',
  reasons: [],
  occurredAt: '2026-03-03T08:00:00.000Z',
  hubEnqueuedAt: null,
  receivedAt: '2026-03-03T08:00:01.000Z',
  recordedAt: '2026-03-03T08:00:01.000Z',
  firstToldAt: null,
  late: false,
};

const NOBODY_KNOWS = {
  escalation: null,
  response: {
    ...{ state: 'open', holder: null, answeredBy: null, since: null, firstAcknowledgedAt: null, resolvedAs: null },
    ...{ run: 0, version: 0 },
  },
};

const NOT_LOCATED = {
  ...{ whereabouts: 'unknown', site: null, sitePattern: null, isAddressOpen: false },
  locatedAt: VERSION_1.recordedAt,
};

test('a call that version 1 recorded is read, and written again as this version writes it', async () => {
  const connectionString = await takeProductStorage();
  const table = TableClient.fromConnectionString(connectionString, 'EmergencyCalls', { allowInsecureConnection: true });
  const json = JSON.stringify(VERSION_1);
  await table.createEntity({ partitionKey: '8227', rowKey: VERSION_1.id, schemaVersion: 1, json });
  const calls = createCallStore(await createStorageClients({ connectionString }));

  const { chatId, messageId, ...rest } = VERSION_1;
  const call = {
    ...rest,
    chat: { chatId, messageId },
    ...{ event: null, endedAt: null, alsoAt: null, ...NOBODY_KNOWS, ...NOT_LOCATED },
  };
  expect((await calls.get(VERSION_1.id))?.value).toEqual(call);
  expect(await calls.listNewest(1)).toEqual([call]);

  await calls.update(VERSION_1.id, (known) => absorb(known, { ...known, endedAt: '2026-03-03T08:05:00.000Z' }));
  expect((await table.getEntity('8227', VERSION_1.id)).schemaVersion).toBe(4);
  expect((await calls.get(VERSION_1.id))?.value).toEqual({ ...call, endedAt: '2026-03-03T08:05:00.000Z' });
});

test('a call of version 2, which nobody could answer, is open', async () => {
  const connectionString = await takeProductStorage();
  const table = TableClient.fromConnectionString(connectionString, 'EmergencyCalls', { allowInsecureConnection: true });
  const { chatId, messageId, ...rest } = VERSION_1;
  const event = { eventId: 'e1', policyName: 'Global' };
  const call = { ...rest, chat: { chatId, messageId }, event, endedAt: null, alsoAt: 'Lobby' };
  await table.createEntity({
    ...{ partitionKey: '8227', rowKey: VERSION_1.id, schemaVersion: 2, json: JSON.stringify(call) },
  });
  const calls = createCallStore(await createStorageClients({ connectionString }));
  expect((await calls.get(VERSION_1.id))?.value).toEqual({ ...call, ...NOBODY_KNOWS, ...NOT_LOCATED });
});

test('a call of version 3, before there were sites, is at no known place, and keeps who has it', async () => {
  const connectionString = await takeProductStorage();
  const table = TableClient.fromConnectionString(connectionString, 'EmergencyCalls', { allowInsecureConnection: true });
  const { chatId, messageId, ...rest } = VERSION_1;
  const answered = { ...NOBODY_KNOWS.response, state: 'acknowledged', holder: 'adele', run: 1, version: 2 };
  const call = {
    ...{ ...rest, chat: { chatId, messageId }, event: null, endedAt: null, alsoAt: null },
    ...{ escalation: null, response: answered },
  };
  const rowOf = (rowKey: string, value: object) => ({
    ...{ partitionKey: '8227', rowKey, schemaVersion: 3, json: JSON.stringify({ ...value, id: rowKey }) },
  });
  // A process of before writes what it does not know as it found it, under its own version.
  const found = { whereabouts: 'offSite', locatedAt: '2026-03-03T08:01:00.000Z', isAddressOpen: true };
  await table.createEntity(rowOf('8227475199999-a', call));
  await table.createEntity(rowOf('8227475199999-b', { ...call, ...NOT_LOCATED, ...found }));
  const calls = createCallStore(await createStorageClients({ connectionString }));
  expect((await calls.get('8227475199999-a'))?.value).toEqual({ ...call, ...NOT_LOCATED, id: '8227475199999-a' });
  expect((await calls.get('8227475199999-b'))?.value).toMatchObject({ ...found, site: null, response: answered });
});
