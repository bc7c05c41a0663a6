import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it came in. */
export interface Posted {
  method: string;
  /** Path and query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = (response: ServerResponse, request: Posted) => void;

/** Notes what is posted and answers as the test says. */
export async function startPostServer(answer: Answer) {
  const received: Posted[] = [];
  const sockets = new Set<Socket>();
  let reply = answer;
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
        received.push(seen);
        reply(response, seen);
      },
      () => response.destroy(),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers(next: Answer) {
      reply = next;
    },
    /** Breaks every connection. */
    hangUp(): void {
      for (const socket of sockets) socket.destroy();
    },
    close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export type PostServer = Awaited<ReturnType<typeof startPostServer>>;

export function respond(status: number, body: unknown = '', headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}
