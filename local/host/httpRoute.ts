import { NotKnownHereError } from './trigger.ts';

/** A route of an HTTP function: what fits it, and how well. */
export interface Route {
  /** The parameters of a path that fits, else `null`. */
  match(path: string): Record<string, string> | null;
  /** Of several routes that fit, the one whose rank comes first by its letters is meant. */
  rank: string;
}

/** The constraints of ASP.NET Core that are known here. */
const CONSTRAINTS: Record<string, string> = {
  alpha: '[A-Za-z]+',
  bool: '[Tt]rue|[Ff]alse',
  guid: '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}',
  int: '-?\\d{1,10}',
  long: '-?\\d{1,19}',
};

/**
 * Reads a route template (https://learn.microsoft.com/aspnet/core/fundamentals/routing): literal segments, `{name}`,
 * `{name?}` at the end, `{*rest}` at the end, constraints such as `{id:int}`. Throws for anything else.
 */
export function parseRoute(template: string): Route {
  const segments = template.split('/').filter((segment) => segment !== '');
  const parsed = segments.map(parseSegment);
  const misplaced = parsed.slice(0, -1).find(({ isLastOnly }) => isLastOnly);
  if (misplaced) throw new Error(`"${template}" has an optional or catch-all parameter before its end`);
  const expression = new RegExp(`^${parsed.map(({ source }) => source).join('')}/?$`, 'i');
  const names = parsed.flatMap(({ name }) => name ?? []);
  return {
    rank: parsed.map(({ rank }) => rank).join(''),
    match(path) {
      const found = expression.exec(path);
      if (!found) return null;
      const given = names.map((name, i) => [name, found[i + 1]] as const);
      return Object.fromEntries(given.flatMap(([name, value]) => (value ? [[name, decode(value)]] : [])));
    },
  };
}

interface Segment {
  source: string;
  rank: string;
  name?: string;
  isLastOnly?: boolean;
}

function parseSegment(segment: string): Segment {
  if (!/[{}]/.test(segment)) return { source: `/${segment.replace(/[.*+?^$()|[\]\\]/g, '\\$&')}`, rank: '1' };
  const match = /^\{(\*{0,2})(\w+)(?::(\w+))?(\?)?\}$/.exec(segment);
  const [, star, name, constraint, optional] = match ?? [];
  const pattern = constraint ? CONSTRAINTS[constraint] : '[^/]+';
  if (!name || !pattern) throw new NotKnownHereError(`the route segment "${segment}"`);
  if (star) return { source: '(?:/(.*))?', rank: '4', name, isLastOnly: true };
  if (optional) return { source: `(?:/(${pattern}))?`, rank: constraint ? '2' : '3', name, isLastOnly: true };
  return { source: `/(${pattern})`, rank: constraint ? '2' : '3', name };
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
