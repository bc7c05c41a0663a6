import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RecordedRequest {
  what: string;
  /** Milliseconds by `performance.now()`. */
  began: number;
  ended: number;
}

/**
 * Stands in front of a storage account and notes when each request began and ended. It holds each for a while, so that
 * requests sent together overlap for certain.
 */
export async function startRecordingProxy(connectionString: string, holdMs: number) {
  const requests: RecordedRequest[] = [];
  const servers: Server[] = [];
  let proxied = connectionString;
  for (const service of ['Table', 'Queue']) {
    const [, port] = new RegExp(`${service}Endpoint=http://127\\.0\\.0\\.1:(\\d+)`).exec(connectionString) ?? [];
    if (!port) throw new Error(`No ${service} endpoint in the connection string`);
    const server = await startServer(Number(port), holdMs, requests);
    servers.push(server);
    proxied = proxied.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  return {
    connectionString: proxied,
    requests,
    async close(): Promise<void> {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

async function startServer(port: number, holdMs: number, requests: RecordedRequest[]): Promise<Server> {
  const server = createServer(async (incoming, outgoing) => {
    const record = { what: `${incoming.method} ${incoming.url?.split('?')[0]}`, began: performance.now(), ended: 0 };
    requests.push(record);
    await sleep(holdMs);
    const { method, url: path, headers } = incoming;
    const onward = forward({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing).on('finish', () => {
        record.ended = performance.now();
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The most requests that followed one another: of those that overlap only one counts. */
export function longestSequence(requests: readonly RecordedRequest[]): RecordedRequest[] {
  const chain: RecordedRequest[] = [];
  for (const request of [...requests].sort((a, b) => a.ended - b.ended)) {
    if (request.began >= (chain.at(-1)?.ended ?? 0)) chain.push(request);
  }
  return chain;
}
