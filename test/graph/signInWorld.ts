import { randomBytes } from 'node:crypto';
import type { GraphOptions } from '../../local/graph/graph.ts';
import { startGraph } from '../../local/graph/server.ts';
import { createSignIn, type SignInOptions } from '../../shared/graph/signIn.ts';
import type { GraphSettings } from '../../shared/settings.ts';
import { createSignInStore, type SignInStore } from '../../shared/store/signInStore.ts';
import { createStorageClients } from '../../shared/store/storageClients.ts';
import { createSubscriptionStore } from '../../shared/store/subscriptionStore.ts';
import { takeProductStorage } from '../harness/storage.ts';

export const ACCOUNT = {
  id: '87d349ed-44d7-43e1-9a83-5f2406dee5bd',
  userPrincipalName: 'NestorW@contoso.com',
  displayName: 'Nestor Wilke',
};
const TENANT_ID = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';
const CLIENT_ID = '00001111-aaaa-2222-bbbb-3333cccc4444';

export type SignInWorld = Awaited<ReturnType<typeof startSignInWorld>>;

/** The look-alike of Graph and its sign-in service, a storage account, and a clock that the test moves. */
export async function startSignInWorld(options: Partial<GraphOptions> = {}) {
  let offsetMs = 0;
  const now = () => new Date(Date.now() + offsetMs);
  const hub: string[] = [];
  const graph = await startGraph({
    tenantId: TENANT_ID,
    clientId: CLIENT_ID,
    serviceAccount: ACCOUNT,
    devicePollSeconds: 0,
    now,
    publish: async (event) => {
      hub.push(event);
    },
    ...options,
  });
  graph.directory.addUser({ userPrincipalName: 'AlexW@contoso.com', displayName: 'Alex Wilber' });
  const connectionString = await takeProductStorage();
  const clients = await createStorageClients({ connectionString });
  const store = createSignInStore(clients);
  const settings: GraphSettings = {
    tenantId: TENANT_ID,
    clientId: CLIENT_ID,
    // Entra gives the UPN back in its own spelling.
    serviceAccount: ACCOUNT.userPrincipalName.toLowerCase(),
    graphBaseUrl: graph.graphBaseUrl,
    authorityHost: graph.authorityHost,
    tokenCacheKey: randomBytes(32),
  };

  return {
    graph,
    store,
    subscriptionStore: createSubscriptionStore(clients),
    settings,
    connectionString,
    now,
    hub,
    advance(ms: number): void {
      offsetMs += ms;
    },
    /** Another instance of the function app: nothing in memory. */
    instance: (changes: Partial<GraphSettings> = {}, more: SignInOptions & { store?: SignInStore } = {}) =>
      createSignIn({ ...settings, ...changes }, more.store ?? store, { now, ...more }),
    /** How many requests an operation of the look-alike has had. */
    asked: (operation: string) => graph.requests().filter((request) => request.operation === operation).length,
    stop: () => graph.close(),
  };
}

export const MINUTE_MS = 60_000;
export const REFRESH = 'signIn.token.refresh';

/** What was thrown, to look into; fails the test when nothing was. */
export async function failureOf(step: Promise<unknown>): Promise<Error & { code?: string; kind?: string }> {
  try {
    await step;
  } catch (caught) {
    if (caught instanceof Error) return caught;
  }
  throw new Error('It did not fail');
}
