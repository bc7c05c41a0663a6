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

/** Milliseconds of processor time: what else the machine does does not count. */
function cost(message: unknown): number {
  const start = process.cpuUsage();
  read(message);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

test.each(HOSTILE)('%s cost no more than their length', (_, piece) => {
  const ofLength = (length: number) => chatMessage(`${piece.repeat(Math.ceil(length / piece.length))}<p>${PHRASE}</p>`);
  const [long, short] = [ofLength(256 * 1024), ofLength(16 * 1024)];
  let [costOfLong, costOfShort] = [cost(long), cost(short)];
  // Sixteen times the length is sixteen times the work, and 256 times if it were quadratic. Another try only lets the
  // collection of garbage and the compiler fall somewhere else.
  const isWithin = () => costOfLong < 80 * Math.max(costOfShort, 1);
  for (let tries = 1; tries < 6 && !isWithin(); tries += 1) {
    costOfLong = Math.min(costOfLong, cost(long));
    costOfShort = Math.min(costOfShort, cost(short));
  }
  expect(isWithin()).toBe(true);
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
