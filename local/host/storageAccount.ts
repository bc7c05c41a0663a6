import { createHmac } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** A storage account spoken to in its REST API, without a client library: the host sees each request that it makes. */
export interface StorageAccount {
  send(service: 'blob' | 'queue', request: StorageRequest): Promise<StorageResponse>;
  close(): void;
}

export interface StorageRequest {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  /** Below the account, each part encoded. */
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
  /** Answers that are no failure beside 2xx. */
  accept?: readonly number[];
}

export interface StorageResponse {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** An answer that is a refusal; `code` is the service's own word. */
export class StorageError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`The storage service answered ${status} ${code}`);
    this.name = 'StorageError';
    this.status = status;
    this.code = code;
  }
}

const API_VERSION = '2021-12-02';
const TIMEOUT_MS = 30_000;
const EMULATOR =
  'AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;' +
  'BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1';

/** Throws when the connection string lacks an account's name or key: the local host knows no other way to sign in. */
export function openStorageAccount(connectionString: string): StorageAccount {
  const isEmulator = /^UseDevelopmentStorage=true;?$/i.test(connectionString.trim());
  const parts = parseConnectionString(isEmulator ? EMULATOR : connectionString);
  const { AccountName: name, AccountKey: key } = parts;
  if (!name || !key) throw new Error('is no storage connection string with AccountName and AccountKey');
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  return {
    async send(service, request) {
      const url = new URL(`${endpointOf(parts, service)}/${request.path}`);
      for (const [parameter, value] of Object.entries(request.query ?? {})) url.searchParams.set(parameter, value);
      const headers: Record<string, string> = {
        ...request.headers,
        'x-ms-date': new Date().toUTCString(),
        'x-ms-version': API_VERSION,
        'content-length': String(Buffer.byteLength(request.body ?? '')),
      };
      headers.authorization = `SharedKey ${name}:${sign(name, key, request.method, url, headers)}`;
      const response = await exchange(url, request, headers, agents);
      const isAccepted = (response.status >= 200 && response.status < 300) || request.accept?.includes(response.status);
      if (!isAccepted) throw new StorageError(response.status, response.headers['x-ms-error-code'] ?? '');
      return response;
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function parseConnectionString(connectionString: string): Record<string, string> {
  const pairs = connectionString.split(';').filter((part) => part.includes('='));
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1)]),
  );
}

function endpointOf(parts: Record<string, string>, service: 'blob' | 'queue'): string {
  const given = service === 'blob' ? parts.BlobEndpoint : parts.QueueEndpoint;
  const { DefaultEndpointsProtocol: protocol = 'https', EndpointSuffix: suffix = 'core.windows.net' } = parts;
  return (given ?? `${protocol}://${parts.AccountName}.${service}.${suffix}`).replace(/\/$/, '');
}

/** https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
function sign(account: string, key: string, method: string, url: URL, headers: Record<string, string>): string {
  const length = headers['content-length'] === '0' ? '' : headers['content-length'];
  const standard = [
    '',
    '',
    length,
    '',
    headers['content-type'] ?? '',
    '',
    '',
    headers['if-match'] ?? '',
    headers['if-none-match'] ?? '',
    '',
    '',
  ];
  const own = Object.keys(headers)
    .filter((header) => header.startsWith('x-ms-'))
    .sort()
    .map((header) => `${header}:${headers[header]}`);
  const parameters = [...url.searchParams].map(([name, value]) => `${name.toLowerCase()}:${value}`).sort();
  const text = [method, ...standard, ...own, `/${account}${url.pathname}`, ...parameters].join('\n');
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
}

function exchange(
  url: URL,
  { method, body }: StorageRequest,
  headers: Record<string, string>,
  agents: { http: HttpAgent; https: HttpsAgent },
): Promise<StorageResponse> {
  return new Promise((resolve, reject) => {
    const [send, agent] = url.protocol === 'https:' ? [httpsRequest, agents.https] : [httpRequest, agents.http];
    const request = send(url, { method, headers, agent, timeout: TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers as Record<string, string>, text });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`No answer from storage within ${TIMEOUT_MS} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}
