import { readFileSync } from 'node:fs';
import { BUILT_IN_PHRASES } from '../../shared/emergency/phrases.ts';

test('the page on the reader names every phrase, and calls confirmed only what is', () => {
  const rows = readFileSync('docs/reader.md', 'utf8').matchAll(
    /^\| `([^`]+)` +\| (.+?) +\| (no|\*\*yes\*\*.*?) +\|$/gm,
  );
  const named = Array.from(rows, ([, language, phrases = '', confirmed = '']) =>
    phrases.split(', ').map((phrase) => ({ language, phrase, isConfirmed: confirmed !== 'no' })),
  );
  expect(named.flat()).toEqual(BUILT_IN_PHRASES);
});
