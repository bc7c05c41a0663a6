import { badParameter } from './refusal.ts';

/** A request that was understood: which operation on which object. */
export interface VaultRequest {
  vaultUrl: string;
  path: string;
  query: URLSearchParams;
  name: string;
  /** Empty for the newest. */
  version: string;
  body: unknown;
}

export interface VaultReply {
  status: number;
  json: unknown;
}

const LARGEST_PAGE = 25;

/** One page of a list; `$skiptoken` of its `nextLink` leads to the next. */
export function page({ vaultUrl, path, query }: VaultRequest, items: readonly unknown[]): VaultReply {
  const size = Number(query.get('maxresults') ?? LARGEST_PAGE);
  if (!(Number.isInteger(size) && size >= 1 && size <= LARGEST_PAGE)) {
    throw badParameter(`maxresults must be between 1 and ${LARGEST_PAGE}`);
  }
  const begin = Number(query.get('$skiptoken') ?? 0);
  const end = begin + size;
  const next = new URLSearchParams(query);
  next.set('$skiptoken', String(end));
  const nextLink = end < items.length ? `${vaultUrl}${path}?${next}` : null;
  return { status: 200, json: { value: items.slice(begin, end), nextLink } };
}
