import { answerPageApi, readPlatform } from '../../shared/dashboard/pageApi.ts';
import type { Services } from '../../shared/pipeline/services.ts';

export const HOST = 'alerts.contoso.com';
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
const TENANT_ID = 'http://schemas.microsoft.com/identity/claims/tenantid';
export const ON = { WEBSITE_AUTH_ENABLED: 'True', WEBSITE_HOSTNAME: HOST };

export interface PretendVisitor {
  roles: string[];
  name?: string;
  upn?: string;
  objectId?: string;
  tenantId?: string;
}

/** The header as App Service passes it: Base64 of JSON. */
function principalHeader({
  roles,
  name = 'Megan Bowen',
  upn = 'megan@contoso.com',
  objectId = '33334444-dddd-5555-eeee-6666ffff7777',
  tenantId = '00001111-aaaa-2222-bbbb-3333cccc4444',
}: PretendVisitor): string {
  return encoded({
    auth_typ: 'aad',
    claims: [
      { typ: OBJECT_ID, val: objectId },
      { typ: TENANT_ID, val: tenantId },
      { typ: 'name', val: name },
      { typ: 'preferred_username', val: upn },
      ...roles.map((role) => ({ typ: 'roles', val: role })),
    ],
    name_typ: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
    role_typ: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  });
}

export function encoded(principal: unknown): string {
  return Buffer.from(JSON.stringify(principal)).toString('base64');
}

export interface Ask {
  as?: PretendVisitor | null;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  env?: Record<string, string>;
}

export interface PageAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into it
  json: any;
}

export const ADMINISTRATOR: PretendVisitor = { roles: ['Administrator'] };
export const RESPONDER: PretendVisitor = {
  roles: ['Responder'],
  name: 'Diego Siciliani',
  upn: 'diego@contoso.com',
  objectId: '44445555-eeee-6666-ffff-7777aaaa8888',
};
export const AUDITOR: PretendVisitor = {
  roles: ['Auditor'],
  name: 'Lidia Holloway',
  upn: 'lidia@contoso.com',
  objectId: '55556666-ffff-7777-aaaa-8888bbbb9999',
};

/** As a browser on the page asks, through the platform: what a test names differs. */
export async function askPage(
  services: Services,
  path: string,
  { as = ADMINISTRATOR, method = 'GET', body, headers = {}, env = ON }: Ask = {},
): Promise<PageAnswer> {
  const isChange = method !== 'GET';
  const request = new Request(`https://${HOST}/api/page/${path}`, {
    method,
    headers: {
      'sec-fetch-site': 'same-origin',
      ...(isChange ? { 'content-type': 'application/json', 'x-emergency-alerts': '1' } : {}),
      ...(as === null ? {} : { 'x-ms-client-principal': principalHeader(as) }),
      ...headers,
    },
    ...(isChange ? { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) } : {}),
  });
  const { url, body: stream } = request;
  const given = { method, url, headers: request.headers, query: new URL(url).searchParams, body: stream };
  const answer = await answerPageApi(services, given, readPlatform(env, null));
  return { status: answer.status, headers: answer.headers, text: answer.body, json: jsonOf(answer.body) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
