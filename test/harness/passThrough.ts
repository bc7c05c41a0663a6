import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { openPort } from '../../local/faults/closablePort.ts';
import { headersToForward } from '../../local/faults/forwardedHeaders.ts';

/**
 * What becomes of a request: it and its answer `pass`; it takes effect and the connection breaks (`cut`) or the answer
 * never comes (`lose`); it is taken and never passed on (`swallow`).
 */
export type Fate = 'pass' | 'cut' | 'lose' | 'swallow';

export interface Verdict {
  fate: Fate;
  /** Told once the service has done the request. */
  done?: (() => void) | undefined;
}

/** Stands in front of an HTTP service on this machine, and decides what becomes of each request. */
export interface PassThrough {
  origin: string;
  /** Connections are refused from here on, and open ones broken off. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** `judge` is asked as a request comes, before it reaches the service. */
export async function startPassThrough(target: string, judge: (what: string) => Verdict): Promise<PassThrough> {
  const upstream = Number(new URL(target).port);
  const server = createServer((incoming, response) => {
    const verdict = judge(`${incoming.method} ${incoming.url?.split('?')[0]}`);
    serve(upstream, verdict, incoming, response).catch(() => incoming.socket.destroy());
  });
  const port = await openPort(server);
  const { close: shut, open } = port;
  return { origin: `http://127.0.0.1:${port.number}`, shut, open, close: shut };
}

async function serve(
  upstream: number,
  { fate, done }: Verdict,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (fate === 'swallow') return;
  const answer = await ask(upstream, incoming);
  done?.();
  if (fate === 'cut') incoming.socket.destroy();
  if (fate !== 'pass') {
    answer.resume();
    return;
  }
  response.writeHead(answer.statusCode ?? 502, headersToForward(answer));
  answer.pipe(response);
}

function ask(port: number, incoming: IncomingMessage): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url: path } = incoming;
    const headers = headersToForward(incoming);
    const onward = forward({ host: '127.0.0.1', port, method, path, headers }, resolve);
    onward.once('error', reject);
    incoming.pipe(onward);
  });
}
