import { takeStorageAccount } from '../harness/storage.ts';
import { endHosts, type HostUnderTest, hostApp, until } from './hostUnderTest.ts';

interface Said {
  timer: {
    isPastDue: boolean;
    schedule: object;
    scheduleStatus: { last: string; next: string; lastUpdated: string } | null;
  };
  now: string;
  retry?: { retryCount: number; maxRetryCount: number; exception?: { message: string } };
}

interface Timer {
  name: string;
  schedule: string;
  runOnStartup?: boolean;
  useMonitor?: boolean;
  ms?: number;
  failures?: number;
  retry?: object;
}

afterEach(endHosts);

let storage: string;
beforeEach(() => {
  storage = takeStorageAccount();
});

/** The offset that makes it this time now. */
const at = (time: string) => Date.parse(time) - Date.now();

function start(time: string, ...timers: Timer[]): Promise<HostUnderTest> {
  const env = { AzureWebJobsStorage: storage, TIMERS: JSON.stringify(timers) };
  return hostApp('timers.mjs', {}, { env, clockOffsetMs: at(time) });
}

const runs = (host: HostUnderTest, name: string) => host.invocations()[name]?.started ?? 0;
const ended = (host: HostUnderTest, name: string) => {
  const { succeeded = 0, failed = 0 } = host.invocations()[name] ?? {};
  return succeeded + failed;
};

const DAILY = { name: 'daily', schedule: '0 0 3 * * *' };
/** A control: it fires with every jump of the clock over a minute, so that "nothing fired" means something. */
const EACH_MINUTE = { name: 'eachMinute', schedule: '30 * * * * *', useMonitor: false };

async function jump(host: HostUnderTest, time: string): Promise<void> {
  const before = runs(host, 'eachMinute');
  await host.setClockOffset(at(time));
  await until(() => ended(host, 'eachMinute') > before);
}

test('a timer fires when its time has come by the clock of the app, not before', async () => {
  const host = await start('2030-01-15T02:55:00Z', DAILY, EACH_MINUTE);
  await jump(host, '2030-01-15T02:59:00Z');
  expect(runs(host, 'daily')).toBe(0);
  await jump(host, '2030-01-15T03:00:00Z');
  await until(() => ended(host, 'daily') === 1);
  expect(host.said<Said>('daily')[0]?.now).toMatch(/^2030-01-15T03:00:0/);
});

test('what was missed is made up for by one run', async () => {
  const host = await start('2030-01-15T02:55:00Z', DAILY, EACH_MINUTE);
  await jump(host, '2030-01-25T12:00:00Z');
  await until(() => ended(host, 'daily') === 1);
  await jump(host, '2030-01-25T12:10:00Z');
  expect(runs(host, 'daily')).toBe(1);
});

test('a timer does not overlap with itself', async () => {
  const host = await start('2030-01-15T02:55:00Z', { ...DAILY, ms: 300 }, EACH_MINUTE);
  await jump(host, '2030-01-15T03:00:00Z');
  await until(() => runs(host, 'daily') === 1);
  await jump(host, '2030-01-17T12:00:00Z');
  expect([runs(host, 'daily'), ended(host, 'daily')]).toEqual([1, 0]);
  await until(() => ended(host, 'daily') === 2);
  const steps = host.said('daily').map((said) => ('done' in said ? 'done' : 'start'));
  expect(steps).toEqual(['start', 'done', 'start', 'done']);
});

test('one that fails fires again next time', async () => {
  const host = await start('2030-01-15T02:55:00Z', { ...DAILY, failures: 1 }, EACH_MINUTE);
  await jump(host, '2030-01-15T12:00:00Z');
  await until(() => ended(host, 'daily') === 1);
  await jump(host, '2030-01-16T12:00:00Z');
  await until(() => ended(host, 'daily') === 2);
  expect(host.invocations().daily).toEqual({ started: 2, succeeded: 1, failed: 1 });
});

test('after the clock was put back, a timer does not wait for the time it had expected', async () => {
  const host = await start('2030-01-15T02:55:00Z', DAILY, EACH_MINUTE);
  await jump(host, '2030-06-15T12:00:00Z');
  await until(() => ended(host, 'daily') === 1);
  await host.setClockOffset(at('2030-01-16T02:55:00Z'));
  await jump(host, '2030-01-16T03:00:00Z');
  await until(() => ended(host, 'daily') === 2);
});

test('runOnStartup runs it at once, and then by its schedule', async () => {
  const host = await start('2030-01-15T12:00:00Z', { ...DAILY, runOnStartup: true }, DAILY_WITHOUT, EACH_MINUTE);
  await until(() => ended(host, 'daily') === 1);
  expect(host.said<Said>('daily')[0]?.timer.isPastDue).toBe(false);
  await jump(host, '2030-01-16T02:00:00Z');
  expect([runs(host, 'daily'), runs(host, 'without')]).toEqual([1, 0]);
  await jump(host, '2030-01-16T03:00:00Z');
  await until(() => ended(host, 'daily') === 2 && ended(host, 'without') === 1);
});
const DAILY_WITHOUT = { ...DAILY, name: 'without' };

describe('what a timer is told', () => {
  test('by a schedule of a minute and more: when it ran, and when it is due', async () => {
    const host = await start('2030-01-15T02:55:00Z', DAILY, EACH_MINUTE);
    await jump(host, '2030-01-15T04:00:00Z');
    await until(() => ended(host, 'daily') === 1);
    await jump(host, '2030-01-16T04:00:00Z');
    await until(() => ended(host, 'daily') === 2);
    const [first, second] = host.said<Said>('daily').filter((said) => said.timer);
    expect(first?.timer).toMatchObject({
      isPastDue: false,
      schedule: { adjustForDST: true },
      scheduleStatus: { last: '0001-01-01T00:00:00', next: '2030-01-15T03:00:00+00:00' },
    });
    expect(second?.timer.scheduleStatus).toMatchObject({
      last: expect.stringMatching(/^2030-01-15T04:00:0.*\+00:00$/),
      next: '2030-01-16T03:00:00+00:00',
    });
  });

  test.each([
    ['of less than a minute', { schedule: '*/30 * * * * *' }],
    ['that is not to be remembered', { schedule: '0 0 3 * * *', useMonitor: false }],
  ])('by a schedule %s: nothing of it', async (_, timer) => {
    const host = await start('2030-01-15T02:55:00Z', { name: 'often', ...timer, runOnStartup: true });
    await until(() => ended(host, 'often') === 1);
    expect(host.said<Said>('often')[0]?.timer.scheduleStatus).toBeNull();
  });

  test('fired by hand: what is remembered', async () => {
    const host = await start('2030-01-15T02:55:00Z', DAILY);
    await until(
      async () => (await host.fire('daily')).ok && host.said<Said>('daily').some(({ timer }) => timer?.scheduleStatus),
    );
    const { timer } = host.said<Said>('daily').findLast((said) => said.timer) ?? {};
    expect(timer).toMatchObject({ isPastDue: false, scheduleStatus: { next: '2030-01-15T03:00:00+00:00' } });
  });
});

describe('what was missed while no host ran', () => {
  /** A host that has started remembers when the timer is due. */
  async function leaveBehind(time: string, timer: Timer): Promise<void> {
    const host = await start(time, timer);
    await host.kill();
  }

  test('is made up for at the start, once, as past due', async () => {
    await leaveBehind('2030-01-15T02:55:00Z', DAILY);
    const host = await start('2030-01-18T12:00:00Z', DAILY, EACH_MINUTE);
    await until(() => ended(host, 'daily') === 1);
    expect(host.said<Said>('daily')[0]?.timer).toMatchObject({
      isPastDue: true,
      scheduleStatus: { next: '2030-01-15T03:00:00+00:00' },
    });
    await jump(host, '2030-01-18T12:05:00Z');
    expect(runs(host, 'daily')).toBe(1);
  });

  test('is nothing when nothing was due', async () => {
    await leaveBehind('2030-01-15T03:05:00Z', DAILY);
    const host = await start('2030-01-16T02:50:00Z', DAILY, EACH_MINUTE);
    await jump(host, '2030-01-16T02:55:00Z');
    expect(runs(host, 'daily')).toBe(0);
  });

  test('is nothing by a schedule that was changed meanwhile', async () => {
    await leaveBehind('2030-01-15T02:55:00Z', DAILY);
    const host = await start('2030-01-18T12:00:00Z', { ...DAILY, schedule: '0 30 4 * * *' }, EACH_MINUTE);
    await jump(host, '2030-01-18T12:05:00Z');
    expect(runs(host, 'daily')).toBe(0);
  });

  test('is nothing for a timer that is not remembered', async () => {
    const host = await start('2030-01-15T02:55:00Z', { ...DAILY, useMonitor: false }, EACH_MINUTE);
    await host.kill();
    const next = await start('2030-01-18T12:00:00Z', { ...DAILY, useMonitor: false }, EACH_MINUTE);
    await jump(next, '2030-01-18T12:05:00Z');
    expect(runs(next, 'daily')).toBe(0);
  });
});

describe('a retry policy', () => {
  const retry = { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { milliseconds: 400 } };

  test('runs it again, and tells it why', async () => {
    const host = await start('2030-01-15T12:00:00Z', { ...DAILY, runOnStartup: true, failures: 2, retry });
    await until(() => ended(host, 'daily') === 3);
    expect(host.invocations().daily).toEqual({ started: 3, succeeded: 1, failed: 2 });
    const told = host.said<Said>('daily').flatMap((said) => said.retry ?? []);
    expect(told).toMatchObject([
      { retryCount: 0, maxRetryCount: 2 },
      { retryCount: 1, maxRetryCount: 2, exception: { message: '1 more' } },
      { retryCount: 2, maxRetryCount: 2, exception: { message: '0 more' } },
    ]);
  });

  test('ends after its maxRetryCount', async () => {
    const host = await start('2030-01-15T02:55:00Z', { ...DAILY, failures: 9, retry }, EACH_MINUTE);
    await jump(host, '2030-01-15T03:00:00Z');
    await until(() => ended(host, 'daily') === 3);
    // The next run begins at 0 again: the third failure was the end of the first.
    await jump(host, '2030-01-16T03:00:00Z');
    await until(() => ended(host, 'daily') >= 4);
    expect(
      host
        .said<Said>('daily')
        .map((said) => said.retry?.retryCount)
        .slice(0, 4),
    ).toEqual([0, 1, 2, 0]);
  });

  test('does not keep a host from stopping', async () => {
    const long = { ...retry, maxRetryCount: -1, delayInterval: { hours: 1 } };
    const host = await start('2030-01-15T12:00:00Z', { ...DAILY, runOnStartup: true, failures: 1, retry: long });
    await until(() => ended(host, 'daily') === 1);
    await host.stop();
    expect(runs(host, 'daily')).toBe(1);
  });
});
