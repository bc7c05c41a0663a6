import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';

/** The keys of all that lies in the tables where a stranger could leave something, by table. */
export async function storedRows(connectionString: string): Promise<Record<string, string[]>> {
  const tables = ['EmergencyCalls', 'Work', 'DeadLetters', 'ChatMessages', 'Timeline'];
  const rows = await Promise.all(tables.map(async (name) => [name, await rowKeys(connectionString, name)] as const));
  return Object.fromEntries(rows);
}

async function rowKeys(connectionString: string, table: string): Promise<string[]> {
  const client = TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true });
  const keys: string[] = [];
  for await (const { rowKey } of client.listEntities()) keys.push(String(rowKey));
  return keys;
}

/** What the messages to the notifier say, without taking them. */
export async function queuedMessages(connectionString: string): Promise<unknown[]> {
  const { peekedMessageItems } = await new QueueClient(connectionString, 'alert-work').peekMessages({
    numberOfMessages: 32,
  });
  return peekedMessageItems.map(({ messageText }) => JSON.parse(messageText));
}
