import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import routes from '../shared/routes.json' with { type: 'json' };
import { openPort } from './faults/closablePort.ts';
import { headersToForward } from './faults/forwardedHeaders.ts';
import { signedInOf } from './pretendUser.ts';

export interface FrontDoor {
  /** The same for as long as it is open, whichever hosts live. */
  url: string;
  close(): Promise<void>;
}

/** Azure's load balancer gives up then: https://learn.microsoft.com/azure/azure-functions/functions-scale */
const TIMEOUT_MS = 230_000;

/** The host did not take the request, so that another may have it. */
class NotTakenError extends Error {}

/** As the authentication of App Service has them: they are let through without a sign-in. */
const OPEN = new Set(routes.open.map(({ route }) => `/api/${route}`.toLowerCase()));
/** Only the platform says who somebody is: whatever of it comes from outside is taken away. */
const OF_THE_PLATFORM = /^x-ms-(client-principal|token)/;

/**
 * Answers for the hosts that live, in turn, as the front end of Azure does: 503 when there is none, 502 when one breaks
 * off, 504 when it does not answer. `hosts` gives their origins at each request. In place of Entra it signs a pretend
 * user in ({@link signedInOf}); 401 where that is nobody and the address is not open.
 */
export async function startFrontDoor(hosts: () => readonly string[]): Promise<FrontDoor> {
  let turn = 0;
  const server = createServer(async (incoming, outgoing) => {
    const living = hosts();
    const isOpen = OPEN.has(new URL(incoming.url ?? '/', 'http://127.0.0.1').pathname.toLowerCase());
    const user = isOpen ? { headers: {}, setCookie: null } : signedInOf(incoming);
    if (user.setCookie) outgoing.setHeader('set-cookie', user.setCookie);
    if (user.headers === null) {
      incoming.resume();
      return void outgoing.writeHead(401).end();
    }
    incoming.headers = { ...withoutPlatform(incoming.headers), ...user.headers };
    turn += 1;
    const inTurn = living.map((_, i) => living[(turn + i) % living.length] ?? '');
    const status = await passOn(inTurn, incoming, outgoing);
    if (status === null) return;
    if (outgoing.headersSent) return void outgoing.destroy();
    incoming.resume();
    outgoing.writeHead(status).end();
  });
  const port = await openPort(server);
  return { url: `http://127.0.0.1:${port.number}`, close: port.close };
}

function withoutPlatform(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_PLATFORM.test(name)));
}

/** Asks one host after the other until one takes the request. Returns the status of a failure. */
async function passOn(
  hosts: readonly string[],
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<number | null> {
  for (const host of hosts) {
    if (outgoing.destroyed) return null;
    try {
      const answer = await ask(host, incoming, outgoing);
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, headersToForward(answer));
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
      return null;
    } catch (caught) {
      if (!(caught instanceof NotTakenError)) return caught instanceof TimeoutError ? 504 : 502;
    }
  }
  return 503;
}

class TimeoutError extends Error {}

/** Each over a connection of its own: whether it was made tells whether the host has seen the request. */
function ask(host: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url: path } = incoming;
    const onward = forward(host, { method, path, headers: headersToForward(incoming), agent: false }, resolve);
    let isConnected = false;
    onward.once('socket', (socket) => {
      socket.once('connect', () => {
        isConnected = true;
        incoming.pipe(onward);
      });
    });
    onward.setTimeout(TIMEOUT_MS, () => onward.destroy(new TimeoutError()));
    onward.once('error', (caught) => reject(isConnected ? caught : new NotTakenError()));
    outgoing.once('close', () => onward.destroy());
  });
}
