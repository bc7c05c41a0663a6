import { PERSONAL } from './messages.ts';

/** Far more than any line of the product needs; a longer one holds what somebody sent. */
const LONGEST_LINE = 1_000;
const KEPT = 10;

export interface LogWatch {
  add(line: unknown): void;
  count(): number;
  /** How many lines there are once digits and ids are made alike. */
  distinct(): number;
  /** The first of those that hold something personal, and of those that are too long. */
  personal(): readonly string[];
  tooLong(): readonly string[];
}

/** Reads every line as it is written. */
export function watchLog(): LogWatch {
  const words = PERSONAL.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const personalData = new RegExp(words.join('|'), 'i');
  const seen = new Set<string>();
  const personal = new Set<string>();
  const tooLong = new Set<string>();
  let count = 0;
  return {
    add(line) {
      const text = String(line);
      count += 1;
      if (personalData.test(text) && personal.size < KEPT) personal.add(text.slice(0, 200));
      if (text.length > LONGEST_LINE && tooLong.size < KEPT) tooLong.add(`${text.slice(0, 80)}… (${text.length})`);
      const alike = text.slice(0, LONGEST_LINE).replace(/[0-9a-f]{12,}|\d+/g, '#');
      if (seen.size < 10_000) seen.add(alike);
    },
    count: () => count,
    distinct: () => seen.size,
    personal: () => [...personal],
    tooLong: () => [...tooLong],
  };
}
