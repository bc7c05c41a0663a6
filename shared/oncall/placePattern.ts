/** `*` stands for any text; spaces count as one, letters the same in both cases. In time that grows with the lengths only. */
export function matches(pattern: string, value: string): boolean {
  const [first = '', ...others] = plain(pattern).split('*');
  const text = plain(value);
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const index = text.indexOf(part, from);
    if (index < 0) return false;
    from = index + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

/** Whether a pattern fits whatever another one does. */
export function covers(pattern: string, other: string): boolean {
  // What stands for any text is nothing that the first one could name.
  return matches(pattern, other.replaceAll('*', '\u{10FFFF}'));
}

function plain(value: string): string {
  return value.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}
