import type { IncomingMessage } from 'node:http';

/** Headers of one connection, not of the message: each side of a proxy has its own (RFC 9110, section 7.6.1). */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive']);

export function headersToForward(message: IncomingMessage): Record<string, string | string[] | undefined> {
  return Object.fromEntries(Object.entries(message.headers).filter(([name]) => !OF_THE_CONNECTION.has(name)));
}
