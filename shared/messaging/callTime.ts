/** Which parts of the time there is room for, besides hours and minutes. */
export interface TimeDetail {
  hasDate: boolean;
  hasSeconds: boolean;
  hasZone: boolean;
}

const ENGLISH_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The time as the team reads its clock, on 24 hours, e.g. `21 Nov 14:05:09 PST`: the month in letters, since 03/04 is
 * read in two ways. A zone that this machine does not know reads as UTC: a wrong setting never stops an alert.
 * `null` for no time, or one that is no time.
 */
export function callTime(
  at: Date | null,
  timeZone: string,
  detail: TimeDetail,
  months: readonly string[] = ENGLISH_MONTHS,
): string | null {
  if (at === null || Number.isNaN(at.getTime())) return null;
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return [
    ...(detail.hasDate ? [part('day'), months[Number(part('month')) - 1] ?? part('month')] : []),
    [part('hour'), part('minute'), ...(detail.hasSeconds ? [part('second')] : [])].join(':'),
    ...(detail.hasZone ? [part('timeZoneName')] : []),
  ].join(' ');
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    day: 'numeric',
    month: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  };
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone });
  } catch (caught) {
    if (!(caught instanceof RangeError)) throw caught;
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
}
