import { createHmac } from 'node:crypto';

export interface SignedParts {
  id: string;
  /** Whole seconds since 1970. */
  timestamp: string;
  /** Exactly as it is sent. */
  body: string;
}

/**
 * The value of `webhook-signature`: one signature for each secret, parted by spaces, so that a receiver can change its
 * secret (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
export function signatureOf(secrets: readonly Buffer[], { id, timestamp, body }: SignedParts): string {
  return secrets
    .map((secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
    .join(' ');
}
