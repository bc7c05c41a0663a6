import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pageHeaders } from './pageHeaders.ts';

/** What the page's function takes of a request; an `HttpRequest` of the Functions library is one. */
export interface PageFileRequest {
  params: Partial<Record<string, string>>;
  headers: { get(name: string): string | null };
}

interface PageFileResponse {
  status: number;
  headers: Record<string, string>;
  body?: Uint8Array | string;
}

interface PageFile {
  type: string;
  bytes: Buffer;
  zipped: Buffer;
  etag: string;
}

/** Answers for one file of the page. */
export type PageFiles = (request: PageFileRequest) => Promise<PageFileResponse>;

const TYPES: Partial<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Serves the built page from `dir`, which is read at the first request: nobody who waits for an SMS waits for it. Only
 * what lay there then is ever served, whatever path is asked for. An address that names no file is one of the page's own
 * views, and gets the page. `tileOrigin` is where map pictures come from; `null` where there is no map.
 */
export function createPageFiles(dir: string, tileOrigin: string | null): PageFiles {
  let loading: Promise<Map<string, PageFile>> | null = null;
  return async ({ params, headers }) => {
    loading ??= loadFiles(dir).catch((caught: unknown) => {
      loading = null;
      throw caught;
    });
    const files = await loading;
    const path = params.path ?? '';
    const isView = extname(path) === '';
    const file = files.get(isView ? 'index.html' : path);
    if (!file)
      return {
        status: 404,
        headers: pageHeaders(tileOrigin),
        body: isView ? 'The page is not in the package.' : 'There is no such file.',
      };
    return answerWith(file, path.startsWith('assets/'), headers, tileOrigin);
  };
}

function answerWith(
  file: PageFile,
  isHashed: boolean,
  asked: PageFileRequest['headers'],
  tileOrigin: string | null,
): PageFileResponse {
  const headers = {
    ...pageHeaders(tileOrigin),
    'Content-Type': file.type,
    // The name of an asset changes with what it holds; all else is asked for again each time.
    'Cache-Control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ETag: file.etag,
    Vary: 'Accept-Encoding',
  };
  if (asked.get('if-none-match') === file.etag) return { status: 304, headers };
  if (!/\bgzip\b/.test(asked.get('accept-encoding') ?? '')) return { status: 200, headers, body: file.bytes };
  return { status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: file.zipped };
}

async function loadFiles(dir: string): Promise<Map<string, PageFile>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((caught: { code?: unknown }) => {
    if (caught.code === 'ENOENT') return [];
    throw caught;
  });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const files = await Promise.all(
    paths.map(async (path) => {
      const bytes = await readFile(path);
      const type = TYPES[extname(path)] ?? 'application/octet-stream';
      const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
      return [relative(dir, path).split(sep).join('/'), { type, bytes, zipped: gzipSync(bytes), etag }] as const;
    }),
  );
  return new Map(files);
}
