import * as z from 'zod';
import { foreignText, time } from './values.ts';

/** One attempt to sign the service account in, by whichever way. */
export const signInAttemptSchema = z.strictObject({
  id: z.string(),
  way: z.enum(['deviceCode', 'authorizationCode']),
  state: z.enum(['waiting', 'signedIn', 'failed']),
  startedAt: time,
  expiresAt: time,
  /** Of a device code: what is entered at `url`. */
  userCode: z.string().nullable(),
  /** Where to sign in. */
  url: z.string(),
  failure: z
    .strictObject({
      /** Entra's `AADSTS…`, or a word of ours such as `wrongAccount`, `expired`, `declined`, `interrupted`. */
      code: z.string(),
      /** What Microsoft answered and what to do, in an administrator's words. */
      message: z.string(),
      /** The account that signed in and was refused. */
      signedInAs: foreignText.nullable(),
      /** Device codes are blocked by a policy: try `authorizationCode`. */
      isBlockedByPolicy: z.boolean(),
    })
    .nullable(),
});
export type SignInAttempt = z.infer<typeof signInAttemptSchema>;

/** `GET /api/page/sign-in`; poll it each 2 s while an attempt is `waiting`. */
export const signInSchema = z.strictObject({
  serviceAccount: foreignText.nullable(),
  signedInAs: foreignText.nullable(),
  signedInAt: time.nullable(),
  refreshedAt: time.nullable(),
  /** What is granted, and why it is needed. */
  scopes: z.array(z.strictObject({ scope: z.string(), reason: z.string() })),
  /** The latest attempt. */
  attempt: signInAttemptSchema.nullable(),
});
export type SignInState = z.infer<typeof signInSchema>;

/** `POST /api/page/sign-in/device-code` and `/sign-in/authorization-code`: begins an attempt, and answers with it. */
export const startSignInSchema = z.strictObject({
  /** Replaces a stored sign-in that cannot be decrypted any more. */
  replaceUnreadable: z.boolean().default(false),
});
/**
 * `POST /api/page/sign-in/authorization-code/finish`: the address of the empty page on which the sign-in ended, copied
 * from the browser; it holds the code.
 */
export const finishSignInSchema = z.strictObject({ id: z.string().max(64), address: z.string().min(1).max(4_096) });
