import { randomUUID } from 'node:crypto';
import type { Attestation } from '../tenant/audit/attestation.ts';
import { createJsonTable, type JsonTable, quoted } from './jsonTable.ts';
import { backwards } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** What was said of rules that no export decides, beside the tenant's configuration. Only ever added, so that none is lost. */
export interface AttestationStore {
  add(attestation: Attestation): Promise<void>;
  /** All there are, the last recorded first. */
  list(): Promise<Attestation[]>;
}

const PARTITION = 'attestation';

export function createAttestationStore(clients: StorageClients): AttestationStore {
  const table: JsonTable<Attestation> = createJsonTable(clients.table('TenantConfig'), 1);
  return {
    async add(attestation) {
      await table.insert(PARTITION, `${backwards(new Date(attestation.recordedAt))}-${randomUUID()}`, attestation);
    },
    async list() {
      return (await table.list(`PartitionKey eq ${quoted(PARTITION)}`)).map(({ value }) => value);
    },
  };
}
