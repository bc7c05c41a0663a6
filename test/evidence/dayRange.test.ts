import { dayRangeOf } from '../../shared/evidence/dayRange.ts';

test.each<[string, string, string, string, RegExp]>([
  ['reversed', '2026-03-09', '2026-03-08', 'UTC', /^--from 2026-03-09 is later than --to 2026-03-08/],
  ['a day that does not exist', '2026-02-29', '2026-03-08', 'UTC', /^--from 2026-02-29 is no date/],
  ['a last day that does not exist', '2026-02-01', '2026-04-31', 'UTC', /^--to 2026-04-31 is no date/],
  ['American', '03/08/2026', '2026-03-08', 'UTC', /^--from 03\/08\/2026 is no date/],
  ['with a time', '2026-03-08T00:00', '2026-03-08', 'UTC', /^--from 2026-03-08T00:00 is no date/],
  ['empty', '2026-03-08', '', 'UTC', /^--to {2}is no date/],
  ['before Teams', '1999-12-31', '2026-03-08', 'UTC', /^--from 1999-12-31 is no date of the years 2015 to 2099/],
  ['too far off', '2026-03-08', '2100-01-01', 'UTC', /^--to 2100-01-01 is no date of the years 2015 to 2099/],
  [
    'a zone that does not exist',
    '2026-03-08',
    '2026-03-08',
    'America/Springfield',
    /^--zone America\/Springfield is no/,
  ],
  ['no zone', '2026-03-08', '2026-03-08', '', /^--zone {2}is no time zone/],
])('%s: refused in a sentence', (_, from, to, zone, problem) => {
  expect(dayRangeOf({ from, to, zone })).toEqual({ problem: expect.stringMatching(problem) });
});

// Changes of the clock as the IANA time zone database has them.
test.each([
  ['a common day', '2026-03-07', '2026-03-07', 'UTC', '2026-03-07T00:00:00.000Z', 24],
  ['the clock goes forward', '2026-03-08', '2026-03-08', 'America/Los_Angeles', '2026-03-08T08:00:00.000Z', 23],
  ['the clock goes back', '2026-11-01', '2026-11-01', 'America/Los_Angeles', '2026-11-01T07:00:00.000Z', 25],
  ['midnight is skipped', '2018-11-04', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', 23],
  ['half an hour', '2026-10-04', '2026-10-04', 'Australia/Lord_Howe', '2026-10-03T13:30:00.000Z', 23.5],
  ['three days', '2026-02-28', '2026-03-02', 'Asia/Kolkata', '2026-02-27T18:30:00.000Z', 72],
  ['a leap day', '2028-02-29', '2028-02-29', 'UTC', '2028-02-29T00:00:00.000Z', 24],
])('%s begins and ends as the clock there does', (_, from, to, zone, begins, hours) => {
  const result = dayRangeOf({ from, to, zone });
  if ('problem' in result) throw new Error(result.problem);
  const { range } = result;
  expect(range).toMatchObject({ firstDay: from, lastDay: to, zone });
  expect(range.from.toISOString()).toBe(begins);
  expect((range.until.getTime() - range.from.getTime()) / 3_600_000).toBe(hours);
});
