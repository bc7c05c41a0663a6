import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import layout from '../shared/store/layout.json' with { type: 'json' };
import { startAzurite } from './azurite.ts';
import { startEventHubs } from './eventhubs/server.ts';
import { startGraph } from './graph/server.ts';
import { type HostLog, startHost } from './host/start.ts';
import { TENANT } from './tenant.ts';
import { startTwilio } from './twilio/server.ts';

export interface StackOptions {
  /** Folder with what is deployed: `host.json`, `package.json`, the bundle. */
  appDir: string;
  /** The environment that the stack starts from; what it sets decides which parts are real. */
  env: Readonly<Record<string, string | undefined>>;
  /** Storage to use instead of an Azurite of its own. */
  storage?: { host: string; product: string };
  onLog?: (line: HostLog) => void;
  /** Told of each part once it is ready, with the time it took. */
  onReady?: (part: string, detail: string, ms: number) => void;
  /** Time between two statuses of a message at the Twilio look-alike. */
  deliverAfterMs?: number;
}

/** How to take down what was started, the last first. */
type Stop = () => Promise<void>;

/**
 * Starts every part that `env` does not name: storage unless `AzureWebJobsStorage` is set, the hub unless
 * `EventHubConnection`, Graph with its sign-in unless `GRAPH_BASE_URL`, Twilio unless `TWILIO_BASE_URL`. Then the host
 * with the functions. All on loopback and free ports. When a part does not start, those that did are stopped.
 */
export async function startStack(options: StackOptions) {
  const stops: Stop[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    // One object, so that a restarted host is seen by whoever holds the stack.
    return Object.assign(await startParts(options, stops), { stop });
  } catch (caught) {
    await stop();
    throw caught;
  }
}

export type Stack = Awaited<ReturnType<typeof startStack>>;

async function startParts(options: StackOptions, stops: Stop[]) {
  const { env } = options;
  const given = Object.fromEntries(Object.entries(env).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));

  const hub = await timed(options, 'Event Hub', () => startHub(env, stops));
  const storage = await timed(options, 'Storage', () => startStorage(options, stops));
  const graph = await timed(options, 'Graph', () => startGraphUnlessGiven(env, hub.publish, stops));
  const twilio = await timed(options, 'Twilio', () => startTwilioUnlessGiven(options, stops));
  const settings: Record<string, string> = {
    ...given,
    AzureWebJobsStorage: storage.host,
    AlertStorage: storage.product,
    EventHubConnection: hub.connectionString,
    TOKEN_CACHE_KEY: env.TOKEN_CACHE_KEY ?? randomBytes(32).toString('base64'),
    // The host runs in the folder of what is deployed, so a relative path would be sought there.
    ROSTER_FILE: resolve(env.ROSTER_FILE ?? (existsSync('roster.json') ? 'roster.json' : 'roster.example.json')),
    ...graph.settings,
    ...twilio.settings,
  };
  const startFunctions = () =>
    startHost({ appDir: options.appDir, env: settings, ...(options.onLog ? { onLog: options.onLog } : {}) });
  const parts = { settings, hub: hub.look, graph: graph.look, twilio: twilio.look, azurite: storage.azurite };
  const stack = {
    ...parts,
    host: await timed(options, 'Functions host', async () => {
      const host = await startFunctions();
      return { ...host, detail: host.functions.join(', ') };
    }),
    /** After a host that was killed: another one, which knows nothing but what is stored. */
    async restartHost(): Promise<void> {
      const host = await startFunctions();
      stack.host = { ...host, detail: host.functions.join(', ') };
    },
  };
  stops.push(() => stack.host.stop());
  return stack;
}

async function timed<T extends { detail: string }>(
  { onReady }: StackOptions,
  part: string,
  start: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const started = await start().catch((cause: unknown) => {
    throw new Error(`${part} did not start: ${cause instanceof Error ? cause.message : 'unknown'}`, { cause });
  });
  onReady?.(part, started.detail, Math.round(performance.now() - began));
  return started;
}

async function startStorage({ env, storage }: StackOptions, stops: Stop[]) {
  if (storage) {
    await createLayout(storage.product);
    return { ...storage, azurite: null, detail: 'as given' };
  }
  if (env.AzureWebJobsStorage) {
    const product = env.AlertStorage ?? env.AzureWebJobsStorage;
    await createLayout(product);
    return { host: env.AzureWebJobsStorage, product, azurite: null, detail: 'as set in AzureWebJobsStorage' };
  }
  const key = randomBytes(32).toString('base64');
  const azurite = await startAzurite({
    accounts: [
      { name: 'host', key },
      { name: 'alerts', key },
    ],
  });
  stops.push(() => azurite.stop());
  const product = azurite.connectionString('alerts');
  await createLayout(product);
  return { host: azurite.connectionString('host'), product, azurite, detail: 'Azurite' };
}

/** The tables and queues of the product, which `infra/` makes in Azure. */
async function createLayout(connectionString: string): Promise<void> {
  const allowInsecureConnection = connectionString.includes('http://127.0.0.1');
  await Promise.all([
    ...layout.tables.map((name) =>
      TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection }).createTable(),
    ),
    ...layout.queues.map((name) => new QueueClient(connectionString, name).createIfNotExists()),
  ]);
}

async function startHub(env: StackOptions['env'], stops: Stop[]) {
  if (env.EventHubConnection) {
    const { EventHubProducerClient } = await import('@azure/event-hubs');
    const producer = new EventHubProducerClient(env.EventHubConnection, 'teams-events');
    stops.push(() => producer.close());
    const publish = (body: string) => producer.sendBatch([{ body: JSON.parse(body) }]);
    return { connectionString: env.EventHubConnection, publish, look: null, detail: 'as set in EventHubConnection' };
  }
  const look = await startEventHubs({ hubName: 'teams-events', partitionCount: 2 });
  stops.push(() => look.close());
  const publish = async (body: string) => {
    await look.publish(body);
  };
  return { connectionString: look.connectionString, publish, look, detail: `AMQP on port ${look.port}` };
}

async function startGraphUnlessGiven(
  env: StackOptions['env'],
  publish: (body: string) => Promise<void>,
  stops: Stop[],
) {
  if (env.GRAPH_BASE_URL) {
    return { settings: {}, look: null, detail: 'as set in GRAPH_BASE_URL' };
  }
  const { tenantId, clientId, serviceAccount } = TENANT;
  const look = await startGraph({ tenantId, clientId, serviceAccount, publish, signInApproval: 'manual' });
  stops.push(() => look.close());
  look.directory.addUser({ displayName: 'Alex Wilber', userPrincipalName: 'alex@contoso.com' });
  const settings = {
    TENANT_ID: tenantId,
    CLIENT_ID: clientId,
    SERVICE_ACCOUNT: serviceAccount.userPrincipalName,
    GRAPH_BASE_URL: look.graphBaseUrl,
    AUTHORITY_HOST: look.authorityHost,
    NOTIFICATION_URL: 'EventHub:https://127.0.0.1/eventhubname/teams-events?tenantId=contoso.com',
  };
  return { settings, look, detail: `${look.graphBaseUrl}, with sign-in` };
}

async function startTwilioUnlessGiven({ env, deliverAfterMs }: StackOptions, stops: Stop[]) {
  if (env.TWILIO_BASE_URL) {
    return { settings: {}, look: null, detail: 'as set in TWILIO_BASE_URL' };
  }
  const { accountSid, authToken, number } = TENANT.twilio;
  const look = await startTwilio({
    accountSid,
    authToken,
    numbers: [number],
    ...(deliverAfterMs === undefined ? {} : { deliverAfterMs }),
  });
  stops.push(() => look.close());
  const settings = {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_FROM: number,
    TWILIO_BASE_URL: look.baseUrl,
  };
  return { settings, look, detail: look.baseUrl };
}
