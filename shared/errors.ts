/** What was caught, as an `Error`. */
export function toError(caught: unknown): Error {
  return caught instanceof Error ? caught : new Error(`Something that is no error was thrown: ${typeof caught}`);
}

/**
 * The class, code and HTTP status of what was caught, without its message: messages of libraries can hold addresses,
 * names and connection strings.
 */
export function errorCodeOf(caught: unknown): string {
  const error = toError(caught);
  if (error instanceof AggregateError) return [...new Set(error.errors.map(errorCodeOf))].join(', ');
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  return [error.name, code, statusCode]
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .join(' ');
}

/**
 * Runs every task, however many fail. Throws the failures together once all have ended: the neighbours of a failed
 * one are never affected. Their codes stand in the message, since the host logs nothing else.
 */
export async function attemptAll<T>(
  items: readonly T[],
  task: (item: T) => Promise<void>,
  message: string,
): Promise<void> {
  const results = await Promise.allSettled(items.map(task));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [toError(result.reason)] : []));
  if (errors.length > 0) {
    throw new AggregateError(errors, `${message} (${[...new Set(errors.map(errorCodeOf))].join(', ')})`);
  }
}

/** True for what fails for what it is, and not for a failure of a service: it would fail each time. */
export function isUnprocessable(caught: unknown): caught is Error {
  if (caught instanceof AggregateError) return caught.errors.length > 0 && caught.errors.every(isUnprocessable);
  return caught instanceof RangeError || caught instanceof TypeError || caught instanceof SyntaxError;
}
