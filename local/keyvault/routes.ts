import {
  createCertificate,
  getCertificate,
  getOperation,
  listCertificateVersions,
  updateCertificate,
} from './certificateOperations.ts';
import type { VaultFaultEffect, VaultOperation } from './faults.ts';
import { getSecret, listSecrets, listSecretVersions, setSecret } from './secretOperations.ts';
import type { Vault } from './vault.ts';
import type { VaultReply, VaultRequest } from './wire.ts';

type Handler = (
  vault: Vault,
  request: VaultRequest,
  effect: VaultFaultEffect | null,
) => VaultReply | Promise<VaultReply>;

interface Route {
  operation: VaultOperation;
  method: string;
  pattern: RegExp;
  handle: Handler;
}

/** The operations that are known; a creation is said to be in progress `pendingPolls` times. */
export function createRoutes(pendingPolls: number): Route[] {
  const certificate = '^/certificates/(?<name>[^/]+)';
  const secret = '^/secrets/(?<name>[^/]+)';
  const version = '(/(?<version>[^/]*))?$';
  const route = (operation: VaultOperation, method: string, pattern: string, handle: Handler): Route => ({
    operation,
    method,
    pattern: new RegExp(pattern),
    handle,
  });
  return [
    route('secrets.list', 'GET', '^/secrets/?$', listSecrets),
    route('secrets.listVersions', 'GET', `${secret}/versions$`, listSecretVersions),
    route('secrets.get', 'GET', `${secret}${version}`, getSecret),
    route('secrets.set', 'PUT', `${secret}$`, setSecret),
    route('certificates.create', 'POST', `${certificate}/create$`, (vault, request, effect) =>
      createCertificate(vault, request, effect, pendingPolls),
    ),
    route('certificates.getOperation', 'GET', `${certificate}/pending$`, getOperation),
    route('certificates.listVersions', 'GET', `${certificate}/versions$`, listCertificateVersions),
    route('certificates.get', 'GET', `${certificate}${version}`, getCertificate),
    route('certificates.update', 'PATCH', `${certificate}${version}`, updateCertificate),
  ];
}

/** The first route for this method and path, with the name and version in it; `null` when there is none. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; name: string; version: string } | null {
  for (const route of routes) {
    const groups = route.method === method ? route.pattern.exec(path) : null;
    if (groups) return { route, name: groups.groups?.name ?? '', version: groups.groups?.version ?? '' };
  }
  return null;
}
