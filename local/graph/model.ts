/*
 * What the look-alike keeps. No rule is here: the files of each subject hold those.
 */

export interface User {
  id: string;
  userPrincipalName: string;
  displayName: string;
  /** The primary mail address, `null` without one; the UPN when left out. Chat members are shown with it. */
  mail?: string | null;
}

export interface Chat {
  id: string;
  chatType: 'oneOnOne' | 'group' | 'meeting';
  topic: string | null;
  createdDateTime: string;
  lastUpdatedDateTime: string;
  /** Ids of those who are in it now. */
  memberIds: string[];
  messages: ChatMessage[];
}

/** The chatMessage resource as it is documented, in the order of Microsoft's examples. */
export interface ChatMessage {
  id: string;
  replyToId: null;
  etag: string;
  messageType: 'message' | 'systemEventMessage';
  createdDateTime: string;
  lastModifiedDateTime: string;
  lastEditedDateTime: string | null;
  deletedDateTime: string | null;
  subject: string | null;
  summary: null;
  chatId: string;
  importance: 'normal' | 'high' | 'urgent';
  locale: string;
  webUrl: null;
  channelIdentity: null;
  policyViolation: null;
  eventDetail: Record<string, unknown> | null;
  from: MessageSender | null;
  body: { contentType: 'text' | 'html'; content: string };
  attachments: unknown[];
  mentions: unknown[];
  reactions: unknown[];
  messageHistory: unknown[];
}

export interface MessageSender {
  application: null;
  device: null;
  user: {
    '@odata.type': '#microsoft.graph.teamworkUserIdentity';
    id: string;
    displayName: string | null;
    userIdentityType: 'aadUser';
    tenantId: string;
  };
}

export type ChangeType = 'created' | 'updated' | 'deleted';

/** What a subscription watches. */
export type Target =
  | { kind: 'allMessages'; userId: string }
  | { kind: 'chatMessages'; chatId: string }
  | { kind: 'chats'; userId: string }
  | { kind: 'emergencyEvents'; policyName: string };

export interface Subscription {
  id: string;
  /** As the client wrote it. */
  resource: string;
  target: Target;
  /** As the client wrote it, and what it means. */
  changeType: string;
  changeTypes: ChangeType[];
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  expirationDateTime: Date;
  clientState: string | null;
  latestSupportedTlsVersion: string;
  /** The user whom the app called for, or the app's service principal. */
  creatorId: string;
  applicationId: string;
  /** How resource data is encrypted; `null`: notifications hold none. */
  encryption: Encryption | null;
  /** The client sent `Prefer: include-unknown-enum-members`. */
  showsUnknownMembers: boolean;
  /** Graph asked for a reauthorization and sends nothing until it gets one. */
  isPaused: boolean;
  renewedAt: Date | null;
  reauthorizedAt: Date | null;
}

export interface Encryption {
  /** DER in Base64, as the client sent it. */
  certificate: string;
  certificateId: string;
}

/** Delegated: for a user, with scopes. Application: for a managed identity, with roles. */
export type AccessToken = { audience: string; expiresAt: Date } & (
  | { kind: 'delegated'; userId: string; scopes: readonly string[] }
  | { kind: 'application'; roles: readonly string[] }
);

export interface RefreshToken {
  userId: string;
  issuedAt: Date;
  expiresAt: Date;
  isRevoked: boolean;
}

/** A code of the authorization code flow, until it is redeemed. */
export interface AuthorizationCode {
  challenge: string;
  redirectUri: string;
  scopes: readonly string[];
  userId: string;
  expiresAt: Date;
}

export interface DeviceSignIn {
  deviceCode: string;
  userCode: string;
  scopes: readonly string[];
  expiresAt: Date;
  status: 'pending' | 'approved' | 'declined' | 'redeemed';
  userId: string | null;
}
