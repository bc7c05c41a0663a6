import { startStorageProxy } from '../../local/faults/storageProxy.ts';

export interface RecordedRequest {
  what: string;
  /** Milliseconds by `performance.now()`. */
  began: number;
  ended: number;
}

/**
 * Stands in front of a storage account and notes when each request began and ended. It holds each for a while, so that
 * requests sent together overlap for certain.
 */
export async function startRecordingProxy(connectionString: string, holdMs: number) {
  const requests: RecordedRequest[] = [];
  const proxy = await startStorageProxy(connectionString, {
    onRequest: ({ method, path }) => {
      const record = { what: `${method} ${path.split('?')[0]}`, began: performance.now(), ended: 0 };
      requests.push(record);
      return () => {
        record.ended = performance.now();
      };
    },
  });
  await proxy.add({ kind: 'slow', ms: holdMs });
  return { ...proxy, requests };
}

/** The most requests that followed one another: of those that overlap only one counts. */
export function longestSequence(requests: readonly RecordedRequest[]): RecordedRequest[] {
  const chain: RecordedRequest[] = [];
  for (const request of [...requests].sort((a, b) => a.ended - b.ended)) {
    if (request.began >= (chain.at(-1)?.ended ?? 0)) chain.push(request);
  }
  return chain;
}
