import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stack } from './stack.ts';
import { setFault } from './stackFaults.ts';

/** A call as `npm run simulate` asks for it. */
export interface PlaceCallRequest {
  number: string;
  caller: string;
  place: string;
  language?: string;
  /** What tells of the call; both sources when left out. */
  sources?: ('chat' | 'event')[];
  /** False: Graph loses the notification. */
  announce?: boolean;
}

/** What names a call that was placed; empty where that source did not tell of it. */
export interface PlacedCall {
  chatId: string;
  messageId: string;
  eventId: string;
}

const MAX_BODY_BYTES = 64 * 1024;

/**
 * How another process speaks to the running stack: `POST /call`, `POST /fault`, `GET /messages`, on loopback.
 * A request that is not understood is answered 400 with the reason.
 */
export async function startControl(stack: Stack): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(stack, request).then(
      (body) => send(response, 200, body),
      (caught: unknown) => send(response, 400, { error: caught instanceof Error ? caught.message : 'not understood' }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(stack: Stack, request: IncomingMessage): Promise<unknown> {
  switch (`${request.method} ${request.url}`) {
    case 'POST /call':
      return placeCall(stack, (await readJson(request)) as PlaceCallRequest);
    case 'POST /fault': {
      const { part, kind, seconds } = (await readJson(request)) as { part: string; kind: string; seconds: number };
      return setFault(stack, part, kind, seconds);
    }
    case 'GET /messages':
      if (!stack.twilio) throw new Error('Twilio is the real one: its messages are in its own console');
      return stack.twilio.messages();
    default:
      throw new Error(`There is no ${request.method} ${request.url}`);
  }
}

/** Somebody of the pretend tenant dials; Teams writes its message, Graph announces it, and the event of the call. */
export async function placeCall(stack: Stack, call: PlaceCallRequest): Promise<PlacedCall> {
  if (!stack.graph) throw new Error('Graph is the real one: place the call in Teams');
  const { number, caller, place, language, announce, sources } = call;
  return stack.graph.emergency.placeEmergencyCall({
    caller,
    numberDialed: number,
    place,
    callbackNumber: '+14255550123',
    ...(language === undefined ? {} : { language }),
    ...(announce === undefined ? {} : { announce }),
    ...(sources === undefined ? {} : { sources }),
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new Error('The request is too large');
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
