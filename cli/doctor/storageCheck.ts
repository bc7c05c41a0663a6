import type { TableClient } from '@azure/data-tables';
import type { QueueClient } from '@azure/storage-queue';
import { errorCodeOf } from '../../shared/errors.ts';
import layout from '../../shared/store/layout.json' with { type: 'json' };
import { withinStorageTimeout } from '../../shared/store/storageClients.ts';
import { type Check, type DoctorContext, type DoctorFinding, SEE_SETTINGS } from './check.ts';

/** What came of one table or queue: `ok`, or how it failed. */
interface Probed {
  name: string;
  outcome: 'ok' | 'missing' | 'denied' | 'failed';
  code: string;
}

/** Nothing has these names, so that to remove it changes nothing, and shows whether one may write. */
const NOTHING = { partitionKey: 'doctor', rowKey: 'nothing' };
const NO_MESSAGE = { id: '00000000-0000-0000-0000-000000000000', popReceipt: 'AgAAAAMAAAAAAAAA' };

/** Whether every table and queue of the layout is there, and can be read and written by whoever asks. */
export const storageCheck: Check = {
  part: 'storage',
  async look(context) {
    if (!context.services) return SEE_SETTINGS;
    const { clients } = context.services.store;
    const probed = await Promise.all([
      ...layout.tables.map((name) => probe(`table ${name}`, () => useTable(clients.table(name)))),
      ...layout.queues.map((name) => probe(`queue ${name}`, () => useQueue(clients.queue(name)))),
    ]);
    const good = probed.filter(({ outcome }) => outcome === 'ok');
    const all = `${layout.tables.length} tables and ${layout.queues.length} queues`;
    return {
      detail: good.length === probed.length ? `${all} can be read and written` : `${good.length} of ${all} well`,
      findings: (['missing', 'denied', 'failed'] as const).map((outcome) =>
        findingOf(
          outcome,
          probed.filter((one) => one.outcome === outcome),
          context,
        ),
      ),
    };
  },
};

async function useTable(table: TableClient): Promise<void> {
  const filter = `PartitionKey eq '${NOTHING.partitionKey}'`;
  await table
    .listEntities({ queryOptions: { filter }, ...withinStorageTimeout() })
    .byPage({ maxPageSize: 1 })
    .next();
  await unlessThere(table.deleteEntity(NOTHING.partitionKey, NOTHING.rowKey, withinStorageTimeout()));
}

async function useQueue(queue: QueueClient): Promise<void> {
  await queue.peekMessages({ numberOfMessages: 1, ...withinStorageTimeout() });
  await unlessThere(queue.deleteMessage(NO_MESSAGE.id, NO_MESSAGE.popReceipt, withinStorageTimeout()));
}

/** Whoever may not write is told 403 first; 404, or 400 for the pop receipt, is the word that there is nothing. */
async function unlessThere(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (caught) {
    const { statusCode } = caught as { statusCode?: unknown };
    if (statusCode !== 404 && statusCode !== 400) throw caught;
  }
}

async function probe(name: string, use: () => Promise<void>): Promise<Probed> {
  try {
    await use();
    return { name, outcome: 'ok', code: '' };
  } catch (caught) {
    const { statusCode } = caught as { statusCode?: unknown };
    const outcome = statusCode === 404 ? 'missing' : statusCode === 401 || statusCode === 403 ? 'denied' : 'failed';
    return { name, outcome, code: errorCodeOf(caught) };
  }
}

function findingOf(
  outcome: Exclude<Probed['outcome'], 'ok'>,
  probed: readonly Probed[],
  { isApp, deployment, reading }: DoctorContext,
): DoctorFinding | null {
  if (probed.length === 0) return null;
  const { storage } = reading.settings;
  // Whoever has the app's own key asks as the app does.
  const isOwn = isApp || (storage !== null && 'connectionString' in storage);
  const names = probed.map(({ name }) => name).join(', ');
  const codes = [...new Set(probed.map(({ code }) => code))].join(', ');
  const why = 'Without it calls are texted from memory only: no escalation, no record, and no way to look.';
  switch (outcome) {
    case 'missing':
      return {
        id: 'storageMissing',
        severity: 'critical',
        what: `The storage has no ${names}.`,
        why,
        todo: deployment
          ? 'Make them anew: azd provision.'
          : 'Start the stack anew: npm start. In Azure: azd provision.',
      };
    case 'denied':
      return {
        id: 'storageDenied',
        severity: isOwn ? 'critical' : 'warning',
        what: `The storage refuses ${isOwn ? 'the app' : 'you'} (${codes}): ${names}.`,
        why: isOwn
          ? why
          : 'The commands cannot look at what is recorded. Whether the function app can is told of "Azure roles".',
        todo: 'Roles Storage Table Data Contributor and Storage Queue Data Contributor on the account; and its firewall.',
      };
    case 'failed':
      return {
        id: 'storageFailed',
        severity: 'critical',
        what: `The storage does not answer (${codes}): ${names}.`,
        why,
        todo: 'Azure portal, the storage account of AlertStorage: health and firewall. On this machine: npm start.',
      };
  }
}
