/** It could not be looked at. The message says why in an administrator's words, and may be shown. */
export class CannotLookError extends Error {
  override readonly name = 'CannotLookError';
  readonly todo: string | null;

  constructor(why: string, todo: string | null = null, cause?: unknown) {
    super(why, { cause });
    this.todo = todo;
  }
}

/** Azure gives whoever asks no token: told once, of "Azure sign-in". */
export class NoTokenError extends CannotLookError {
  constructor(cause?: unknown) {
    super('Azure gives you no token here', null, cause);
  }
}

/** The names of the identity library for a credential that cannot be used, or that nobody is signed in to. */
export function isNoToken(caught: unknown): boolean {
  if (caught instanceof NoTokenError) return true;
  if (caught instanceof AggregateError && caught.errors.length > 0) return caught.errors.every(isNoToken);
  const { name } = (caught ?? {}) as { name?: unknown };
  return /^(CredentialUnavailable|AggregateAuthentication|Authentication(Required)?)Error$/.test(String(name));
}
