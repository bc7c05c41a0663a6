import type { Problem } from '../../shared/dashboard/contract.ts';
import { noteServerTime } from './tick.ts';

/** Why an answer did not come, by what the reader does next. */
export type FailureKind = 'unreachable' | 'signedOut' | 'forbidden' | 'refused' | 'failed';

/** The API did not do what it was asked. */
export class ApiError extends Error {
  readonly kind: FailureKind;
  /** A sentence for whoever reads the page; `null` where the API said nothing. */
  readonly said: string | null;

  constructor(kind: FailureKind, said: string | null) {
    super(kind);
    this.name = 'ApiError';
    this.kind = kind;
    this.said = said;
  }
}

const ROOT = '/api/page/';
/** A view that waits longer for an answer is not live. */
const TIMEOUT_MS = 10_000;
/** No form and no link of another site can send it: the API takes no change without it. */
const CHANGE_HEADERS = { 'content-type': 'application/json', 'x-emergency-alerts': '1' };

/** An answer, and the mark by which the next one is asked for only if it differs. */
export interface Fetched<T> {
  /** `null`: nothing has changed since the mark. */
  value: T | null;
  etag: string | null;
}

/** Reads from the API; with a mark, only what has changed since. Throws {@link ApiError}. */
export async function readApi<T>(path: string, etag: string | null = null): Promise<Fetched<T>> {
  const response = await ask(path, { headers: etag === null ? {} : { 'if-none-match': etag } });
  if (response.status === 304) return { value: null, etag };
  return { value: await jsonOf<T>(response), etag: response.headers.get('etag') };
}

/** Asks for a change; what comes back is what was recorded. Throws {@link ApiError}: then nothing is known to be. */
export async function changeApi<T>(path: string, body: unknown): Promise<T> {
  const response = await ask(path, { method: 'POST', headers: CHANGE_HEADERS, body: JSON.stringify(body) });
  return response.status === 204 ? (null as T) : jsonOf<T>(response);
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const options: RequestInit = {
    ...init,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'manual',
    cache: 'no-store',
  };
  const response = await fetch(ROOT + path, options).catch(() => {
    throw new ApiError('unreachable', null);
  });
  noteServerTime(response.headers.get('date'));
  // The platform leads whoever is signed out to its sign-in page, where a script cannot follow.
  if (response.type === 'opaqueredirect' || response.status === 401) throw new ApiError('signedOut', null);
  if (response.ok || response.status === 304) return response;
  throw new ApiError(kindOf(response.status), await reasonIn(response));
}

function kindOf(status: number): FailureKind {
  if (status === 403) return 'forbidden';
  return status >= 400 && status < 500 ? 'refused' : 'failed';
}

async function jsonOf<T>(response: Response): Promise<T> {
  return (await response.json().catch(() => {
    throw new ApiError('failed', null);
  })) as T;
}

async function reasonIn(response: Response): Promise<string | null> {
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  return typeof problem?.detail === 'string' ? problem.detail : null;
}
