/**
 * Where deployed code reports what happened: the invocation context's own logger in a function, a console in a command.
 * Messages and fields name calls by id and people by roster id; they never hold a phone number, a person's name, a UPN,
 * the text of a message, a token or a connection string.
 */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** The part of a function's invocation context that is used here; it formats nothing. */
interface ContextLog {
  log(...args: unknown[]): void;
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
}

/** One line for each report: the message, then its fields as `name=value`. */
export function createLogger(context: ContextLog): Logger {
  return {
    info: (message, fields) => context.log(toLine(message, fields)),
    warn: (message, fields) => context.warn(toLine(message, fields)),
    error: (message, fields) => context.error(toLine(message, fields)),
  };
}

function toLine(message: string, fields: LogFields = {}): string {
  return [message, ...Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
}
