import { spawn } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { takeStorageAccount } from '../harness/storage.ts';
import { createFolder, endHosts, type HostUnderTest, hostApp, hostFolder, until } from './hostUnderTest.ts';

afterEach(endHosts);

const NO_QUEUE = { extensions: { queues: { maxPollingInterval: '00:01:00' } } };

function control(options: Parameters<typeof hostApp>[2] = {}): Promise<HostUnderTest> {
  return hostApp('control.mjs', NO_QUEUE, { env: { AzureWebJobsStorage: takeStorageAccount() }, ...options });
}

/** A host for an app that is this text. */
async function hostText(source: string, env: Record<string, string> = {}): Promise<HostUnderTest> {
  const appDir = await createFolder({ 'main.mjs': source, 'package.json': '{"main":"main.mjs"}' });
  return hostFolder({ appDir, env });
}

const LIBRARY = JSON.stringify(resolve('node_modules/@azure/functions/dist/azure-functions.js'));
const importLibrary = `import library from ${LIBRARY};\nconst { app, output, trigger } = library;\n`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('an app is loaded as the real worker does', () => {
  test('ES modules that a pattern names, in the order of their names, with their hooks', async () => {
    const host = await hostFolder({ appDir: 'test/local/apps/esm', env: {} });
    expect(host.functions).toEqual(['first', 'second']);
    const answer = await fetch(`${host.httpUrl}/api/second`);
    expect(await answer.json()).toEqual(['appStart', 'before second', 'after second']);
  });

  test('CommonJS', async () => {
    const host = await hostFolder({ appDir: 'test/local/apps/cjs', env: {} });
    expect(await (await fetch(`${host.httpUrl}/api/hello`)).text()).toBe('from true');
  });

  test.each(['esm', 'cjs'] as const)('one bundle with the library in it, format %s', async (format) => {
    const appDir = await createFolder({ 'package.json': '{"main":"main.mjs"}' });
    const file = format === 'esm' ? 'main.mjs' : 'main.cjs';
    const require = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    buildSync({
      entryPoints: ['test/local/apps/control.mjs'],
      outfile: join(appDir, file),
      bundle: true,
      platform: 'node',
      format,
      external: ['@azure/functions-core'],
      banner: format === 'esm' ? { js: require } : {},
    });
    const host = await hostFolder({ appDir, mainFile: file, env: { AzureWebJobsStorage: takeStorageAccount() } });
    expect(await host.fire('control', 'ok')).toEqual({ ok: true });
  });

  test('its environment is its settings, and nothing else of this process', async () => {
    process.env.NOT_FOR_THE_APP = 'secret';
    const host = await control({ env: { AzureWebJobsStorage: takeStorageAccount(), MY_SETTING: 'mine' } });
    await host.fire('control', 'env');
    const [env] = host.said<Record<string, string>>('control');
    expect(env).toMatchObject({
      MY_SETTING: 'mine',
      FUNCTIONS_WORKER_RUNTIME: 'node',
      cwd: env?.AzureWebJobsScriptRoot,
    });
    expect(env).not.toHaveProperty('NOT_FOR_THE_APP');
  });

  test('what it prints is in the log', async () => {
    const host = await control();
    await host.fire('control', 'print');
    await until(() => host.lines.some(({ message }) => message === 'a line on the console'));
  });
});

describe('an app does not start', () => {
  test.each([
    [
      'that throws while it is loaded',
      'console.log("I was here"); throw new Error("bad at heart");',
      /bad at heart[\s\S]*I was here/,
    ],
    ['that registers nothing', '', /The app registered no function/],
    [
      'whose appStart hook throws',
      `${importLibrary}app.hook.appStart(() => { throw new Error("not today"); });`,
      /not today/,
    ],
    ['that ends its process', 'process.exit(7);', /node exited with code 7/],
    [
      'with two functions of one name',
      `${importLibrary}app.http("a", {handler() {}}); app.http("a", {handler() {}});`,
      /"a" has already been registered/,
    ],
    [
      'with a trigger that is not known',
      `${importLibrary}app.storageBlob("a", {path: "p", connection: "c", handler() {}});`,
      /Function 'a': the trigger "blobTrigger" is not known to the local host/,
    ],
    [
      'with an output that is not known',
      `${importLibrary}app.http("a", {extraOutputs: [output.storageQueue({queueName: "q", connection: "c"})], handler() {}});`,
      /Function 'a': the output "queue" is not known to the local host/,
    ],
    [
      'with streamed HTTP',
      `${importLibrary}app.setup({enableHttpStream: true}); app.http("a", {handler() {}});`,
      /enableHttpStream is not known to the local host/,
    ],
    ['with a log hook', `${importLibrary}app.hook.log(() => {});`, /The local host runs no "log" hooks/],
  ])('%s', async (_, source, reason) => {
    await expect(hostText(source)).rejects.toThrow(reason);
  });

  test('that is not there', async () => {
    const appDir = await createFolder({ 'package.json': '{"main":"dist/*.js"}' });
    await expect(hostFolder({ appDir, env: {} })).rejects.toThrow('"dist/*.js" names no file');
  });

  test('whose host.json is wrong', async () => {
    const hostJson = { extensions: { queues: { batchSize: 33 } } };
    const reason = 'host.json: extensions.queues.batchSize must be a whole number from 1 to 32';
    await expect(hostApp('control.mjs', hostJson)).rejects.toThrow(reason);
  });
});

describe('a function in error does not keep the others from running', () => {
  const other = 'app.http("other", { handler: () => ({ status: 204 }) });';

  test('each says why it does not run', async () => {
    const queue = (name: string, options: string) => `app.storageQueue("${name}", {${options}, handler() {}});`;
    const appDir = await createFolder({
      'main.mjs': [
        importLibrary,
        queue('noSetting', 'connection: "Nowhere", queueName: "q1a"'),
        queue('noName', 'connection: "Store", queueName: "%QUEUE%"'),
        queue('noConnection', 'connection: "Bad", queueName: "q1a"'),
        queue('noQueue', 'connection: "Store", queueName: "Not_A_Queue"'),
        'app.timer("noSchedule", {schedule: "* * * * *", handler() {}});',
        'app.http("noRoute", {route: "admin/x", handler() {}});',
        other,
      ].join('\n'),
      'host.json': '{"version":"2.0","extensions":{"http":{"routePrefix":""}}}',
    });
    const host = await hostFolder({ appDir, mainFile: 'main.mjs', env: { Bad: 'x', Store: takeStorageAccount() } });
    expect(host.functionErrors).toEqual({
      noSetting: 'the setting "Nowhere" is missing',
      noName: 'the setting "QUEUE" is missing',
      noConnection: 'the setting "Bad" is no storage connection string with AccountName and AccountKey',
      noQueue: '"Not_A_Queue" is no name of a queue',
      noSchedule: '"* * * * *" must have six fields: {second} {minute} {hour} {day} {month} {day of week}',
      noRoute: 'the route "admin/x" is reserved by the host',
    });
    expect(host.functions).toEqual(['other']);
    expect((await fetch(`${host.httpUrl}/other`)).status).toBe(204);
  });

  test('one that is switched off is not run', async () => {
    const host = await hostText(`${importLibrary}app.http("off", { handler() {} });${other}`, {
      'AzureWebJobs.off.Disabled': 'true',
    });
    expect(host.functions).toEqual(['other']);
    expect((await fetch(`${host.httpUrl}/api/off`)).status).toBe(404);
  });
});

test('what a function throws is told, but for what is nothing', async () => {
  const host = await control();
  expect(await host.fire('control', 'fail')).toEqual({ ok: false, error: 'as asked' });
  expect(await host.fire('control', 'throwText')).toEqual({ ok: false, error: 'only a text' });
  expect(await host.fire('control', 'throwUndefined')).toEqual({ ok: true });
  expect(host.invocations()).toEqual({ control: { started: 3, succeeded: 1, failed: 2 } });
});

describe('a stray failure ends the worker with every invocation in it', () => {
  test.each([
    ['strayRejection', 'node exited with code 1: Error: a stray rejection'],
    ['strayThrow', 'node exited with code 1: Error: thrown in a timer'],
    ['exit', 'node exited with code 3'],
  ])('%s', async (ask, reason) => {
    const host = await control();
    const innocent = host.fire('control', 'hang');
    await until(() => host.invocations().control?.started === 1);
    expect(await host.fire('control', ask)).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
    expect(await innocent).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
    expect(await host.exited).toMatchObject({ code: 1, signal: null, reason: expect.stringContaining(reason) });
  });

  test('and with restartOnExit the app is started anew, as by the real host', async () => {
    const host = await control({ restartOnExit: true });
    expect(await host.fire('control', 'strayRejection')).toMatchObject({ ok: false });
    expect(await host.fire('control', 'ok')).toEqual({ ok: true });
    expect(host.invocations()).toEqual({ control: { started: 2, succeeded: 1, failed: 1 } });
  });
});

test('a function that takes longer than functionTimeout ends the worker', async () => {
  const host = await hostApp(
    'control.mjs',
    { ...NO_QUEUE, functionTimeout: '00:00:00.200' },
    { env: { AzureWebJobsStorage: takeStorageAccount() } },
  );
  const reason = "Timeout value of 200 ms exceeded by function 'control'";
  expect(await host.fire('control', 'blockThread')).toEqual({ ok: false, error: reason });
  expect(await host.exited).toMatchObject({ reason });
});

describe('the clock of the app', () => {
  interface Said {
    dates: number[];
    isDate: boolean;
    year: number;
  }

  test('is moved as a whole, in an app that was loaded before, and back', async () => {
    const host = await control();
    await host.setClockOffset(86_400_000);
    const before = Date.now();
    await host.fire('control', 'now');
    const after = Date.now();
    const { dates = [], ...rest } = host.said<Said>('control')[0] ?? {};
    const [constructed = 0, now = 0, called = 0, fixed] = dates;
    for (const ms of [constructed, now, called + 999]) expect(ms).toBeGreaterThanOrEqual(before + 86_400_000);
    for (const ms of [constructed, now, called]) expect(ms).toBeLessThanOrEqual(after + 86_400_000);
    expect(fixed).toBe(Date.UTC(2026, 0, 1));
    expect(rest).toEqual({ isDate: true, year: 2020 });

    await host.setClockOffset(0);
    await host.fire('control', 'now');
    const [, back = Number.NaN] = host.said<Said>('control')[1]?.dates ?? [];
    expect(back).toBeLessThanOrEqual(Date.now());
  });
});

describe('the end of a host', () => {
  test('stop tells the app', async () => {
    const host = await control();
    await host.stop();
    expect(await host.exited).toEqual({ code: 0, signal: null, reason: 'The host was stopped' });
    expect(host.lines.map(({ message }) => message)).toContain('the app was told to end');
  });

  test('kill does not', async () => {
    const host = await control();
    await host.kill();
    expect(await host.exited).toEqual({ code: null, signal: 'SIGKILL', reason: null });
    expect(host.lines.map(({ message }) => message)).not.toContain('the app was told to end');
    expect(await host.fire('control', 'ok')).toEqual({ ok: false, error: 'The host has ended' });
  });

  test('what was asked of it when it was killed is answered', async () => {
    const host = await control();
    const asked = host.fire('control', 'hang');
    await until(() => host.invocations().control?.started === 1);
    await host.kill();
    expect(await asked).toEqual({ ok: false, error: 'The host has ended' });
    expect(host.invocations()).toEqual({ control: { started: 1, succeeded: 0, failed: 0 } });
  });

  test('a paused host does nothing until it is resumed', async () => {
    const host = await control();
    host.pause();
    const fired = host.fire('control', 'ok');
    const hasStarted = () => host.invocations().control !== undefined;
    await until(async () => (await stateOf(host.pid)) === 'T');
    expect(hasStarted()).toBe(false);
    host.resume();
    expect(await fired).toEqual({ ok: true });
  });

  test('nothing is left of a host when its parent is killed, be it idle, paused or busy', async () => {
    const appDir = await createFolder({ 'host.json': '{}' });
    const script = `
      import { startHost } from ${JSON.stringify(resolve('local/host/start.ts'))};
      const [idle, paused, busy] = await Promise.all([1, 2, 3].map(() => startHost({
        appDir: ${JSON.stringify(appDir)},
        mainFile: ${JSON.stringify(relative(appDir, resolve('test/local/apps/control.mjs')))},
        env: { AzureWebJobsStorage: ${JSON.stringify(takeStorageAccount())} },
      })));
      paused.pause();
      void busy.fire('control', 'blockThread');
      process.stdout.write(JSON.stringify([idle.pid, paused.pid, busy.pid]));`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids = await new Promise<number[]>((done) => {
      parent.stdout.once('data', (chunk: Buffer) => done(JSON.parse(chunk.toString()) as number[]));
    });
    await until(async () => (await stateOf(pids[1] ?? 0)) === 'T');
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    parent.kill('SIGKILL');
    await until(() => !pids.some(isAlive));
  });
});

async function stateOf(pid: number): Promise<string | undefined> {
  const child = spawn('ps', ['-o', 'stat=', '-p', String(pid)]);
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return text.trim()[0];
}
