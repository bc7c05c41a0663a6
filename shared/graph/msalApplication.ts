import type { ICachePlugin, INetworkModule, PublicClientApplication } from '@azure/msal-node';
import type { GraphSettings, TenantSettings } from '../settings.ts';

/** The hosts whose endpoints MSAL knows by heart. https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud */
const MICROSOFT_HOSTS = ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.partner.microsoftonline.cn'];

/** Graph of the worldwide cloud is meant where a permission stands alone; that of a national cloud must be named. */
const NATIONAL_GRAPH_HOSTS = ['graph.microsoft.us', 'dod-graph.microsoft.us', 'microsoftgraph.chinacloudapi.cn'];

/**
 * What the service account grants: delegated permissions, the least that does. The guide names them to the
 * administrator who consents. https://learn.microsoft.com/graph/permissions-reference
 */
export const SIGN_IN_SCOPES: readonly { scope: string; reason: string }[] = [
  {
    scope: 'Chat.Read',
    reason: 'to be notified of chat messages of the service account, to fetch them and read them back',
  },
  { scope: 'User.Read', reason: 'to sign in and learn which account it is' },
  { scope: 'offline_access', reason: 'to stay signed in without asking again' },
];

/** The permissions as the sign-in service wants them named in this cloud. */
export function scopesFor({ graphBaseUrl }: Pick<TenantSettings, 'graphBaseUrl'>): string[] {
  const prefix = NATIONAL_GRAPH_HOSTS.includes(new URL(graphBaseUrl).hostname) ? `${graphBaseUrl}/` : '';
  return SIGN_IN_SCOPES.map(({ scope }) => (scope === 'offline_access' ? scope : `${prefix}${scope}`));
}

/**
 * A new MSAL application. Made for each exchange: one that lives on refuses by itself for a minute after one failure of
 * the service. Asks nobody where the endpoints are: MSAL knows Microsoft's, any other host has Entra's paths.
 */
export async function createMsalApplication(
  settings: Pick<GraphSettings, 'tenantId' | 'clientId' | 'authorityHost'>,
  networkClient: INetworkModule,
  cachePlugin?: ICachePlugin,
): Promise<PublicClientApplication> {
  const { PublicClientApplication } = await import('@azure/msal-node');
  const { host } = new URL(settings.authorityHost);
  const authority = `https://${host}/${settings.tenantId}`;
  return new PublicClientApplication({
    auth: {
      clientId: settings.clientId,
      authority,
      ...(MICROSOFT_HOSTS.includes(host)
        ? {}
        : { knownAuthorities: [host], authorityMetadata: JSON.stringify(entraEndpoints(authority)) }),
    },
    system: { networkClient, loggerOptions: { piiLoggingEnabled: false } },
    ...(cachePlugin ? { cache: { cachePlugin } } : {}),
  });
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code; MSAL derives the device code endpoint. */
function entraEndpoints(authority: string): Record<string, string> {
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
  };
}
