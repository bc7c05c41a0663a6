/**
 * How long the service asks to wait, in milliseconds: `Retry-After` in seconds or as a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). `null` where it says nothing that can be read.
 */
export function retryAfterMsOf(headers: Headers, now: Date): number | null {
  const value = headers.get('retry-after')?.trim();
  if (!value) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const date = /[A-Za-z]{3}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime());
}
