import { TableClient } from '@azure/data-tables';
import { type AttestationStore, createAttestationStore } from '../../shared/store/attestationStore.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { createTenantStore } from '../../shared/store/tenantStore.ts';
import type { Attestation } from '../../shared/tenant/audit/attestation.ts';
import { takeProductStorage } from '../harness/storage.ts';
import { tenant } from '../tenant/tenants.ts';

/** As version 0.1.0 wrote it. */
const VERSION_1: Attestation = {
  ...{ ruleId: 'NET-40', name: 'Megan Bowen', at: '2026-03-14T00:00:00.000Z', note: null },
  ...{ recordedBy: 'megan', recordedAt: '2026-03-14T08:00:00.000Z' },
};

let connectionString: string;
let store: AttestationStore;
beforeEach(async () => {
  connectionString = await takeProductStorage();
  store = createAttestationStore(await createStorageClients({ connectionString }));
});

test('a row of version 1 is read', async () => {
  const table = TableClient.fromConnectionString(connectionString, 'TenantConfig', { allowInsecureConnection: true });
  const json = JSON.stringify(VERSION_1);
  await table.createEntity({ partitionKey: 'attestation', rowKey: '8226539199999-a', schemaVersion: 1, json });
  expect(await store.list()).toEqual([VERSION_1]);
});

test('an answer takes the place of none: all stay, the last recorded first', async () => {
  const later = { ...VERSION_1, recordedAt: '2026-03-15T08:00:00.000Z', name: 'Alex Wilber' };
  await store.add(VERSION_1);
  await store.add(later);
  await store.add(later);
  expect(await store.list()).toEqual([later, later, VERSION_1]);
});

test('answers and versions of the configuration in one table do not disturb each other', async () => {
  await store.add(VERSION_1);
  const versions = createTenantStore(await createStorageClients({ connectionString }));
  for (let n = 0; n < 12; n += 1) {
    const importedAt = new Date(Date.UTC(2026, 2, 14, n)).toISOString();
    await versions.insert(n, tenant(), { importedAt, importedBy: null });
  }
  expect(await store.list()).toEqual([VERSION_1]);
  expect(await versions.list(20)).toHaveLength(10);
});
