/** The default alphabet of GSM 03.38 without its escape; the characters of its extension table take two septets. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENSION = new Set('\f^{}\\[~]|€');

/** Sizes of one message and of one part of several: GSM 03.40, 140 octets, 6 of which name the part. */
const GSM_7 = { alone: 160, part: 153 };
const UCS_2 = { alone: 70, part: 67 };

/**
 * How many segments a text takes: in GSM-7 when every character has a place there, else the whole of it in UCS-2. What
 * takes two units (an escaped character, a surrogate pair) is never torn apart between two segments.
 */
export function countSegments(body: string): number {
  const characters = [...body];
  const isGsm = characters.every((character) => BASIC.has(character) || EXTENSION.has(character));
  const sizes = characters.map((character) => (isGsm ? (EXTENSION.has(character) ? 2 : 1) : character.length));
  const limits = isGsm ? GSM_7 : UCS_2;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return total <= limits.alone ? 1 : countParts(sizes, limits.part);
}

function countParts(sizes: readonly number[], partSize: number): number {
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > partSize) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return parts;
}
