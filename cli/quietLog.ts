import { createLogger } from '../shared/log.ts';

/** For commands that show their own words: errors go to standard error, the rest nowhere. */
export const quietLog = createLogger({
  log: () => undefined,
  warn: () => undefined,
  error: (line) => process.stderr.write(`${line}\n`),
});
