import type { WebhookRequest } from '../../shared/pipeline/webhookRequest.ts';

/** A request as the Functions library hands it over. What is neither bytes nor text is sent as JSON. */
export function post(
  body: unknown,
  { query = {}, headers = {} }: { query?: Record<string, string>; headers?: Record<string, string> } = {},
): WebhookRequest {
  const content = body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body);
  const request = new Request('https://alerts.contoso.com/', { method: 'POST', headers, body: content ?? null });
  return { query: new URLSearchParams(query), headers: request.headers, body: request.body };
}

/** A body that says how often it was read, and goes on for ever. */
export function endlessBody(chunkBytes: number): { body: AsyncIterable<Uint8Array>; chunksRead(): number } {
  let chunks = 0;
  async function* produce(): AsyncGenerator<Uint8Array> {
    for (;;) {
      chunks += 1;
      yield new Uint8Array(chunkBytes).fill(0x20);
    }
  }
  return { body: produce(), chunksRead: () => chunks };
}
