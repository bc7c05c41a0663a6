import { param, type Reply, type WireRequest } from '../http.ts';
import type { State } from '../state.ts';
import { SignInRefusal } from './signInRefusal.ts';

/** Throws AADSTS90002 unless the path names this tenant. */
export function requireTenant(state: State, request: WireRequest): void {
  const named = param(request, 'tenant');
  if (named.toLowerCase() !== state.tenantId.toLowerCase()) {
    throw new SignInRefusal(90002, `Tenant '${named}' not found.`);
  }
}

/** What is published for all tenants is the same as for this one. */
function requireTenantOrCommon(state: State, request: WireRequest): void {
  if (param(request, 'tenant') !== 'common') {
    requireTenant(state, request);
  }
}

/** `GET /common/discovery/instance`: this host is an authority of its own, with no other name. */
export function discoverInstance(state: State, request: WireRequest): Reply {
  const asked = new URLSearchParams(request.rawQuery).get('authorization_endpoint');
  if (asked === null) {
    throw new SignInRefusal(90014, 'authorization_endpoint');
  }
  const metadata = [{ preferred_network: state.host, preferred_cache: state.host, aliases: [state.host] }];
  const tenantDiscovery = `${originOf(state)}/${state.tenantId}/v2.0/.well-known/openid-configuration`;
  return { status: 200, json: { tenant_discovery_endpoint: tenantDiscovery, 'api-version': '1.1', metadata } };
}

/** `GET /{tenant}/v2.0/.well-known/openid-configuration`. That of `common` names no tenant as its issuer. */
export function getOpenIdConfiguration(state: State, request: WireRequest): Reply {
  requireTenantOrCommon(state, request);
  const isCommon = param(request, 'tenant') === 'common';
  const base = `${originOf(state)}/${isCommon ? 'common' : state.tenantId}`;
  const configuration = {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    issuer: isCommon ? `${originOf(state)}/{tenantid}/v2.0` : `${base}/v2.0`,
    response_types_supported: ['code', 'id_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  };
  return { status: 200, json: configuration };
}

/** `GET /{tenant}/discovery/v2.0/keys`: those that sign validation tokens. Tokens of users are not signed here. */
export function getKeys(state: State, request: WireRequest): Reply {
  requireTenantOrCommon(state, request);
  return { status: 200, json: { keys: state.signingKeys.published() } };
}

/** MSAL takes no authority but https, and checks the issuer against it; its network client maps it to http. */
function originOf(state: State): string {
  return `https://${state.host}`;
}
