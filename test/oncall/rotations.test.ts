import { isLocalTime, momentOf, type Override, type Rotation, shiftAt } from '../../shared/oncall/rotations.ts';

// Changes of the clock in 2026, of the IANA time zone database: New York 8 March 02:00 to 03:00 (07:00 UTC) and
// 1 November 02:00 to 01:00 (06:00 UTC); Berlin 29 March 02:00 to 03:00 and 25 October 03:00 to 02:00 (each 01:00 UTC);
// Lord Howe, by half an hour, 5 April 02:00 to 01:30 (15:00 UTC the day before) and 4 October 02:00 to 02:30
// (15:30 UTC the day before).
const NEW_YORK = 'America/New_York';
const BERLIN = 'Europe/Berlin';
const LORD_HOWE = 'Australia/Lord_Howe';

const rotation = (
  timeZone: string,
  startsAt: string,
  every: number,
  unit: Rotation['shift']['unit'],
  people = ['adele', 'megan', 'nestor'],
): Rotation => ({ id: 'desk', timeZone, startsAt, shift: { every, unit }, people });

const onCall = (of: Rotation, at: string, overrides: Override[] = []) => shiftAt(of, overrides, new Date(at)).person;

/** Who is on call just before, at, and a second after. */
function around(of: Rotation, at: string, overrides: Override[] = []) {
  const moment = Date.parse(at);
  return [-1, 0, 1_000].map((ms) => shiftAt(of, overrides, new Date(moment + ms)).person);
}

test.each([
  ['a day of standard time', '2026-01-15T09:00', NEW_YORK, '2026-01-15T14:00:00.000Z'],
  ['a day of summer time', '2026-07-15T09:00', NEW_YORK, '2026-07-15T13:00:00.000Z'],
  ['skipped in New York', '2026-03-08T02:30', NEW_YORK, '2026-03-08T07:30:00.000Z'],
  ['shown twice in New York', '2026-11-01T01:30', NEW_YORK, '2026-11-01T05:30:00.000Z'],
  ['skipped in Berlin', '2026-03-29T02:30', BERLIN, '2026-03-29T01:30:00.000Z'],
  ['shown twice in Berlin', '2026-10-25T02:30', BERLIN, '2026-10-25T00:30:00.000Z'],
  ['skipped on Lord Howe', '2026-10-04T02:15', LORD_HOWE, '2026-10-03T15:45:00.000Z'],
  ['shown twice on Lord Howe', '2026-04-05T01:45', LORD_HOWE, '2026-04-04T14:45:00.000Z'],
])('a local time %s', (_, local, zone, utc) => {
  expect(momentOf(local, zone).toISOString()).toBe(utc);
});

describe('a hand-over in the night of a change', () => {
  const daily = (zone: string, startsAt: string) => rotation(zone, startsAt, 1, 'days');
  test.each([
    // Third shift after two days.
    ['02:30 is skipped in New York', daily(NEW_YORK, '2026-03-06T02:30'), '2026-03-08T07:30:00Z'],
    ['01:30 comes twice in New York', daily(NEW_YORK, '2026-10-30T01:30'), '2026-11-01T05:30:00Z'],
    ['02:00 is the change itself in Berlin', daily(BERLIN, '2026-03-27T02:00'), '2026-03-29T01:00:00Z'],
    ['02:30 comes twice in Berlin', daily(BERLIN, '2026-10-23T02:30'), '2026-10-25T00:30:00Z'],
    ['02:15 is skipped on Lord Howe', daily(LORD_HOWE, '2026-10-02T02:15'), '2026-10-03T15:45:00Z'],
    ['01:45 comes twice on Lord Howe', daily(LORD_HOWE, '2026-04-03T01:45'), '2026-04-04T14:45:00Z'],
  ])('%s: it takes place once', (_, of, at) => {
    expect(around(of, at)).toEqual(['megan', 'nestor', 'nestor']);
    // The second time the clock shows it changes nothing.
    for (const minutes of [30, 60, 90]) {
      expect(shiftAt(of, [], new Date(Date.parse(at) + minutes * 60_000)).person).toBe('nestor');
    }
  });

  test.each([
    ['New York, an hour shorter', NEW_YORK, '2026-03-02T09:00', ['2026-03-09T13:00:00Z', '2026-03-16T13:00:00Z']],
    ['New York, an hour longer', NEW_YORK, '2026-10-26T09:00', ['2026-11-02T14:00:00Z', '2026-11-09T14:00:00Z']],
    ['Berlin, an hour shorter', BERLIN, '2026-03-23T09:00', ['2026-03-30T07:00:00Z', '2026-04-06T07:00:00Z']],
    ['Lord Howe, half an hour longer', LORD_HOWE, '2026-03-30T09:00', ['2026-04-05T22:30:00Z', '2026-04-12T22:30:00Z']],
  ])('a week in %s: the next hand-over is at the same time of the day', (_, zone, startsAt, [second, third]) => {
    const weekly = rotation(zone, startsAt, 1, 'weeks');
    expect(around(weekly, second ?? '')).toEqual(['adele', 'megan', 'megan']);
    expect(around(weekly, third ?? '')).toEqual(['megan', 'nestor', 'nestor']);
  });

  test('shifts of twelve hours keep to the clock: the night is eleven hours long, or thirteen', () => {
    const spring = rotation(NEW_YORK, '2026-03-07T07:00', 12, 'hours', ['adele', 'megan']);
    expect(around(spring, '2026-03-08T00:00:00Z')).toEqual(['adele', 'megan', 'megan']);
    expect(around(spring, '2026-03-08T11:00:00Z')).toEqual(['megan', 'adele', 'adele']);
    const autumn = rotation(NEW_YORK, '2026-10-31T07:00', 12, 'hours', ['adele', 'megan']);
    expect(around(autumn, '2026-10-31T23:00:00Z')).toEqual(['adele', 'megan', 'megan']);
    expect(around(autumn, '2026-11-01T12:00:00Z')).toEqual(['megan', 'adele', 'adele']);
  });

  test('a shift of one hour that the clock skips is nobody’s, one that it shows twice is two hours long', () => {
    const spring = rotation(NEW_YORK, '2026-03-08T00:00', 1, 'hours');
    expect(around(spring, '2026-03-08T07:00:00Z')).toEqual(['megan', 'adele', 'adele']);
    const autumn = rotation(NEW_YORK, '2026-11-01T00:00', 1, 'hours');
    expect(around(autumn, '2026-11-01T06:00:00Z')).toEqual(['megan', 'megan', 'megan']);
    expect(around(autumn, '2026-11-01T07:00:00Z')).toEqual(['megan', 'nestor', 'nestor']);
  });
});

test.each<[string, Rotation, string, string | null]>([
  ['before the first hand-over: nobody', rotation('UTC', '2026-06-01T09:00', 1, 'days'), '2026-06-01T08:59:59Z', null],
  ['at the first hand-over', rotation('UTC', '2026-06-01T09:00', 1, 'days'), '2026-06-01T09:00:00Z', 'adele'],
  [
    'a millisecond before the second',
    rotation('UTC', '2026-06-01T09:00', 1, 'days'),
    '2026-06-02T08:59:59.999Z',
    'adele',
  ],
  ['after everybody the first again', rotation('UTC', '2026-06-01T09:00', 1, 'days'), '2026-06-04T09:00:00Z', 'adele'],
  ['ten days each', rotation('UTC', '2026-06-01T00:00', 10, 'days'), '2026-06-21T00:00:00Z', 'nestor'],
  ['two weeks each', rotation('UTC', '2026-06-01T00:00', 2, 'weeks'), '2026-06-28T23:59:59Z', 'megan'],
  ['eight hours each', rotation('UTC', '2026-06-01T06:00', 8, 'hours'), '2026-06-02T05:00:00Z', 'nestor'],
  ['9,497 days later', rotation('UTC', '2000-01-01T00:00', 1, 'days'), '2026-01-01T00:00:00Z', 'nestor'],
  ['one person alone', rotation(BERLIN, '2026-01-01T00:00', 1, 'weeks', ['lidia']), '2026-09-09T09:09:09Z', 'lidia'],
  [
    'one person with two shifts',
    rotation('UTC', '2026-06-01T00:00', 1, 'days', ['a', 'a', 'b']),
    '2026-06-02T12:00:00Z',
    'a',
  ],
])('%s', (_, of, at, person) => {
  expect(onCall(of, at)).toBe(person);
});

describe('somebody stands in', () => {
  const weekly = rotation(NEW_YORK, '2026-01-05T09:00', 1, 'weeks', ['adele']);
  const from = (start: string, until: string, person = 'lidia', of = 'desk'): Override => ({
    rotation: of,
    from: start,
    until,
    person,
  });

  test.each([
    [
      'across the longer night',
      from('2026-10-31T20:00', '2026-11-01T08:00'),
      '2026-11-01T00:00:00Z',
      '2026-11-01T13:00:00Z',
    ],
    [
      'across the shorter night',
      from('2026-03-07T20:00', '2026-03-08T08:00'),
      '2026-03-08T01:00:00Z',
      '2026-03-08T12:00:00Z',
    ],
    [
      'from a time that is skipped',
      from('2026-03-08T02:30', '2026-03-08T04:00'),
      '2026-03-08T07:30:00Z',
      '2026-03-08T08:00:00Z',
    ],
    [
      'until a time that comes twice',
      from('2026-11-01T00:30', '2026-11-01T01:30'),
      '2026-11-01T04:30:00Z',
      '2026-11-01T05:30:00Z',
    ],
  ])('%s', (_, override, begin, end) => {
    expect(around(weekly, begin, [override])).toEqual(['adele', 'lidia', 'lidia']);
    expect(around(weekly, end, [override])).toEqual(['lidia', 'adele', 'adele']);
  });

  test('only in the rotation that is named', () => {
    const other = from('2026-06-01T00:00', '2026-07-01T00:00', 'lidia', 'another');
    expect(onCall(weekly, '2026-06-15T12:00:00Z', [other])).toBe('adele');
  });

  test('of two at once the one listed last', () => {
    const two = [from('2026-06-01T00:00', '2026-07-01T00:00'), from('2026-06-10T00:00', '2026-06-11T00:00', 'diego')];
    expect(onCall(weekly, '2026-06-10T12:00:00Z', two)).toBe('diego');
    expect(onCall(weekly, '2026-06-11T12:00:00Z', two)).toBe('lidia');
  });

  test('also before the rotation begins', () => {
    const early = [from('2025-12-01T00:00', '2025-12-02T00:00')];
    expect(onCall(weekly, '2025-12-01T12:00:00Z', early)).toBe('lidia');
    expect(onCall(weekly, '2025-12-02T12:00:00Z', early)).toBeNull();
  });

  test('the next change is the hand-over, or who stands in', () => {
    const next = (at: string) => shiftAt(weekly, [from('2026-06-03T00:00', '2026-06-04T00:00')], new Date(at)).until;
    expect(next('2026-06-01T13:00:00Z').toISOString()).toBe('2026-06-03T04:00:00.000Z');
    expect(next('2026-06-03T12:00:00Z').toISOString()).toBe('2026-06-04T04:00:00.000Z');
    expect(next('2026-06-04T04:00:00Z').toISOString()).toBe('2026-06-08T13:00:00.000Z');
  });
});

test.each([
  '2026-02-29T09:00',
  '2026-13-01T09:00',
  '2026-06-01T24:00',
  '2026-06-01',
  '2026-06-01T09:00Z',
  '2026-06-01T09:00:00',
  '26-06-01T09:00',
  '',
])('%j is no local time', (text) => {
  expect(isLocalTime(text)).toBe(false);
});

test.each(['2028-02-29T00:00', '2026-03-08T02:30'])('%j is a local time', (text) => {
  expect(isLocalTime(text)).toBe(true);
});
