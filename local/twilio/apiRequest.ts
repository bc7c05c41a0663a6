import type { Account } from './account.ts';
import { type ApiError, toErrorResource } from './apiErrors.ts';
import type { Calls } from './calls/callProgress.ts';
import type { Delivery } from './delivery.ts';
import type { MessageStore } from './messageStore.ts';

export interface ApiRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Empty when the body is no form: the API reads nothing else. */
  form: URLSearchParams;
  authorization: string | undefined;
}

export interface ApiAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** What the operations work on. */
export interface ApiParts {
  account: Account;
  store: MessageStore;
  delivery: Delivery;
  calls: Calls;
  /** Told of credentials that are wrong, and of whatever is not known here. */
  remember(refusal: string): void;
}

/** An error as an answer. */
export function toAnswer(error: ApiError): ApiAnswer {
  return { status: error.status, body: toErrorResource(error) };
}

/** Refuses loudly: the client is told, and so is whoever asks for the refusals. */
export function refuse({ method, path }: ApiRequest, error: ApiError, why: string, parts: ApiParts): ApiAnswer {
  parts.remember(`${method} ${path}: ${why}`);
  return toAnswer(error);
}

/** The first parameter that is not among the known ones. */
export function findUnknown(given: URLSearchParams, known: ReadonlySet<string>): string | undefined {
  return [...given.keys()].find((name) => !known.has(name));
}
