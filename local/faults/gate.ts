import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';
import { openPort } from './closablePort.ts';

/** A port in front of another that can be closed: what comes is passed on as it is. */
export interface Gate {
  port: number;
  /** Breaks off what is open; resolves when connections are refused. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Stands in front of a server on loopback. */
export async function startGate(targetPort: number): Promise<Gate> {
  const server = createServer({ noDelay: true }, (client) => {
    const target = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    // Either end that breaks off breaks off the other; there is nothing more to say about it.
    pipeline(client, target, () => target.destroy());
    pipeline(target, client, () => client.destroy());
  });
  const port = await openPort(server);
  return { port: port.number, shut: port.close, open: port.open, close: port.close };
}
