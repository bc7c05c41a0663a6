import type { EventHubConsumerClient } from '@azure/event-hubs';
import { errorCodeOf } from '../../shared/errors.ts';
import { openCanarySender } from '../../shared/pipeline/canarySender.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { isNoToken } from './cannotLook.ts';
import { type Check, type DoctorFinding, SEE_SETTINGS } from './check.ts';

/** Shorter than the limit of a part, so that the hub itself is named. */
const RETRIES = { maxRetries: 0, timeoutInMs: 6_000 };
const HUB_NAME = 'teams-events';
/** How far back reading begins, and how long an empty partition is waited on. */
const BACK_MS = 60_000;
const WAIT_SECONDS = 3;

type Outcome = { kind: 'ok' } | { kind: 'denied' } | { kind: 'failed'; code: string };

/**
 * Whether the hub can be reached, read and written by whoever asks. What is sent is a canary that the product knows not to
 * be its own; what is read goes nowhere, and no reader loses its place.
 */
export const hubCheck: Check = {
  part: 'Event Hub',
  async look({ services, isApp }) {
    if (!services?.settings.eventHub) return SEE_SETTINGS;
    const sender = await openCanarySender(services);
    try {
      const [sent, read] = await Promise.all([
        outcomeOf(async () => {
          const [first = '0'] = await sender.partitionIds();
          await sender.send(first, { value: [{ canary: { id: 'doctor', sentAt: services.now().toISOString() } }] });
        }),
        outcomeOf(() => readPartition(services)),
      ]);
      const failed = [sent, read].find((outcome) => outcome.kind === 'failed');
      if (failed) return { detail: `does not answer (${failed.code})`, findings: [unreachable(failed.code)] };
      const verbs = { send: sent.kind === 'ok', receive: read.kind === 'ok' };
      const may = Object.entries(verbs).flatMap(([verb, isAllowed]) => (isAllowed ? [verb] : []));
      const lacks = Object.entries(verbs).flatMap(([verb, isAllowed]) => (isAllowed ? [] : [verb]));
      // Whoever has the app's own key asks as the app does.
      const isOwn = isApp || 'connectionString' in services.settings.eventHub;
      if (isOwn || lacks.length === 0) {
        return {
          detail: `answers; ${may.length > 0 ? `may ${may.join(' and ')}` : 'lets the app do nothing'}`,
          findings: [denied(lacks)],
        };
      }
      // An administrator needs neither role; those of the app are looked at in Azure.
      return { detail: `answers; you may not ${lacks.join(' or ')}, which nobody needs of you` };
    } finally {
      await sender.close().catch(() => undefined);
    }
  },
};

async function outcomeOf(step: () => Promise<void>): Promise<Outcome> {
  try {
    await step();
    return { kind: 'ok' };
  } catch (caught) {
    if (isNoToken(caught)) throw caught;
    // Each attempt has an error of its own.
    const errors: unknown[] = caught instanceof AggregateError ? caught.errors : [caught];
    const isDenied = errors.every((error) => codeOf(error) === 'UnauthorizedError');
    return isDenied ? { kind: 'denied' } : { kind: 'failed', code: errorCodeOf(caught) };
  }
}

function codeOf(error: unknown): unknown {
  return ((error ?? {}) as { code?: unknown }).code;
}

/**
 * Attaches to one partition without an epoch, which takes it from nobody. The Functions host holds it with one, so that
 * being turned away for that reason comes after the right to read was seen.
 */
async function readPartition(services: Services): Promise<void> {
  const client = await openConsumer(services);
  try {
    const [first = '0'] = await client.getPartitionIds();
    await new Promise<void>((resolve, reject) => {
      client.subscribe(
        first,
        {
          processEvents: async () => resolve(),
          processError: async (caught) => (codeOf(caught) === 'ReceiverDisconnectedError' ? resolve() : reject(caught)),
        },
        { startPosition: { enqueuedOn: Date.now() - BACK_MS }, maxBatchSize: 1, maxWaitTimeInSeconds: WAIT_SECONDS },
      );
    });
  } finally {
    await client.close().catch(() => undefined);
  }
}

async function openConsumer({ settings }: Services): Promise<EventHubConsumerClient> {
  const { eventHub, managedIdentityClientId } = settings;
  if (!eventHub) throw new Error('The Event Hub is not configured');
  const { EventHubConsumerClient: Client } = await import('@azure/event-hubs');
  const { createCredential } = await import('../../shared/azureCredential.ts');
  const options = { retryOptions: RETRIES };
  return 'connectionString' in eventHub
    ? new Client('$Default', eventHub.connectionString, HUB_NAME, options)
    : new Client(
        '$Default',
        eventHub.fullyQualifiedNamespace,
        HUB_NAME,
        createCredential(managedIdentityClientId),
        options,
      );
}

const WHY = 'Graph puts every notification of a call into this hub: what cannot be read there, nobody is told of.';

function unreachable(code: string): DoctorFinding {
  return {
    id: 'hub',
    severity: 'critical',
    what: `The Event Hub does not answer (${code}).`,
    why: WHY,
    todo: 'Azure portal, the Event Hubs namespace: state, networking (it must be public for Graph), the hub teams-events. Check the EventHubConnection settings.',
  };
}

function denied(verbs: readonly string[]): DoctorFinding | null {
  if (verbs.length === 0) return null;
  return {
    id: 'hubDenied',
    severity: 'critical',
    what: `The Event Hub does not let the app ${verbs.join(' or ')}.`,
    why: WHY,
    todo: 'Roles Azure Event Hubs Data Receiver and Data Sender on the namespace for the managed identity, or the key in EventHubConnection.',
  };
}
