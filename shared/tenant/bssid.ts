import { macDigits } from './macAddress.ts';

/** What an access point's entry stands for. */
export interface BssidPattern {
  /** Twelve digits in capitals, or what comes before the wildcard: eleven or ten. */
  digits: string;
}

/**
 * An entry of the LIS: a BSSID, or one whose last one or two characters are `*`
 * (https://learn.microsoft.com/powershell/module/teams/set-csonlineliswirelessaccesspoint). `null` for anything else.
 */
export function parseBssidPattern(text: string): BssidPattern | null {
  const [, body = '', stars = ''] = /^([^*]*)(\*{0,2})$/.exec(text.trim()) ?? [];
  if (stars === '') {
    const digits = macDigits(body);
    return digits === null ? null : { digits };
  }
  const digits = body.replace(/[-:.]/g, '').toUpperCase();
  const missing = 12 - digits.length;
  const isMeant = missing === stars.length || (stars === '*' && missing === 2);
  return /^[0-9A-F]+$/.test(digits) && isMeant ? { digits } : null;
}

/** What an entry must begin with to stand for a BSSID, the most exact first; `null` for what is no BSSID. */
export function bssidKeys(bssid: string): string[] | null {
  const digits = macDigits(bssid);
  return digits === null ? null : [digits, digits.slice(0, 11), digits.slice(0, 10)];
}
