import type { IncomingMessage } from 'node:http';

/** Somebody of the pretend tenant who is signed in to the page. */
interface PretendUser {
  objectId: string;
  name: string;
  upn: string;
  roles: readonly string[];
}

const NOBODY = 'nobody';
const COOKIE = 'pretend-user';

/** Who can be pretended: `?as=responder` on any address changes it, for as long as the browser keeps the cookie. */
const USERS: Readonly<Record<string, PretendUser>> = {
  administrator: {
    objectId: '33334444-dddd-5555-eeee-6666ffff7777',
    name: 'Megan Bowen',
    upn: 'megan@contoso.com',
    roles: ['Administrator'],
  },
  responder: {
    objectId: '44445555-eeee-6666-ffff-7777aaaa8888',
    name: 'Nestor Wilke',
    upn: 'nestor@contoso.com',
    roles: ['Responder'],
  },
  auditor: {
    objectId: '55556666-ffff-7777-aaaa-8888bbbb9999',
    name: 'Lidia Holloway',
    upn: 'lidia@contoso.com',
    roles: ['Auditor'],
  },
  stranger: {
    objectId: '66667777-aaaa-8888-bbbb-9999cccc0000',
    name: 'Diego Siciliani',
    upn: 'diego@contoso.com',
    roles: [],
  },
};

export interface SignedIn {
  /** What the app gets to see; `null` for nobody. */
  headers: Record<string, string> | null;
  /** For the browser, where somebody else is pretended from now on. */
  setCookie: string | null;
}

/** Who is signed in, by the address or the cookie of a request; the administrator, unless it says otherwise. */
export function signedInOf({ url = '/', headers }: IncomingMessage): SignedIn {
  const asked = new URL(url, 'http://127.0.0.1').searchParams.get('as');
  const kept = new RegExp(`(?:^|;\\s*)${COOKIE}=(\\w+)`).exec(headers.cookie ?? '')?.[1];
  const isKnown = asked === NOBODY || (asked !== null && Object.hasOwn(USERS, asked));
  const who = (isKnown ? asked : kept) ?? 'administrator';
  const user = Object.hasOwn(USERS, who) ? USERS[who] : undefined;
  return {
    headers: user ? principalHeaders(user) : null,
    setCookie: isKnown ? `${COOKIE}=${asked}; Path=/; HttpOnly; SameSite=Strict` : null,
  };
}

/** https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities */
function principalHeaders({ objectId, name, upn, roles }: PretendUser): Record<string, string> {
  const claims = [
    { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: objectId },
    { typ: 'name', val: name },
    { typ: 'preferred_username', val: upn },
    ...roles.map((role) => ({ typ: 'roles', val: role })),
  ];
  const principal = {
    auth_typ: 'aad',
    claims,
    name_typ: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
    role_typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  };
  return {
    'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64'),
    'x-ms-client-principal-id': objectId,
    'x-ms-client-principal-name': upn,
    'x-ms-client-principal-idp': 'aad',
  };
}
