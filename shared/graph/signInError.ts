import { blockedByPolicy, explanationOf, type SignInErrorKind } from './signInExplanations.ts';

/**
 * There is no access token. `code` is Entra's (`AADSTS50173`) or a word of ours. Message and code hold nothing
 * personal, no token and no address: both may be logged, and the message is for an administrator.
 */
export class SignInError extends Error {
  readonly code: string;
  readonly kind: SignInErrorKind;
  readonly retryAfterMs: number | null;
  /** Private, so that no logger prints it with the error. */
  readonly #signedInAs: string | null;

  constructor(
    code: string,
    kind: SignInErrorKind,
    details: { cause?: unknown; retryAfterMs?: number | null; signedInAs?: string; message?: string } = {},
  ) {
    super(details.message ?? explanationOf(code, kind), { cause: details.cause });
    this.name = 'SignInError';
    this.code = code;
    this.kind = kind;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.#signedInAs = details.signedInAs ?? null;
  }

  /** For the command that signs in: the account that was refused. Never to be logged. */
  get signedInAs(): string | null {
    return this.#signedInAs;
  }
}

/** What the sign-in service answered last. `status` is `null` when there was no answer. */
export interface SignInAnswer {
  status: number | null;
  /** `error` of https://datatracker.ietf.org/doc/html/rfc6749#section-5.2, or why there was no answer. */
  error: string | null;
  aadsts: number | null;
  retryAfterMs: number | null;
}

/** `unexpected_answer` is ours: what came back is not of the sign-in service, but of something on the way. */
const TEMPORARY_ERRORS = ['temporarily_unavailable', 'server_error', 'slow_down', 'unexpected_answer'];

/** As a user cannot change them; https://datatracker.ietf.org/doc/html/rfc6749#section-5.2. */
const CONFIGURATION_ERRORS = [
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_request',
  'invalid_resource',
];

/**
 * AADSTS numbers that mean something else than their `error`. Microsoft may change them, so `error` decides about all
 * others. https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const KINDS: ReadonlyMap<number, SignInErrorKind> = new Map([
  ...[50033, 50087, 50088, 50196, 90006, 90012, 90024, 90033, 90055].map((code) => [code, 'temporary'] as const),
  ...[50020, 50034, 50105, 51004, 65001, 65005, 70001, 90002, 500011, 650052, 650056, 700011, 700016, 7000218].map(
    (code) => [code, 'configuration'] as const,
  ),
  ...blockedByPolicy.map((code) => [code, 'blockedByPolicy'] as const),
]);

/** The error for a refusal of the sign-in service, or for its silence. */
export function fromSignInAnswer(answer: SignInAnswer): SignInError {
  const { aadsts, error, retryAfterMs } = answer;
  const code = aadsts === null ? (error ?? 'noAnswer') : `AADSTS${aadsts}`;
  return new SignInError(code, kindOf(answer), { retryAfterMs });
}

function kindOf({ status, error, aadsts }: SignInAnswer): SignInErrorKind {
  const known = aadsts === null ? undefined : KINDS.get(aadsts);
  if (known) return known;
  const isTemporary = status === null || status === 408 || status === 429 || status >= 500 || status < 400;
  if (isTemporary || TEMPORARY_ERRORS.includes(error ?? '')) return 'temporary';
  return error !== null && CONFIGURATION_ERRORS.includes(error) ? 'configuration' : 'required';
}
