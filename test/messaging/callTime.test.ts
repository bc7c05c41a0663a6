import { callTime } from '../../shared/messaging/callTime.ts';

const ALL = { hasDate: true, hasSeconds: true, hasZone: true };

test.each([
  ['winter in Redmond', '2026-11-21T22:05:09Z', 'America/Los_Angeles', '21 Nov 14:05:09 PST'],
  ['summer in Redmond', '2026-07-04T22:05:09Z', 'America/Los_Angeles', '4 Jul 15:05:09 PDT'],
  ['the hour that comes twice, first', '2026-11-01T08:30:00Z', 'America/Los_Angeles', '1 Nov 01:30:00 PDT'],
  ['the hour that comes twice, again', '2026-11-01T09:30:00Z', 'America/Los_Angeles', '1 Nov 01:30:00 PST'],
  ['midnight', '2026-03-01T00:00:00Z', 'UTC', '1 Mar 00:00:00 UTC'],
  ['another day than in UTC', '2027-01-01T03:00:00Z', 'America/New_York', '31 Dec 22:00:00 EST'],
  ['a zone without letters', '2026-01-15T12:00:00Z', 'Europe/Vienna', '15 Jan 13:00:00 GMT+1'],
  ['a zone that nobody knows', '2026-01-15T12:00:00Z', 'America/Redmond', '15 Jan 12:00:00 UTC'],
])('%s', (_, at, timeZone, expected) => {
  expect(callTime(new Date(at), timeZone, ALL)).toBe(expected);
});

test.each([
  [{ hasDate: false, hasSeconds: false, hasZone: false }, '14:05'],
  [{ hasDate: false, hasSeconds: false, hasZone: true }, '14:05 PST'],
  [{ hasDate: true, hasSeconds: false, hasZone: true }, '21 Nov 14:05 PST'],
])('with less room: %j', (detail, expected) => {
  expect(callTime(new Date('2026-11-21T22:05:09Z'), 'America/Los_Angeles', detail)).toBe(expected);
});

test.each([null, new Date('nonsense')])('%s is no time', (at) => {
  expect(callTime(at, 'UTC', ALL)).toBeNull();
});
