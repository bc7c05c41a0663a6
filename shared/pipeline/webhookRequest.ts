/** What a door of ours takes of a request: an `HttpRequest` of the Functions library is one. */
export interface WebhookRequest {
  query: { get(name: string): string | null };
  headers: { get(name: string): string | null };
  body: AsyncIterable<Uint8Array> | null;
}

export interface WebhookResponse {
  status: number;
  body: string;
  headers: Record<string, string>;
}

/** The body of a delivery, or why it is none: in a word, for the log and the answer. */
export type Delivery =
  | { value: unknown[]; validationTokens: unknown }
  | { refusal: { status: 400 | 413; reason: 'body' | 'json' | 'value' | 'size' } };

/** Of Graph's own tokens, about a hundred characters, none comes near it. */
const MAX_VALIDATION_TOKEN_CHARS = 2_048;

/** What a browser would show of it is text, whatever stands in it. */
export function answer(status: number, body = ''): WebhookResponse {
  return {
    status,
    body,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  };
}

/**
 * The answer to Graph's question whether the address is ours, asked when a subscription is created: the token, as text
 * (https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation). `null` when
 * the request asks nothing. Nothing else of such a request is believed.
 */
export function answerValidation(request: WebhookRequest): WebhookResponse | null {
  const token = request.query.get('validationToken');
  if (!token) return null;
  return token.length > MAX_VALIDATION_TOKEN_CHARS ? answer(400, 'validationToken') : answer(200, token);
}

/** Reads `{"value": [...]}` with at least one item, and no more than `maxBytes`, by what is announced and what comes. */
export async function readDelivery(request: WebhookRequest, maxBytes: number): Promise<Delivery> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes === null) return { refusal: { status: 413, reason: 'size' } };
  if (bytes.length === 0) return { refusal: { status: 400, reason: 'body' } };
  const json = parse(bytes);
  if (json === null) return { refusal: { status: 400, reason: 'json' } };
  const { value, validationTokens } = (json.value ?? {}) as { value?: unknown; validationTokens?: unknown };
  return Array.isArray(value) && value.length > 0
    ? { value, validationTokens }
    : { refusal: { status: 400, reason: 'value' } };
}

/** The body, by what is announced and what comes; `null` when it is more than `maxBytes`. */
export async function readBytes(request: WebhookRequest, maxBytes: number): Promise<Buffer | null> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): { value: unknown } | null {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return null;
  }
}
