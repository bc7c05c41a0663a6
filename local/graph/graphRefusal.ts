import type { Reply, WireRequest } from './http.ts';
import { header } from './http.ts';

/** A refusal in Graph's own form. `isUnknown`: the look-alike does not know what the real one would have done. */
export class GraphRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly isUnknown: boolean;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    message: string,
    extras: { isUnknown?: boolean; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = 'GraphRefusal';
    this.status = status;
    this.code = code;
    this.isUnknown = extras.isUnknown ?? false;
    this.headers = extras.headers ?? {};
  }
}

/** The error body of https://learn.microsoft.com/graph/errors. */
export function toErrorReply(refusal: GraphRefusal, request: WireRequest, now: Date): Reply {
  const innerError = {
    date: now.toISOString().slice(0, 19),
    'request-id': request.id,
    'client-request-id': header(request, 'client-request-id') ?? request.id,
  };
  const error = { code: refusal.code, message: refusal.message, innerError };
  return { status: refusal.status, headers: refusal.headers, json: { error } };
}

/** 401: the texts are Graph's, so that a log of the product reads as it will in the cloud. */
export function invalidToken(why: 'missing' | 'unknown' | 'audience' | 'expired'): GraphRefusal {
  const messages = {
    missing: 'Access token is empty.',
    unknown: 'Access token validation failure. The token could not be read.',
    audience: 'Access token validation failure. Invalid audience.',
    expired: 'Lifetime validation failed, the token is expired.',
  };
  const challenge = 'Bearer realm="", client_id="00000003-0000-0000-c000-000000000000"';
  return new GraphRefusal(401, 'InvalidAuthenticationToken', messages[why], {
    headers: { 'www-authenticate': challenge },
  });
}

/** 403: the token's scopes do not suffice. */
export function missingScope(needed: readonly string[], present: readonly string[]): GraphRefusal {
  const message = `Missing scope permissions on the request. API requires one of '${needed.join(', ')}'. Scopes on the request '${present.join(', ')}'`;
  return new GraphRefusal(403, 'Forbidden', message);
}

/** 403: the app was not granted what it would need. */
export function missingRole(needed: readonly string[], present: readonly string[]): GraphRefusal {
  const message = `Missing role permissions on the request. API requires one of '${needed.join(', ')}'. Roles on the request '${present.join(', ')}'.`;
  return new GraphRefusal(403, 'Forbidden', message);
}

/** 400: an app that asks for itself is nobody's `me`. */
export function appOnMe(): GraphRefusal {
  return badRequest('/me request is only valid with delegated authentication flow.');
}

/** 403 as the subscription service passes on the refusal of the service behind it; code and form were seen in the field. */
export function refusedByExtension(): GraphRefusal {
  const message = 'Operation: Create; Exception: [Status Code: Forbidden; Reason: Forbidden]';
  return new GraphRefusal(403, 'ExtensionError', message);
}

/** 403: not a member of the chat, or another user's data. */
export function forbidden(message = 'Forbidden'): GraphRefusal {
  return new GraphRefusal(403, 'Forbidden', message);
}

export function notFound(): GraphRefusal {
  return new GraphRefusal(404, 'NotFound', 'NotFound');
}

export function subscriptionNotFound(): GraphRefusal {
  return new GraphRefusal(404, 'ResourceNotFound', 'The object was not found.');
}

export function badRequest(message: string): GraphRefusal {
  return new GraphRefusal(400, 'BadRequest', message);
}

/** 400 of the subscription service. */
export function invalidSubscription(message: string): GraphRefusal {
  return new GraphRefusal(400, 'InvalidRequest', message);
}

/** 400 of the subscription service, as it refuses an expiration that is too late. */
export function extensionError(message: string): GraphRefusal {
  return new GraphRefusal(400, 'ExtensionError', message);
}

/** 400: the certificate for resource data is none, or not of the kind that Graph takes. The first text was seen in the field. */
export function invalidCertificate(reason = 'Cannot find the requested object.'): GraphRefusal {
  return invalidSubscription(`Certificate validation error: ${reason}`);
}

/** 409; the sentence is documented on "Create subscription", the code was seen in the field (2023). */
export function duplicateSubscription(id: string): GraphRefusal {
  const message = `Subscription Id ${id} already exists for the requested combination`;
  return new GraphRefusal(409, 'ObjectIdentifierInUse', message);
}

/** 403: one of the quotas of https://learn.microsoft.com/graph/throttling-limits. The sentence is an invention. */
export function quotaExceeded(quota: string, limit: number): GraphRefusal {
  return new GraphRefusal(403, 'Forbidden', `The limit of ${limit} subscriptions ${quota} has been reached.`);
}

/** 501: something the look-alike was never taught. Remembered in `refusals()`. */
export function notKnown(what: string): GraphRefusal {
  return new GraphRefusal(501, 'notImplemented', `The look-alike of Microsoft Graph does not know ${what}.`, {
    isUnknown: true,
  });
}
