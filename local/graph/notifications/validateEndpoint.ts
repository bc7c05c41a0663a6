import { invalidSubscription } from '../graphRefusal.ts';
import { post } from './post.ts';

/** Graph waits 10 seconds for the answer to a validation request. */
const VALIDATION_TIMEOUT_MS = 10_000;

/**
 * The handshake: POST with `?validationToken=`, to be answered 200, text/plain, with the decoded token. Throws the 400
 * that the creation of the subscription is then refused with.
 */
export async function validateEndpoint(url: string, requestId: string): Promise<void> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${requestId}`;
  const target = new URL(url);
  target.searchParams.set('validationToken', token);
  const signal = AbortSignal.timeout(VALIDATION_TIMEOUT_MS);
  const answer = await post(target.href, '', { contentType: 'text/plain; charset=utf-8', signal });
  const isText = answer?.contentType.startsWith('text/plain') ?? false;
  if (answer?.status !== 200 || !isText || answer.body !== token) {
    throw invalidSubscription(
      'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
    );
  }
}
