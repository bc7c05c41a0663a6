import { BUILT_IN_PHRASES } from '../../shared/emergency/phrases.ts';
import { ALEX, chatMessage, PHRASE, read } from './chatMessages.ts';

const card = (content: unknown) => ({
  body: { contentType: 'html', content: '<attachment id="1"></attachment>' },
  attachments: [{ id: '1', contentType: 'application/vnd.microsoft.card.adaptive', content }],
});

describe('the confirmed phrase in the message itself is a certain emergency', () => {
  test.each([
    ['in a paragraph', `<p>Alex Wilber ${PHRASE}</p>`],
    ['in another case', '<p>HAS PLACED AN EMERGENCY CALL</p>'],
    ['over inline tags', '<p>has placed an <b>Emergency</b>&nbsp;<i>C</i>all</p>'],
    ['over blocks', '<div>has placed an</div><div><p>Emergency Call</p></div>'],
    ['over line breaks and a blank line', 'has placed an<br><br>Emergency<br/>Call'],
    [
      'over table cells of one row without their edge',
      '<p>has placed</p><table><tr><td>an Emergency Call</td></tr></table>',
    ],
    ['with entities', 'has&#x20;placed&#32;an&ensp;&#69;mergency&nbsp;Call'],
    ['with zero-width and soft-hyphen characters', 'has placed an Emer\u00adgen\u200bcy Ca\u2060ll'],
    ['with bidi controls', '\u202ehas placed\u202c an \u2066Emergency\u2069 Call'],
    ['with every kind of blank', 'has\u2003placed\u3000an\u00a0Emergency\u2009Call'],
    ['in full-width letters', 'has placed an Ｅｍｅｒｇｅｎｃｙ Call'],
    ['in tags nobody closed', `<div><b><i>${PHRASE}`],
    ['in tags closed in the wrong order', `<b><i>has placed an</b> Emergency</i> Call</p></div>`],
    ['beside a lone angle bracket', `3 < 4 and ${PHRASE} > x`],
    ['in a link', `<a href="https://contoso.com">${PHRASE}</a>`],
    ['in a heading after a mention', `<at id="0">Alex Wilber</at> <h2>${PHRASE}</h2>`],
    ['in a list', `<ul><li>Alex</li><li>${PHRASE}</li></ul>`],
    ['behind a script', `<script>if (a < b) c("</p>")</script>${PHRASE}`],
    ['after an unclosed comment-like start', `<! ${PHRASE}> ${PHRASE}`],
  ])('%s', (_, content) => {
    expect(read(chatMessage(content))).toMatchObject({ verdict: 'emergency', confidence: 'certain', language: 'en' });
  });

  test.each([
    ['plain text', { body: { contentType: 'text', content: `Alex\r\n${PHRASE}` } }],
    [
      'HTML that is called text',
      { body: { contentType: 'text', content: 'has placed an <b>Emergency</b>&nbsp;Call' } },
    ],
    ['a body of unknown type', { body: { contentType: 'unknownFutureValue', content: PHRASE } }],
    ['a body that is a string', { body: PHRASE }],
    ['a normal importance', { body: { content: PHRASE }, importance: 'normal' }],
    ['a wrong type of importance', { body: { content: PHRASE }, importance: 5 }],
    ['no sender', { body: { content: PHRASE }, from: null }],
    ['the subject', { subject: PHRASE, body: { content: '' } }],
    ['the summary', { summary: PHRASE, body: null }],
    ['a text block', card(JSON.stringify({ body: [{ type: 'TextBlock', text: 'has **placed** an Emergency Call' }] }))],
    [
      'rich text of several runs',
      card(
        JSON.stringify({
          body: [{ type: 'RichTextBlock', inlines: ['has placed an ', { text: 'Emergency' }, { text: ' Call' }] }],
        }),
      ),
    ],
    ['a card that is an object', card({ body: [{ type: 'TextBlock', text: PHRASE }] })],
    ['a hero card', card(JSON.stringify({ title: PHRASE, buttons: [{ title: 'Join' }] }))],
    ['an attachment that is HTML', card(`<p>${PHRASE}</p>`)],
  ])('in %s', (_, changes) => {
    expect(read(chatMessage('', changes))).toMatchObject({ verdict: 'emergency', confidence: 'certain' });
  });

  test.each(BUILT_IN_PHRASES)('$language: $phrase', ({ language, phrase }) => {
    const reading = read(chatMessage(`<p>Alex Wilber ${phrase}</p>`, { importance: 'normal' }));
    expect(reading).toMatchObject({ verdict: 'emergency', confidence: 'certain', language });
  });

  test('and so is a phrase that an administrator added', () => {
    const phrases = [{ language: 'cs', phrase: 'uskutečnil tísňové volání', isConfirmed: false }];
    const message = chatMessage('Alex Wilber Uskutečnil  tísňové<br>volání', { importance: 'normal' });
    expect(read(message, { phrases })).toMatchObject({ verdict: 'emergency', confidence: 'certain', language: 'cs' });
    expect(read(message).verdict).toBe('other');
  });

  test('whatever came along when it was copied into the settings', () => {
    const phrases = [{ language: 'cs', phrase: '\u200buskutečnil tís\u00adňové\u00a0volání', isConfirmed: false }];
    expect(read(chatMessage('uskutečnil tísňové volání'), { phrases })).toMatchObject({ confidence: 'certain' });
  });

  test('the confirmed phrase names the language where another one is there as well', () => {
    const phrases = [{ language: 'xx', phrase: 'Emergency Call', isConfirmed: false }, ...BUILT_IN_PHRASES];
    expect(read(chatMessage(PHRASE), { phrases }).language).toBe('en');
  });

  test('a phrase of nothing but blanks matches nothing', () => {
    const phrases = [{ language: 'xx', phrase: ' \u200b ', isConfirmed: false }];
    expect(read(chatMessage('lunch?', { importance: 'normal' }), { phrases }).verdict).toBe('other');
  });

  test('only one language is confirmed, and it is the English one', () => {
    expect(BUILT_IN_PHRASES.filter((phrase) => phrase.isConfirmed)).toEqual([
      { language: 'en', phrase: PHRASE, isConfirmed: true },
    ]);
  });
});

describe('the phrase where it tells less is a likely emergency, and the reason says why', () => {
  const reference = (contentType: string, content: unknown) => ({
    attachments: [{ id: '1', contentType, content: JSON.stringify(content) }],
  });
  test.each([
    [
      'forwarded',
      'was forwarded',
      '<p>fyi</p>',
      reference('forwardedMessageReference', { originalMessageContent: `<p>${PHRASE}</p>` }),
    ],
    ['quoted by a reply', 'is quoted', '<p>ok</p>', reference('messageReference', { messagePreview: PHRASE })],
    ['in a block quote', 'is quoted', `<blockquote><p>${PHRASE}</p></blockquote><p>ok</p>`, {}],
    ['edited', 'edited: ', PHRASE, { lastEditedDateTime: '2026-03-01T08:01:00Z' }],
    ['deleted, but still there', 'deleted: ', PHRASE, { deletedDateTime: '2026-03-01T08:01:00Z' }],
    ['marked as a system event', 'system event', PHRASE, { messageType: 'systemEventMessage' }],
    [
      'the name of a file',
      'name of an attachment',
      '<p>see</p>',
      { attachments: [{ contentType: 'reference', name: `${PHRASE}.pdf` }] },
    ],
    ['in a comment', 'not shown', `<p>hi</p><!-- ${PHRASE} -->`, {}],
    ['in an attribute', 'not shown', `<p title="${PHRASE}">hi</p>`, {}],
    ['in a script', 'not shown', `<script>${PHRASE}</script>hi`, {}],
    ['in an attribute nobody closed', 'not shown', `<p>hi <a href="x> ${PHRASE}`, {}],
    ['encoded twice', 'not shown', 'has placed an Emergency&amp;nbsp;Call', {}],
    ['in tags that were encoded', 'not shown', 'has placed an &lt;b&gt;Emergency&lt;/b&gt; Call', {}],
    ['in a property of a card that is not shown', 'not shown', 'hi', card(JSON.stringify({ speak: PHRASE, body: [] }))],
  ])('%s', (_, reason, content, changes) => {
    const reading = read(chatMessage(content, { importance: 'normal', ...changes }));
    expect(reading).toMatchObject({ verdict: 'emergency', confidence: 'likely', language: 'en' });
    expect(reading.reasons.join('\n')).toContain(reason);
  });

  test("a forwarded call has the facts of the forwarded message, not the forwarder's", () => {
    const adele = { id: '1b2c', displayName: 'Adele Vance' };
    const content = {
      originalMessageContent: `<p>${PHRASE}</p><p>Location: Building 34</p>`,
      originalMessageSender: { user: ALEX },
    };
    const { facts } = read(
      chatMessage('<p>Location: my desk</p>', {
        from: { user: adele },
        ...reference('forwardedMessageReference', content),
      }),
    );
    expect(facts).toMatchObject({ callerDisplayName: 'Alex Wilber', callerUserId: ALEX.id, location: 'Building 34' });
  });

  test('a forwarded call without a sender has no caller rather than the forwarder', () => {
    const { facts } = read(chatMessage('', reference('messageReference', { messagePreview: PHRASE })));
    expect(facts).toMatchObject({ callerDisplayName: null, callerUserId: null });
  });
});

describe('without the phrase, an important message is a possible emergency', () => {
  test.each([
    ['a word for an emergency', 'emergency in the lobby', 'a word for an emergency'],
    ['a word of another language', 'Notfall in der Lobby', 'a word for an emergency'],
    ['an emergency number', 'calling 911 now', 'an emergency number'],
    ['a test number of the settings', 'I dial 933', 'an emergency number'],
    ['a labelled place', 'Standort: Gebäude 34', 'the details of a call'],
    ['a labelled number in a language with no phrase', 'Telefon: +1 425 555 0100', 'the details of a call'],
    [
      'two numbered lines with labels nobody knows',
      '<p>Vieta: 34</p><p>Numeris: +1 425 555 0100</p>',
      'the details of a call',
    ],
    ['an address', '1 Main St, Redmond, WA 98052', 'the details of a call'],
    ['a Place', '<p>hello</p><p>Loc SOUTHAMPTON</p>', 'the details of a call'],
    ['a script in which no phrase is known', 'Алекс Уилбер совершил вызов', 'a script'],
  ])('with %s', (_, content, reason) => {
    for (const importance of ['high', 'urgent', 'unknownFutureValue', undefined]) {
      const reading = read(chatMessage(content, { importance }));
      expect(reading).toMatchObject({ verdict: 'emergency', confidence: 'possible', language: null });
      expect(reading.reasons.join('\n')).toContain(`important, with ${reason}`.replace('with a script', 'in a script'));
    }
  });

  test.each([
    'lunch?',
    'Please read the minutes',
    'room 1911 is free',
    'Version 9.112',
    '会議の資料です、よろしくお願いします',
  ])('but not with "%s"', (content) => {
    expect(read(chatMessage(content))).toMatchObject({
      verdict: 'other',
      reasons: [expect.stringContaining('important, but')],
    });
  });
});

describe('without the phrase, a message of normal importance is another one', () => {
  test.each([
    'lunch?',
    'Porsche 911 for sale',
    'call me at +1 425 555 0100',
    'The emergency call policy was changed',
    'has placed an order',
    'has placed an Emergency',
    'Location: Building 34',
  ])('%s', (content) => {
    expect(read(chatMessage(content, { importance: 'normal' }))).toMatchObject({
      verdict: 'other',
      language: null,
      reasons: ['nothing of an emergency call in it'],
    });
  });

  test.each([
    ['the number', 'Emergency call to 911 by Alex Wilber'],
    ['the details', '<p>Notruf von Alex Wilber</p><p>Standort: Gebäude 34</p>'],
  ])('unless it has words for an emergency call and %s', (_, content) => {
    expect(read(chatMessage(content, { importance: 'normal' }))).toMatchObject({
      verdict: 'emergency',
      confidence: 'possible',
    });
  });
});

describe('a message of which nothing can be judged is unreadable', () => {
  test.each([
    ['null', null, 'not a message'],
    ['undefined', undefined, 'not a message'],
    ['a text', 'has placed an Emergency Call', 'not a message'],
    ['a number', 911, 'not a message'],
    ['a list', [{ body: { content: PHRASE } }], 'not a message'],
    ['an empty object', {}, 'no content'],
    [
      'wrong types everywhere',
      { id: {}, from: 5, body: 7, attachments: 'x', mentions: 3, createdDateTime: [] },
      'no content',
    ],
    ['a null body', chatMessage('', { body: null }), 'no content'],
    ['an empty body', chatMessage(''), 'no content'],
    ['a body of blanks and tags', chatMessage('<p>&nbsp;</p><div> \u200b</div>'), 'no content'],
    ['an important picture', chatMessage('<img alt="image" src="x">'), 'no content'],
    ['a deleted message', chatMessage('', { deletedDateTime: '2026-03-01T08:01:00Z' }), 'deleted'],
    ['a card that is broken JSON', chatMessage('', card('{"body":[')), 'an attachment that cannot be read'],
    ['a card that is not there', chatMessage('<attachment id="1"></attachment>'), 'an attachment that cannot be read'],
    [
      'a quote that is broken',
      chatMessage('ok', { attachments: [{ contentType: 'messageReference', content: '[' }] }),
      'an attachment',
    ],
    ['more text than is read', chatMessage('x '.repeat(600_000)), 'longer than'],
  ])('%s', (_, message, reason) => {
    const reading = read(message);
    expect(reading).toMatchObject({ verdict: 'unreadable', confidence: 'possible', isTest: false, language: null });
    expect(reading.reasons.join('\n')).toContain(reason);
  });

  test('an object that fails when it is looked at is unreadable, not an error', () => {
    const hostile = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new Error('no');
        },
      },
    );
    expect(read(hostile)).toMatchObject({ verdict: 'unreadable', reasons: ['the reader failed on this message'] });
  });
});

test.each([
  ['by its type', { messageType: 'systemEventMessage' }],
  [
    'by its detail',
    {
      messageType: 'unknownFutureValue',
      eventDetail: { '@odata.type': '#microsoft.graph.callEndedEventMessageDetail' },
    },
  ],
  ['by its body', { body: { contentType: 'html', content: '<systemEventMessage/>' } }],
  ['though it was deleted', { messageType: 'systemEventMessage', deletedDateTime: '2026-03-01T08:01:00Z' }],
])('a system event is another message, told %s', (_, changes) => {
  expect(read(chatMessage('', changes))).toMatchObject({ verdict: 'other', reasons: ['a system event'] });
});

describe('the time of the call', () => {
  test.each([
    ['2026-03-01T08:00:00Z', '1', '2026-03-01T08:00:00.000Z'],
    ['2026-03-01T10:00:00.1234567+02:00', '1', '2026-03-01T08:00:00.123Z'],
    ['2026-03-01T08:00:00', '1', '2026-03-01T08:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '1772352000000', '2026-03-01T08:00:00.000Z'],
    ['yesterday', '1772352000000', '2026-03-01T08:00:00.000Z'],
    [null, 1772352000000, '2026-03-01T08:00:00.000Z'],
    [1772352000000, '1772352000001', '2026-03-01T08:00:00.001Z'],
    ['2026-02-30T99:00:00Z', 'AAMkAGU2', null],
    [undefined, '9999999999999', null],
    [undefined, '0000000000001', null],
    [null, '177235200000', null],
    [null, null, null],
  ])('createdDateTime %p and id %p is %p', (createdDateTime, id, occurredAt) => {
    expect(read(chatMessage(PHRASE, { createdDateTime, id })).occurredAt).toBe(occurredAt);
  });
});

test('the text is what was typed, line by line, the quoted part last', () => {
  const content =
    '<blockquote>old</blockquote><p>One  <b>two</b>&amp;three</p><ul><li>four</li></ul>five<br><br><br>six';
  expect(read(chatMessage(content)).text).toBe('One two&three\nfour\nfive\n\nsix\nold');
});
