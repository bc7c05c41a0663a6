import type { Alarm } from '../../shared/watch/alarm.ts';
import { afterTelling, planAlarms, type Told } from '../../shared/watch/alarmPlan.ts';
import type { Finding, Severity, WatchedPart } from '../../shared/watch/finding.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function finding(severity: Severity, change: Partial<Finding> = {}): Finding {
  return {
    id: 'signIn',
    severity,
    since: null,
    title: 'sign-in lost',
    what: 'It is lost.',
    todo: 'Sign in.',
    ...change,
  };
}

/** The watch and its alarms, run by run. Whoever is asked takes what it is told, unless `answers` says otherwise. */
function startWatch(administrators = ['nestor', 'adele']) {
  let nowMs = Date.parse('2026-03-14T08:00:00Z');
  let run = 0;
  const alarms = new Map<string, Alarm>();
  const world = {
    alarms,
    answers: new Map<string, Told>(),
    administrators,
    advance(ms: number): void {
      nowMs += ms;
    },
    /** What was told to whom: `begins nestor`. */
    run(findings: readonly Finding[], { isSeen = true } = {}): string[] {
      run += 1;
      const now = new Date(nowMs);
      const parts: WatchedPart[] = [{ name: 'sign-in', isSeen, detail: '', findings: [...findings] }];
      const steps = planAlarms(parts, [...alarms.values()], {
        administrators: world.administrators,
        owner: `run ${run}`,
        now,
      });
      return steps.flatMap(({ after }) => {
        const { telling } = after;
        const waiting = telling?.waiting ?? [];
        const results = new Map(waiting.map((id) => [id, world.answers.get(id) ?? { outcome: 'told' as const }]));
        alarms.set(after.id, afterTelling(after, results, now));
        return waiting.map((id) => `${telling?.kind} ${id}`);
      });
    },
    /** The minutes of the runs, five apart, in which somebody was told. */
    runsToldOver(ms: number, findings: readonly Finding[]): number[] {
      const begin = nowMs;
      const told: number[] = [];
      for (; nowMs - begin <= ms; nowMs += 5 * MINUTE_MS) {
        if (world.run(findings).length > 0) told.push((nowMs - begin) / MINUTE_MS);
      }
      return told;
    },
  };
  return world;
}

test.each<Severity>(['critical', 'warning'])('a new %s alarm is told at once, to everybody', (severity) => {
  expect(startWatch().run([finding(severity)])).toEqual(['begins nestor', 'begins adele']);
});

test('a critical alarm is repeated hourly for six hours, then each six hours', () => {
  const hours = startWatch()
    .runsToldOver(19 * HOUR_MS, [finding('critical')])
    .map((minute) => minute / 60);
  expect(hours).toEqual([0, 1, 2, 3, 4, 5, 6, 12, 18]);
});

test('a warning is repeated daily', () => {
  const hours = startWatch()
    .runsToldOver(49 * HOUR_MS, [finding('warning')])
    .map((minute) => minute / 60);
  expect(hours).toEqual([0, 24, 48]);
});

test('a warning that will not be worse tomorrow is repeated weekly', () => {
  const watch = startWatch(['nestor']);
  const dayMinutes = 24 * 60;
  const told = watch.runsToldOver(15 * 24 * HOUR_MS, [finding('warning', { isWeekly: true })]);
  expect(told).toEqual([0, 7 * dayMinutes, 14 * dayMinutes]);
});

test('news of the same condition is told before its time, but not within the hour', () => {
  const watch = startWatch();
  watch.run([finding('warning', { news: 'letter 1' })]);
  watch.advance(59 * MINUTE_MS);
  expect(watch.run([finding('warning', { news: 'letter 2' })])).toEqual([]);
  watch.advance(MINUTE_MS);
  expect(watch.run([finding('warning', { news: 'letter 2' })])).toEqual(['lasts nestor', 'lasts adele']);
});

test('a warning that becomes critical is told at once; the other way round is no news', () => {
  const watch = startWatch();
  watch.run([finding('warning')]);
  watch.advance(5 * MINUTE_MS);
  expect(watch.run([finding('critical')])).toEqual(['lasts nestor', 'lasts adele']);
  watch.advance(5 * MINUTE_MS);
  expect(watch.run([finding('warning')])).toEqual([]);
});

test('it is over once it is not found: told once, to those who were told', () => {
  const watch = startWatch();
  watch.answers.set('adele', { outcome: 'refused', failure: '21610: opted out' });
  watch.run([finding('critical')]);
  watch.advance(5 * MINUTE_MS);
  expect(watch.run([])).toEqual(['over nestor']);
  watch.advance(5 * MINUTE_MS);
  expect(watch.run([])).toEqual([]);
  expect(watch.alarms.get('signIn')).toMatchObject({
    overAt: '2026-03-14T08:05:00.000Z',
    refused: [{ recipientId: 'adele', failure: '21610: opted out' }],
  });
});

test('a part that cannot be looked at ends no alarm and is not told of as over', () => {
  const watch = startWatch();
  watch.run([finding('critical')]);
  watch.advance(5 * MINUTE_MS);
  expect(watch.run([], { isSeen: false })).toEqual([]);
  expect(watch.alarms.get('signIn')).toMatchObject({ overAt: null });
  watch.advance(5 * MINUTE_MS);
  expect(watch.run([])).toEqual(['over nestor', 'over adele']);
});

describe('what comes and goes', () => {
  const flap = (severity: Severity, pauseMs = 5 * MINUTE_MS) => {
    const watch = startWatch(['nestor']);
    watch.run([finding(severity)]);
    watch.advance(5 * MINUTE_MS);
    watch.run([]);
    watch.advance(pauseMs);
    return watch;
  };
  /** What is told with each run, five minutes apart, that finds it or not. */
  const told = (watch: ReturnType<typeof startWatch>, runs: readonly (Finding | null)[]) =>
    runs.map((one) => {
      const words = watch.run(one ? [one] : []);
      watch.advance(5 * MINUTE_MS);
      return words.join();
    });
  const critical = finding('critical');

  test('a warning has to be found twice in a row before it is told again', () => {
    const watch = flap('warning', HOUR_MS);
    expect(watch.run([finding('warning')])).toEqual([]);
    watch.advance(5 * MINUTE_MS);
    expect(watch.run([finding('warning')])).toEqual(['begins nestor']);
  });
  test('what may pass by itself has to be found twice the first time too', () => {
    const watch = startWatch(['nestor']);
    const found = [finding('warning', { mayPass: true })];
    expect([watch.run(found), watch.run(found), watch.run(found)]).toEqual([[], ['begins nestor'], []]);
  });
  test('found only once, neither its begin nor its end is told', () => {
    const watch = flap('warning');
    expect([watch.run([finding('warning')]), watch.run([])]).toEqual([[], []]);
  });
  test.each<Severity>(['critical', 'warning'])(
    '%s: not told again within the hour, and then if it lasts',
    (severity) => {
      const minutes = flap(severity).runsToldOver(55 * MINUTE_MS, [finding(severity)]);
      expect(minutes).toEqual([50]);
    },
  );
  test('told to nobody that it began anew, nobody is told that it is over', () => {
    expect(told(flap('critical'), [critical, null, critical, critical, null])).toEqual(['', '', '', '', '']);
  });
  test('told as a warning, it is told at once when it comes back critical', () => {
    expect(told(flap('warning'), [critical, null, critical])).toEqual(['begins nestor', '', '']);
  });
  test('with every run: begin and end are told once an hour each', () => {
    const runs = Array.from({ length: 26 }, (_, i) => (i % 2 === 0 ? critical : null));
    const words = told(startWatch(['nestor']), runs);
    expect(words.flatMap((text, i) => (text ? [`${5 * i} ${text}`] : []))).toEqual([
      '0 begins nestor',
      '5 over nestor',
      '60 begins nestor',
      '65 over nestor',
      '120 begins nestor',
      '125 over nestor',
    ]);
  });
  test('that it is over waits for an hour after the last "over", and is told if it still is', () => {
    const watch = startWatch(['nestor']);
    const words = told(watch, [critical, ...Array(10).fill(critical), null, critical, ...Array(12).fill(null)]);
    expect(words.flatMap((text, i) => (text ? [`${5 * i} ${text}`] : []))).toEqual([
      '0 begins nestor',
      '55 over nestor',
      '60 begins nestor',
      '115 over nestor',
    ]);
  });
  test('an "over" that reached one only goes on with the other', () => {
    const watch = startWatch();
    watch.run([critical]);
    watch.answers.set('adele', { outcome: 'later' });
    expect(watch.run([])).toEqual(['over nestor', 'over adele']);
    watch.answers.clear();
    expect([watch.run([]), watch.run([])]).toEqual([['over adele'], []]);
  });
  test('a day later a warning is new', () => {
    expect(flap('warning', 24 * HOUR_MS).run([finding('warning')])).toEqual(['begins nestor']);
  });
});

describe('the provider', () => {
  test('is down for a time: told once when it is back, and only to those who were not told', () => {
    const watch = startWatch();
    watch.answers.set('adele', { outcome: 'later' });
    expect(watch.run([finding('critical')])).toEqual(['begins nestor', 'begins adele']);
    watch.advance(5 * MINUTE_MS);
    expect(watch.run([finding('critical')])).toEqual(['begins adele']);
    watch.answers.clear();
    watch.advance(5 * MINUTE_MS);
    expect(watch.run([finding('critical')])).toEqual(['begins adele']);
    watch.advance(5 * MINUTE_MS);
    expect(watch.run([finding('critical')])).toEqual([]);
  });
  test('is down until all is over: nobody hears of it', () => {
    const watch = startWatch(['nestor']);
    watch.answers.set('nestor', { outcome: 'later' });
    watch.run([finding('critical')]);
    watch.advance(5 * MINUTE_MS);
    expect(watch.run([])).toEqual([]);
  });
  test('one who cannot be told does not keep the others from being told again', () => {
    const watch = startWatch();
    watch.answers.set('adele', { outcome: 'later' });
    watch.run([finding('critical')]);
    watch.advance(HOUR_MS);
    expect(watch.run([finding('critical')])).toEqual(['lasts nestor', 'lasts adele']);
  });
  test('refuses everybody for good: tried again when it would be repeated, not with each run', () => {
    const watch = startWatch(['nestor']);
    watch.answers.set('nestor', { outcome: 'refused', failure: '21610: opted out' });
    expect(watch.runsToldOver(HOUR_MS, [finding('critical')])).toEqual([0, 60]);
  });
  test('may have taken the words: they are kept, to be looked for before they are sent again', () => {
    const watch = startWatch(['nestor']);
    watch.answers.set('nestor', { outcome: 'doubtful', body: 'ALARM', since: '2026-03-14T08:00:00.000Z' });
    watch.run([finding('critical')]);
    expect(watch.alarms.get('signIn')?.telling).toMatchObject({
      waiting: ['nestor'],
      doubts: [{ recipientId: 'nestor', body: 'ALARM' }],
    });
  });
});

describe('two runs at once', () => {
  const context = (owner: string, atMs = 0) => ({
    administrators: ['nestor'],
    owner,
    now: new Date(Date.parse('2026-03-14T08:00:00Z') + atMs),
  });
  const parts = [{ name: 'sign-in', isSeen: true, detail: '', findings: [finding('critical')] }];
  const held = () => {
    const [step] = planAlarms(parts, [], context('run A'));
    if (!step) throw new Error('Nothing is told');
    return step.after;
  };
  test.each<[string, readonly WatchedPart[]]>([
    ['lasts', parts],
    ['is over', [{ name: 'sign-in', isSeen: true, detail: '', findings: [] }]],
  ])('what one is telling, the other leaves alone when it %s', (_, seen) => {
    expect(planAlarms(seen, [held()], context('run B', 119_999))).toEqual([]);
  });
  test('one that died while telling is taken over after its lease', () => {
    expect(planAlarms(parts, [held()], context('run B', 120_000))).toEqual([
      expect.objectContaining({
        after: expect.objectContaining({ telling: expect.objectContaining({ owner: 'run B', waiting: ['nestor'] }) }),
      }),
    ]);
  });
});

test('whoever left the roster is told neither that it lasts nor that it is over', () => {
  const watch = startWatch();
  watch.answers.set('adele', { outcome: 'later' });
  watch.run([finding('critical')]);
  watch.administrators = ['megan'];
  watch.advance(5 * MINUTE_MS);
  expect(watch.run([finding('critical')])).toEqual([]);
  watch.advance(HOUR_MS);
  expect(watch.run([finding('critical')])).toEqual(['lasts megan']);
  watch.administrators = ['nestor'];
  watch.advance(5 * MINUTE_MS);
  expect(watch.run([])).toEqual(['over nestor']);
});
