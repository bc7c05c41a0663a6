/**
 * A contact card of all senders: whoever lets this contact through Do Not Disturb lets every alert through. vCard 3.0
 * (RFC 2426), which phones of every make take; lines end in CRLF and fold after 75 bytes.
 */
export function toContactCard(name: string, numbers: readonly string[]): string {
  const lines = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${escaped(name)}`,
    `N:${escaped(name)};;;;`,
    ...numbers.map((number) => `TEL;TYPE=CELL,VOICE:${number}`),
    `NOTE:${escaped('Emergency alerts come from these numbers. Let them through Do Not Disturb.')}`,
    'END:VCARD',
  ];
  return lines.flatMap(folded).join('\r\n').concat('\r\n');
}

function escaped(text: string): string {
  return text.replace(/[\\,;]/g, '\\$&').replace(/\r?\n/g, '\\n');
}

/** No character is cut in two. */
function folded(line: string): string[] {
  const lines = [''];
  for (const character of line) {
    const last = lines.at(-1) ?? '';
    if (Buffer.byteLength(last + character) > 75) lines.push(` ${character}`);
    else lines[lines.length - 1] = last + character;
  }
  return lines;
}
