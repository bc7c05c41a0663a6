/** It could not be looked at. The message says why in an administrator's words, and may be shown. */
export class CannotLookError extends Error {
  override readonly name = 'CannotLookError';
  readonly todo: string | null;

  constructor(why: string, todo: string | null = null, cause?: unknown) {
    super(why, { cause });
    this.todo = todo;
  }
}
