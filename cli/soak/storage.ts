import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import layout from '../../shared/store/layout.json' with { type: 'json' };

/** What a round leaves behind; sign-in and subscriptions stay. */
const OF_A_ROUND = ['EmergencyCalls', 'Work', 'Timeline', 'ChatMessages', 'DeadLetters'];

/** Makes the product's tables and queues in an account of Azurite. */
export async function createTablesAndQueues(connectionString: string): Promise<void> {
  await Promise.all([
    ...layout.tables.map((name) => tableClient(connectionString, name).createTable()),
    ...layout.queues.map((name) => new QueueClient(connectionString, name).createIfNotExists()),
  ]);
}

/** Azurite looks through every row of a table for each that it writes, and keeps them in memory: each round begins with none. */
export async function emptyTables(connectionString: string): Promise<void> {
  await Promise.all(OF_A_ROUND.map((name) => recreate(tableClient(connectionString, name))));
}

async function recreate(table: TableClient): Promise<void> {
  await table.deleteTable();
  await table.createTable();
}

function tableClient(connectionString: string, name: string): TableClient {
  return TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
}
