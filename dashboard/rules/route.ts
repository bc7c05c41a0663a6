/** Where one is on the page. Addresses are paths, so that the platform's sign-in leads back to them. */
export type Route =
  | { view: 'calls' }
  | { view: 'call'; id: string }
  | { view: 'chats' }
  | { view: 'status' }
  | { view: 'signIn' }
  | { view: 'setUp' }
  | { view: 'roster' }
  | { view: 'statistics' }
  | { view: 'wall' }
  | { view: 'unknown' };

const PATHS = {
  '': 'calls',
  chats: 'chats',
  status: 'status',
  'sign-in': 'signIn',
  'set-up': 'setUp',
  roster: 'roster',
  statistics: 'statistics',
  wall: 'wall',
} as const;

/** Reads a path below the page's base. */
export function toRoute(path: string, base: string): Route {
  const [first = '', second, ...more] = path.slice(base.length).replace(/\/$/, '').split('/');
  if (first === 'calls' && second !== undefined && more.length === 0) {
    const id = decoded(second);
    return id === null ? { view: 'unknown' } : { view: 'call', id };
  }
  if (second === undefined && Object.hasOwn(PATHS, first)) return { view: PATHS[first as keyof typeof PATHS] };
  return { view: 'unknown' };
}

/** The path of a route, the other way round. */
export function toPath(route: Exclude<Route, { view: 'unknown' }>, base: string): string {
  if (route.view === 'call') return `${base}calls/${encodeURIComponent(route.id)}`;
  const [path = ''] = Object.entries(PATHS).find(([, view]) => view === route.view) ?? [];
  return base + path;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
