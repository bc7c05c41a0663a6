import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Stops a child in its tracks and lets it go on. A stopped child cannot see its parent end; so a shell waits beside it,
 * and kills it when its own input closes, which happens with the parent.
 */
export function guardWhilePaused(child: ChildProcess): { pause(): void; resume(): void } {
  let guard: ChildProcess | null = null;
  child.once('exit', () => guard?.kill('SIGKILL'));
  return {
    pause() {
      if (process.platform === 'win32') throw new Error('A process cannot be paused on Windows');
      guard ??= spawn('/bin/sh', ['-c', 'read -r _; kill -KILL "$0"', String(child.pid)], {
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      child.kill('SIGSTOP');
    },
    resume() {
      if (!guard) return;
      child.kill('SIGCONT');
      guard.kill('SIGKILL');
      guard = null;
    },
  };
}
