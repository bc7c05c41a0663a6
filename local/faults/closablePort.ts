import { randomInt } from 'node:crypto';
import type { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port on loopback that can be closed, so that connections to it are refused, and opened again under its number. */
export interface ClosablePort {
  number: number;
  /** Breaks off every connection; resolves when the next one is refused. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/**
 * Below the numbers that systems give to connections and to servers that name none: one of those, taken while the port is
 * closed, could keep it for long.
 */
const NUMBERS = { from: 20_000, below: 32_000 };
const OPEN_TRIES = 20;
const BETWEEN_TRIES_MS = 100;

/** Lets a server listen on a free port that it gets again once it was closed. */
export async function openPort(server: Server): Promise<ClosablePort> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const number = await listenSomewhere(server);
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

async function listenSomewhere(server: Server): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const number = randomInt(NUMBERS.from, NUMBERS.below);
    try {
      await listen(server, number);
      return number;
    } catch (caught) {
      if (tries === OPEN_TRIES) throw caught;
    }
  }
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
