import { PERSONAL } from './messages.ts';

/** Far more than any line of the product needs; a longer one holds what somebody sent. */
const LONGEST_LINE = 1_000;
const KEPT = 10;

/** What must not stand in a log. */
export interface LogPattern {
  name: string;
  pattern: RegExp;
}

export interface LogWatch {
  add(line: unknown): void;
  count(): number;
  /** How many lines there are once digits and ids are made alike. */
  distinct(): number;
  /**
   * The first of those that hold something personal, and of those that are too long. With patterns, what was found and
   * the shape of the line: what is personal is not shown a second time.
   */
  personal(): readonly string[];
  tooLong(): readonly string[];
}

/** Reads every line as it is written: for the words that the messages of the run hold, or for the patterns given. */
export function watchLog(patterns?: readonly LogPattern[]): LogWatch {
  const words = PERSONAL.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const personalData = new RegExp(words.join('|'), 'i');
  const findIn = (text: string): string | null => {
    if (!patterns) return personalData.test(text) ? text.slice(0, 200) : null;
    const found = patterns.find(({ pattern }) => pattern.test(text));
    return found ? `${found.name}: ${shapeOf(text)}` : null;
  };
  const seen = new Set<string>();
  const personal = new Set<string>();
  const tooLong = new Set<string>();
  let count = 0;
  return {
    add(line) {
      const text = String(line);
      count += 1;
      const found = findIn(text);
      if (found !== null && personal.size < KEPT) personal.add(found);
      if (text.length > LONGEST_LINE && tooLong.size < KEPT) {
        tooLong.add(`${patterns ? shapeOf(text.slice(0, 80)) : text.slice(0, 80)}… (${text.length})`);
      }
      const alike = text.slice(0, LONGEST_LINE).replace(/[0-9a-f]{12,}|\d+/g, '#');
      if (seen.size < 10_000) seen.add(alike);
    },
    count: () => count,
    distinct: () => seen.size,
    personal: () => [...personal],
    tooLong: () => [...tooLong],
  };
}

/** Letters and digits made alike: tells one kind of line from another, and nothing of what it says. */
function shapeOf(text: string): string {
  return text.slice(0, 200).replace(/\p{L}/gu, 'a').replace(/\p{N}/gu, '9');
}
