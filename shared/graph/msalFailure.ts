import { fromSignInAnswer, SignInError } from './signInError.ts';
import type { SignInNetwork } from './signInNetwork.ts';

/** MSAL's own refusals, which come without a request. */
const WITHOUT_REQUEST: Readonly<Record<string, string>> = {
  no_tokens_found: 'no_tokens_found',
  refresh_token_expired: 'refresh_token_expired',
  device_code_expired: 'expired',
};

/** What the sign-in service calls the end of a device code. https://datatracker.ietf.org/doc/html/rfc8628#section-3.5 */
const DEVICE_CODE_ENDS: Readonly<Record<string, string>> = {
  authorization_declined: 'declined',
  access_denied: 'declined',
  expired_token: 'expired',
};

/** The error for what MSAL threw: told by the last answer of the sign-in service, of which MSAL drops the most. */
export function fromMsal(caught: unknown, network: SignInNetwork): SignInError {
  if (caught instanceof SignInError) return caught;
  const ownCode = WITHOUT_REQUEST[String((caught as { errorCode?: unknown } | null)?.errorCode)];
  if (ownCode !== undefined) return new SignInError(ownCode, 'required');
  const answer = network.lastAnswer();
  if (!answer || answer.error === null) return new SignInError('msal', 'temporary', { cause: caught });
  const end = DEVICE_CODE_ENDS[answer.error];
  return end === undefined ? fromSignInAnswer(answer) : new SignInError(end, 'required');
}

/** What is no {@link SignInError} comes from the storage. */
export function toSignInError(caught: unknown): SignInError {
  return caught instanceof SignInError ? caught : new SignInError('storage', 'temporary', { cause: caught });
}
