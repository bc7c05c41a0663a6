import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

type Pipeline = typeof import('./killable.ts');

/** Where the process ends: it never comes back from the await of that number. */
export interface Killer {
  /** The awaits passed since the last arming. */
  passed(): number;
  /** From the await of this number on (the first is 1), nothing returns any more. Resolves when it is reached. */
  killAt(point: number): Promise<void>;
  /** Nothing is killed; counting begins at 0. */
  disarm(): void;
}

/**
 * The pipeline, built so that every `await` in it can be the last thing its process does: esbuild turns each into a
 * step of a generator, and the helper that takes the steps is replaced by one that can stop for good. What was already
 * sent when that happens still arrives, as with a real process.
 */
export async function loadKillable(): Promise<{ pipeline: Pipeline; killer: Killer; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-killable-'));
  await symlink(resolve('node_modules'), join(dir, 'node_modules'));
  const outfile = join(dir, 'killable.cjs');
  const result = await build({
    entryPoints: ['test/harness/killable.ts'],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    supported: { 'async-await': false, 'for-await': false, 'async-generator': false, 'dynamic-import': false },
    footer: { js: 'module.exports.setSteps = (steps) => { __async = steps; };' },
    logLevel: 'error',
    write: true,
  });
  if (result.errors.length > 0) throw new Error('The killable pipeline could not be built');
  const module = createRequire(outfile)(outfile) as Pipeline & { setSteps(steps: unknown): void };
  const killer = createKiller();
  module.setSteps(killer.run);
  return { pipeline: module, killer, remove: () => rm(dir, { recursive: true, force: true }) };
}

function createKiller() {
  let passed = 0;
  let last = Number.POSITIVE_INFINITY;
  let onKill: () => void = () => undefined;

  const isDead = () => {
    passed += 1;
    if (passed === last) onKill();
    return passed >= last;
  };

  /** As esbuild's own helper for async functions, but for the stop at each step. */
  function run(self: unknown, args: unknown, body: (...args: unknown[]) => Generator): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const generator = body.apply(self, args as unknown[]);
      const step = (advance: () => IteratorResult<unknown>) => {
        try {
          const { done, value } = advance();
          if (done) resolve(value);
          else
            Promise.resolve(value).then(
              (settled) => isDead() || step(() => generator.next(settled)),
              (caught) => isDead() || step(() => generator.throw(caught)),
            );
        } catch (caught) {
          reject(caught);
        }
      };
      step(() => generator.next());
    });
  }

  return {
    run,
    passed: () => passed,
    killAt(point: number) {
      passed = 0;
      last = point;
      return new Promise<void>((resolve) => {
        onKill = resolve;
      });
    },
    disarm() {
      passed = 0;
      last = Number.POSITIVE_INFINITY;
    },
  };
}
