import type { SampleValues } from './sampleValues.ts';

/** What is kept, and why: it is the layout that a capture is made for. Words are in lower case. */
export interface RedactionRules {
  /** Phrases that announce a call: kept wherever they stand. */
  phrases: readonly string[];
  /** Words of labels, streets and "not available", which are nobody's. */
  keptWords: ReadonlySet<string>;
  /** Emergency and test numbers. */
  keptNumbers: ReadonlySet<string>;
  /** Where labels stand in a line, each with its colon; `isExact` for the very words of a known one. */
  labelsOf(line: string): { start: number; end: number; isExact: boolean }[];
}

export interface RedactionContext {
  rules: RedactionRules;
  samples: SampleValues;
  /** Words that are replaced wherever they stand, even in a label: names, mailboxes, domains, parts of the place. */
  secrets: ReadonlySet<string>;
  /** Those of them that are names of people. */
  names: ReadonlySet<string>;
}
