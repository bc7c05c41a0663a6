import { bicepOf, blockAfter, readInfra, textOf } from './infraFiles.ts';

const infra = readInfra();
const AUTHENTICATION = 'modules/authentication.bicep';
const GRAPH = 'modules/graph.bicep';
const block = (file: string, opening: string) => blockAfter(textOf(infra, file), opening);

/** https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad */
test.each([
  ['the platform looks at every request', 'platform: {', /^ *enabled: true$/m],
  ['who is not signed in does not reach the functions', 'globalValidation: {', /^ *requireAuthentication: true$/m],
  ['but is sent to sign in', 'globalValidation: {', /^ *unauthenticatedClientAction: 'RedirectToLoginPage'$/m],
  ['with Entra', 'globalValidation: {', /^ *redirectToProvider: 'azureactivedirectory'$/m],
  ['which is switched on', 'azureActiveDirectory: {', /^ *enabled: true$/m],
  [
    'tokens of another tenant are refused',
    'registration: {',
    /^ *openIdIssuer: '\$\{environment\(\)\.authentication\.loginEndpoint\}\$\{tenant\(\)\.tenantId\}\/v2\.0'$/m,
  ],
  [
    'so are tokens for another application',
    'azureActiveDirectory: {',
    /validation: \{ allowedAudiences: \[pageClientId\] \}/,
  ],
  [
    'the managed identity stands in for a secret',
    'registration: {',
    /^ *clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'$/m,
  ],
  ['nothing goes without TLS', 'properties: {', /httpSettings: \{ requireHttps: true \}/],
  ['no token of a person is kept', 'properties: {', /tokenStore: \{ enabled: false \}/],
])('App Service: %s', (_, opening, line) => {
  expect(block(AUTHENTICATION, opening)).toMatch(line);
});

test('that name is a setting of the app, with the client id of the identity', () => {
  expect(textOf(infra, 'appSettings.json')).toContain(
    '"OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID": "{managedIdentityClientId}"',
  );
});

test('whenever there is a page application, App Service asks for the sign-in', () => {
  expect(textOf(infra, 'main.bicep')).toMatch(
    /^module authentication '.+' = if \(graphExtension \|\| !empty\(pageClientId\)\) \{$/m,
  );
});

const SIGN_IN = "resource signIn 'Microsoft.Graph/applications@v1.0' = {";
const SIGN_IN_PRINCIPAL = "resource signInPrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {";
const CONSENT = "resource accountConsent 'Microsoft.Graph/oauth2PermissionGrants@v1.0' = {";
const PAGE = "resource page 'Microsoft.Graph/applications@v1.0' = {";
const PAGE_PRINCIPAL = "resource pagePrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {";
const CREDENTIAL = "resource managedIdentity 'federatedIdentityCredentials@v1.0' = {";

test.each([
  ['whoever knows the sign-in application may begin a sign-in', SIGN_IN, /^ *isFallbackPublicClient: true$/m],
  [
    'and nobody who is not assigned ends one',
    SIGN_IN_PRINCIPAL,
    /^ *appRoleAssignmentRequired: chatResourceData == 'none'$/m,
  ],
  ['consent is that of one account', CONSENT, /^ *consentType: 'Principal'\n *principalId: account\.id$/m],
  ['the page is for those who are assigned', PAGE_PRINCIPAL, /^ *appRoleAssignmentRequired: true$/m],
  ['of this tenant', PAGE, /^ *signInAudience: 'AzureADMyOrg'$/m],
  ['its credential is the identity of the app', CREDENTIAL, /^ *subject: managedIdentityPrincipalId$/m],
  ['of this tenant too', CREDENTIAL, /^ *issuer: '\$\{loginEndpoint\}\$\{tenant\(\)\.tenantId\}\/v2\.0'$/m],
  ['for the exchange and nothing else', CREDENTIAL, /^ *audiences: \['api:\/\/AzureADTokenExchange'\]$/m],
  // Named otherwise it is not found: https://github.com/microsoftgraph/msgraph-bicep-types/issues/271
  ['under the name of its application', CREDENTIAL, /^ *name: '\$\{page\.uniqueName\}\/[\w-]+'$/m],
])('directory: %s', (_, opening, line) => {
  expect(block(GRAPH, opening)).toMatch(line);
});

test('no code that anybody has can be used with the page application, and nobody consents to it to read chats', () => {
  expect(block(GRAPH, PAGE)).not.toMatch(/ublicClient|Chat\.|requiredResourceAccess/);
  expect(block(GRAPH, "resource pageConsent 'Microsoft.Graph/oauth2PermissionGrants@v1.0' = {")).toMatch(
    /^ *scope: 'openid profile email'$/m,
  );
});

test('no application has a secret, here or there', () => {
  const secrets = bicepOf(infra).filter(({ text }) => /passwordCredentials|keyCredentials|clientSecretCert/.test(text));
  expect(secrets.map(({ file }) => file)).toEqual([]);
});
