import { cpus } from 'node:os';

/** What the figures were measured on. */
export function describeMachine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`;
}
