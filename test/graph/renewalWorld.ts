import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphOptions } from '../../local/graph/graph.ts';
import type { Subscription } from '../../local/graph/model.ts';
import { issueCertificate } from '../../local/keyvault/issueCertificate.ts';
import type { CertificateSource } from '../../shared/graph/newestCertificate.ts';
import { SignInError } from '../../shared/graph/signInError.ts';
import type { SubscriptionSource } from '../../shared/graph/subscriptionTargets.ts';
import type { LogFields } from '../../shared/log.ts';
import type { SourceReport } from '../../shared/pipeline/renewalReport.ts';
import type { RenewalServices } from '../../shared/pipeline/renewalServices.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { Settings, SubscriptionSettings } from '../../shared/settings.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { createWatermarkStore } from '../../shared/store/watermarkStore.ts';
import { ACCOUNT, startSignInWorld } from './signInWorld.ts';

export const HUB_URL = 'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com';
export const CHAT_SETTINGS: SubscriptionSettings = {
  notificationUrl: HUB_URL,
  lifecycleNotificationUrl: null,
  chatResourceData: 'none',
};

type Certificates = Awaited<ReturnType<CertificateSource['all']>>;

/** A certificate as the vault has it. The keys take long, so each is made once. */
export async function certificateOf(certificateId: string, expiresAt: Date): Promise<Certificates[number]> {
  issued ??= issueCertificate();
  return { certificateId, certificate: (await issued).certificate, expiresAt };
}
let issued: ReturnType<typeof issueCertificate> | undefined;

/** Subscriptions to be looked after: what `startSignInWorld` has, the app's own sign-in, a vault, and the settings. */
export async function startRenewalWorld(options: Partial<GraphOptions> = {}) {
  const world = await startSignInWorld(options);
  let signIn = world.instance();
  await signIn.startDeviceCode({ onCode: () => undefined });
  const log: { level: 'info' | 'warn' | 'error'; message: string; fields: LogFields }[] = [];
  const logAt = (level: 'info' | 'warn' | 'error') => (message: string, fields: LogFields) => {
    log.push({ level, message, fields: fields ?? {} });
  };
  const lifecycle = await startLifecycleAddress();
  const vault: { certificates: Certificates; failure: Error | null } = { certificates: [], failure: null };
  const settings: Pick<Settings, 'tenant' | 'graph' | 'subscription' | 'eventSource'> = {
    tenant: world.settings,
    graph: world.settings,
    subscription: CHAT_SETTINGS,
    eventSource: null,
  };

  async function getAccessToken(): Promise<string> {
    const { endpoint, header } = world.graph.identity;
    const query = 'resource=https://graph.microsoft.com&api-version=2019-08-01';
    const response = await fetch(`${endpoint}?${query}`, { headers: { 'x-identity-header': header } });
    if (!response.ok) throw new SignInError(`appIdentity ${response.status}`, 'temporary');
    return ((await response.json()) as { access_token: string }).access_token;
  }

  const services = (): RenewalServices => ({
    settings,
    faults: [],
    store: {
      subscriptions: world.subscriptionStore,
      watermarks,
    },
    signIn,
    appSignIn: { getAccessToken },
    certificates: {
      async all() {
        if (vault.failure) throw vault.failure;
        return vault.certificates;
      },
    },
    now: world.now,
    log: { info: logAt('info'), warn: logAt('warn'), error: logAt('error') } as RenewalServices['log'],
  });
  const watermarks = createWatermarkStore(await createStorageClients({ connectionString: world.connectionString }));

  const chatIds: string[] = [];
  let askedBefore = 0;
  const asked = (operation: string) =>
    world.graph
      .requests()
      .slice(askedBefore)
      .filter((one) => one.operation === operation).length;

  /** As it began, but for the clock: a new world for each test would take too long. */
  async function reset(): Promise<void> {
    world.graph.faults.clear();
    world.graph.setBehaviour({ allChatsRefused: false, chatsRefused: false });
    await Promise.all(world.graph.subscriptions().map(({ id }) => world.graph.removeSubscription(id)));
    for (const { source } of await world.subscriptionStore.records()) {
      const row = await world.subscriptionStore.read(source);
      if (row) await world.subscriptionStore.remove(row);
    }
    for (const { name } of await watermarks.list('')) await watermarks.remove(name);
    for (const chatId of [...chatIds]) await leaveChat(chatId);
    Object.assign(settings, {
      tenant: world.settings,
      graph: world.settings,
      subscription: CHAT_SETTINGS,
      eventSource: null,
    });
    Object.assign(vault, { certificates: [], failure: null });
    if (!(await signIn.account())) {
      signIn = world.instance();
      await signIn.startDeviceCode({ onCode: () => undefined });
    }
    for (const list of [log, world.hub]) list.splice(0);
    askedBefore = world.graph.requests().length;
  }

  async function leaveChat(chatId: string): Promise<void> {
    chatIds.splice(chatIds.indexOf(chatId), 1);
    await world.graph.chats.leaveChat(chatId, ACCOUNT.id);
  }

  return {
    ...world,
    services,
    asked,
    reset,
    leaveChat,
    /** A chat of the account, with a message of Teams' own. */
    async addChat(): Promise<string> {
      const chatId = await world.graph.chats.createChat({ members: ['AlexW@contoso.com', ACCOUNT.id] });
      chatIds.push(chatId);
      return chatId;
    },
    /** The same without any message. */
    async addEmptyChat(): Promise<string> {
      const members = [`user${chatIds.length}@contoso.com`, ACCOUNT.id];
      const chatId = await world.graph.chats.createChat({ members, chatType: 'oneOnOne' });
      chatIds.push(chatId);
      return chatId;
    },
    /** To be changed by the test. */
    settings,
    vault,
    log,
    watermarks,
    lifecycleUrl: lifecycle.url,
    errors: () => log.filter(({ level }) => level === 'error').map(({ fields }) => fields),
    /** One run. */
    renew: (changes: Partial<RenewalServices> = {}) => renewSubscriptions({ ...services(), ...changes }),
    /** The same; the report of one source. */
    async renewOne(source: SubscriptionSource, changes: Partial<RenewalServices> = {}): Promise<SourceReport> {
      const { sources } = await renewSubscriptions({ ...services(), ...changes });
      const report = sources.find((one) => one.source === source);
      if (!report) throw new Error(`${source} was not looked after`);
      return report;
    },
    /** At Graph, whose resource ends so. */
    atGraph: (end = ''): Subscription[] => world.graph.subscriptions().filter(({ resource }) => resource.endsWith(end)),
    record: async (source: SubscriptionSource) => (await world.subscriptionStore.read(source))?.value ?? null,
    async stop() {
      await Promise.all([world.stop(), lifecycle.close()]);
    },
  };
}

export type RenewalWorld = Awaited<ReturnType<typeof startRenewalWorld>>;

/** Does the handshake and nothing else. */
async function startLifecycleAddress() {
  const server = createServer((request, response) => {
    const token = new URL(request.url ?? '', 'http://localhost').searchParams.get('validationToken');
    response.writeHead(200, { 'content-type': 'text/plain' }).end(token ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/api/lifecycle`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
