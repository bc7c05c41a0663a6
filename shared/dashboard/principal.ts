import { createHash } from 'node:crypto';
import { PAGE_ID } from '../pipeline/pageNames.ts';
import { ROLES, type Role } from './contract.ts';
import { PageProblem } from './problem.ts';

/** Who the platform says is here. */
export interface Principal {
  /** Names them on the record: it says nothing about them to a stranger, and is nobody's of the roster. */
  id: string;
  /** Personal, as is the next: not for logs. */
  name: string;
  /** User principal name, folded; `null` where the token has none. */
  upn: string | null;
  roles: readonly Role[];
}

/** What the process knows of the platform it runs on. */
export interface Platform {
  /** Only then no header that names a principal comes from outside. */
  isAuthenticationOn: boolean;
  /** The hosts that this app answers for. */
  hosts: readonly string[];
}

/**
 * App Service sets `WEBSITE_AUTH_ENABLED` itself, read-only, where its authentication is on
 * (https://learn.microsoft.com/azure/app-service/reference-app-settings#authentication--authorization); anything but
 * True is off.
 */
export function readPlatform(env: Readonly<Record<string, string | undefined>>, publicUrl: string | null): Platform {
  return {
    isAuthenticationOn: /^true$/i.test(env.WEBSITE_AUTH_ENABLED ?? ''),
    hosts: [env.WEBSITE_HOSTNAME ?? '', publicUrl === null ? '' : new URL(publicUrl).host].filter(
      (host) => host !== '',
    ),
  };
}

const PRINCIPAL_HEADER = 'x-ms-client-principal';
/** Some tokens name a claim by its short name, others by its URI. */
const CLAIMS = {
  objectId: ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid'],
  tenantId: ['http://schemas.microsoft.com/identity/claims/tenantid', 'tid'],
  upn: ['preferred_username', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn', 'upn'],
  name: ['name'],
  role: ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'],
} as const;
const MOST_CHARACTERS = 64 * 1024;
const MOST_NAME_CHARACTERS = 200;

/**
 * The principal that the platform passes (Base64 of JSON:
 * https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities). Nothing else of a request
 * says who somebody is. Throws a {@link PageProblem} where authentication is off, nobody is signed in, or what is passed
 * is of another identity provider or tenant.
 */
export function readPrincipal(
  headers: { get(name: string): string | null },
  { isAuthenticationOn }: Platform,
  tenantId: string | null,
): Principal {
  if (!isAuthenticationOn) throw new PageProblem('authenticationOff');
  const claims = claimsOf(headers.get(PRINCIPAL_HEADER) ?? '');
  const valuesOf = (kind: keyof typeof CLAIMS) =>
    claims.filter(({ typ }) => (CLAIMS[kind] as readonly string[]).includes(typ)).map(({ val }) => val);
  const [objectId] = valuesOf('objectId');
  const tenants = valuesOf('tenantId');
  if (objectId === undefined || objectId === '') throw new PageProblem('notSignedIn');
  if (tenantId !== null && tenants.some((tenant) => tenant.toLowerCase() !== tenantId.toLowerCase())) {
    throw new PageProblem('notSignedIn');
  }
  const upn =
    valuesOf('upn')
      .find((value) => value.includes('@'))
      ?.toLowerCase() ?? null;
  return {
    id: pageIdOf(objectId),
    name: (valuesOf('name')[0] || upn || 'Somebody').slice(0, MOST_NAME_CHARACTERS),
    upn,
    roles: ROLES.filter((role) => valuesOf('role').includes(role)),
  };
}

/** The same person, the same id; the object id cannot be read from it. */
function pageIdOf(objectId: string): string {
  return `${PAGE_ID}${createHash('sha256').update(objectId.toLowerCase()).digest('hex').slice(0, 12)}`;
}

function claimsOf(header: string): { typ: string; val: string }[] {
  if (header === '') throw new PageProblem('notSignedIn');
  const passed = header.length > MOST_CHARACTERS ? null : parse(header);
  const { auth_typ: provider, claims } = (passed ?? {}) as { auth_typ?: unknown; claims?: unknown };
  if (provider !== 'aad' || !Array.isArray(claims)) throw new PageProblem('notSignedIn');
  return claims.filter((claim) => typeof claim?.typ === 'string' && typeof claim?.val === 'string');
}

function parse(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    return null;
  }
}
