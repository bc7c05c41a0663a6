import { chatMessage, PHRASE, read } from './chatMessages.ts';

/** Texts that have brought readers of messages to a standstill; each is repeated up to the length asked for. */
const HOSTILE: [name: string, piece: string][] = [
  ['opening brackets', '<'],
  ['tags nobody closed', '<b>'],
  ['tags closed that nobody opened', '</i>'],
  ['tags closed in the wrong order', '<b></i>'],
  ['block quotes', '<blockquote>'],
  ['attributes nobody closed', '<a href="'],
  ['comments nobody closed', '<!--'],
  ['scripts nobody closed', '<script>'],
  ['entities nobody closed', '&#x1'],
  ['ampersands', '&'],
  ['labels on one line', 'Location: '],
  ['labelled places on one line', 'Location: 12 Address: 345 '],
  ['labelled places on their lines', 'Location: 12<br>Address: 345<br>'],
  ['lines of telephone numbers', `${'+1 425 555 0100 '.repeat(100)}<br>`],
  ['lines of addresses', `${'1 Main St, Redmond, WA 98052 '.repeat(60)}<br>`],
  ['labels on their lines', 'Location:<br>'],
  ['cells', '<td>Location</td>'],
  ['combining marks', '\u0301\u0316'],
  ['ligatures', '\ufdfa'],
  ['bidi controls', '\u202e\u2066'],
  ['digits', '1'],
  ['telephone numbers', '+1 425 555 0100 '],
  ['plus signs', '+1 '],
  ['addresses', '1 Main St, Redmond, WA 98052 '],
  ['mail addresses', 'a@'],
  ['full stops', '. '],
  ['brackets of links', '[x]('],
  ['half a phrase', 'has placed an Emergency '],
  ['blank lines', '<br>'],
];

/** Milliseconds of processor time of the quickest of some runs: other work on the machine does not count. */
function cost(message: unknown): number {
  const runs = Array.from({ length: 2 }, () => {
    const start = process.cpuUsage();
    read(message);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  return Math.min(...runs);
}

test.each(HOSTILE)('%s cost no more than their length', (_, piece) => {
  const ofLength = (length: number) => chatMessage(`${piece.repeat(Math.ceil(length / piece.length))}<p>${PHRASE}</p>`);
  const long = cost(ofLength(96 * 1024));
  const short = cost(ofLength(12 * 1024));
  // Eight times the length: eight times the work, sixty-four if it were quadratic.
  expect(long).toBeLessThan(24 * Math.max(short, 1));
});

test('a card nested a hundred thousand deep is read', () => {
  const depth = 100_000;
  const content = `${'{"items":['.repeat(depth)}{"text":"${PHRASE}"}${']}'.repeat(depth)}`.slice(0, 1_000_000);
  const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
  expect(read(chatMessage('', { attachments })).verdict).not.toBe('other');
});

test('the phrase is found behind ten thousand nested tags', () => {
  const reading = read(chatMessage(`${'<div><b>'.repeat(5_000)}${PHRASE}${'</b></div>'.repeat(5_000)}`));
  expect(reading).toMatchObject({ verdict: 'emergency', confidence: 'certain' });
});

test('the facts beside the phrase are read, however much stands above it', () => {
  const above = Array.from({ length: 5_000 }, (_, i) => `<p>line ${i}</p>`).join('');
  const reading = read(chatMessage(`${above}<p>Alex Wilber ${PHRASE}</p><p>Location: Building 34</p>`));
  expect(reading).toMatchObject({ confidence: 'certain', facts: { location: 'Building 34' } });
});

test('a megabyte of brackets is no emergency, and no error', () => {
  expect(read(chatMessage('<'.repeat(1_000_000), { importance: 'normal' })).verdict).toBe('other');
});
