import type { Server } from 'node:http';
import type { Chat } from './chats/chat.ts';
import { createChat, type NewChat } from './chats/createChat.ts';
import { deleteMessage, editMessage, leaveChat, type NewMessage, postMessage } from './chats/writeMessages.ts';
import { addUser, type User } from './directory.ts';
import { type PlacedCall, placeEmergencyCall } from './emergency/placeEmergencyCall.ts';
import { createFaults, type Faults } from './faults.ts';
import { createGraphServer } from './httpServer.ts';
import { createJournal, type RefusalRecord, type RequestRecord } from './journal.ts';
import { createOutbox, type Outbox } from './notifications/outbox.ts';
import { approveSignIn, declineSignIn, pendingSignIns } from './signIn/deviceCode.ts';
import { expireAccessTokens, revokeRefreshTokens } from './signIn/token.ts';
import { DEFAULT_QUOTAS, DEFAULT_SCOPES, type Quotas, type State } from './state.ts';
import { type LifecyclePost, removeSubscription, requireReauthorization } from './subscriptions/lifecycle.ts';
import { liveSubscriptions, type Subscription } from './subscriptions/subscription.ts';

export interface GraphOptions {
  /** A free one when left out. */
  port?: number;
  tenantId: string;
  clientId: string;
  /** With a password, the page at `/devicelogin` asks for it. */
  serviceAccount: User & { password?: string };
  /** Puts an event into the hub; a rejection is the hub's refusal. */
  publish: (eventBody: string, partitionKey?: string) => Promise<void>;
  now?: () => Date;
  /** `automatic` (the default) signs the service account in by itself. */
  signInApproval?: 'automatic' | 'manual';
  /** How often the sign-in service says it may be polled; 5 s as the real one when left out. */
  devicePollSeconds?: number;
  /** Delegated permissions that were consented to. */
  consentedScopes?: string[];
  quotas?: Partial<Quotas>;
}

/** The running look-alike of Microsoft Graph and its sign-in service, with the means to drive it. */
export interface Graph {
  /** Origins, without a path. Both are the same server. */
  graphBaseUrl: string;
  authorityHost: string;
  /** Ends it, with every request that hangs. */
  close(): Promise<void>;
  faults: Pick<Faults, 'add' | 'clear' | 'list'>;
  /** What happens between Graph and the hub. */
  notifications: Pick<Outbox, 'setFaults' | 'flush' | 'held' | 'lost'>;
  requests(): RequestRecord[];
  /** What was asked that the look-alike does not know. A test should end with none. */
  refusals(): RefusalRecord[];
  directory: { addUser(user: Omit<User, 'id'> & { id?: string }): User; users(): User[] };
  chats: {
    createChat(chat: NewChat): Promise<Chat>;
    /** Gives the message's id. */
    postMessage(chatId: string, message: NewMessage): Promise<string>;
    editMessage(chatId: string, messageId: string, edit: { content: string; announce?: boolean }): Promise<void>;
    deleteMessage(chatId: string, messageId: string, options?: { announce?: boolean }): Promise<void>;
    leaveChat(chatId: string, idOrUpn: string): Promise<void>;
  };
  emergency: { placeEmergencyCall(call: PlacedCall): Promise<{ chatId: string; messageId: string }> };
  devices: {
    pendingSignIns(): { userCode: string; expiresAt: string }[];
    approve(userCode: string, idOrUpn: string): void;
    decline(userCode: string): void;
  };
  subscriptions(): Subscription[];
  removeSubscription(id: string): Promise<LifecyclePost>;
  requireReauthorization(id: string, options?: { pause?: boolean }): Promise<LifecyclePost>;
  revokeRefreshTokens(): void;
  expireAccessTokens(): void;
}

/** Starts the look-alike on loopback. The same control is at `/control/…` for commands in other processes. */
export async function startGraph(options: GraphOptions): Promise<Graph> {
  const state = createState(options);
  const { id, userPrincipalName, displayName } = options.serviceAccount;
  addUser(state, { id, userPrincipalName, displayName });
  const control = createControl(state);
  const server = createGraphServer(state, control);
  const port = await listen(server, options.port ?? 0);
  state.host = `127.0.0.1:${port}`;
  const origin = `http://${state.host}`;
  return { ...control, graphBaseUrl: origin, authorityHost: origin, close: () => close(server, state) };
}

function createState(options: GraphOptions): State {
  return {
    tenantId: options.tenantId,
    clientId: options.clientId,
    serviceAccountId: options.serviceAccount.id,
    password: options.serviceAccount.password ?? null,
    signInApproval: options.signInApproval ?? 'automatic',
    devicePollSeconds: options.devicePollSeconds ?? 5,
    consentedScopes: options.consentedScopes ?? DEFAULT_SCOPES,
    quotas: { ...DEFAULT_QUOTAS, ...options.quotas },
    now: options.now ?? (() => new Date()),
    host: '',
    users: new Map(),
    chats: new Map(),
    subscriptions: new Map(),
    deviceSignIns: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    faults: createFaults(),
    journal: createJournal(),
    outbox: createOutbox(options.publish),
  };
}

function createControl(state: State): Omit<Graph, 'close' | 'graphBaseUrl' | 'authorityHost'> {
  return {
    faults: state.faults,
    notifications: state.outbox,
    requests: () => [...state.journal.requests],
    refusals: () => [...state.journal.refusals],
    directory: { addUser: (user) => addUser(state, user), users: () => [...state.users.values()] },
    chats: {
      createChat: (chat) => createChat(state, chat),
      postMessage: (chatId, message) => postMessage(state, chatId, message),
      editMessage: (chatId, messageId, edit) => editMessage(state, chatId, messageId, edit),
      deleteMessage: (chatId, messageId, how) => deleteMessage(state, chatId, messageId, how),
      leaveChat: (chatId, idOrUpn) => leaveChat(state, chatId, idOrUpn),
    },
    emergency: { placeEmergencyCall: (call) => placeEmergencyCall(state, call) },
    devices: {
      pendingSignIns: () => pendingSignIns(state),
      approve: (userCode, idOrUpn) => approveSignIn(state, userCode, idOrUpn),
      decline: (userCode) => declineSignIn(state, userCode),
    },
    subscriptions: () => liveSubscriptions(state).map((subscription) => ({ ...subscription })),
    removeSubscription: (id) => removeSubscription(state, id),
    requireReauthorization: (id, how) => requireReauthorization(state, id, how),
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
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
