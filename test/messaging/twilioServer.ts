import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  authorization: string;
  form: URLSearchParams;
}

export type Reply = (request: Received, response: ServerResponse) => void;

/** An HTTP server on loopback that notes what comes in and answers as the test says. */
export async function startServer(reply: Reply) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    read(request).then(
      (seen) => {
        received.push(seen);
        reply(seen, response);
      },
      () => response.destroy(),
    );
  });
  const sockets = trackSockets(server);
  await listen(server);
  return { origin: `http://127.0.0.1:${portOf(server)}`, received, close: () => closeAll(server, sockets) };
}

/** A TCP server that does with each connection what the test says, and speaks no HTTP. */
export async function startTcpServer(onConnection: (socket: Socket) => void) {
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  const sockets = trackSockets(server);
  await listen(server);
  return { port: portOf(server), close: () => closeAll(server, sockets) };
}

/** A port at which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startTcpServer((socket) => socket.destroy());
  await server.close();
  return server.port;
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<Received> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    authorization: request.headers.authorization ?? '',
    form: new URLSearchParams(await text(request)),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return sockets;
}

function closeAll(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
