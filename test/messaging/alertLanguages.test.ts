import { SegmentedMessage } from 'sms-segments-calculator';
import { type CallFacts, NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import { type AlertStyle, type AlertWords, composeAlertSms } from '../../shared/messaging/alertSms.ts';
import { composeAlertTable } from '../../shared/messaging/alertTable.ts';
import { alertTextsIn, smsTextsIn } from '../../shared/messaging/alertTexts/languages.ts';
import { callLine } from '../../shared/messaging/callLine.ts';
import { emailContent } from '../../shared/messaging/email/emailContent.ts';
import { endedWords, replyHints } from '../../shared/messaging/replyWords.ts';
import { ALERT_LANGUAGES } from '../../shared/oncall/languages.ts';
import { readReply } from '../../shared/oncall/replies.ts';

const FACTS: CallFacts = {
  emergencyNumberDialed: '911',
  callerDisplayName: 'Alex Wilber',
  callerUserId: '22223333-cccc-4444-dddd-5555eeee6666',
  callerUpn: 'alexw@contoso.com',
  callbackNumber: '+14255550123',
  location: 'Building 34, Room 2210',
  coordinates: null,
};
const CALL: AlertWords = {
  kind: 'call',
  callCode: 'K7M',
  isTest: false,
  occurredAt: new Date('2026-08-21T21:05:09Z'),
  facts: FACTS,
  content: 'read',
};
const styleIn = (language: string, changes: Partial<AlertStyle> = {}): AlertStyle => ({
  ...{ detail: 'full', timeZone: 'America/Los_Angeles', language },
  ...changes,
});
const smsIn = (language: string, changes: Partial<AlertWords> = {}, style: Partial<AlertStyle> = {}) =>
  composeAlertSms({ ...CALL, ...changes }, styleIn(language, style)).join('\n');

test.each([
  [
    'en',
    'EMERGENCY CALL to 911. Call K7M. Callback +14255550123. Location "Building 34, Room 2210". ' +
      'Caller "Alex Wilber" alexw@contoso.com. 21 Aug 14:05:09 PDT',
  ],
  [
    'de-AT',
    'NOTRUF an 911. Notruf K7M. Rückruf +14255550123. Ort "Building 34, Room 2210". ' +
      'Anrufer "Alex Wilber" alexw@contoso.com. 21 Aug 14:05:09 PDT',
  ],
  [
    'es',
    'LLAMADA DE EMERGENCIA al 911. Llamada K7M. Numero de contacto +14255550123. Lugar "Building 34, Room 2210". ' +
      'Llama "Alex Wilber". 21 ago 14:05 PDT',
  ],
  [
    'FR-ca',
    'APPEL D\'URGENCE au 911. Appel K7M. Numéro de rappel +14255550123. Lieu "Building 34, Room 2210". ' +
      'Appelant "Alex Wilber" alexw@contoso.com. 21 aout 14:05:09 PDT',
  ],
])('%s: a call, without the accents that GSM-7 lacks', (language, expected) => {
  expect(smsIn(language)).toBe(expected);
});

test.each(['it', 'ja', '', 'not a language', 'constructor', 'e'])('%j reads as English', (language) => {
  expect(smsIn(language)).toBe(smsIn('en'));
  expect(composeAlertTable(CALL, styleIn(language))).toBe(composeAlertTable(CALL, styleIn('en')));
});

/** As an emergency desk of the language would say it. */
const WORDS = {
  en: { call: 'EMERGENCY CALL', message: 'EMERGENCY MESSAGE', unknown: 'unknown', page: 'on the page' },
  de: { call: 'NOTRUF', message: 'NOTRUFMELDUNG', unknown: 'unbekannt', page: 'auf der Seite' },
  es: { call: 'LLAMADA DE EMERGENCIA', message: 'MENSAJE DE EMERGENCIA', unknown: 'desconocido', page: 'en la pagina' },
  fr: { call: "APPEL D'URGENCE", message: "MESSAGE D'URGENCE", unknown: 'inconnu', page: 'sur la page' },
};
const KINDS = ['call', 'update', 'detailsPending', 'detailsUnavailable'] as const;

describe.each(ALERT_LANGUAGES)('%s', (language) => {
  const { call, message, unknown, page } = WORDS[language];
  const encodingOf = (sms: string) => new SegmentedMessage(sms).encodingName;
  const hints = replyHints('K7M', language);

  test.each(KINDS)('%s: the three facts, known, unknown and minimal, in GSM-7', (kind) => {
    const head = kind.startsWith('details') ? message : call;
    const known = smsIn(language, { kind, changed: ['location'] }, { hints });
    for (const fact of [head, '911', 'K7M', '+14255550123', '"Building 34, Room 2210"']) expect(known).toContain(fact);
    const missing = smsIn(language, { kind, facts: NO_FACTS, occurredAt: null }, { hints });
    // What was dialed, callback number, place and caller; the time is "desconocida" in Spanish.
    expect(missing.split(unknown).length - 1).toBeGreaterThanOrEqual(4);
    expect(missing).toContain(head);
    const minimal = smsIn(language, { kind }, { detail: 'minimal', hints });
    expect(minimal).toContain('+14255550123');
    expect(minimal).toContain(page);
    expect(minimal).not.toMatch(/Alex|Building/);
    for (const sms of [known, missing, minimal]) expect([sms, encodingOf(sms)]).toEqual([sms, 'GSM-7']);
  });

  test('a test call begins with TEST, also each part of a long one', () => {
    expect(smsIn(language, { isTest: true })).toMatch(/^TEST /);
    const parts = smsIn(language, { isTest: true, facts: { ...FACTS, location: 'Room 1 '.repeat(400) } }).split('\n');
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part).toMatch(/^TEST \S+ K7M \d\/\d: /);
  });

  test('what turned out to be no emergency says so', () => {
    expect(smsIn(language, { kind: 'notEmergency' })).not.toContain('911');
    expect(smsIn(language, { kind: 'notEmergency' })).toContain(alertTextsIn(language).heads.notEmergency);
  });

  test('a short place leaves room for all facts in one segment, beside how to answer', () => {
    const sms = smsIn(language, { facts: { ...FACTS, location: 'Building 34' } }, { hints });
    expect(new SegmentedMessage(sms).segmentsCount).toBe(1);
    expect(sms).toContain('1 K7M');
  });

  test('a word beside a digit, in how to answer, is a word that answers the same', () => {
    const pairs = hints.flatMap((hint) => [...hint.matchAll(/(\d)(?: K7M)? ?: ([^,]+)/g)]);
    for (const [, digit, word] of pairs) {
      expect([word, readReply(`${word}`, { languages: [language] })]).toEqual([
        word,
        readReply(`${digit}`, { languages: [language] }),
      ]);
    }
    expect(pairs.length > 0).toBe(language !== 'en');
  });

  test('every text can be said in GSM-7 and is there; labels hold no colon', () => {
    const texts = smsTextsIn(language);
    const all = Object.values(texts).flatMap((part) =>
      typeof part === 'string' ? [part] : (Object.values(part).flat() as string[]),
    );
    expect(all.filter((text) => text.trim() === '' || encodingOf(text) !== 'GSM-7')).toEqual([]);
    const labels = [...Object.values(texts.labels), ...Object.values(texts.smsLabels).flat()];
    expect(labels.filter((label) => label.includes(':'))).toEqual([]);
    expect(new Set(texts.months).size).toBe(12);
  });

  test('a line of a list is one line with the three facts', () => {
    expect(callLine(CALL, styleIn(language))).toMatch(/^K7M \S+ 911 \S+ \+14255550123 \S+ "Building 34, Room 2210"$/);
    const facts = { ...FACTS, location: 'X"\nK7N 911', callbackNumber: null };
    const line = callLine({ ...CALL, facts, isTest: true }, styleIn(language));
    expect(line).toMatch(new RegExp(`^TEST K7M \\S+ 911 \\S+ ${unknown} \\S+ "X' K7N 911"$`));
    expect(callLine(CALL, styleIn(language, { detail: 'minimal' }))).toMatch(new RegExp(`0123 .*${page}$`));
  });
});

test.each([
  ['de-AT', 'Antworten innerhalb einer Stunde: https://x.example/a?t=1', '>Antworten</a> (innerhalb einer Stunde)'],
  ['fr', "Répondre dans l'heure: https://x.example/a?t=1", '>Répondre</a> (dans l&#39;heure)'],
  ['ja', 'Answer within an hour: https://x.example/a?t=1', '>Answer</a> (within an hour)'],
])('%s: the link of a mail says what it is for', (language, plain, html) => {
  const content = emailContent('EMERGENCY CALL', { url: 'https://x.example/a?t=1', language });
  expect(content.plainText).toBe(`EMERGENCY CALL\n\n${plain}`);
  expect(content.html).toContain(html);
});

test('the month is in the language also where an answer is told a day later', () => {
  const call = { code: 'K7M', isTest: false, endedAt: '2026-12-21T22:05:09Z' };
  const style = { ...styleIn('de'), language: 'de', now: new Date('2026-12-23T22:05:09Z') };
  expect(endedWords(call, style)).toContain('21 Dez 14:05');
});

const AWAY: Partial<AlertWords> = {
  ...{ whereabouts: 'offSite', knownTo: ['Adele Vance', 'Megan Bowen'] },
  facts: { ...FACTS, callerUpn: null, location: null },
};

test.each([
  [
    'en',
    'OFF-SITE EMERGENCY CALL to 911. Call K7M. Callback +14255550123. Location withheld; known to Adele Vance, Megan Bowen. Caller "Alex Wilber". 21 Aug 14:05:09 PDT',
  ],
  [
    'de',
    'OFF-SITE NOTRUF an 911. Notruf K7M. Rückruf +14255550123. Ort zurückgehalten; bekannt ist er Adele Vance, Megan Bowen. Anrufer "Alex Wilber". 21 Aug 14:05 PDT',
  ],
])('%s: a call from off site whose location is withheld', (language, expected) => {
  expect(smsIn(language, AWAY)).toBe(expected);
});

test('minimal words say that it is off site, and name nobody who knows where', () => {
  const words = smsIn('en', AWAY, { detail: 'minimal' });
  expect(words).toMatch(/^OFF-SITE EMERGENCY CALL to 911/);
  expect(words).not.toMatch(/Adele|Megan|withheld/);
});

test('in a list of calls too', () => {
  const style = { detail: 'full', language: 'en' } as const;
  expect(callLine({ ...CALL, ...AWAY, isTest: true }, style)).toBe(
    'TEST OFF-SITE K7M Dialed 911 Callback +14255550123 At withheld; known to Adele Vance, Megan Bowen',
  );
});

test('a name in the roster cannot spell a line of ours', () => {
  const names = ['Adele\nLocation: "Roof"'];
  const table = composeAlertTable({ ...CALL, ...AWAY, knownTo: names }, styleIn('en'));
  expect(table.split('\n').filter((line) => line.startsWith('Location'))).toHaveLength(1);
});
