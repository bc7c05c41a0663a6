import type { TableClient } from '@azure/data-tables';
import type { QueueClient } from '@azure/storage-queue';
import { errorCodeOf } from '../../shared/errors.ts';
import layout from '../../shared/store/layout.json' with { type: 'json' };
import { withinStorageTimeout } from '../../shared/store/storageClients.ts';
import { isNoToken } from './cannotLook.ts';
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
    if (context.storageFailure !== null) {
      return { detail: 'cannot be used', findings: [unusable(context.storageFailure)] };
    }
    if (!context.services) return SEE_SETTINGS;
    const { clients } = context.services.store;
    const probes = [
      ...layout.tables.map((name) => () => probe(`table ${name}`, () => useTable(clients.table(name)))),
      ...layout.queues.map((name) => () => probe(`queue ${name}`, () => useQueue(clients.queue(name)))),
    ];
    // One alone, so that all share its token: each that is asked for starts a program of the Azure CLI.
    const [first, ...rest] = probes;
    const probed = [...(first ? [await first()] : []), ...(await Promise.all(rest.map((start) => start())))];
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
    if (isNoToken(caught)) throw caught;
    const { statusCode } = caught as { statusCode?: unknown };
    const outcome = statusCode === 404 ? 'missing' : statusCode === 401 || statusCode === 403 ? 'denied' : 'failed';
    return { name, outcome, code: errorCodeOf(caught) };
  }
}

function unusable(code: string): DoctorFinding {
  return {
    id: 'storageUnusable',
    severity: 'critical',
    what: `The addresses in the AlertStorage settings are none of a storage account (${code}).`,
    why: 'No function of the product starts without its storage: nobody is told of a call.',
    todo: 'Compare them with the storage account in the Azure portal, Endpoints. Then: azd provision --no-state.',
  };
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
  const isAll = probed.length === layout.tables.length + layout.queues.length;
  const names = isAll ? 'any of its tables and queues' : probed.map(({ name }) => name).join(', ');
  const codes = [...new Set(probed.map(({ code }) => code))].join(', ');
  const why = 'Without it calls are texted from memory only: no escalation, no record, and no way to look.';
  switch (outcome) {
    case 'missing':
      return {
        id: 'storageMissing',
        severity: 'critical',
        what: `The storage has no ${isAll ? 'table or queue of the product' : names}.`,
        why,
        todo: deployment
          ? 'Make them anew: azd provision --no-state.'
          : 'Start the stack anew: npm start. In Azure: azd provision --no-state.',
      };
    case 'denied':
      return {
        id: 'storageDenied',
        severity: isOwn ? 'critical' : 'warning',
        what: `The storage refuses ${isOwn ? 'the app' : 'you'} ${names} (${codes}).`,
        why: isOwn
          ? why
          : 'The commands cannot look at what is recorded. Whether the function app can is told of "Azure roles".',
        todo: 'Roles Storage Table Data Contributor and Storage Queue Data Contributor on the account; and its firewall.',
      };
    case 'failed':
      return {
        id: 'storageFailed',
        severity: 'critical',
        what: `The storage does not answer for ${names} (${codes}).`,
        why,
        todo: 'Azure portal, the storage account of AlertStorage: health and firewall. On this machine: npm start.',
      };
  }
}
