/**
 * What the caller does next. `required`: someone must sign the service account in again; `temporary`: try again;
 * `configuration`: a setting, the app registration or a consent must be put right; `blockedByPolicy`: a policy of the
 * tenant must let the sign-in through.
 */
export type SignInErrorKind = 'required' | 'temporary' | 'configuration' | 'blockedByPolicy';

/**
 * AADSTS numbers of policies: Conditional Access (Microsoft's own "Block device code flow" among them), managed or
 * compliant devices, security defaults, restrictions between tenants.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export const blockedByPolicy: readonly number[] = [
  50002, 50005, 50097, 50129, 50131, 50155, 50158, 50187, 53000, 53001, 53002, 53003, 53011, 500212, 500213, 530034,
  530035,
];

const SIGN_IN_AGAIN = 'sign it in again with: npm run sign-in';

const EXPLANATIONS: Readonly<Record<string, string>> = {
  notSignedIn: `The service account is not signed in: ${SIGN_IN_AGAIN}.`,
  wrongAccount: 'Another account than SERVICE_ACCOUNT was signed in. Nothing of it is kept.',
  declined: 'The sign-in was declined in the browser.',
  expired: 'The code was not entered in time. Start again for a new one.',
  cancelled: 'The sign-in was cancelled.',
  throttled: 'The sign-in service asks to wait.',
  storage: 'The storage of the product does not answer, so the sign-in cannot be read or kept.',
  TOKEN_CACHE_KEY:
    'The stored sign-in cannot be decrypted: TOKEN_CACHE_KEY is not the key it was stored with, or the row is damaged. It was not changed.',
  no_tokens_found: `The stored sign-in holds no refresh token: ${SIGN_IN_AGAIN}.`,
  refresh_token_expired: `The stored sign-in has expired: ${SIGN_IN_AGAIN}.`,
  otherAddress:
    'This is not the address on which this sign-in ended: copy it whole from the empty page, or begin anew.',
  AADSTS50020: 'The account is of another tenant than TENANT_ID.',
  AADSTS50034: 'The account is not in the directory of TENANT_ID.',
  AADSTS50053: 'The account is locked, or its sign-ins are blocked for their place.',
  AADSTS50055: 'The password of the account has expired.',
  AADSTS50057: 'The account is disabled.',
  AADSTS50105: 'The account is not assigned to the app: assign it under Enterprise applications, Users and groups.',
  AADSTS50144: 'The password of the account has expired.',
  AADSTS50173: `The sign-in was revoked, or the password was changed: ${SIGN_IN_AGAIN}.`,
  AADSTS65001: 'Nobody has consented to the permissions of the app: grant admin consent in the app registration.',
  AADSTS65004: 'Consent to the permissions of the app was declined.',
  AADSTS70008: `The sign-in was not used for 90 days: ${SIGN_IN_AGAIN}.`,
  AADSTS70043: `A policy of the tenant asks for a new sign-in at intervals: ${SIGN_IN_AGAIN}. Exclude the service account from the sign-in frequency, or it will happen again.`,
  AADSTS90002: 'There is no tenant of that id: check TENANT_ID, and AUTHORITY_HOST for a national cloud.',
  AADSTS700011: 'There is no such app in the tenant: check CLIENT_ID and TENANT_ID.',
  AADSTS700016: 'There is no such app in the tenant: check CLIENT_ID and TENANT_ID.',
  AADSTS700082: `The sign-in was not used for 90 days: ${SIGN_IN_AGAIN}.`,
  AADSTS7000218:
    'The app registration does not allow public client flows: switch it on under Authentication, Advanced settings.',
};

const BY_KIND: Readonly<Record<SignInErrorKind, string>> = {
  required: `Microsoft refuses the sign-in of the service account: ${SIGN_IN_AGAIN}.`,
  temporary: 'The sign-in service of Microsoft cannot be reached or is out of order: try again.',
  configuration: 'Microsoft refuses the app: check TENANT_ID, CLIENT_ID and the app registration.',
  blockedByPolicy:
    'A policy of the tenant blocks this sign-in, such as Conditional Access, "Block device code flow" or a required managed device. Exclude the service account from it; the sign-in logs of Entra name the policy.',
};

/** What happened and what to do about it, in an administrator's words, with the code. */
export function explanationOf(code: string, kind: SignInErrorKind): string {
  return `${EXPLANATIONS[code] ?? BY_KIND[kind]} (${code})`;
}
