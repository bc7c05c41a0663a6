import { createHash } from 'node:crypto';
import type { OutgoingMessage } from '../channel.ts';

/** What an alert key begins with, and the event that it makes. */
const TYPES: readonly (readonly [prefix: string, type: string])[] = [
  ['update-', 'updated'],
  ['response-', 'answered'],
  ['ended', 'ended'],
];

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export function cloudEvent(message: OutgoingMessage): object {
  const { reference } = message;
  const [, type = 'alerted'] = TYPES.find(([prefix]) => reference?.alertKey.startsWith(prefix)) ?? [];
  return {
    specversion: '1.0',
    id: eventIdOf(message),
    source: 'urn:teams-emergency-alerts',
    type: `teams-emergency-alerts.call.${type}`,
    ...(reference ? { subject: reference.callId } : {}),
    datacontenttype: 'application/json',
    data: { ...(reference ? { callId: reference.callId } : {}), ...dataIn(message.body) },
  };
}

/**
 * The same for the same words about the same call, however often they are sent; other words are another event. Without
 * full stops, which part what is signed.
 */
export function eventIdOf({ body, reference }: OutgoingMessage): string {
  const { callId, alertKey } = reference ?? {};
  const hash = createHash('sha256')
    .update(JSON.stringify([callId, alertKey, body]))
    .digest('base64url');
  return `msg_${hash.slice(0, 27)}`;
}

/** Words that were composed elsewhere are text. */
function dataIn(body: string): object {
  try {
    const data: unknown = JSON.parse(body);
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data;
  } catch (caught) {
    if (!(caught instanceof SyntaxError)) throw caught;
  }
  return { summary: body };
}
