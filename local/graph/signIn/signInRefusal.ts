import { randomUUID } from 'node:crypto';
import { header, type Reply, type WireRequest } from '../http.ts';

interface Aadsts {
  error: string;
  status: number;
  text: string;
  suberror?: string;
}

/**
 * The refusals of the sign-in service by their number: `error`, `suberror` and texts as Microsoft's reference of error
 * codes and recorded answers have them. For 65004, 70018 and 70020 the pairing of number and `error` is uncertain.
 */
export const AADSTS = {
  50097: refusal('interaction_required', 'Device authentication is required.', { suberror: 'basic_action' }),
  50173: refusal(
    'invalid_grant',
    'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.',
    { suberror: 'bad_token' },
  ),
  50199: refusal('interaction_required', 'For security reasons, user confirmation is required for this request.'),
  53003: refusal(
    'invalid_grant',
    'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    { suberror: 'message_only' },
  ),
  65001: refusal('invalid_grant', 'The user or administrator has not consented to use the application.', {
    suberror: 'consent_required',
  }),
  65004: refusal('authorization_declined', 'User declined to consent to access the app.'),
  70000: refusal('invalid_grant', 'Provided grant is invalid or malformed.'),
  70003: refusal('unsupported_grant_type', 'The app requested an unsupported grant type.'),
  70016: refusal('authorization_pending', 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.'),
  70018: refusal('bad_verification_code', 'Invalid verification code.'),
  70020: refusal(
    'expired_token',
    "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
  ),
  700016: refusal('unauthorized_client', 'Application was not found in the directory.'),
  700082: refusal('invalid_grant', 'The refresh token has expired due to inactivity.', { suberror: 'bad_token' }),
  7000218: refusal(
    'invalid_client',
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    { status: 401 },
  ),
  90002: refusal('invalid_request', 'Tenant not found. Check to make sure you have the correct tenant ID.'),
  90014: refusal('invalid_request', 'The required field is missing from the credential.'),
  90033: refusal('temporarily_unavailable', 'A transient error has occurred. Please try again.', { status: 503 }),
} as const satisfies Record<number, Aadsts>;

export type AadstsCode = keyof typeof AADSTS;

function refusal(error: string, text: string, extras: { suberror?: string; status?: number } = {}): Aadsts {
  return { error, text, status: 400, ...extras };
}

/** A refusal of the sign-in service. `detail` follows the service's own text. */
export class SignInRefusal extends Error {
  readonly code: AadstsCode;
  readonly detail: string;

  constructor(code: AadstsCode, detail = '') {
    super(`AADSTS${code}`);
    this.name = 'SignInRefusal';
    this.code = code;
    this.detail = detail;
  }
}

/** The error body of the token endpoint; `status` is for a fault that wants another one. */
export function toSignInReply(
  { code, detail }: SignInRefusal,
  request: WireRequest,
  now: Date,
  status?: number,
): Reply {
  const known: Aadsts = AADSTS[code];
  const correlationId = correlationOf(request);
  const timestamp = `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const text = detail === '' ? known.text : `${known.text} ${detail}`;
  const json = {
    error: known.error,
    error_description: `AADSTS${code}: ${text} Trace ID: ${request.id} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: request.id,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    ...(known.suberror === undefined ? {} : { suberror: known.suberror }),
  };
  return { status: status ?? known.status, json };
}

/** RFC 8628 section 3.5; without a number, since Entra documents none. */
export function slowDownReply(): Reply {
  return {
    status: 400,
    json: { error: 'slow_down', error_description: 'The interval must be increased by 5 seconds.' },
  };
}

function correlationOf(request: WireRequest): string {
  const named = new URLSearchParams(request.rawQuery).get('client-request-id');
  return named ?? header(request, 'client-request-id') ?? randomUUID();
}
