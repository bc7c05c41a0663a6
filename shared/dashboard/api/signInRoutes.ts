import { SIGN_IN_SCOPES } from '../../graph/msalApplication.ts';
import { note } from '../audit.ts';
import { finishSignInSchema, signInAttemptSchema, signInSchema, startSignInSchema } from '../contract.ts';
import { get, post, type Route } from '../route.ts';
import { finishInBrowser, latestAttempt, startDeviceCode, startInBrowser } from '../signIn/attempt.ts';

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
  post({
    path: 'sign-in/authorization-code',
    right: 'signInAccount',
    summary: 'Begins to sign the service account in in a browser, where device codes are blocked (PKCE)',
    body: startSignInSchema,
    answer: signInAttemptSchema,
    async handle({ services, visitor, body }) {
      await note(services, visitor, { action: 'changed', what: 'sign-in begun', of: 'browser' });
      return startInBrowser(services, body.replaceUnreadable);
    },
  }),
  post({
    path: 'sign-in/authorization-code/finish',
    right: 'signInAccount',
    summary: 'Ends it with the address of the empty page on which the browser ended',
    body: finishSignInSchema,
    answer: signInAttemptSchema,
    async handle({ services, visitor, body }) {
      // Somebody else may have begun it.
      await note(services, visitor, { action: 'changed', what: 'sign-in ended', of: 'browser' });
      return finishInBrowser(services, body.id, body.address);
    },
  }),
];
