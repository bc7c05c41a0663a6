import { attentionTo, isStale } from '../../../dashboard/rules/attention.ts';
import { addDays, onDay } from '../../../dashboard/rules/calendar.ts';
import { byDay, isFiltering, NO_FILTER, toQuery, withoutDoubles } from '../../../dashboard/rules/callFilter.ts';
import { barsOf, roundMaximum } from '../../../dashboard/rules/chart.ts';
import { dayOf, roughly, runningClock } from '../../../dashboard/rules/clock.ts';
import { toPath, toRoute } from '../../../dashboard/rules/route.ts';
import { shownDetails } from '../../../dashboard/rules/shownDetails.ts';
import { worstFirst } from '../../../dashboard/rules/worstFirst.ts';
import { STATUS, summary } from './scene.ts';

test.each([
  [0, '0:00'],
  [-5_000, '0:00'],
  [7_999, '0:07'],
  [760_000, '12:40'],
  [3_599_999, '59:59'],
  [3_729_000, '1:02:09'],
  [360_000_000, '100:00:00'],
])('after %i ms the clock of a call reads %s', (ms, reads) => {
  expect(runningClock(1_000_000, 1_000_000 + ms)).toBe(reads);
});

test.each([
  [0, 0, 'second'],
  [89_000, 89, 'second'],
  [90_000, 2, 'minute'],
  [89.4 * 60_000, 89, 'minute'],
  [90 * 60_000, 2, 'hour'],
  [36 * 3_600_000, 2, 'day'],
])('%i ms are roughly %i %s', (ms, value, unit) => {
  expect(roughly(ms)).toEqual({ value, unit });
});

test('a call belongs to the day of the team, not of the browser', () => {
  expect(dayOf('2026-11-21T07:59:59Z', 'America/Los_Angeles')).toBe('2026-11-20');
  expect(dayOf('2026-11-21T08:00:00Z', 'America/Los_Angeles')).toBe('2026-11-21');
});

describe('what wants attention', () => {
  const open = summary({ code: 'AAA' }, 10);
  const older = summary({ code: 'BBB' }, 100);
  const test933 = summary({ code: 'CCC', isTest: true }, 5);

  test('who has waited longest stands first', () => {
    expect(attentionTo([open, older]).unanswered.map(({ code }) => code)).toEqual(['BBB', 'AAA']);
  });

  test('a test call stands behind every real one, however long it waits', () => {
    const waits = { ...test933, at: older.at.replace(/^\d{4}/, '2020') };
    expect(attentionTo([waits, open, older]).unanswered.map(({ code }) => code)).toEqual(['BBB', 'AAA', 'CCC']);
  });

  test.each([
    ['nothing', [], 'none'],
    ['a call that somebody has', [summary({ state: 'acknowledged' })], 'none'],
    ['what turned out to be no emergency', [summary({ content: 'notEmergency' })], 'none'],
    ['a test call', [test933], 'once'],
    ['an emergency call', [open], 'repeat'],
    ['an emergency call beside a test call', [test933, open], 'repeat'],
    ['a message that could not be read yet', [summary({ content: 'pending' })], 'repeat'],
  ])('for %s the sound is as it must be', (_, active, sound) => {
    expect(attentionTo(active).sound).toBe(sound);
  });
});

test.each([
  [null, 14_999, false],
  [null, 15_000, true],
  [20_000, 34_999, false],
  [20_000, 35_000, true],
])('answered at %p, looked at at %i: stale is %p', (answeredAt, now, stale) => {
  expect(isStale(0, answeredAt, now)).toBe(stale);
});

describe('addresses of the page', () => {
  const BASE = '/api/dashboard/';
  test.each([
    ['/api/dashboard', { view: 'calls' }],
    ['/api/dashboard/', { view: 'calls' }],
    ['/api/dashboard/calls/8204696257475-00ff', { view: 'call', id: '8204696257475-00ff' }],
    ['/api/dashboard/calls/a%20b', { view: 'call', id: 'a b' }],
    ['/api/dashboard/calls/%E0%A4%A', { view: 'unknown' }],
    ['/api/dashboard/calls', { view: 'unknown' }],
    ['/api/dashboard/calls/1/2', { view: 'unknown' }],
    ['/api/dashboard/sign-in', { view: 'signIn' }],
    ['/api/dashboard/wall/', { view: 'wall' }],
    ['/api/dashboard/toString', { view: 'unknown' }],
    ['/api/dashboard/constructor', { view: 'unknown' }],
  ])('%s', (path, route) => {
    expect(toRoute(path, BASE)).toEqual(route);
  });

  test('the path of a view leads to it again, whatever an id holds', () => {
    for (const view of ['calls', 'chats', 'status', 'signIn', 'setUp', 'roster', 'statistics', 'wall'] as const) {
      expect(toRoute(toPath({ view }, BASE), BASE)).toEqual({ view });
    }
    const call = { view: 'call', id: '../a?b#c/%' } as const;
    expect(toRoute(toPath(call, BASE), BASE)).toEqual(call);
  });
});

describe('filters', () => {
  test('no filter asks for nothing', () => {
    expect(isFiltering(NO_FILTER)).toBe(false);
    expect(isFiltering({ ...NO_FILTER, q: '  ' })).toBe(false);
    expect([...toQuery({ ...NO_FILTER, q: '  ' }).keys()]).toEqual([]);
  });

  test('days are from midnight to midnight, both included', () => {
    const query = toQuery({ ...NO_FILTER, from: '2026-11-20', until: '2026-11-20' });
    const [from, until] = [query.get('from') ?? '', query.get('until') ?? ''];
    expect(new Date(from).getTime()).toBe(new Date(2026, 10, 20).getTime());
    expect(new Date(until).getTime()).toBe(new Date(2026, 10, 21).getTime());
  });

  test('a day that is none is not asked for', () => {
    expect([...toQuery({ ...NO_FILTER, from: '20.11.2026', until: '2026-1-1' }).keys()]).toEqual([]);
  });

  test('a call that stands in two pages stands once, as the newer answer says', () => {
    const [newer, older] = [summary({ state: 'resolved' }), summary({ state: 'open' })];
    const other = summary({}, 90);
    expect(withoutDoubles([newer, other, { ...older, id: newer.id }])).toEqual([newer, other]);
  });

  test('calls stand by day in their order', () => {
    const calls = ['2026-11-21T10:00:00Z', '2026-11-21T09:00:00Z', '2026-11-19T10:00:00Z'].map((at) => ({ at }));
    expect(byDay(calls, (iso) => iso.slice(0, 10)).map(([day, of]) => [day, of.length])).toEqual([
      ['2026-11-21', 2],
      ['2026-11-19', 1],
    ]);
  });
});

describe('the calendar', () => {
  const zone = 'America/Los_Angeles';
  // The clocks go back on 1 November 2026 at 2: that day has 25 hours.
  const shift = (from: string, until: string) => ({ from, until });

  test.each([
    ['a whole day', shift('2026-11-20T08:00:00Z', '2026-11-21T08:00:00Z'), '2026-11-20', '00:00', '24:00'],
    ['the evening', shift('2026-11-21T01:00:00Z', '2026-11-22T01:00:00Z'), '2026-11-20', '17:00', '24:00'],
    ['until the evening', shift('2026-11-19T01:00:00Z', '2026-11-21T01:00:00Z'), '2026-11-20', '00:00', '17:00'],
    ['the day of the change', shift('2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z'), '2026-11-01', '00:00', '24:00'],
    ['an hour', shift('2026-11-20T20:00:00Z', '2026-11-20T21:00:00Z'), '2026-11-20', '12:00', '13:00'],
  ])('%s', (_, one, day, from, until) => {
    expect(onDay([one], day, zone)).toEqual([{ shift: one, from, until }]);
  });

  test.each(['2026-11-19', '2026-11-21'])('a shift from midnight to midnight is not on %s', (day) => {
    expect(onDay([shift('2026-11-20T08:00:00Z', '2026-11-21T08:00:00Z')], day, zone)).toEqual([]);
  });

  test('days go on over months and leap days', () => {
    expect([addDays('2028-02-28', 1), addDays('2026-12-31', 1), addDays('2026-03-01', -1)]).toEqual([
      '2028-02-29',
      '2027-01-01',
      '2026-02-28',
    ]);
  });
});

describe('charts', () => {
  test.each([
    [[], 1],
    [[0], 1],
    [[1], 1],
    [[3], 5],
    [[6], 10],
    [[11, 4], 20],
    [[100], 100],
    [[101], 200],
  ])('%p end at %i', (values, maximum) => {
    expect(roundMaximum(values)).toBe(maximum);
  });

  test('bars stand on the ground, the largest within the drawing, the unknown without height', () => {
    const bars = barsOf([5, null, 10], 300, 100);
    expect(bars.map(({ y, height }) => y + height)).toEqual([100, 100, 100]);
    expect(bars.map(({ height }) => height)).toEqual([50, 0, 100]);
  });
});

test.each([
  ['nothing', {}, false, ''],
  ['ids and times', { messageSid: 'SM1', claimedAt: '2026' }, false, ''],
  ['what helps', { channel: 'sms', messageSid: 'SM1', status: 'sent' }, false, 'channel: sms · status: sent'],
  ['long words', { text: 'x'.repeat(81) }, false, ''],
  ['all of it', { messageSid: 'SM1', text: '' }, true, 'messageSid: SM1 · text: '],
])('of an entry with %s', (_, detail, isWhole, line) => {
  expect(shownDetails(detail, isWhole)).toBe(line);
});

test('what must be looked at first stands first', () => {
  expect(worstFirst(STATUS.parts).map(({ part }) => part)).toEqual([
    'Sign-in',
    'Subscriptions',
    'Ingestion',
    'Messages',
    'Roster',
  ]);
});
