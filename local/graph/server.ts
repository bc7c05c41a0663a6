import type { Server } from 'node:http';
import { DEFAULT_BEHAVIOUR } from './behaviour.ts';
import { createChat } from './chats/createChat.ts';
import { deleteMessage, editMessage, leaveChat, postMessage } from './chats/writeMessages.ts';
import { addUser } from './directory.ts';
import { placeEmergencyCall } from './emergency/placeEmergencyCall.ts';
import { endCall, sendEvent } from './emergency/sendEvent.ts';
import { createFaults } from './faults.ts';
import type { Control, Graph, GraphOptions } from './graph.ts';
import { createGraphServer } from './httpServer.ts';
import { createManagedIdentity } from './identity/managedIdentity.ts';
import { createJournal } from './journal.ts';
import { createCarriers } from './notifications/carriers.ts';
import { createOutbox } from './notifications/outbox.ts';
import { validationToken } from './notifications/validationToken.ts';
import { createWebhooks } from './notifications/webhooks.ts';
import { approveSignIn, declineSignIn, pendingSignIns } from './signIn/deviceCode.ts';
import { createSigningKeys } from './signIn/signingKeys.ts';
import { expireAccessTokens, revokeRefreshTokens } from './signIn/token.ts';
import { DEFAULT_QUOTAS, DEFAULT_SCOPES, type State } from './state.ts';
import { removeSubscription, requireReauthorization } from './subscriptions/lifecycle.ts';
import { liveSubscriptions } from './subscriptions/subscription.ts';

/** Starts the look-alike on loopback. The same control is at `/control/…` for commands in other processes. */
export async function startGraph(options: GraphOptions): Promise<Graph> {
  const state = createState(options);
  const { password: _, ...serviceAccount } = options.serviceAccount;
  addUser(state, serviceAccount);
  const control = createControl(state);
  const server = createGraphServer(state, control);
  const port = await listen(server, options.port ?? 0);
  state.host = `127.0.0.1:${port}`;
  const origin = `http://${state.host}`;
  const { header, clientId } = state.managedIdentity;
  const identity = { endpoint: `${origin}/msi/token`, header, clientId };
  return { ...control, graphBaseUrl: origin, authorityHost: origin, identity, close: () => close(server, state) };
}

function createState(options: GraphOptions): State {
  const { publish } = options;
  const webhooks = createWebhooks(options.webhooks);
  const tokenFor = (applicationId: string) => validationToken(state, applicationId);
  const state: State = {
    tenantId: options.tenantId,
    clientId: options.clientId,
    serviceAccountId: options.serviceAccount.id,
    password: options.serviceAccount.password ?? null,
    signInApproval: options.signInApproval ?? 'automatic',
    devicePollSeconds: options.devicePollSeconds ?? 5,
    consentedScopes: options.consentedScopes ?? DEFAULT_SCOPES,
    managedIdentity: createManagedIdentity(options.managedIdentity),
    behaviour: { ...DEFAULT_BEHAVIOUR, ...options.behaviour },
    quotas: { ...DEFAULT_QUOTAS, ...options.quotas },
    now: options.now ?? (() => new Date()),
    host: '',
    publish,
    users: new Map(),
    chats: new Map(),
    startedCalls: new Map(),
    subscriptions: new Map(),
    deviceSignIns: new Map(),
    authorizationCodes: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    signingKeys: createSigningKeys(),
    faults: createFaults(),
    journal: createJournal(),
    outbox: createOutbox(createCarriers({ publish, webhooks, tokenFor })),
    webhooks,
  };
  return state;
}

function createControl(state: State): Control {
  return {
    faults: state.faults,
    behaviour: () => ({ ...state.behaviour }),
    setBehaviour: (changes) => {
      Object.assign(state.behaviour, changes);
    },
    notifications: { ...state.outbox, posts: () => state.webhooks.posts.list() },
    validationToken: (applicationId, changes) => validationToken(state, applicationId, changes),
    rotateSigningKey: () => state.signingKeys.rotate(),
    requests: () => state.journal.requests.list(),
    refusals: () => state.journal.refusals.list(),
    directory: { addUser: (user) => addUser(state, user), users: () => [...state.users.values()] },
    chats: {
      createChat: async (chat) => (await createChat(state, chat)).id,
      postMessage: (chatId, message) => postMessage(state, chatId, message),
      editMessage: (chatId, messageId, edit) => editMessage(state, chatId, messageId, edit),
      deleteMessage: (chatId, messageId, how) => deleteMessage(state, chatId, messageId, how),
      leaveChat: (chatId, idOrUpn) => leaveChat(state, chatId, idOrUpn),
    },
    emergency: {
      placeEmergencyCall: (call) => placeEmergencyCall(state, call),
      endCall: (call) => endCall(state, call),
      sendEvent: (event) => sendEvent(state, event),
    },
    devices: {
      pendingSignIns: () => pendingSignIns(state),
      approve: (userCode, idOrUpn) => approveSignIn(state, userCode, idOrUpn),
      decline: (userCode) => declineSignIn(state, userCode),
    },
    subscriptions: () => liveSubscriptions(state).map((subscription) => ({ ...subscription })),
    removeSubscription: (id) => removeSubscription(state, id),
    requireReauthorization: (id, how) => requireReauthorization(state, id, how),
    setAppRoles: (roles) => {
      state.managedIdentity.roles = roles;
    },
    revokeRefreshTokens: () => revokeRefreshTokens(state),
    expireAccessTokens: () => expireAccessTokens(state),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) {
        resolve(address.port);
      } else {
        reject(new Error('The server has no port'));
      }
    });
  });
}

function close(server: Server, state: State): Promise<void> {
  state.outbox.close();
  state.webhooks.close();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
