import { readFileSync } from 'node:fs';

/**
 * The most memory that this process took since the watch began, and that a host had, in bytes. Measured on Linux only:
 * elsewhere 0.
 */
export interface PeakMemory {
  here: number;
  host: number;
}

/** Keeps the highest of what it is told to look at. */
export function createMemoryWatch(): { look(hostPids: readonly number[]): void; peak(): PeakMemory } {
  const peak: PeakMemory = { here: 0, host: 0 };
  // Whoever runs it may have loaded much before.
  const before = process.memoryUsage.rss();
  return {
    look(hostPids) {
      peak.here = Math.max(peak.here, process.memoryUsage.rss() - before);
      peak.host = Math.max(peak.host, ...hostPids.map(residentOfTree));
    },
    peak: () => ({ ...peak }),
  };
}

/** Resident memory of a process and those that it started. */
function residentOfTree(pid: number): number {
  const children = read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .flatMap((child) => Number(child) || []);
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  return kilobytes * 1_024 + children.map(residentOfTree).reduce((sum, bytes) => sum + bytes, 0);
}

/** Nothing of a process that has ended, or where there is no such file. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
