import { timingSafeEqual } from 'node:crypto';
import { notKnown } from '../graphRefusal.ts';
import { header, type Reply, type WireRequest } from '../http.ts';
import { issueAppToken } from '../signIn/tokens.ts';
import type { State } from '../state.ts';
import { IdentityRefusal, unknownIdentity } from './identityRefusal.ts';

const API_VERSION = '2019-08-01';
const KNOWN_PARAMETERS = ['resource', 'api-version', 'client_id'];

/**
 * `GET /msi/token`: the token service that App Service gives a function app, by "Connect to Azure services in app
 * code" (https://learn.microsoft.com/azure/app-service/overview-managed-identity). Without `client_id` it stands for
 * the system-assigned identity, which here is the same one.
 */
export function getIdentityToken(state: State, request: WireRequest): Reply {
  const { managedIdentity } = state;
  if (!isSame(header(request, 'x-identity-header') ?? '', managedIdentity.header)) {
    throw new IdentityRefusal(401, 'The X-IDENTITY-HEADER is missing or not that of this app.');
  }
  const query = new URLSearchParams(request.rawQuery);
  const resource = readResource(query);
  const clientId = query.get('client_id') ?? managedIdentity.clientId;
  if (clientId.toLowerCase() !== managedIdentity.clientId.toLowerCase()) {
    throw unknownIdentity();
  }
  const { value, expiresAt } = issueAppToken(state, resource);
  const json = {
    access_token: value,
    expires_on: String(Math.floor(expiresAt.getTime() / 1000)),
    resource,
    token_type: 'Bearer',
    client_id: managedIdentity.clientId,
  };
  return { status: 200, json };
}

function readResource(query: URLSearchParams): string {
  const unknown = [...query.keys()].find((name) => !KNOWN_PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw notKnown(`the parameter ${unknown} of the token service`);
  }
  if (query.get('api-version') !== API_VERSION) {
    throw new IdentityRefusal(400, `The api-version must be ${API_VERSION}.`);
  }
  const resource = query.get('resource') ?? '';
  if (resource === '') {
    throw new IdentityRefusal(400, 'The parameter resource is missing.');
  }
  return resource;
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
