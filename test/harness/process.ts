import type { TokenCredential } from '@azure/identity';
import type { StorageFaultKind } from '../../local/faults/storageFaults.ts';
import { startStorageProxy } from '../../local/faults/storageProxy.ts';
import { createEncryptionCertificates } from '../../shared/graph/encryptionCertificates.ts';
import { type Work, workIdOf } from '../../shared/oncall/work.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { type PassThrough, startPassThrough, type Verdict } from './passThrough.ts';
import type { World } from './world.ts';

export type Service = 'storage' | 'graph' | 'vault' | 'twilio';

export interface QueueMessage {
  workId: string;
  callId: string | null;
  queuedAt: string;
}

export interface ProcessOptions {
  /** Asked about each request that the process sends, before it reaches its service. */
  judge(service: Service, what: string): Verdict;
  /** Told of each message that the queue surely has. */
  onQueued(message: QueueMessage, delayMs: number): void;
}

/** A process that knows nothing yet, each of whose requests goes through a proxy. */
export interface Process {
  services: Services;
  /** The storage fails so until what is returned is called. */
  failStorage(kind: StorageFaultKind): Promise<() => Promise<void>>;
  twilio: PassThrough;
  close(): Promise<void>;
}

/** Graph's time for a message: more than a busy machine needs. */
const FETCH_BUDGET_MS = 1_000;

export async function startProcess(world: World, { judge, onQueued }: ProcessOptions): Promise<Process> {
  const storage = await startStorageProxy(world.env.AlertStorage, {
    onRequest: ({ method, path }) => {
      const { fate, done } = judge('storage', `${method} ${path.split('?')[0]}`);
      if (fate === 'cut' || fate === 'lose') void storage.add({ kind: fate, times: 1 });
      if (fate === 'swallow') void storage.add({ kind: 'hang', times: 1 });
      // An answer that never comes ends when the client gives up: that is too late to tell.
      if (fate === 'lose') done?.();
      return fate === 'lose' ? undefined : done;
    },
  });
  const inFrontOf = (service: Service, origin: string) => startPassThrough(origin, (what) => judge(service, what));
  const graph = await inFrontOf('graph', world.graph.graphBaseUrl);
  const twilio = await inFrontOf('twilio', world.twilio.baseUrl);
  const vault = world.vault ? await inFrontOf('vault', world.vault.vaultUrl) : null;
  const services = await world.start(undefined, {
    ...world.env,
    AlertStorage: storage.connectionString,
    GRAPH_BASE_URL: graph.origin,
    TWILIO_BASE_URL: twilio.origin,
  });
  const { work } = services.store;
  const enqueue = async (due: Work, delayMs = 0) => {
    await work.enqueue(due, delayMs);
    const callId = 'callId' in due ? due.callId : null;
    onQueued(
      { workId: workIdOf(due), callId, queuedAt: world.now().toISOString() },
      Math.ceil(delayMs / 1_000) * 1_000,
    );
  };
  return {
    services: {
      ...services,
      store: { ...services.store, work: { ...work, enqueue } },
      certificates: vault ? certificatesOf(world, services, vault.origin) : null,
      fetchBudgetMs: FETCH_BUDGET_MS,
    },
    failStorage: (kind) => storage.add({ kind }),
    twilio,
    async close() {
      await Promise.all([storage, graph, twilio, vault].map((proxy) => proxy?.close()));
    },
  };
}

/** As the product has them, by the world's clock and with shorter limits. */
function certificatesOf({ graph, now }: World, { settings }: Services, vaultUrl: string) {
  const { name = '' } = settings.encryptionCertificate ?? {};
  const { endpoint, header, clientId } = graph.identity;
  const credential: TokenCredential = {
    async getToken() {
      const query = new URLSearchParams({
        resource: 'https://vault.azure.net',
        'api-version': '2019-08-01',
        client_id: clientId,
      });
      const response = await fetch(`${endpoint}?${query}`, {
        headers: { 'X-IDENTITY-HEADER': header },
        signal: AbortSignal.timeout(2_500),
      });
      if (!response.ok) throw Object.assign(new Error('No token'), { statusCode: response.status });
      const { access_token: token, expires_on } = (await response.json()) as Record<string, string>;
      return { token: `${token}`, expiresOnTimestamp: Number(expires_on) * 1_000 };
    },
  };
  return createEncryptionCertificates({ vaultUrl, name }, credential, {
    now,
    requestTimeoutMs: 250,
    totalTimeoutMs: 500,
  });
}
