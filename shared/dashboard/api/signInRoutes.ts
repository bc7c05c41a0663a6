import { SIGN_IN_SCOPES } from '../../graph/msalApplication.ts';
import { note } from '../audit.ts';
import { signInAttemptSchema, signInSchema, startSignInSchema } from '../contract.ts';
import { get, post, type Route } from '../route.ts';
import { latestAttempt, startDeviceCode } from '../signIn/attempt.ts';

export const signInRoutes: readonly Route[] = [
  get({
    path: 'sign-in',
    right: 'signInAccount',
    summary: 'Whether the service account is signed in, and how the latest attempt stands',
    answer: signInSchema,
    async handle({ services }) {
      const { settings, signIn, store } = services;
      const [row, account, attempt] = await Promise.all([
        store.signIn.read(),
        // One that cannot be decrypted is none.
        signIn?.account().catch(() => null) ?? null,
        latestAttempt(services),
      ]);
      return {
        serviceAccount: settings.graph?.serviceAccount ?? null,
        signedInAs: account?.username ?? null,
        signedInAt: row?.value.signedInAt ?? null,
        refreshedAt: row?.value.refreshedAt ?? null,
        scopes: SIGN_IN_SCOPES.map(({ scope, reason }) => ({ scope, reason })),
        attempt,
      };
    },
  }),
  post({
    path: 'sign-in/device-code',
    right: 'signInAccount',
    summary: 'Begins to sign the service account in by a device code',
    body: startSignInSchema,
    answer: signInAttemptSchema,
    async handle({ services, visitor, body }) {
      await note(services, visitor, { action: 'changed', what: 'sign-in begun', of: 'device code' });
      return startDeviceCode(services, body.replaceUnreadable);
    },
  }),
];
