import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { dials911, startWorld } from '../harness/world.ts';

const run = (env: Record<string, string>) =>
  promisify(execFile)(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'cli/capture.ts', '--latest'], {
    env: { ...process.env, ...env },
  });

test('the newest call as Teams wrote it, without anything personal; nothing to capture is said', async () => {
  const world = await startWorld();
  try {
    await expect(run(world.env)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Dial 933 in Teams'),
    });

    await world.graph.emergency.placeEmergencyCall(dials911);
    await world.deliver();
    const { stdout, stderr } = await run(world.env);
    expect(JSON.parse(stdout).body.content).toContain('has placed an Emergency Call');
    expect(stdout).not.toMatch(/alex@|34, Room|5550123/i);
    expect(stderr).toMatch(/Replaced: /);
  } finally {
    await world.stop();
  }
}, 60_000);
