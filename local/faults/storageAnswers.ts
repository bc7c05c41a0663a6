import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { headersToForward } from './forwardedHeaders.ts';
import type { StorageService } from './storageFaults.ts';

const BUSY = 'The server is currently unable to receive requests. Please retry your request.';

/**
 * 503 as the services say it, without Retry-After: XML from blob and queue, OData's JSON from table
 * (https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2).
 */
export function answerBusy(service: StorageService, response: ServerResponse): void {
  const requestId = randomUUID();
  const message = `${BUSY}\nRequestId:${requestId}\nTime:${new Date().toISOString()}`;
  const [type, body] =
    service === 'table'
      ? [
          'application/json;odata=minimalmetadata;streaming=true;charset=utf-8',
          JSON.stringify({ 'odata.error': { code: 'ServerBusy', message: { lang: 'en-US', value: message } } }),
        ]
      : [
          'application/xml',
          `<?xml version="1.0" encoding="utf-8"?><Error><Code>ServerBusy</Code><Message>${message}</Message></Error>`,
        ];
  response.writeHead(503, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-ms-request-id': requestId,
    'x-ms-error-code': 'ServerBusy',
  });
  response.end(body);
}

/** Sends the half of an answer and breaks off: half of the body, or of the head where there is no body to halve. */
export async function cutShort(answer: IncomingMessage, socket: Socket): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { 'transfer-encoding': _, 'content-length': __, ...headers } = headersToForward(answer);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  const first = `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`;
  const head = Buffer.from(`${[first, ...lines, `content-length: ${body.length}`].join('\r\n')}\r\n\r\n`);
  const half = body.length > 1 ? head.length + Math.floor(body.length / 2) : Math.floor(head.length / 2);
  socket.end(Buffer.concat([head, body]).subarray(0, half), () => socket.destroy());
}
