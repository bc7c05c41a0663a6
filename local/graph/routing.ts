/** A route's path: `/v1.0/chats/:chatId`, where `:name` stands for one segment. */
export interface Matchable {
  method: string;
  pattern: string;
}

/** The first route for this method and path, with what its `:names` stood for; `null` when there is none. */
export function matchRoute<R extends Matchable>(
  routes: readonly R[],
  method: string,
  path: string,
): { route: R; params: Record<string, string> } | null {
  const segments = toSegments(path);
  if (segments === null) {
    return null;
  }
  for (const route of routes.filter((one) => one.method === method)) {
    const params = matchPattern(route.pattern.split('/'), segments);
    if (params !== null) {
      return { route, params };
    }
  }
  return null;
}

/** Decoded, and with OData keys taken apart: `chats('1')/messages('2')` is `chats/1/messages/2`. */
function toSegments(path: string): string[] | null {
  try {
    return path.split('/').flatMap((part) => {
      const decoded = decodeURIComponent(part);
      const [, name, key] = /^(\w+)\('(.*)'\)$/.exec(decoded) ?? [];
      return name !== undefined && key !== undefined ? [name, key] : [decoded];
    });
  } catch {
    return null;
  }
}

function matchPattern(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) {
    return null;
  }
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':') && segment !== '') {
      params[part.slice(1)] = segment;
    } else if (part !== segment) {
      return null;
    }
  }
  return params;
}
