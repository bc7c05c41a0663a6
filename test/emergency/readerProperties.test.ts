import fc from 'fast-check';
import { readEmergencyMessage } from '../../shared/emergency/readEmergencyMessage.ts';
import { chatMessage, PHRASE, READER, read } from './chatMessages.ts';

const MARKUP = '< > </ <p> <br> <b> <!-- <script> <blockquote> <td> <a_href=" " \' & &nbsp; &#x ; | [x]( **'.split(' ');
const LABELS = 'Location: Callback_number: Dialed: Latitude: Longitude: UPN: Loc Caller: Conference_ID: Floor:'.split(
  ' ',
);
const VALUES =
  '+1_425_555_0100 911 933 WA_98052 1_Main_St 47.64 -122.12 AlexW@contoso.com https://www.bing.com/maps?cp='.split(' ');
const INVISIBLE = ['\n', ' ', '\u202e', '\ud83d', '\u0000', '\u200b', '\u0301'];

/** Text made of the pieces that markup, labels and numbers are made of. */
function hostileText(): fc.Arbitrary<string> {
  const pieces = [MARKUP, LABELS, VALUES, INVISIBLE].map((list) =>
    fc.constantFrom(...list.map((piece) => piece.replaceAll('_', ' '))),
  );
  const piece = fc.oneof(...pieces, fc.string({ unit: 'binary', maxLength: 8 }));
  return fc.array(piece, { maxLength: 40 }).map((chosen) => chosen.join(''));
}

/** Anything JSON can hold, and most often something that looks like a chat message. */
const anyMessage = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 6, noUnicodeString: false }) },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        id: fc.jsonValue(),
        messageType: fc.oneof(fc.constantFrom('message', 'systemEventMessage'), fc.jsonValue()),
        createdDateTime: fc.oneof(fc.string(), fc.jsonValue()),
        deletedDateTime: fc.oneof(fc.constant(null), fc.jsonValue()),
        importance: fc.oneof(fc.constantFrom('normal', 'high'), fc.jsonValue()),
        from: fc.oneof(
          fc.record({ user: fc.record({ id: fc.jsonValue(), displayName: fc.string({ unit: 'binary' }) }) }),
          fc.jsonValue(),
        ),
        body: fc.oneof(
          fc.record({ contentType: fc.constantFrom('html', 'text'), content: hostileText() }),
          fc.jsonValue(),
        ),
        attachments: fc.oneof(
          fc.array(
            fc.record({
              contentType: fc.constantFrom('messageReference', 'forwardedMessageReference', 'card', 'reference'),
              content: fc.oneof(fc.json(), hostileText()),
            }),
          ),
          fc.jsonValue(),
        ),
        mentions: fc.jsonValue(),
        __proto__: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
  },
);

/** Words without any digit, sign of markup or part of a label or a phrase. */
const ordinaryWord = fc.string({ unit: fc.constantFrom(...'abdfghijkmoqrstuvwxz'), minLength: 1, maxLength: 10 });
const ordinaryLine = fc.array(ordinaryWord, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
const ordinaryLines = fc.array(ordinaryLine, { maxLength: 10 });

const inlineTag = fc.constantFrom(
  'b',
  'i',
  'span style="color:red"',
  'em',
  'font',
  'a href="https://contoso.com"',
  'x-y',
);
const blank = fc.constantFrom(
  ...[
    ' ',
    '  ',
    '&nbsp;',
    '&#32;',
    '&ensp;',
    '\u00a0',
    '\u2003',
    ' <br> ',
    '\n',
    '\t',
    ' \u200b',
    '</p><p>',
    '<!-- x --> ',
  ],
);

function paragraphs(lines: string[]): string {
  return lines.map((line) => `<p>${line}</p>`).join('\n');
}

test('never throws, and always gives a whole reading, for any JSON value', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const reading = readEmergencyMessage(message, READER);
      expect(['emergency', 'other', 'unreadable']).toContain(reading.verdict);
      expect(reading.reasons.length).toBeGreaterThan(0);
      expect(reading.occurredAt === null || !Number.isNaN(Date.parse(reading.occurredAt))).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('reads the same message the same way', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const copy: unknown = JSON.parse(JSON.stringify(message));
      expect(readEmergencyMessage(copy, READER)).toEqual(
        readEmergencyMessage(JSON.parse(JSON.stringify(message)), READER),
      );
    }),
    { numRuns: 150 },
  );
});

test('facts are single trimmed lines of at most 500 visible characters', () => {
  fc.assert(
    fc.property(hostileText(), fc.string({ unit: 'binary', maxLength: 700 }), (text, name) => {
      const { facts } = read(
        chatMessage(`<p>${PHRASE}</p>${text}`, { from: { user: { id: name, displayName: name } } }),
      );
      for (const fact of Object.values(facts)) {
        if (typeof fact !== 'string') continue;
        expect(fact).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^\s|\s$|^$|[\ud800-\udfff](?![\udc00-\udfff])(?<![\ud800-\udbff].)/u,
        );
        expect(fact.length).toBeLessThanOrEqual(500);
      }
    }),
    { numRuns: 200 },
  );
});

test('the confirmed phrase stays an emergency whatever is put around it and between its words', () => {
  const message = fc.tuple(
    fc.array(blank, { minLength: 4, maxLength: 4 }),
    fc.array(inlineTag, { minLength: 5, maxLength: 5 }),
    hostileText(),
    hostileText(),
  );
  fc.assert(
    fc.property(message, ([blanks, tags, before, after]) => {
      const words = PHRASE.split(' ').map((word, i) => {
        const [name = 'b'] = (tags[i] ?? 'b').split(' ');
        return `<${tags[i]}>${word.slice(0, 3)}</${name}>${word.slice(3)}${blanks[i] ?? ''}`;
      });
      expect(read(chatMessage(`${before}\n${words.join('')}\n${after}`)).verdict).toBe('emergency');
    }),
    { numRuns: 400 },
  );
});

test('among ordinary lines the phrase is certain, and a labelled place and number put in come out', () => {
  const place = fc
    .tuple(ordinaryWord, fc.integer({ min: 1, max: 9_999 }))
    .map(([word, number]) => `${word.toUpperCase()} ${number}`);
  const number = fc.integer({ min: 100, max: 199 }).map((last) => `+14255550${last}`);
  const placeLabel = fc.constantFrom(
    'Location',
    'Emergency location',
    'Address',
    'Standort',
    'Emplacement',
    'Ubicación',
    '場所',
  );
  const numberLabel = fc.constantFrom(
    'Callback number',
    'Call back',
    'Rückrufnummer',
    'Numéro de rappel',
    'Phone',
    'コールバック番号',
  );
  fc.assert(
    fc.property(
      fc.record({
        place,
        number,
        placeLabel,
        numberLabel,
        above: ordinaryLines,
        between: ordinaryLines,
        below: ordinaryLines,
        isPlaceFirst: fc.boolean(),
      }),
      (given) => {
        const labelled = [`${given.placeLabel}: ${given.place}`, `${given.numberLabel}: ${given.number}`];
        if (!given.isPlaceFirst) labelled.reverse();
        const lines = [
          ...given.above,
          `Alex Wilber ${PHRASE}`,
          labelled[0] ?? '',
          ...given.between,
          labelled[1] ?? '',
          ...given.below,
        ];
        const reading = read(chatMessage(paragraphs(lines)));
        expect(reading).toMatchObject({ verdict: 'emergency', confidence: 'certain' });
        expect(reading.facts).toMatchObject({ location: given.place, callbackNumber: given.number });
      },
    ),
    { numRuns: 200 },
  );
});

test('markup never reaches a fact', () => {
  const word = fc.constantFrom(
    '<b>Building</b>',
    '<span title="x > y">Floor</span>',
    '34',
    '<i>East',
    '</i>',
    '<img src="x">',
    '&amp;',
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      const { facts, text } = read(chatMessage(`<p>${PHRASE}</p><p>Location: ${words.join(' ')}</p>`));
      expect(facts.location ?? '').not.toMatch(/[<>"]/);
      expect(text).not.toMatch(/[<>"]/);
    }),
  );
});

test('an ordinary text without phrase or number is never a certain emergency, and of normal importance none at all', () => {
  fc.assert(
    fc.property(
      fc.array(ordinaryLine, { minLength: 1, maxLength: 10 }),
      fc.constantFrom('normal', 'high', undefined),
      (lines, importance) => {
        const reading = read(chatMessage(paragraphs(lines), { importance }));
        expect(reading.confidence).not.toBe('certain');
        if (importance === 'normal') expect(reading.verdict).toBe('other');
      },
    ),
    { numRuns: 200 },
  );
});

test('a number that is no test number never makes a test, wherever it stands', () => {
  const number = fc
    .integer({ min: 100, max: 9_999 })
    .filter((value) => value !== 933)
    .map(String);
  const layout = fc.constantFrom('Dialed number: ', 'Dialed: ', 'The user dialed ', '', 'TEST ');
  fc.assert(
    fc.property(number, layout, (digits, before) => {
      expect(read(chatMessage(`<p>${PHRASE}</p><p>${before}${digits}</p><p>Room 933</p>`)).isTest).toBe(false);
    }),
  );
});
