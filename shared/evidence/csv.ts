/** What a cell holds; `null` is an empty one. */
export type Cell = string | number | boolean | null;

/** Excel reads UTF-8 as such only behind it; RFC 4180 says nothing of it. */
export const BYTE_ORDER_MARK = '\ufeff';

/** E.164: spreadsheets show it without its plus at worst, and whoever reads it by program has the number. */
const E164 = /^\+[1-9]\d{1,14}$/;
/**
 * What a spreadsheet may read as a formula: =, +, - and @, also in their full-width forms, also behind blanks and control
 * characters (https://owasp.org/www-community/attacks/CSV_Injection). And the apostrophe, so that taking the first one
 * away always gives back what was there.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const READ_OTHERWISE = /^(?:[\s\u0000-\u001f]*[=+\-@＝＋－＠]|[\t\r\n\u0000'])/;

/** One line of RFC 4180, its end included. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(toField).join(',')}\r\n`;
}

function toField(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' ? withoutFormula(cell) : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Text that a spreadsheet would take for a formula, behind an apostrophe. Numbers of ours, negative ones too, are none. */
function withoutFormula(text: string): string {
  return READ_OTHERWISE.test(text) && !E164.test(text) ? `'${text}` : text;
}
