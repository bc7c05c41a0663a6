import { setMaxListeners } from 'node:events';
import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClosablePort, openPort } from './closablePort.ts';
import { headersToForward } from './forwardedHeaders.ts';
import { answerBusy, cutShort } from './storageAnswers.ts';
import {
  createStorageFaultBook,
  STORAGE_SERVICES,
  type StorageCounts,
  type StorageFault,
  type StorageFaultBook,
  type StorageRequest,
  type StorageService,
} from './storageFaults.ts';

export interface StorageProxyOptions {
  /** Told of each request as it comes; what it returns is told when its answer has ended, or its connection. */
  onRequest?: (request: StorageRequest) => (() => void) | undefined;
}

/** Stands in front of the three services of one storage account, and can be told to fail while it runs. */
export interface StorageProxy {
  /** The account's, by way of the proxy. */
  connectionString: string;
  /** Resolves when the fault is in force; returns what lifts it. What hangs by then stays unanswered. */
  add(fault: StorageFault): Promise<() => Promise<void>>;
  /** Lifts everything. */
  clear(): Promise<void>;
  counts(): StorageCounts;
  close(): Promise<void>;
}

const DEFAULT_SLOW_MS = 2_000;
/** Below Azurite's 5 s: a connection that it is about to close is not used again. */
const IDLE_MS = 2_000;
/** Above that of every client, for the same reason. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Starts a proxy for an account that is reached by HTTP on 127.0.0.1; throws for another. The account's key signs the
 * path of a request, not its port, so requests pass as they are.
 */
export async function startStorageProxy(
  connectionString: string,
  options: StorageProxyOptions = {},
): Promise<StorageProxy> {
  const faults = createStorageFaultBook();
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const closing = new AbortController();
  // Every request that is held up waits for it.
  setMaxListeners(0, closing.signal);
  const ports = new Map<StorageService, ClosablePort>();
  let proxied = connectionString;
  for (const service of STORAGE_SERVICES) {
    const upstream = portOf(connectionString, service);
    const port = await openPort(createService({ service, upstream, faults, agent, options, signal: closing.signal }));
    ports.set(service, port);
    proxied = proxied.replace(`127.0.0.1:${upstream}`, `127.0.0.1:${port.number}`);
  }

  async function applyRefusals(): Promise<void> {
    const changes = [...ports].map(([service, port]) => (faults.isRefusing(service) ? port.close() : port.open()));
    await Promise.all(changes);
  }

  return {
    connectionString: proxied,
    async add(fault) {
      const remove = faults.add(fault);
      if (fault.kind === 'refuse') faults.countRefusal();
      await applyRefusals();
      return () => {
        remove();
        return applyRefusals();
      };
    },
    clear() {
      faults.clear();
      return applyRefusals();
    },
    counts: faults.counts,
    async close() {
      closing.abort();
      await Promise.all([...ports.values()].map((port) => port.close()));
      agent.destroy();
    },
  };
}

/** Whether an account is on this machine, where a proxy can stand in front of it. */
export function canBeProxied(connectionString: string): boolean {
  return STORAGE_SERVICES.every((service) => endpointOf(service).test(connectionString));
}

function portOf(connectionString: string, service: StorageService): number {
  const port = Number(endpointOf(service).exec(connectionString)?.[1]);
  if (!port) throw new Error(`The connection string has no ${service} endpoint on http://127.0.0.1`);
  return port;
}

function endpointOf(service: StorageService): RegExp {
  return new RegExp(`\\b${service}Endpoint=http://127\\.0\\.0\\.1:(\\d+)/`, 'i');
}

interface Service {
  service: StorageService;
  upstream: number;
  faults: StorageFaultBook;
  agent: Agent;
  options: StorageProxyOptions;
  /** Set when the proxy closes. */
  signal: AbortSignal;
}

function createService(parts: Service) {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, response) => {
    const request = { service: parts.service, method: incoming.method ?? '', path: incoming.url ?? '' };
    const ended = parts.options.onRequest?.(request);
    if (ended) response.once('close', ended);
    // The client went away, or the service: either way the connection is of no more use.
    serve(parts, parts.faults.take(request), incoming, response).catch(() => incoming.socket.destroy());
  });
  return server;
}

async function serve(
  parts: Service,
  fault: StorageFault | null,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (fault?.kind) {
    case 'hang':
      return;
    case 'drop':
      incoming.socket.destroy();
      return;
    case 'busy':
      incoming.resume();
      return answerBusy(parts.service, response);
    case 'lose':
      (await ask(parts, incoming)).resume();
      return;
    case 'cut':
      return cutShort(await ask(parts, incoming), incoming.socket);
    case 'slow':
      await sleep(fault.ms ?? DEFAULT_SLOW_MS, undefined, { signal: parts.signal });
  }
  const answer = await ask(parts, incoming);
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headersToForward(answer));
  answer.pipe(response);
  answer.once('error', () => incoming.socket.destroy());
}

/** Has the service do the request; resolves with the beginning of its answer. */
function ask({ upstream, agent }: Service, incoming: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url: path } = incoming;
    const headers = headersToForward(incoming);
    const onward = forward({ host: '127.0.0.1', port: upstream, method, path, headers, agent }, resolve);
    onward.once('error', reject);
    // A whole request takes effect, also when its client does not wait for the answer.
    incoming.once('error', (caught) => void (incoming.complete || onward.destroy(caught)));
    incoming.pipe(onward);
  });
}
