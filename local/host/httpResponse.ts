import type { ServerResponse } from 'node:http';
import type { HttpCookie, TypedData } from './rpc.ts';

/** Sends what an HTTP function returned; nothing returned is an empty 200, as in the real host. */
export function sendRpcResponse(returnValue: TypedData | null | undefined, response: ServerResponse): void {
  const http = returnValue?.http;
  for (const [name, value] of Object.entries(http?.headers ?? {})) response.setHeader(name, value);
  if (http?.cookies?.length) response.setHeader('set-cookie', http.cookies.map(formatCookie));
  response.writeHead(Number(http?.statusCode ?? 200)).end(http?.body?.bytes);
}

const SAME_SITE = { strict: 'strict', lax: 'lax', explicitNone: 'none', none: null } as const;

/** As ASP.NET Core's `Cookies.Append` writes it: the value is encoded, the path is `/` unless it is given. */
function formatCookie(cookie: HttpCookie): string {
  const { expires, maxAge, domain, path } = cookie;
  const sameSite = SAME_SITE[cookie.sameSite ?? 'none'];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    expires && `expires=${new Date(expires.value.seconds * 1000).toUTCString()}`,
    maxAge && `max-age=${Math.trunc(maxAge.value)}`,
    domain && `domain=${domain.value}`,
    `path=${path?.value ?? '/'}`,
    cookie.secure?.value && 'secure',
    sameSite && `samesite=${sameSite}`,
    cookie.httpOnly?.value && 'httponly',
  ]
    .filter(Boolean)
    .join('; ');
}
