import { parseNcrontab } from '../../local/host/ncrontab.ts';

const SATURDAY_NOON = '2026-11-21T12:00:00Z';

function occurrences(expression: string, after = SATURDAY_NOON, count = 3): string[] {
  const schedule = parseNcrontab(expression);
  const found: Date[] = [];
  for (let i = 0; i < count; i += 1) found.push(schedule.next(found.at(-1) ?? new Date(after)));
  return found.map((date) => date.toISOString().replace('.000Z', 'Z'));
}

// The examples of https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
describe('the documented examples', () => {
  test.each([
    ['0 5 * * * *', ['2026-11-21T12:05:00Z', '2026-11-21T13:05:00Z', '2026-11-21T14:05:00Z']],
    ['0 */5 * * * *', ['2026-11-21T12:05:00Z', '2026-11-21T12:10:00Z', '2026-11-21T12:15:00Z']],
    ['0 0 * * * *', ['2026-11-21T13:00:00Z', '2026-11-21T14:00:00Z', '2026-11-21T15:00:00Z']],
    ['0 0 */6 * * *', ['2026-11-21T18:00:00Z', '2026-11-22T00:00:00Z', '2026-11-22T06:00:00Z']],
    ['0 0 8-10 * * *', ['2026-11-22T08:00:00Z', '2026-11-22T09:00:00Z', '2026-11-22T10:00:00Z']],
    ['0 0 0 * * *', ['2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z']],
    ['0 0 10 * * *', ['2026-11-22T10:00:00Z', '2026-11-23T10:00:00Z', '2026-11-24T10:00:00Z']],
    ['0 0 9-17 * * *', ['2026-11-21T13:00:00Z', '2026-11-21T14:00:00Z', '2026-11-21T15:00:00Z']],
    ['0 0 10 * * 1-5', ['2026-11-23T10:00:00Z', '2026-11-24T10:00:00Z', '2026-11-25T10:00:00Z']],
    ['0 5,8,10 * * * *', ['2026-11-21T12:05:00Z', '2026-11-21T12:08:00Z', '2026-11-21T12:10:00Z']],
    ['0 5-7 * * * *', ['2026-11-21T12:05:00Z', '2026-11-21T12:06:00Z', '2026-11-21T12:07:00Z']],
    ['0 30 9 * Jan Mon', ['2027-01-04T09:30:00Z', '2027-01-11T09:30:00Z', '2027-01-18T09:30:00Z']],
  ])('%s', (expression, expected) => {
    expect(occurrences(expression)).toEqual(expected);
  });
});

describe('the finer points of NCrontab', () => {
  test.each([
    ['a value with a step runs to the end of its field', '5/20 * * * * *', ['12:00:05', '12:00:25', '12:00:45']],
    ['an occurrence is strictly later', '0 0 12 * * *', ['12:00:00']],
    ['a range may be written backwards', '30-29 0 12 * * *', ['12:00:29']],
  ])('%s', (_, expression, clocks) => {
    const found = occurrences(expression, SATURDAY_NOON, clocks.length);
    expect(found.map((time) => time.slice(11, 19))).toEqual(clocks);
  });

  test('an occurrence that is now is not next', () => {
    expect(occurrences('0 0 12 * * *', SATURDAY_NOON, 1)).toEqual(['2026-11-22T12:00:00Z']);
    expect(occurrences('0 0 12 * * *', '2026-11-21T11:59:59.999Z', 1)).toEqual(['2026-11-21T12:00:00Z']);
  });

  test('day and day of week must both fit', () => {
    expect(occurrences('0 0 0 13 * FRI', SATURDAY_NOON, 2)).toEqual(['2027-08-13T00:00:00Z', '2028-10-13T00:00:00Z']);
  });

  test('a leap day is found', () => {
    expect(occurrences('0 0 0 29 2 *', SATURDAY_NOON, 2)).toEqual(['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z']);
  });
});

describe('what is no schedule', () => {
  test.each([
    ['', 'must have six fields'],
    ['*/5 * * * *', 'must have six fields'],
    ['00:00:30', 'must have six fields'],
    ['@daily', 'must have six fields'],
    ['0 0 0 * * * 2026', 'must have six fields'],
    ['60 * * * * *', '"60" is no value for the field second (0 to 59)'],
    ['0 60 * * * *', '"60" is no value for the field minute (0 to 59)'],
    ['0 0 24 * * *', '"24" is no value for the field hour (0 to 23)'],
    ['0 0 0 0 * *', '"0" is no value for the field day (1 to 31)'],
    ['0 0 0 * 13 *', '"13" is no value for the field month (1 to 12)'],
    ['0 0 0 * * 7', '"7" is no value for the field day of week (0 to 6)'],
    ['0 0 0 * Mon *', '"Mon" is no value for the field month (1 to 12)'],
    ['0 0 0 L * *', '"L" is no value for the field day (1 to 31)'],
    ['0 0 0 ? * *', '"?" is no value for the field day'],
    ['*/0 * * * * *', '"*/0" is no value for the field second'],
    ['-5 * * * * *', '"-5" is no value for the field second'],
    ['1,,2 * * * * *', '"" is no value for the field second'],
    ['0 0 0 * * 5#2', '"5#2" is no value for the field day of week'],
  ])('%p: %s', (expression, reason) => {
    expect(() => parseNcrontab(expression)).toThrow(reason);
  });

  test('one that never occurs', () => {
    expect(() => parseNcrontab('0 0 0 31 2 *').next(new Date(SATURDAY_NOON))).toThrow('"0 0 0 31 2 *" never occurs');
  });
});
