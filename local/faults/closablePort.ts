import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port on loopback that can be closed, so that connections to it are refused, and opened again under its number. */
export interface ClosablePort {
  number: number;
  /** Breaks off every connection; resolves when the next one is refused. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** Somebody else's connection may have been given the number meanwhile. */
const OPEN_TRIES = 20;
const BETWEEN_TRIES_MS = 100;

/** Lets a server listen on a free port. */
export async function openPort(server: Server): Promise<ClosablePort> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, 0);
  const { port: number } = server.address() as AddressInfo;
  let last: Promise<void> = Promise.resolve();
  // One after the other, so that an opening does not meet a closing that is under way.
  const inTurn = (step: () => Promise<void>) => {
    last = last.then(step, step);
    return last;
  };

  return {
    number,
    close: () =>
      inTurn(async () => {
        if (!server.listening) return;
        const closed = new Promise((resolve) => server.close(resolve));
        for (const socket of sockets) socket.destroy();
        await closed;
      }),
    open: () =>
      inTurn(async () => {
        if (!server.listening) await listenAgain(server, number);
      }),
  };
}

async function listenAgain(server: Server, port: number): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await listen(server, port);
    } catch (caught) {
      if (tries === OPEN_TRIES) throw caught;
      await sleep(BETWEEN_TRIES_MS);
    }
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
