import { type Block, parseMarkdown } from '../../../dashboard/rules/markdown.ts';
import { checklistOf } from '../../../shared/dashboard/procedures/checklist.ts';

const text = (words: string) => ({ kind: 'text', text: words });
const paragraph = (...inlines: unknown[]) => ({ kind: 'paragraph', inlines });

test('headings, paragraphs, lists and boxes of a procedure', () => {
  expect(parseMarkdown('# Fire\n\nGo **out**\nnow.\n\n- [ ] Open gate B\n- [x] Call\n\n1. One\n2. Two')).toEqual([
    { kind: 'heading', level: 1, inlines: [text('Fire')] },
    paragraph(text('Go '), { kind: 'strong', text: 'out' }, text(' '), text('now.')),
    {
      kind: 'list',
      isOrdered: false,
      items: [
        { box: 0, inlines: [text('Open gate B')] },
        { box: 1, inlines: [text('Call')] },
      ],
    },
    {
      kind: 'list',
      isOrdered: true,
      items: [
        { box: null, inlines: [text('One')] },
        { box: null, inlines: [text('Two')] },
      ],
    },
  ]);
});

test('boxes are counted through the whole text, whatever stands between', () => {
  const boxes = parseMarkdown('- [ ] a\n\ntext\n\n* [X] b\n- plain\n\n# h\n- [ ] c').flatMap((block) =>
    block.kind === 'list' ? block.items.map(({ box }) => box) : [],
  );
  expect(boxes).toEqual([0, 1, null, 2]);
});

test.each([
  ['a numbered list', '1. [ ] Lobby\n2. [x] Call\n- [ ] Gate'],
  ['a block of code', '```\n- [ ] example\n```\n- [ ] Gate'],
  ['another fence', '~~~\n- [ ] example\n~~~\n- [ ] Gate'],
  ['a box without a line', '- [ ] \n- [ ]\n- [ ] Gate'],
  ['two blanks before it', '-  [ ] Lobby\n- [ ]  Gate'],
  ['a tab behind it', '- [ ]\tLobby\n- [ ] Gate'],
])('a tick goes on the record for the line that it stands beside: %s', (_, source) => {
  const drawn = parseMarkdown(source).flatMap((block) =>
    block.kind === 'list' ? block.items.filter(({ box }) => box !== null) : [],
  );
  const lines = drawn.map(({ box, inlines }) => [box, inlines.map((inline) => inline.text).join('')]);
  expect(lines).toEqual(checklistOf(source).map((line, item) => [item, line]));
  expect(lines).toEqual([[0, 'Gate']]);
});

test.each([
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['[go](javascript:alert(1))', '[go](javascript:alert(1))'],
  ['[go](data:text/html,x)', '[go](data:text/html,x)'],
  ['[go](//evil.example)', '[go](//evil.example)'],
  ['[go](/api/page/me)', '[go](/api/page/me)'],
  ['[call](tel:911;phone-context=x)', '[call](tel:911;phone-context=x)'],
  ['![p](https://evil.example/p.png) x', null],
])('%s stays text', (source, whole) => {
  const [block, ...others] = parseMarkdown(source);
  expect(others).toEqual([]);
  if (whole === null) return expect(wordsOf(block)).toBe('!p x');
  expect(block).toMatchObject({ kind: 'paragraph' });
  expect(wordsOf(block)).toBe(whole);
  expect(kindsOf(block)).toEqual(['text']);
});

test.each(['https://contoso.com/gate', 'http://intranet/x', 'tel:+14255550150', 'mailto:desk@contoso.com'])(
  'a link to %s is one',
  (href) => {
    expect(parseMarkdown(`[go](${href})`)).toEqual([paragraph({ kind: 'link', text: 'go', href })]);
  },
);

test.each([
  ['snake_case_name and 2*3*4', ['text']],
  ['**never ends', ['text']],
  ['`a **b** c`', ['code']],
  ['_really_ now', ['emphasis', 'text']],
])('%s', (source, kinds) => {
  expect(kindsOf(parseMarkdown(source)[0])).toEqual(kinds);
});

test('a long line of hostile marks is read in no time', () => {
  const began = performance.now();
  parseMarkdown('**'.repeat(10_000));
  parseMarkdown('['.repeat(20_000));
  parseMarkdown(`- [ ] ${'_a'.repeat(10_000)}`);
  expect(performance.now() - began).toBeLessThan(2_000);
});

function kindsOf(block: Block | undefined): string[] {
  return block?.kind === 'paragraph' ? [...new Set(block.inlines.map(({ kind }) => kind))] : [];
}

function wordsOf(block: Block | undefined): string {
  return block?.kind === 'paragraph' ? block.inlines.map(({ text: words }) => words).join('') : '';
}
