import type { IncomingMessage } from 'node:http';

/** What the real host takes at most: 100 MB (FUNCTIONS_REQUEST_BODY_SIZE_LIMIT). */
const MOST_BYTES = 104_857_600;

/**
 * The bytes as they came. `null` when there are none, and also when the request does not say how many they are: the
 * real host hands over a body only where `Content-Length` is above 0 (GrpcMessageConversionExtensions.cs).
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | 'tooLarge' | null> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > MOST_BYTES) return 'tooLarge';
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return length > 0 ? Buffer.concat(chunks) : null;
}
