import { setTimeout as sleep } from 'node:timers/promises';
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type { GraphOptions } from '../../local/graph/graph.ts';
import { startGraph } from '../../local/graph/server.ts';
import type { Encrypted } from './graphCertificate.ts';

export const TENANT_ID = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';
export const CLIENT_ID = '00001111-aaaa-2222-bbbb-3333cccc4444';
export const SERVICE_ACCOUNT = {
  id: '87d349ed-44d7-43e1-9a83-5f2406dee5bd',
  userPrincipalName: 'NestorW@contoso.com',
  displayName: 'Nestor Wilke',
};
export const CALLER = 'AlexW@contoso.com';
const NOTIFICATION_URL =
  'EventHub:https://contoso.servicebus.windows.net/eventhubname/teams-events?tenantId=contoso.com';
export const SCOPES = 'openid profile offline_access User.Read Chat.Read';
export const MINUTE_MS = 60_000;

export type World = Awaited<ReturnType<typeof startWorld>>;

/** A look-alike with a clock that stands still until it is moved, and a hub that is a list. */
export async function startWorld(options: Partial<GraphOptions> = {}) {
  let nowMs = Date.parse('2026-03-02T09:00:00.000Z');
  const hub: string[] = [];
  const graph = await startGraph({
    tenantId: TENANT_ID,
    clientId: CLIENT_ID,
    serviceAccount: SERVICE_ACCOUNT,
    now: () => new Date(nowMs),
    publish: async (event) => {
      hub.push(event);
    },
    ...options,
  });
  graph.directory.addUser({ userPrincipalName: CALLER, displayName: 'Alex Wilber' });

  const world = {
    graph,
    now: () => new Date(nowMs),
    advance(ms: number): void {
      nowMs += ms;
    },
    /** What is in the hub, and takes it out. */
    takeEvents: (): Notification[][] => hub.splice(0).map((event) => JSON.parse(event).value),
    takeNotifications: (): Notification[] => world.takeEvents().flat(),

    async postForm<Body = SignInBody>(path: string, form: Record<string, string>): Promise<Answer<Body>> {
      const body = new URLSearchParams(form);
      return toAnswer(await fetch(`${graph.authorityHost}/${path}`, { method: 'POST', body }));
    },
    /** Signs the service account in (or whoever `approve` says) and gives the token endpoint's answer. */
    async signIn(scope = SCOPES): Promise<SignInBody> {
      const begun = await world.postForm(`${TENANT_ID}/oauth2/v2.0/devicecode`, { client_id: CLIENT_ID, scope });
      const grant = { grant_type: DEVICE_GRANT, client_id: CLIENT_ID, device_code: begun.body.device_code };
      return (await world.postForm(`${TENANT_ID}/oauth2/v2.0/token`, grant)).body;
    },
    async call<Body = GraphBody>(method: string, path: string, init: CallInit = {}): Promise<Answer<Body>> {
      const response = await fetch(`${graph.graphBaseUrl}${path}`, {
        method,
        headers: {
          ...(init.token === undefined ? {} : { authorization: `Bearer ${init.token}` }),
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...init.headers,
        },
        ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      });
      return toAnswer(response);
    },
    /** The name of the error of a request that a fault keeps back; one that hangs is given up once it has come in. */
    async errorOf(kind: 'hang' | 'reset', url: string, init: RequestInit = {}): Promise<string> {
      const giveUp = new AbortController();
      const name = fetch(url, { ...init, signal: giveUp.signal }).then(
        () => 'none',
        (caught: { name: string }) => caught.name,
      );
      await until(() => graph.requests().at(-1)?.status === kind);
      if (kind === 'hang') giveUp.abort();
      return name;
    },
    /** A token of the managed identity for Graph. */
    async appToken(): Promise<string> {
      const query = new URLSearchParams({ resource: 'https://graph.microsoft.com', 'api-version': '2019-08-01' });
      const headers = { 'x-identity-header': graph.identity.header };
      return (await world.call<SignInBody>('GET', `/msi/token?${query}`, { headers })).body.access_token;
    },
    /** The body of a subscription that Graph accepts; a test spoils one thing of it. */
    subscription(changes: Record<string, unknown> = {}): Record<string, unknown> {
      return {
        changeType: 'created,updated,deleted',
        notificationUrl: NOTIFICATION_URL,
        resource: `/users/${SERVICE_ACCOUNT.id}/chats/getAllMessages`,
        expirationDateTime: new Date(nowMs + 60 * MINUTE_MS).toISOString(),
        clientState: 'a-secret-that-only-graph-knows',
        ...changes,
      };
    },
  };
  return world;
}

/** Waits for what will come in its time. */
export async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await sleep(2);
}

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

interface CallInit {
  token?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** What the tests look into of Graph's answers. */
export interface GraphBody {
  id: string;
  value: GraphBody[];
  error: { code: string; message: string; innerError: Record<string, string> };
  '@odata.context': string;
  '@odata.nextLink': string;
  body: { contentType: string; content: string };
  messageType: string;
  lastMessagePreview: unknown;
  createdDateTime: string;
  lastModifiedDateTime: string;
  lastEditedDateTime: string;
  locale: string;
  email: string;
  resource: string;
  changeType: string;
  expirationDateTime: string;
  includeResourceData: boolean;
  encryptionCertificateId: string;
}

/** What the tests look into of the sign-in service's answers. */
export interface SignInBody {
  user_code: string;
  device_code: string;
  expires_in: number;
  access_token: string;
  refresh_token: string;
  scope: string;
  error: string;
  error_codes: number[];
}

/** One entry of an event in the hub. */
export interface Notification {
  subscriptionId: string;
  changeType: string;
  resource: string;
  resourceData: { id: string };
  encryptedContent?: Encrypted;
}

/** The body parsed where it is JSON, else as text. `Body` is what the test expects it to be. */
async function toAnswer<Body>(response: Response): Promise<Answer<Body>> {
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as Body };
}

/**
 * MSAL's network client for a sign-in service on loopback: MSAL takes https authorities only, so https of this host is
 * carried by http. Any other address is refused, so that no test ever asks Microsoft.
 */
export class LoopbackNetwork implements INetworkModule {
  readonly #host: string;
  readonly refused: string[] = [];

  constructor(authorityHost: string) {
    this.#host = new URL(authorityHost).host;
  }

  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send(url, 'GET', options);
  }

  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send(url, 'POST', options);
  }

  async #send<T>(url: string, method: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    const target = new URL(url);
    if (target.host !== this.#host) {
      this.refused.push(target.host);
      throw new Error('Not the sign-in service of this test');
    }
    target.protocol = 'http:';
    const body = options?.body === undefined ? {} : { body: options.body };
    const response = await fetch(target, { method, headers: options?.headers ?? {}, ...body });
    const headers = Object.fromEntries(response.headers.entries());
    return { headers, body: (await response.json()) as T, status: response.status };
  }
}

/** The last middleware of a Graph client: https of loopback, carried by http. */
export class LoopbackTransport implements Middleware {
  async execute(context: Context): Promise<void> {
    const url = String(context.request).replace(/^https:/, 'http:');
    const headers = { ...(context.options?.headers as Record<string, string>), 'x-forwarded-proto': 'https' };
    context.response = await fetch(url, { ...(context.options as RequestInit), headers });
  }
}
