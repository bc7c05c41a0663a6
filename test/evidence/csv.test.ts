import { csvLine } from '../../shared/evidence/csv.ts';

// RFC 4180, section 2, rules 1, 5, 6 and 7.
test.each<[string, string | number | boolean | null, string]>([
  ['a comma', 'Building 34, Room 2210', '"Building 34, Room 2210"'],
  ['quotes', 'Adele "Del" Vance', '"Adele ""Del"" Vance"'],
  ['a line break', 'one\r\ntwo', '"one\r\ntwo"'],
  ['a bare line feed', 'one\ntwo', '"one\ntwo"'],
  ['blanks, which are part of the field', ' Lobby ', ' Lobby '],
  ['nothing', null, ''],
  ['an empty text', '', ''],
  ['a number below zero, which is ours', -0.25, '-0.25'],
  ['a truth', false, 'false'],
  ['another script', 'Zoë 東京', 'Zoë 東京'],
])('%s', (_, cell, field) => {
  expect(csvLine([cell])).toBe(`${field}\r\n`);
});

test('fields are parted by commas, without one after the last', () => {
  expect(csvLine(['a', null, 'b'])).toBe('a,,b\r\n');
});

const FORMULAS = [
  '=HYPERLINK("https://x.example","Room")',
  '+1+1',
  '-2+3',
  '@SUM(1)',
  '  =1+1',
  '\t=1+1',
  '\r\n=1+1',
  '\u0000=1+1',
  '＝1+1',
  '+1 425 555 0123',
  '+14255550123=1+1',
  '+14255550123\n=1+1',
  '+0123',
  "'=1+1",
  "'t Hooft",
];
test.each(FORMULAS)('%j stands behind an apostrophe, and is itself again without it', (text) => {
  const [field = ''] = csvLine([text]).split(/\r\n$/);
  const read = field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
  expect(read.charAt(0)).toBe("'");
  expect(read.slice(1)).toBe(text);
});

test.each([
  '+14255550123',
  '+442079460018',
  '8227475199999-0123456789abcdef',
  'a=b',
  'adele@contoso.com',
  '7KF',
  '911',
])('%s stays as it is', (text) => {
  expect(csvLine([text])).toBe(`${text}\r\n`);
});
