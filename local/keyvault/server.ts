import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createFaults, type VaultFaultEffect, type VaultFaults, type VaultOperation } from './faults.ts';
import type { IssuedCertificate, IssueOptions } from './issueCertificate.ts';
import { notKnown, refusalOfStatus, toErrorBody, VaultRefusal } from './refusal.ts';
import { createRoutes, matchRoute } from './routes.ts';
import {
  addCertificateVersion,
  addVersion,
  issueFor,
  PEM,
  PKCS12,
  toSeconds,
  type Vault,
  versionsOf,
} from './vault.ts';
import type { VaultReply, VaultRequest } from './wire.ts';

export interface KeyVaultOptions {
  /** A free one without. */
  port?: number;
  /** Gives versions their dates. Waiting is by the machine's clock. */
  now?: () => Date;
  /** Named in the challenge, so that the client asks for a token of this tenant. */
  tenantId?: string;
  /** Which bearer tokens may come in; without it, every one. */
  isAccepted?: (token: string) => boolean;
  /** How often the creation of a certificate is said to be in progress; 1 without. */
  pendingPolls?: number;
}

export interface ReceivedVaultRequest {
  operation: VaultOperation | null;
  method: string;
  path: string;
  /** 0 while, or when, nothing was answered. */
  status: number;
}

/** A version of a certificate, with everything that is secret about it. */
export interface CertificateVersion extends IssuedCertificate {
  name: string;
  version: string;
  /** `<name>/<version>`. */
  certificateId: string;
  createdAt: Date;
}

export interface NewCertificateVersion extends IssueOptions {
  /** `PKCS12` is what the portal chooses by itself. */
  form?: 'PEM' | 'PKCS12';
}

export interface KeyVault {
  /** Stands in for https://<vault>.vault.azure.net. */
  vaultUrl: string;
  faults: VaultFaults;
  /** At once, without the operation that a client has to poll. */
  createCertificateVersion(name: string, options?: NewCertificateVersion): Promise<CertificateVersion>;
  setSecret(name: string, value: string, options?: { expiresAt?: Date; contentType?: string }): { version: string };
  /** Of a version of a secret or of a certificate. Throws where there is none. */
  setEnabled(name: string, version: string, enabled: boolean): void;
  /** Those that came with a token, without the token. */
  requests(): ReceivedVaultRequest[];
  /** Whatever is not known here, and requests with a token that is not accepted. */
  refusals(): string[];
  close(): Promise<void>;
}

/** https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses */
const RESOURCE = 'https://vault.azure.net';
const MAX_BODY_BYTES = 64 * 1024;

/** Starts one vault on loopback, with the operations on secrets and certificates that the product and its commands use. */
export async function startKeyVault(options: KeyVaultOptions = {}): Promise<KeyVault> {
  const vault: Vault = {
    now: options.now ?? (() => new Date()),
    secrets: [],
    policies: new Map(),
    pending: new Map(),
  };
  const faults = createFaults();
  const requests: ReceivedVaultRequest[] = [];
  const refusals: string[] = [];
  const routes = createRoutes(options.pendingPolls ?? 1);
  const isAccepted = options.isAccepted ?? (() => true);
  const closing = new AbortController();

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((caught: unknown) => {
      const isOurs = incoming.complete && !closing.signal.aborted;
      if (isOurs) refusals.push(`the look-alike itself failed: ${caught instanceof Error ? caught.message : caught}`);
      response.destroy();
    });
  });
  const port = await listen(server, options.port ?? 0);
  const vaultUrl = `http://127.0.0.1:${port}`;

  /** The steps of a request, in order. */
  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const { pathname, searchParams } = new URL(incoming.url ?? '/', vaultUrl);
    const method = incoming.method ?? '';
    // 1. Who is it? The client sends the first request without a token, to learn what for it needs one.
    const token = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1];
    if (token === undefined || !isAccepted(token)) {
      if (token !== undefined) refusals.push(`${method} ${pathname}: the token is not accepted`);
      challenge(response, options.tenantId ?? 'common', token !== undefined);
      return;
    }
    // 2. Which operation is it, and is there a fault for it?
    const found = matchRoute(routes, method, pathname);
    const record = { operation: found?.route.operation ?? null, method, path: pathname, status: 0 };
    requests.push(record);
    const effect = found === null ? null : faults.take(found.route.operation, pathname);
    if (effect?.kind === 'hang') return;
    if (effect?.kind === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (effect?.kind === 'delay') await delay(effect.ms, undefined, { signal: closing.signal });
    // 3. The fault's answer, or the operation's, or a refusal.
    const reply = await answer({ vaultUrl, path: pathname, query: searchParams, body }, found, effect, record);
    record.status = reply.status;
    const retryAfter = effect?.kind === 'status' ? effect.retryAfterSeconds : undefined;
    response.writeHead(reply.status, {
      'content-type': 'application/json; charset=utf-8',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
    response.end(JSON.stringify(reply.json));
  }

  async function answer(
    request: Pick<VaultRequest, 'vaultUrl' | 'path' | 'query'> & { body: string },
    found: ReturnType<typeof matchRoute>,
    effect: VaultFaultEffect | null,
    { method, path }: ReceivedVaultRequest,
  ): Promise<VaultReply> {
    try {
      if (effect?.kind === 'status') throw refusalOfStatus(effect.status, effect.innerCode);
      if (found === null) throw notKnown(`${method} ${path}`);
      if (!request.query.has('api-version')) throw notKnown('a request without api-version');
      const body: unknown = request.body === '' ? null : JSON.parse(request.body);
      return await found.route.handle(vault, { ...request, ...found, body }, effect);
    } catch (caught) {
      if (!(caught instanceof VaultRefusal)) throw caught;
      if (caught.isUnknown) refusals.push(caught.message);
      return { status: caught.status, json: toErrorBody(caught) };
    }
  }

  return {
    vaultUrl,
    faults: { add: faults.add, clear: faults.clear },
    async createCertificateVersion(name, { form = 'PEM', ...issue } = {}) {
      const issued = await issueFor(vault, name, issue);
      const { version, created } = addCertificateVersion(vault, name, issued, form === 'PEM' ? PEM : PKCS12);
      return { ...issued, name, version, certificateId: `${name}/${version}`, createdAt: new Date(created * 1_000) };
    },
    setSecret(name, value, { expiresAt, contentType } = {}) {
      const expires = expiresAt === undefined ? null : toSeconds(expiresAt);
      const secret = { name, value, contentType: contentType ?? null, notBefore: null, expires, issued: null };
      return { version: addVersion(vault, secret).version };
    },
    setEnabled(name, version, enabled) {
      const found = versionsOf(vault, name).find((one) => one.version === version);
      if (!found) throw new Error(`There is no version ${version} of ${name}`);
      found.enabled = enabled;
    },
    requests: () => requests.map((request) => ({ ...request })),
    refusals: () => [...refusals],
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function challenge(response: ServerResponse, tenantId: string, isInvalid: boolean): void {
  const message = isInvalid
    ? 'AKV10032: Invalid issuer or token.'
    : 'AKV10000: Request is missing a Bearer or PoP token.';
  response.writeHead(401, {
    'content-type': 'application/json; charset=utf-8',
    'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="${RESOURCE}"`,
  });
  response.end(JSON.stringify(toErrorBody(new VaultRefusal(401, 'Unauthorized', message))));
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error('The request body is too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
