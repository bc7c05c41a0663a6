import { toLines } from './plainText.ts';

/** A stretch of text: its lines and the addresses it links to. */
export interface TextBlock {
  lines: string[];
  links: string[];
}

/** What parts the cells of a row. */
export const CELL_SEPARATOR = ' | ';

/** More than any message of Teams needs. */
const MAX_LINKS = 50;

export type TextWriter = ReturnType<typeof createTextWriter>;

/**
 * Puts the words of a marked-up text into lines. `collapsesBreaks`: line breaks of the source are blanks, as HTML has
 * it; else they are lines.
 */
export function createTextWriter(collapsesBreaks: boolean) {
  const finished: string[] = [];
  const links: string[] = [];
  let line = '';
  /** Kept beside the line: to look into a growing line at each tag would be quadratic. */
  let hasWords = false;
  let isNextCell = false;

  function breakLine(): void {
    finished.push(line);
    line = '';
    hasWords = false;
    isNextCell = false;
  }

  return {
    breakLine,

    text(text: string): void {
      const words = collapsesBreaks ? text.replace(/[\t\n\r\f]+/g, ' ') : text;
      const isBlank = !/[^ \t\n\r\f]/.test(words);
      if (isNextCell && !isBlank) {
        line += CELL_SEPARATOR;
        isNextCell = false;
      }
      line += words;
      hasWords ||= !isBlank;
    },

    /** A block begins or ends. A non-breaking blank counts as content (an empty paragraph), plain ones do not. */
    breakBlock(): void {
      if (hasWords) breakLine();
      line = '';
      isNextCell = false;
    },

    startCell(): void {
      isNextCell = hasWords;
    },

    link(href: string): void {
      if (href !== '' && links.length < MAX_LINKS) links.push(href);
    },

    read: (): TextBlock => ({ lines: toLines([...finished, line].join('\n')), links }),
  };
}
