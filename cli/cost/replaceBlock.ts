const BEGIN = '<!-- npm run cost -->\n';
const END = '<!-- end of npm run cost -->';

/** The page with the tables between its two marks. Throws when a mark is missing. */
export function replaceBlock(page: string, tables: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('docs/cost.md has no place for the tables');
  return `${page.slice(0, begin + BEGIN.length)}${tables}${page.slice(end)}`;
}
