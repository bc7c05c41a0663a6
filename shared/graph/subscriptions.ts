import type { TenantSettings } from '../settings.ts';
import { createGraphClient, type GraphAnswer } from './graphClient.ts';
import type { SignIn } from './signIn.ts';

export interface SubscriptionRequest {
  resource: string;
  changeType: string;
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  clientState: string;
  expiresAt: Date;
  /** With it, what changed comes encrypted with its notification. */
  certificate: EncryptionCertificate | null;
}

/** The public part of what Graph encrypts with: Base64 of the X.509 certificate. */
export interface EncryptionCertificate {
  certificateId: string;
  certificate: string;
}

/** `status` is Graph's, or `null` when there was no answer: then it is not known whether the request took effect. */
export interface SubscriptionFailure {
  outcome: 'failed';
  status: number | null;
  /** May be logged. */
  code: string;
  /** Graph's own word on when to ask again. */
  retryAfterMs: number | null;
}

export interface ListedSubscription {
  id: string;
  resource: string;
  changeType: string;
}

/** Subscriptions at Graph, of whoever signs in. Never throws for what Graph or the network did. */
export interface Subscriptions {
  /** `exists`: there is one of this resource and change type already; its id is `null` where Graph does not say. */
  create(
    request: SubscriptionRequest,
  ): Promise<
    | { outcome: 'created'; id: string; expiresAt: string }
    | { outcome: 'exists'; id: string | null }
    | SubscriptionFailure
  >;
  /** Sets when it expires, which reauthorizes it too, and with what it encrypts from now on unless that is `null`. */
  renew(
    id: string,
    expiresAt: Date,
    certificate: EncryptionCertificate | null,
  ): Promise<{ outcome: 'renewed'; expiresAt: string } | { outcome: 'notFound' } | SubscriptionFailure>;
  /** Whether Graph knows it. */
  find(
    id: string,
  ): Promise<{ outcome: 'found'; expiresAt: string | null } | { outcome: 'notFound' } | SubscriptionFailure>;
  /** One that is gone already counts as removed. */
  remove(id: string): Promise<{ outcome: 'removed' } | SubscriptionFailure>;
  /** Never holds a clientState: Graph gives that only when it creates. */
  list(): Promise<{ outcome: 'listed'; subscriptions: ListedSubscription[] } | SubscriptionFailure>;
}

/** Graph tries the hub and the lifecycle address before it answers, each for up to 10 s. */
const TIMEOUT_MS = 25_000;
const MAX_PAGES = 10;
const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** https://learn.microsoft.com/graph/api/resources/subscription; `timeoutMs` is for one request. */
export function createSubscriptions(
  settings: Pick<TenantSettings, 'graphBaseUrl'>,
  signIn: Pick<SignIn, 'getAccessToken'>,
  timeoutMs = TIMEOUT_MS,
): Subscriptions {
  const graph = createGraphClient(settings, signIn);
  const pathTo = (id: string) => `/subscriptions/${encodeURIComponent(id)}`;
  const send = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) =>
    graph.request({
      method,
      path,
      body,
      timeoutMs,
      // Messages of kinds that Graph learned later are announced too.
      headers: method === 'POST' ? { Prefer: 'include-unknown-enum-members' } : {},
    });

  return {
    async create({ expiresAt, lifecycleNotificationUrl, certificate, ...request }) {
      const answer = await send('POST', '/subscriptions', {
        ...request,
        expirationDateTime: expiresAt.toISOString(),
        ...(lifecycleNotificationUrl === null ? {} : { lifecycleNotificationUrl }),
        ...(certificate === null ? {} : { includeResourceData: true, ...toProperties(certificate) }),
      });
      if (statusOf(answer) === 409) return { outcome: 'exists', id: GUID.exec(messageOf(answer))?.[0] ?? null };
      const id = textOf(answer, 'id');
      return statusOf(answer) === 201 && id !== null
        ? { outcome: 'created', id, expiresAt: expiryOf(answer) ?? expiresAt.toISOString() }
        : toFailure(answer);
    },

    async renew(id, expiresAt, certificate) {
      const answer = await send('PATCH', pathTo(id), {
        expirationDateTime: expiresAt.toISOString(),
        ...(certificate === null ? {} : toProperties(certificate)),
      });
      if (statusOf(answer) === 404) return { outcome: 'notFound' };
      return statusOf(answer) === 200
        ? { outcome: 'renewed', expiresAt: expiryOf(answer) ?? expiresAt.toISOString() }
        : toFailure(answer);
    },

    async find(id) {
      const answer = await send('GET', pathTo(id));
      if (statusOf(answer) === 404) return { outcome: 'notFound' };
      return statusOf(answer) === 200 ? { outcome: 'found', expiresAt: expiryOf(answer) } : toFailure(answer);
    },

    async remove(id) {
      const answer = await send('DELETE', pathTo(id));
      return [200, 204, 404].includes(statusOf(answer) ?? 0) ? { outcome: 'removed' } : toFailure(answer);
    },

    async list() {
      const subscriptions: ListedSubscription[] = [];
      let path: string | null = '/subscriptions';
      for (let page = 0; path !== null && page < MAX_PAGES; page += 1) {
        const answer: GraphAnswer = await send('GET', path);
        const items = propertyOf(answer, 'value');
        if (statusOf(answer) !== 200 || !Array.isArray(items)) return toFailure(answer);
        subscriptions.push(...items.flatMap(toListed));
        path = graph.pathOfLink(propertyOf(answer, '@odata.nextLink'));
      }
      return { outcome: 'listed', subscriptions };
    },
  };
}

/** Graph takes both or neither. */
function toProperties({ certificate, certificateId }: EncryptionCertificate) {
  return { encryptionCertificate: certificate, encryptionCertificateId: certificateId };
}

function toListed(item: unknown): ListedSubscription[] {
  const { id, resource, changeType } = (item ?? {}) as Record<string, unknown>;
  const isComplete = typeof id === 'string' && typeof resource === 'string' && typeof changeType === 'string';
  return isComplete ? [{ id, resource, changeType }] : [];
}

function toFailure(answer: GraphAnswer): SubscriptionFailure {
  switch (answer.outcome) {
    case 'answered':
      return { outcome: 'failed', status: answer.status, code: answer.code, retryAfterMs: answer.retryAfterMs };
    case 'notAnswered':
      return { outcome: 'failed', status: null, code: answer.code, retryAfterMs: null };
    case 'signInFailed':
      return { outcome: 'failed', status: null, code: answer.error.code, retryAfterMs: answer.error.retryAfterMs };
  }
}

function statusOf(answer: GraphAnswer): number | null {
  return answer.outcome === 'answered' ? answer.status : null;
}

function propertyOf(answer: GraphAnswer, name: string): unknown {
  const body = answer.outcome === 'answered' ? answer.body : null;
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

function textOf(answer: GraphAnswer, name: string): string | null {
  const value = propertyOf(answer, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** ISO 8601 in UTC: Graph also writes other offsets and seven decimals. */
function expiryOf(answer: GraphAnswer): string | null {
  const ms = Date.parse(textOf(answer, 'expirationDateTime') ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

function messageOf(answer: GraphAnswer): string {
  const { message } = (propertyOf(answer, 'error') ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}
