import { chatMessage, PHRASE, read, readLines } from './chatMessages.ts';

const NO_SENDER = { from: null };

describe('the location', () => {
  test.each([
    ['after its label', ['Location: Building 34'], 'Building 34'],
    ['after a label in another language', ['Ubicación de emergencia: Edificio 34'], 'Edificio 34'],
    ['after a label with words of its own', ["Caller's present location: Building 34"], 'Building 34'],
    ['after a label with a note', ['Location (from Wi-Fi): Building 34'], 'Building 34'],
    ['after a label with a sign before it', ['📍 <b>Location</b>: Building 34'], 'Building 34'],
    ['after a dash', ['Location – Building 34'], 'Building 34'],
    ['on the line below its label', ['Location:', 'Building 34'], 'Building 34'],
    ['below a label without a colon', ['Emergency location', 'Building 34'], 'Building 34'],
    [
      'on several lines',
      ['Location:', 'Building 34', 'One Microsoft Way', 'Redmond, WA 98052'],
      'Building 34, One Microsoft Way, Redmond, WA 98052',
    ],
    [
      'on more lines than the label',
      ['Location: Building 34', '1 Main St', 'Redmond, WA 98052'],
      'Building 34, 1 Main St, Redmond, WA 98052',
    ],
    ['without the sentence below', ['Location: Building 34', 'Please go there at once.'], 'Building 34'],
    [
      'without the sentence below, though it has commas',
      ['Location: Building 34', 'Please go there, all of you, at once.'],
      'Building 34',
    ],
    ['without the number below its value', ['Location: Building 34', '+1 425 555 0100'], 'Building 34'],
    ['without the next label', ['Location: Building 34', 'Hinweis: 2 Türen', '1 Main St'], 'Building 34'],
    ['without the number below', ['Location:', 'Building 34', '+1 425 555 0100'], 'Building 34'],
    ['without its link', ['Location: Building 34 https://www.bing.com/maps'], 'Building 34'],
    [
      'in parts, each with its label',
      ['Street: 1 Main St', 'City: Redmond', 'Floor: 3', 'Room: 34-B'],
      '1 Main St, Redmond, Floor 3, Room 34-B',
    ],
    [
      'in parts that say it twice',
      ['Place: Loc REDMOND', 'Location: Loc REDMOND, 1 Main St'],
      'Loc REDMOND, 1 Main St',
    ],
    ['in the middle of a line', ['Seen now. Location: Building 34. Time: 10:32'], 'Building 34'],
    ['in a row of cells', ['<table><tr><td>Location</td><td>Building 34</td></tr></table>'], 'Building 34'],
    [
      'in a column of cells',
      ['<table><tr><th>Location</th><th>Phone</th></tr><tr><td>Building 34</td><td>x</td></tr></table>'],
      'Building 34',
    ],
    ['as a definition', ['<dl><dt>Location</dt><dd>Building 34</dd></dl>'], 'Building 34'],
    ['rather than a shape', ['Location: Building 34', 'Our office: 1 Main St, Redmond, WA 98052'], 'Building 34'],
    [
      'at the beginning of a line rather than in the middle of one',
      ['Hello. Location: Elsewhere', 'Location: Building 34'],
      'Building 34',
    ],
    ['in two labels that complete each other', ['Site: Redmond', 'Location: Building 34'], 'Redmond, Building 34'],
    ['without what stands in a name', ['Hello Emergency location: Elsewhere', 'Location: Building 34'], 'Building 34'],
    ['with all parts of its line', ['Location: Building 34, Address: 1 Main St'], 'Building 34, 1 Main St'],
    ['rather than the address on record', ['Registered address: 2 Main St', 'Location: Building 34'], 'Building 34'],
    ['as the address on record where there is no other', ['Registered address: 2 Main St'], '2 Main St'],
    [
      'by its shape where its label has no value',
      ['Location:', 'Time: 10:32', 'At 1 Main St, Redmond, WA 98052'],
      '1 Main St, Redmond, WA 98052',
    ],
    ['as a Place', ['Loc SOUTHAMPTON'], 'Loc SOUTHAMPTON'],
    ['as a Place with its address below', ['Loc SOUTHAMPTON', '12 Dock Road'], 'Loc SOUTHAMPTON, 12 Dock Road'],
    ['as a Place in a sentence', ['The call came from LOCATION SOUTHAMPTON-2.'], 'LOCATION SOUTHAMPTON-2'],
    [
      'as a United States address',
      ['You find them at 12345 North Main Street, Redmond, WA 98052-1234 now'],
      '12345 North Main Street, Redmond, WA 98052-1234',
    ],
    [
      'as an address of two lines',
      ['1 NE 8th St. Apt. 5', 'Bellevue, WA 98004'],
      '1 NE 8th St. Apt. 5, Bellevue, WA 98004',
    ],
  ])('is found %s', (_, lines, location) => {
    expect(readLines(...lines).facts.location).toBe(location);
  });

  test.each([
    ['nothing is said', [], ''],
    ['the message says so', ['Location: Unknown'], 'not known'],
    ['it says so in German', ['Standort: nicht verfügbar'], 'not known'],
    ['the label has no value', ['Location:', 'Callback number: +1 425 555 0100'], 'without a value'],
    ['the value is a link', ['Location: https://www.bing.com/maps'], 'without a value'],
    ['two values contradict', ['Location: Building 34', 'Location: Building 35'], 'different values'],
    ['two shapes contradict', ['1 Main St, Redmond, WA 98052', '2 Main St, Redmond, WA 98052'], '2 different ones'],
    [
      'the address is no location',
      [
        'IP address: 10.0.0.1',
        'E-mail address: AlexW@contoso.com',
        'Location ID: 5',
        'Web address: intranet',
        'Location not found: yes',
      ],
      '',
    ],
    ['it is no address', ['WA 98052', 'Room 5', 'Location services are on', 'Version 12 WA 980521'], ''],
  ])('is unknown when %s', (_, lines, reason) => {
    const reading = readLines(...lines);
    expect(reading.facts.location).toBeNull();
    expect(reading.reasons.join('\n')).toContain(reason);
  });

  test('does not go on into the line of the phrase', () => {
    const { facts } = read(chatMessage(`<p>Location: Building 34</p><p>Room 3, Alex Wilber ${PHRASE}</p>`));
    expect(facts.location).toBe('Building 34');
  });

  test('keeps to 500 characters, cut at a word, and says so', () => {
    const { facts, reasons } = readLines(`Location: ${'Building '.repeat(100)}`);
    expect(facts.location).toBe(`${'Building '.repeat(55)}`.trim());
    expect(reasons).toContain('location was too long and is cut');
  });

  test('is cut within a word of 600 letters, but never within a character', () => {
    const { facts } = readLines(`Location: x${'😀'.repeat(300)}`);
    expect(facts.location).toBe(`x${'😀'.repeat(249)}`);
  });
});

describe('a card', () => {
  const text = (words: string) => ({ type: 'TextBlock', text: words });
  const places = [text('Location'), text('Callback number')];
  const values = [text('Building 34'), text('+1 425 555 0100')];
  test.each([
    ['in columns', { type: 'ColumnSet', columns: [{ items: places }, { items: values }] }],
    [
      'in the rows of a table',
      {
        type: 'Table',
        rows: [0, 1].map((i) => ({ type: 'TableRow', cells: [{ items: [places[i]] }, { items: [values[i]] }] })),
      },
    ],
    [
      'in columns below each other',
      {
        type: 'Table',
        rows: [places, values].map((row) => ({ type: 'TableRow', cells: row.map((cell) => ({ items: [cell] })) })),
      },
    ],
    [
      'in a set of facts',
      { type: 'FactSet', facts: [0, 1].map((i) => ({ title: places[i]?.text, value: values[i]?.text })) },
    ],
    [
      'in containers',
      {
        type: 'Container',
        items: [{ type: 'Container', items: [places[0], values[0]] }, { items: [places[1], values[1]] }],
      },
    ],
    ['in Markdown', text('**Location:** Building 34\n\n__Callback number__: [+1 425 555 0100](tel:+14255550100)')],
  ])('gives its facts %s', (_, part) => {
    const content = JSON.stringify({ type: 'AdaptiveCard', body: [text(`Alex Wilber ${PHRASE}`), part] });
    const attachments = [{ contentType: 'application/vnd.microsoft.card.adaptive', content }];
    const { facts } = read(chatMessage('', { attachments }));
    expect(facts).toMatchObject({ location: 'Building 34', callbackNumber: '+14255550100' });
  });
});

describe('the callback number', () => {
  test.each([
    ['in E.164', ['Callback number: +14255550100'], '+14255550100'],
    ['as people write it', ['Callback number: (425) 555-0100'], '+14255550100'],
    ['with hyphens that do not break', ['Callback number: +1 (425) 555\u20110100'], '+14255550100'],
    ['in full-width digits', ['コールバック番号：＋１ ４２５ ５５５ ０１００'], '+14255550100'],
    ['without a label, with dashes', ['at +1 425–555–0100 now'], '+14255550100'],
    ['with dots', ['Call back: 425.555.0100'], '+14255550100'],
    ['with an extension', ['Callback number: +1 425 555 0100 ext. 12'], '+14255550100 ext. 12'],
    ['with a short extension', ['Callback: 425-555-0100 x12'], '+14255550100 ext. 12'],
    ['on the line below', ['Callback number', '+1 425 555 0100'], '+14255550100'],
    ['with words behind it', ['Callback number: +1 425 555 0100 (work)'], '+14255550100'],
    ['after a general label', ['Phone: +1 425 555 0100'], '+14255550100'],
    [
      'rather than after a general label',
      ['Phone: +1 425 555 0199', 'Callback number: +1 425 555 0100'],
      '+14255550100',
    ],
    ['rather than without a label', ['Try +1 425 555 0199', 'Phone: +1 425 555 0100'], '+14255550100'],
    ['twice the same', ['Callback number: +1 425 555 0100', 'Callback number: (425) 555-0100'], '+14255550100'],
    ['without a label', ['They can be reached at +1 (425) 555-0100.'], '+14255550100'],
    ['in a link', ['<a href="tel:+14255550100">Call back</a>'], '+14255550100'],
    [
      'beside a number of the conference',
      ['Callback number: +1 425 555 0100. Conference ID: 123 456 789'],
      '+14255550100',
    ],
    ['as an internal extension', ['Callback number: x5567'], 'x5567'],
    ['as an internal number', ['Callback number: 4-5567'], '4-5567'],
  ])('is read %s', (_, lines, number) => {
    expect(readLines(...lines).facts.callbackNumber).toBe(number);
  });

  test.each([
    ['nothing is said', [], ''],
    ['the message says so', ['Callback number: not available'], 'the message says so'],
    ['there are two', ['Callback number: +1 425 555 0100', 'Callback number: +1 425 555 0101'], '2 different ones'],
    ['there are two without a label', ['+1 425 555 0100', '+1 425 555 0101'], '2 different ones'],
    ['it is the number dialled', ['Emergency number: 911', 'Callback number: 911'], ''],
    ['it is the number dialled, though nobody knows it', ['Dialed number: 9911', 'Callback number: 9911'], ''],
    ['it is an emergency number', ['Phone: 112'], ''],
    [
      'it belongs to the conference',
      ['Conference ID: 425 555 0100', 'Dial-in: +1 425 555 0101', 'Passcode: 4255550102'],
      '',
    ],
    ['it belongs to a conference in a sentence', ['Your conference dial-in: +1 425 555 0100'], ''],
    ['it belongs to the security desk', ['Security desk: +1 425 555 0100'], ''],
    ['it stands below the label of the conference', ['Join by phone', '+1 425 555 0100'], ''],
    [
      'it is a number of the conference once more',
      ['Dial-in: +1 425 555 0101', '<a href="tel:+14255550101">Call</a>'],
      '',
    ],
    ['its link dials into a conference', ['<a href="tel:+14255550100,,123456789#">Join</a>'], ''],
    ['it is a time', ['2026-03-01 08:00:00', '10:32:11 PM'], ''],
    ['it is an id', ['Call 1772352000000', '8ea0e38b-4255-5501-0100-4a62f8426fca', '10.10.10.150'], ''],
    ['it is part of something longer', ['A425-555-0100B', '12-425-555-0100-7'], ''],
    ['it is no number', ['Callback number: see below'], ''],
  ])('is unknown when %s', (_, lines, reason) => {
    const reading = readLines(...lines);
    expect(reading.facts.callbackNumber).toBeNull();
    expect(reading.reasons.join('\n')).toContain(reason);
  });

  test('without a country code is read by the country of the settings', () => {
    const message = chatMessage(`<p>${PHRASE}</p><p>Callback number: 425 555 0100</p>`);
    expect(read(message, { defaultCountry: 'CA' }).facts.callbackNumber).toBe('+14255550100');
    expect(read(message, { defaultCountry: 'GB' }).facts.callbackNumber).toBe('+444255550100');
    expect(read(message, { defaultCountry: 'no country' }).facts.callbackNumber).toBe('425 555 0100');
  });
});

describe('the number dialled', () => {
  test.each([
    ['after its label', ['Emergency number dialed: 911'], '911'],
    ['after a label in German', ['Notrufnummer: 110'], '110'],
    ['after a label, though nobody knows the number', ['Dialed number: 9911'], '9911'],
    ['with words around it', ['Dialed number: Emergency (911)'], '911'],
    ['after "dialed"', ['The user dialed 911 at 10:32'], '911'],
    ['alone on a line', ['911'], '911'],
    ['after a general label', ['Number: 911'], '911'],
  ])('is read %s', (_, lines, number) => {
    expect(readLines(...lines).facts.emergencyNumberDialed).toBe(number);
  });

  test.each([' to 911', ' (911)', ': 911.', ' to the emergency number 911', ' – 911'])(
    'is read behind the phrase: "%s"',
    (behind) => {
      expect(read(chatMessage(`<p>Alex ${PHRASE}${behind}</p>`)).facts.emergencyNumberDialed).toBe('911');
    },
  );

  test.each([
    ['nothing is said', []],
    ['it is a room', ['Room 911 is near 933']],
    ['it is a time', ['at 9:11']],
    ['it is part of a number', ['Callback number: +1 425 555 0112', '911-555']],
    ['it is a price', ['911.50']],
    ['it is a telephone number', ['Dialed number: +1 425 555 0100']],
    ['there are two', ['Dialed number: 911', 'Dialed number: 112']],
  ])('is unknown when %s', (_, lines) => {
    expect(readLines(...lines).facts.emergencyNumberDialed).toBeNull();
  });
});

describe('a call is a test', () => {
  test('when the number dialled is a test number', () => {
    expect(readLines('Dialed number: 933').isTest).toBe(true);
    expect(read(chatMessage(`${PHRASE} to 933`)).isTest).toBe(true);
    expect(read(chatMessage(`<p>${PHRASE}</p><p>Dialed number: 555</p>`), { testNumbers: ['555'] }).isTest).toBe(true);
  });

  test.each([
    ['the number is unknown', ['TEST TEST TEST']],
    ['the text says test', ['This is a TEST', 'Dialed number: 911']],
    ['the test number is a room', ['Location: Room 933']],
    ['the test number is a room on the line of the phrase', ['Alex in room 933 has placed an Emergency Call']],
    ['the test number is part of another', ['Dialed number: 9330']],
    ['another number speaks against it', ['Dialed number: 933', 'The user dialed 911']],
    ['two labels contradict', ['Dialed number: 933', 'Dialed number: 911']],
  ])('never when %s', (_, lines) => {
    expect(readLines(...lines)).toMatchObject({ verdict: 'emergency', isTest: false });
  });

  test('never when no test number is set', () => {
    expect(read(chatMessage(`${PHRASE} to 933`), { testNumbers: [] }).isTest).toBe(false);
  });
});

describe('the coordinates', () => {
  const REDMOND = { latitude: 47.64, longitude: -122.1297 };
  test.each([
    ['after their label', ['Coordinates: 47.6400, -122.1297']],
    ['with hemispheres', ['GPS: 47.64° N, 122.1297° W']],
    ['after a label each', ['Latitude: 47.64', 'Longitude: -122.1297']],
    ['after a label each, on one line', ['Seen at (Lat: 47.64, Long: -122.1297)']],
    ['with decimal commas', ['Koordinaten: 47,6400; -122,1297']],
    ['with decimal commas after a label each', ['Breitengrad: 47,64', 'Längengrad: -122,1297']],
    ['within a location', ['Location: Building 34 (47.6400, -122.1297)']],
    ['rather than in a link', ['Coordinates: 47.64, -122.1297', 'https://www.bing.com/maps?cp=1.5~2.5']],
    ['in a link to Bing', ['<a href="https://www.bing.com/maps?cp=47.64~-122.1297&lvl=18">Map</a>']],
    ['in a pin of Bing', ['https://www.bing.com/maps?sp=point.47.64_-122.1297_Here']],
    ['in a link to Google', ['https://www.google.com/maps/search/?api=1&query=47.64%2C-122.1297']],
    ['in a view of Google', ['https://www.google.com/maps/@47.64,-122.1297,18z']],
    ['in a link to Apple', ['<a href="https://maps.apple.com/?ll=47.64,-122.1297">Map</a>']],
    ['in a link to OpenStreetMap', ['https://www.openstreetmap.org/?mlat=47.64&mlon=-122.1297#map=18/47.64/-122.1297']],
    ['in a geo link', ['<a href="geo:47.64,-122.1297">Map</a>']],
    [
      'in a safe link',
      [
        '<a href="https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.bing.com%2Fmaps%3Fcp%3D47.64~-122.1297&data=05">Map</a>',
      ],
    ],
  ])('are read %s', (_, lines) => {
    expect(readLines(...lines).facts.coordinates).toEqual(REDMOND);
  });

  test.each([
    ['nothing is said', [], ''],
    ['the latitude is none', ['Coordinates: 97.64, -122.1297'], 'no place on earth'],
    ['the longitude is none', ['Latitude: 47.64', 'Longitude: -222.1'], 'no place on earth'],
    ['they are 0, 0', ['Coordinates: 00.0000, 00.0000'], '0, 0'],
    ['one is missing', ['Latitude: 47.64'], ''],
    ['there are two', ['Coordinates: 47.64, -122.12', 'Coordinates: 47.65, -122.12'], '2 different ones'],
    ['they have no label', ['47.64, -122.12'], ''],
    ['they are a version', ['Coordinates: 47.64.1, -122.12.9'], ''],
    ['the link is to no map', ['https://contoso.com/?q=47.64,-122.12'], ''],
    ['the link is a script', ['<a href="javascript:maps?cp=47.64~-122.12">Map</a>'], ''],
    ['the label holds words', ['Coordinates: see below'], ''],
  ])('are unknown when %s', (_, lines, reason) => {
    const reading = readLines(...lines);
    expect(reading.facts.coordinates).toBeNull();
    expect(reading.reasons.join('\n')).toContain(reason);
  });
});

describe('the caller', () => {
  test.each([
    ['a user', { user: { id: '1', displayName: 'Adele Vance' } }, 'Adele Vance', '1'],
    ['a user without a name', { user: { id: '1', displayName: null } }, 'Alex Wilber', '1'],
    [
      'an anonymous guest',
      { user: { id: 'x', displayName: 'Adele (Guest)', userIdentityType: 'anonymousGuest' } },
      'Adele (Guest)',
      'x',
    ],
    ['a device', { device: { id: '2', displayName: 'Lobby Phone' } }, 'Lobby Phone', null],
    ['an application', { application: { id: '3', displayName: 'Emergency Bot' } }, 'Alex Wilber', null],
    ['nobody', null, 'Alex Wilber', null],
    ['a sender of a wrong type', { user: 'Adele' }, 'Alex Wilber', null],
    ['a name of a wrong type', { user: { id: 7, displayName: ['Adele'] } }, 'Alex Wilber', null],
  ])('of a message from %s', (_, from, displayName, id) => {
    const { facts } = read(chatMessage(`<p>Alex Wilber ${PHRASE}</p>`, { from }));
    expect(facts).toMatchObject({ callerDisplayName: displayName, callerUserId: id });
  });

  test('of a message from nobody is named by a label rather than by the sentence', () => {
    const { facts } = read(chatMessage(`<p>Someone ${PHRASE}</p><p>Caller: Alex Wilber</p>`, NO_SENDER));
    expect(facts.callerDisplayName).toBe('Alex Wilber');
  });

  test.each([
    `<p>${PHRASE}</p>`,
    `<p>Caller: unknown</p><p>${PHRASE}</p>`,
    `<p>A long story of many words that is no name ${PHRASE}</p>`,
  ])('of a message from nobody that names nobody is unknown: %s', (content) => {
    expect(read(chatMessage(content, NO_SENDER)).facts.callerDisplayName).toBeNull();
  });

  test('has a name of one line without control characters', () => {
    const from = { user: { id: '1', displayName: ' Alex\n\u202eWilber\u0000 ' } };
    expect(read(chatMessage(PHRASE, { from })).facts.callerDisplayName).toBe('Alex Wilber');
  });
});

describe("the caller's UPN", () => {
  test.each([
    ['after its label', ['UPN: AlexW@contoso.com']],
    ['after the label of an address', ['E-mail address: AlexW@contoso.com']],
    ['beside the name', ['Seen: Alex Wilber <a href="mailto:x">AlexW@contoso.com</a>']],
    ['behind the name after its label', ['Caller: Alex Wilber (AlexW@contoso.com)']],
    ['alone below the line of the phrase', ['AlexW@contoso.com']],
    ['rather than beside the name', ['UPN: AlexW@contoso.com', 'Alex Wilber wrote to AdeleV@contoso.com']],
  ])('is read %s', (_, lines) => {
    expect(readLines(...lines).facts.callerUpn).toBe('AlexW@contoso.com');
  });

  test.each([
    ['nothing is said', []],
    ['the address is somebody else’s', ['Questions go to security@contoso.com']],
    ['there are two', ['UPN: AlexW@contoso.com', 'UPN: AdeleV@contoso.com']],
    ['it is no address', ['UPN: AlexW', '@contoso.com', 'alex@@contoso.com', 'alex@contoso']],
  ])('is unknown when %s', (_, lines) => {
    expect(readLines(...lines).facts.callerUpn).toBeNull();
  });
});
