import type { AuthenticationResult, PublicClientApplication } from '@azure/msal-node';
import { createMsalApplication, scopesFor } from './msalApplication.ts';
import { fromMsal } from './msalFailure.ts';
import { checkReplaceable, keepNewSignIn, type NewSignIn } from './newSignIn.ts';
import type { SignInContext } from './signInContext.ts';
import { fromSignInAnswer, SignInError } from './signInError.ts';
import { createSignInNetwork } from './signInNetwork.ts';

/** What a person needs to approve the sign-in in a browser. */
export interface DeviceCode {
  userCode: string;
  verificationUri: string;
  expiresAt: Date;
  /** Microsoft's own sentence about both. */
  message: string;
}

export interface DeviceCodeOptions {
  onCode: (code: DeviceCode) => void;
  signal?: AbortSignal;
  /** Replaces a stored sign-in that cannot be decrypted, after TOKEN_CACHE_KEY was changed on purpose. */
  replaceUnreadable?: boolean;
}

/**
 * The device authorization grant (https://datatracker.ietf.org/doc/html/rfc8628). A stored sign-in that cannot be
 * read ends it before a code is asked for: a wrong key on one machine must not overwrite what all others use. Of
 * another account than the service account nothing is kept.
 */
export async function signInByDeviceCode(context: SignInContext, options: DeviceCodeOptions): Promise<NewSignIn> {
  const { settings, timeoutMs, now } = context;
  await checkReplaceable(context, options.replaceUnreadable ?? false);
  const network = createSignInNetwork(settings.authorityHost, timeoutMs, now);
  // Without a plugin the tokens stay in the memory of this application until it is known whose they are.
  const app = await createMsalApplication(settings, network.client);
  const onCode = (code: DeviceCode) => {
    // MSAL takes a refusal for a code, and would go on to poll for it.
    const answer = network.lastAnswer();
    if (answer && answer.error !== null) throw fromSignInAnswer(answer);
    options.onCode(code);
  };
  const result = await acquire(app, scopesFor(settings), now, { ...options, onCode }).catch((caught) => {
    throw fromMsal(caught, network);
  });
  return keepNewSignIn(context, app, result);
}

async function acquire(
  app: PublicClientApplication,
  scopes: string[],
  now: () => Date,
  { onCode, signal }: DeviceCodeOptions,
): Promise<AuthenticationResult | null> {
  const cancelled = () => new SignInError('cancelled', 'required');
  if (signal?.aborted) throw cancelled();
  const request = {
    scopes,
    cancel: false,
    deviceCodeCallback: ({ userCode, verificationUri, expiresIn, message }: MsalDeviceCode) => {
      onCode({ userCode, verificationUri, message, expiresAt: new Date(now().getTime() + expiresIn * 1_000) });
    },
  };
  const acquired = app.acquireTokenByDeviceCode(request);
  if (!signal) return acquired;
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      // MSAL looks at this only between two polls: nobody waits for that.
      request.cancel = true;
      reject(cancelled());
    };
    signal.addEventListener('abort', onAbort, { once: true });
    acquired.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

interface MsalDeviceCode {
  userCode: string;
  verificationUri: string;
  /** Seconds. */
  expiresIn: number;
  message: string;
}
