import { CHANGE_HEADER, CHANGE_HEADER_VALUE } from './contract.ts';
import type { Platform } from './principal.ts';
import { PageProblem } from './problem.ts';
import type { PageRequest } from './route.ts';

/**
 * Throws for what another site can make a browser send. Browsers say where a request comes from, and no script can say
 * otherwise (https://www.w3.org/TR/fetch-metadata/); one that does not say it must name our own origin. A change must
 * also carry a header and a content type that no form can have.
 */
export function checkSameSite({ method, headers }: PageRequest, { hosts }: Platform): void {
  const site = headers.get('sec-fetch-site') || null;
  const isChange = method.toUpperCase() !== 'GET';
  if (!isChange) {
    // `none`: somebody typed the address or followed a bookmark.
    if (site !== null && !['same-origin', 'none'].includes(site)) throw new PageProblem('crossSite');
    return;
  }
  const isOwn = site === null ? isOwnOrigin(headers.get('origin'), hosts) : site === 'same-origin';
  const isJson = /^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '');
  if (!isOwn || !isJson || headers.get(CHANGE_HEADER) !== CHANGE_HEADER_VALUE) throw new PageProblem('crossSite');
}

function isOwnOrigin(origin: string | null, hosts: readonly string[]): boolean {
  if (origin === null || !URL.canParse(origin)) return false;
  return hosts.includes(new URL(origin).host);
}
