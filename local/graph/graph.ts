import type { Behaviour } from './behaviour.ts';
import type { NewChat } from './chats/createChat.ts';
import type { NewMessage } from './chats/writeMessages.ts';
import type { PlacedCall, PlacedCallIds } from './emergency/placeEmergencyCall.ts';
import type { EndedCall, RawEvent } from './emergency/sendEvent.ts';
import type { Faults } from './faults.ts';
import type { ManagedIdentityOptions } from './identity/managedIdentity.ts';
import type { RefusalRecord, RequestRecord } from './journal.ts';
import type { Subscription, User } from './model.ts';
import type { Outbox } from './notifications/outbox.ts';
import type { WebhookPost, WebhookTimes } from './notifications/webhooks.ts';
import type { Quotas } from './state.ts';
import type { LifecyclePost } from './subscriptions/lifecycle.ts';

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
  /** The function app's own identity. */
  managedIdentity?: ManagedIdentityOptions;
  behaviour?: Partial<Behaviour>;
  webhooks?: Partial<WebhookTimes>;
}

/** The running look-alike of Microsoft Graph and its sign-in service, with the means to drive it. */
export interface Graph {
  /** Origins, without a path. Both are the same server. */
  graphBaseUrl: string;
  authorityHost: string;
  /** What App Service gives a function app as `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`, and the identity's client id. */
  identity: { endpoint: string; header: string; clientId: string };
  /** Ends it, with every request that hangs. */
  close(): Promise<void>;
  faults: Pick<Faults, 'add' | 'clear' | 'list'>;
  behaviour(): Behaviour;
  /** Changes what is named, from the next request or notification on. */
  setBehaviour(changes: Partial<Behaviour>): void;
  /** What happens between Graph and the hub or webhook. */
  notifications: Pick<Outbox, 'setFaults' | 'flush' | 'held' | 'lost'> & {
    /** Every attempt to tell a webhook. */
    posts(): WebhookPost[];
  };
  /** What Graph signs for the app of that id, with these claims changed (and signed all the same). */
  validationToken(applicationId: string, changes?: Record<string, unknown>): string;
  rotateSigningKey(): void;
  requests(): RequestRecord[];
  /** What was asked that the look-alike does not know. A test should end with none. */
  refusals(): RefusalRecord[];
  directory: { addUser(user: Omit<User, 'id'> & { id?: string }): User; users(): User[] };
  chats: {
    /** Gives the chat's id. */
    createChat(chat: NewChat): Promise<string>;
    /** Gives the message's id. */
    postMessage(chatId: string, message: NewMessage): Promise<string>;
    editMessage(chatId: string, messageId: string, edit: { content: string; announce?: boolean }): Promise<void>;
    deleteMessage(chatId: string, messageId: string, options?: { announce?: boolean }): Promise<void>;
    leaveChat(chatId: string, idOrUpn: string): Promise<void>;
  };
  emergency: {
    placeEmergencyCall(call: PlacedCall): Promise<PlacedCallIds>;
    endCall(call: EndedCall): Promise<{ eventId: string }>;
    sendEvent(event: RawEvent): Promise<{ eventId: string }>;
  };
  devices: {
    pendingSignIns(): { userCode: string; expiresAt: string }[];
    approve(userCode: string, idOrUpn: string): void;
    decline(userCode: string): void;
  };
  subscriptions(): Subscription[];
  removeSubscription(id: string): Promise<LifecyclePost>;
  requireReauthorization(id: string, options?: { pause?: boolean }): Promise<LifecyclePost>;
  /** What new tokens of the managed identity may do on Graph. */
  setAppRoles(roles: readonly string[]): void;
  revokeRefreshTokens(): void;
  expireAccessTokens(): void;
}

/** What a command in another process can do too. */
export type Control = Omit<Graph, 'close' | 'graphBaseUrl' | 'authorityHost' | 'identity'>;
