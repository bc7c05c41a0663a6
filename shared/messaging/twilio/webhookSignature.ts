// Without the rest of Twilio's library, which takes fifty times as long to load.
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import type { TwilioSettings } from '../../settings.ts';

/** The parameters of a form, each name once; a name that came several times has a list. */
export type FormParameters = Readonly<Record<string, string | string[]>>;

/** Why a request is not taken for Twilio's: a word for the log and the answer. */
export type SignatureRefusal = 'noAuthToken' | 'noSignature' | 'signature';

/**
 * Whether Twilio signed a form post (https://www.twilio.com/docs/usage/webhooks/webhooks-security): `null` when it did,
 * else why not. `url` is the address that Twilio was given, as it was given. Each token counts, so that one can be
 * replaced by the other while requests come in; Twilio signs with none but auth tokens, so an API key proves nothing.
 */
export function refusalOfSignature(
  authTokens: readonly string[],
  { signature, url, parameters }: { signature: string | null; url: string; parameters: FormParameters },
): SignatureRefusal | null {
  if (authTokens.length === 0) return 'noAuthToken';
  if (!signature) return 'noSignature';
  return authTokens.some((token) => validateRequest(token, signature, url, parameters)) ? null : 'signature';
}

/** The tokens with which Twilio may have signed, the primary one first. An empty one would be a key that everybody has. */
export function authTokensOf({ credentials, secondaryAuthToken }: TwilioSettings): string[] {
  const primary = credentials.authToken ?? null;
  return [primary, secondaryAuthToken].flatMap((token) => token || []);
}
