import { randomBytes } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import type { Graph } from '../../local/graph/graph.ts';
import { startGraph } from '../../local/graph/server.ts';
import { startKeyVault } from '../../local/keyvault/server.ts';
import { startTwilio } from '../../local/twilio/server.ts';
import type { LogFields, Logger } from '../../shared/log.ts';
import { createServices } from '../../shared/pipeline/createServices.ts';
import { type HubEvent, ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { doWork } from '../../shared/pipeline/notifyOnCall.ts';
import { renewSubscriptions } from '../../shared/pipeline/renewSubscriptions.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { readSettings } from '../../shared/settings.ts';
import { takeProductStorage } from './storage.ts';

export const TENANT_ID = '00001111-aaaa-2222-bbbb-3333cccc4444';
const CLIENT_ID = '11112222-bbbb-3333-cccc-4444dddd5555';
const TWILIO_SID = `AC${'0123456789abcdef'.repeat(2)}`;
const TWILIO_TOKEN = 'auth-token-of-the-embedded-stack';
const TWILIO_NUMBER = '+14255550100';
const CERTIFICATE = 'emergency-alerts';
/** The team of `local/oneStepRoster.json`, in order of duty. */
export const TEAM = ['+14255550111', '+14255550112'] as const;

/** A call with every fact. */
export const dials911 = {
  caller: 'alex@contoso.com',
  numberDialed: '911',
  place: 'Building 34, Room 2210',
  callbackNumber: '+14255550123',
};

export interface LogLine {
  level: 'info' | 'warn' | 'error';
  message: string;
  fields: LogFields;
}

/**
 * The pipeline over a storage account of its own, with look-alikes of Graph and Twilio, and a clock that the test
 * moves. The hub is a list of events, and work is found by its `dueAt`: nothing waits for real time. With `events`, the
 * emergency call events of the policy `Global` are the second source, encrypted for a certificate of a vault. A clock
 * that stands still is moved by the test alone.
 */
export async function startWorld(settings: Record<string, string> = {}, { events = false, isClockStill = false } = {}) {
  let offsetMs = 0;
  const startedAt = Date.now();
  const now = () => new Date((isClockStill ? startedAt : Date.now()) + offsetMs);
  const hub: HubEvent[] = [];
  const log: LogLine[] = [];

  const graph = await startGraph({
    tenantId: TENANT_ID,
    clientId: CLIENT_ID,
    serviceAccount: {
      id: '22223333-cccc-4444-dddd-5555eeee6666',
      userPrincipalName: 'emergency@contoso.com',
      displayName: 'Emergency Alerts',
    },
    signInApproval: 'automatic',
    now,
    publish: async (body) => {
      hub.push({ body: JSON.parse(body), enqueuedAt: now().toISOString(), source: `event ${hub.length}` });
    },
  });
  const twilio = await startTwilio({
    accountSid: TWILIO_SID,
    authToken: TWILIO_TOKEN,
    numbers: [TWILIO_NUMBER],
    now,
    deliverAfterMs: 1,
  });
  const vault = events ? await startKeyVault({ now }) : null;
  await vault?.createCertificateVersion(CERTIFICATE);
  const eventSettings: Record<string, string> = vault
    ? {
        EMERGENCY_CALLING_POLICIES: 'Global',
        ENCRYPTION_CERTIFICATE: `${vault.vaultUrl}/certificates/${CERTIFICATE}`,
        MANAGED_IDENTITY_CLIENT_ID: graph.identity.clientId,
      }
    : {};
  const env = {
    TENANT_ID,
    CLIENT_ID,
    SERVICE_ACCOUNT: 'emergency@contoso.com',
    TOKEN_CACHE_KEY: randomBytes(32).toString('base64'),
    GRAPH_BASE_URL: graph.graphBaseUrl,
    AUTHORITY_HOST: graph.authorityHost,
    NOTIFICATION_URL: 'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com',
    TWILIO_ACCOUNT_SID: TWILIO_SID,
    TWILIO_AUTH_TOKEN: TWILIO_TOKEN,
    TWILIO_FROM: TWILIO_NUMBER,
    TWILIO_BASE_URL: twilio.baseUrl,
    AlertStorage: await takeProductStorage(),
    EventHubConnection: 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true',
    ROSTER_FILE: 'local/oneStepRoster.json',
    ...eventSettings,
    ...settings,
  };

  const logger: Logger = {
    info: (message, fields = {}) => log.push({ level: 'info', message, fields }),
    warn: (message, fields = {}) => log.push({ level: 'warn', message, fields }),
    error: (message, fields = {}) => log.push({ level: 'error', message, fields }),
  };

  async function start(create = createServices, settings: Record<string, string> = env): Promise<Services> {
    const services = await create(readSettings(settings), logger, { credential: identityOf(graph.identity), now });
    return { ...services, fetchBudgetMs: 300 };
  }

  const world = {
    env,
    graph,
    twilio,
    /** `null` where there are no events. */
    vault,
    hub,
    log,
    now,
    start,
    services: await start(),

    advance(ms: number): void {
      offsetMs += ms;
    },

    /** The chat of the caller and the security desk, which Teams otherwise makes, and announces, with the first call. */
    async openChat(): Promise<void> {
      await graph.chats.createChat({ members: [dials911.caller, 'emergency@contoso.com'] });
      await world.deliver();
    },

    /** Hands everything that is in the hub to ingest, as one batch; `copies` times over. */
    async deliver(copies = 1): Promise<void> {
      const events = hub.splice(0);
      for (let copy = 0; copy < copies; copy += 1) {
        await ingestNotifications(world.services, events);
      }
    },

    /** Does all work that is due by the clock, and what that brings about, until nothing more is due. */
    async work(): Promise<void> {
      for (;;) {
        const due = await world.services.store.work.listDue(now(), 100);
        if (due.length === 0) return;
        await Promise.all(due.map((row) => doWork(world.services, row)));
      }
    },

    /** Lets time pass, and does each piece of work at its time. */
    async pass(ms: number): Promise<void> {
      const end = now().getTime() + ms;
      for (;;) {
        const due = await world.services.store.work.listDue(new Date(end), 1_000);
        const [next] = due.sort((a, b) => a.value.dueAt.localeCompare(b.value.dueAt));
        if (!next) break;
        world.advance(Math.max(0, Date.parse(next.value.dueAt) - now().getTime()));
        await world.work();
      }
      world.advance(Math.max(0, end - now().getTime()));
    },

    /** Another process: nothing is left but what is stored. */
    async restart(): Promise<void> {
      world.services = await start();
    },

    /** What a phone shows, oldest first. */
    inbox(phone: string): string[] {
      return twilio
        .messages()
        .filter((message) => message.to === phone)
        .map((message) => message.body)
        .reverse();
    },

    async stop(): Promise<void> {
      await Promise.all([graph.close(), twilio.close(), vault?.close()]);
    },
  };

  await world.services.signIn?.startDeviceCode({ onCode: () => undefined });
  await renewSubscriptions(world.services);
  hub.splice(0);
  return world;
}

/** What the managed identity is in Azure, where only the process itself can ask for its tokens. */
function identityOf({ endpoint, header, clientId }: Graph['identity']): TokenCredential {
  return {
    async getToken(scopes) {
      const resource = String(scopes).replace(/\/\.default$/, '');
      const query = new URLSearchParams({ resource, 'api-version': '2019-08-01', client_id: clientId });
      const response = await fetch(`${endpoint}?${query}`, { headers: { 'X-IDENTITY-HEADER': header } });
      if (!response.ok) throw Object.assign(new Error('No token'), { statusCode: response.status });
      const { access_token: token, expires_on } = (await response.json()) as Record<string, string>;
      return { token: `${token}`, expiresOnTimestamp: Number(expires_on) * 1_000 };
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
