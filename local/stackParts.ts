import { randomBytes } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import layout from '../shared/store/layout.json' with { type: 'json' };
import { startAzurite } from './azurite.ts';
import { startEventHubs } from './eventhubs/server.ts';
import { startGate } from './faults/gate.ts';
import { startGraph } from './graph/server.ts';
import type { HostLog } from './host/start.ts';
import { startKeyVault } from './keyvault/server.ts';
import { TENANT } from './tenant.ts';
import { startTwilio } from './twilio/server.ts';

export interface StackOptions {
  /** Folder with what is deployed: `host.json`, `package.json`, the bundle. */
  appDir: string;
  /** The environment that the stack starts from; what it sets decides which parts are real. */
  env: Readonly<Record<string, string | undefined>>;
  /** Storage to use instead of an Azurite of its own. */
  storage?: { host: string; product: string };
  /** How many hosts share the work; 1 when left out. */
  hosts?: number;
  /** As in `HostOptions`: what a killed host held is not taken over at once. */
  waitForOwnershipExpiry?: boolean;
  /** Reach both storage accounts through proxies that can be told to fail. */
  storageProxies?: boolean;
  /** `host` counts from 0. */
  onLog?: (line: HostLog, host: number) => void;
  /** Told of each part once it is ready, with the time it took. */
  onReady?: (part: string, detail: string, ms: number) => void;
  /** Time between two statuses of a message at the Twilio look-alike. */
  deliverAfterMs?: number;
}

/** How to take down what was started, the last first. */
export type Stop = () => Promise<void>;

export async function startStorage({ env, storage }: StackOptions, stops: Stop[]) {
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

export async function startHub(env: StackOptions['env'], stops: Stop[]) {
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

/** The address of an HTTP function behind the front door. */
const routeOf = (frontDoor: string, route: string) => `${frontDoor}/api/${route}`;

export async function startGraphUnlessGiven(
  env: StackOptions['env'],
  publish: (body: string) => Promise<void>,
  frontDoor: string,
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
    PUBLIC_URL: env.PUBLIC_URL ?? frontDoor,
    LIFECYCLE_NOTIFICATION_URL: env.LIFECYCLE_NOTIFICATION_URL ?? routeOf(frontDoor, 'graph/lifecycle'),
    EMERGENCY_CALLING_POLICIES: env.EMERGENCY_CALLING_POLICIES ?? 'Global',
    // What App Service gives an app with a managed identity.
    MANAGED_IDENTITY_CLIENT_ID: look.identity.clientId,
    IDENTITY_ENDPOINT: look.identity.endpoint,
    IDENTITY_HEADER: look.identity.header,
  };
  return { settings, look, detail: `${look.graphBaseUrl}, with sign-in` };
}

/** The vault with the certificate for which Graph encrypts emergency call events. */
export async function startVaultUnlessGiven(env: StackOptions['env'], stops: Stop[]) {
  if (env.ENCRYPTION_CERTIFICATE) {
    return { settings: {}, look: null, detail: 'as set in ENCRYPTION_CERTIFICATE' };
  }
  const look = await startKeyVault();
  stops.push(() => look.close());
  await look.createCertificateVersion(TENANT.certificate);
  const settings = { ENCRYPTION_CERTIFICATE: `${look.vaultUrl}/certificates/${TENANT.certificate}` };
  return { settings, look, detail: look.vaultUrl };
}

/** Twilio reports to the front door, and hands over there what people write to the number. */
export async function startTwilioUnlessGiven({ env, deliverAfterMs }: StackOptions, frontDoor: string, stops: Stop[]) {
  if (env.TWILIO_BASE_URL) {
    return { settings: {}, look: null, gate: null, detail: 'as set in TWILIO_BASE_URL' };
  }
  const { accountSid, authToken, number } = TENANT.twilio;
  const look = await startTwilio({
    accountSid,
    authToken,
    numbers: [number],
    ...(deliverAfterMs === undefined ? {} : { deliverAfterMs }),
  });
  stops.push(() => look.close());
  const publicUrl = env.PUBLIC_URL ?? frontDoor;
  look.setSmsUrl(number, publicUrl === '' ? null : routeOf(publicUrl, 'twilio/messages'));
  // Whether a message was surely not sent hangs on a connection that is refused: the look-alike itself cannot refuse.
  const gate = await startGate(look.port);
  stops.push(() => gate.close());
  const settings = {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_FROM: number,
    TWILIO_BASE_URL: `http://127.0.0.1:${gate.port}`,
    PUBLIC_URL: publicUrl,
  };
  return { settings, look, gate, detail: settings.TWILIO_BASE_URL };
}
