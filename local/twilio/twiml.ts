import type { WebhookAnswer } from './webhooks.ts';

/**
 * What an answer to an inbound message tells Twilio to do: the messages to send back. Only TwiML's `<Message>` and
 * plain text are known here; anything else is a problem, named with Twilio's own error code.
 */
export function readTwiml({ status, contentType, body }: WebhookAnswer): { messages: string[] } | { problem: string } {
  if (status === null || status >= 400) {
    return { problem: `11200: the webhook answered ${status ?? 'nothing'}` };
  }
  if (body.trim() === '') {
    return { messages: [] };
  }
  if (contentType.startsWith('text/plain')) {
    return { messages: [body] };
  }
  if (!/^(text|application)\/xml/.test(contentType)) {
    return { problem: `12300: the webhook answered with the content type ${contentType}` };
  }
  return readResponse(body);
}

function readResponse(body: string): { messages: string[] } | { problem: string } {
  const [whole, inner = ''] =
    /^\s*(?:<\?xml[^>]*\?>)?\s*<Response\s*(?:\/>|>([\s\S]*)<\/Response>)\s*$/.exec(body) ?? [];
  const messages = [...inner.matchAll(/<Message>(?:\s*<Body>)?([^<]*)(?:<\/Body>\s*)?<\/Message>/g)];
  const rest = messages.reduce((left, [message]) => left.replace(message, ''), inner);
  return whole === undefined || rest.trim() !== ''
    ? { problem: '12200: the webhook answered with TwiML that is not known here' }
    : { messages: messages.map(([, text = '']) => unescapeXml(text)) };
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text as it was before it was written into XML. */
export function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (entity, decimal, hexadecimal, name) => {
    const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    return Number.isNaN(code) ? (ENTITIES[name] ?? entity) : String.fromCodePoint(code);
  });
}
