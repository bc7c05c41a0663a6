import { toError } from '../errors.ts';

/** HTTP status of a failed storage request, or `null` when there was no answer. */
function statusOf(caught: unknown): number | null {
  const { statusCode } = toError(caught) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : null;
}

/** The row is there already (409 EntityAlreadyExists). */
export function isConflict(caught: unknown): boolean {
  return statusOf(caught) === 409;
}

/** The service says that it is not there; every other failure is a failure, not an absence. */
export function isNotFound(caught: unknown): boolean {
  return statusOf(caught) === 404;
}

/** Somebody else changed the row since it was read (412). */
export function isPreconditionFailed(caught: unknown): boolean {
  return statusOf(caught) === 412;
}
