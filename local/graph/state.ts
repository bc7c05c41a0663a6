import type { Behaviour } from './behaviour.ts';
import type { EventFacts } from './emergency/callEvent.ts';
import type { Faults } from './faults.ts';
import type { ManagedIdentity } from './identity/managedIdentity.ts';
import type { Journal } from './journal.ts';
import type { AccessToken, AuthorizationCode, Chat, DeviceSignIn, RefreshToken, Subscription, User } from './model.ts';
import type { Outbox } from './notifications/outbox.ts';
import type { Webhooks } from './notifications/webhooks.ts';
import type { SigningKeys } from './signIn/signingKeys.ts';

/** How many subscriptions there may be; the numbers are Microsoft's, except the last. */
export interface Quotas {
  /** Per app and chat. */
  perChat: number;
  /** Per app and user, for all chats of the user. */
  allChatsPerUser: number;
  organization: number;
  /** Single chats of one user: not documented, seen in the field at about this number. */
  singleChatsPerUser: number;
}

export const DEFAULT_QUOTAS: Quotas = {
  perChat: 1,
  allChatsPerUser: 10,
  organization: 10_000,
  singleChatsPerUser: 90,
};

/** Delegated permissions that were granted to the app, in Microsoft's spelling. */
export const DEFAULT_SCOPES = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'User.Read',
  'Chat.Read',
  'Chat.ReadBasic',
  'ChatMessage.Read',
];

/** Everything the look-alike knows: one tenant, one app and one identity, users, chats, subscriptions and tokens. */
export interface State {
  readonly tenantId: string;
  readonly clientId: string;
  readonly serviceAccountId: string;
  readonly password: string | null;
  readonly signInApproval: 'automatic' | 'manual';
  readonly devicePollSeconds: number;
  readonly consentedScopes: readonly string[];
  readonly managedIdentity: ManagedIdentity;
  readonly quotas: Quotas;
  readonly behaviour: Behaviour;
  readonly now: () => Date;
  /** Puts an event into the hub; a rejection is the hub's refusal. */
  readonly publish: (eventBody: string, partitionKey?: string) => Promise<void>;
  /** `host:port`, once the server listens. */
  host: string;
  readonly users: Map<string, User>;
  readonly chats: Map<string, Chat>;
  /** Calls whose start was an event, by the event's id. */
  readonly startedCalls: Map<string, EventFacts>;
  readonly subscriptions: Map<string, Subscription>;
  readonly deviceSignIns: Map<string, DeviceSignIn>;
  readonly authorizationCodes: Map<string, AuthorizationCode>;
  readonly accessTokens: Map<string, AccessToken>;
  readonly refreshTokens: Map<string, RefreshToken>;
  readonly signingKeys: SigningKeys;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly webhooks: Webhooks;
}
