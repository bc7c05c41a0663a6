/** A MAC address in any of the ways it is written, as twelve digits in capitals; `null` for anything else. */
export function macDigits(text: string): string | null {
  const trimmed = text.trim();
  if (/^[0-9A-F]{2}(?:-[0-9A-F]{2}){5}$/.test(trimmed)) return trimmed.replaceAll('-', '');
  const octets = /^[0-9a-f]{1,2}(?:([-:])[0-9a-f]{1,2})(?:\1[0-9a-f]{1,2}){4}$/i.test(trimmed);
  // macOS leaves out the leading zero of an octet.
  if (octets)
    return trimmed
      .split(/[-:]/)
      .map((octet) => octet.padStart(2, '0'))
      .join('')
      .toUpperCase();
  const isPlain = /^[0-9a-f]{12}$/i.test(trimmed) || /^[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}$/i.test(trimmed);
  return isPlain ? trimmed.replaceAll('.', '').toUpperCase() : null;
}

/** `F0-6E-0B-C2-03-23`, however it was written; `null` for what is no MAC address. */
export function normalMacAddress(text: string): string | null {
  return macDigits(text)?.replace(/(..)(?=.)/g, '$1-') ?? null;
}

/**
 * The id of a switch or of a port as it is compared: a MAC address in one spelling, any other text as the switch has
 * it (it may be the name of an interface), since nothing says that the case of its letters does not count.
 */
export function chassisKey(id: string): string {
  return normalMacAddress(id) ?? id.trim();
}
