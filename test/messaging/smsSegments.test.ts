import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { countSegments, toGsmText } from '../../shared/messaging/smsSegments.ts';

describe('segments', () => {
  // 3GPP TS 23.038 and 23.040: 140 octets, of which 6 name the part once there are several.
  test.each<[string, string, 'GSM-7' | 'UCS-2', number, number]>([
    ['nothing', '', 'GSM-7', 0, 1],
    ['a full message', 'a'.repeat(160), 'GSM-7', 160, 1],
    ['one more', 'a'.repeat(161), 'GSM-7', 161, 2],
    ['two full parts', 'a'.repeat(306), 'GSM-7', 306, 2],
    ['one more than two parts', 'a'.repeat(307), 'GSM-7', 307, 3],
    ['escaped characters, full', '€'.repeat(80), 'GSM-7', 160, 1],
    ['escaped characters, one more', `${'€'.repeat(80)}a`, 'GSM-7', 161, 2],
    ['an escape pair at the end of a part', `${'a'.repeat(152)}[${'a'.repeat(152)}`, 'GSM-7', 306, 3],
    ['the same one place earlier', `${'a'.repeat(151)}[${'a'.repeat(153)}`, 'GSM-7', 306, 2],
    ['accents of the alphabet', 'èéùìòÇØøÅåÆæßÉÄÖÑÜ§äöñüà', 'GSM-7', 24, 1],
    ['Greek capitals of the alphabet', 'ΔΦΓΛΩΠΨΣΘΞ', 'GSM-7', 10, 1],
    ['a small c with cedilla, unlike the capital', 'ç', 'UCS-2', 1, 1],
    ['a backtick', '`', 'UCS-2', 1, 1],
    ['a tab', '\t', 'UCS-2', 1, 1],
    ['a curly quote turns all into UCS-2', `${'a'.repeat(70)}’`, 'UCS-2', 71, 2],
    ['UCS-2, full', 'я'.repeat(70), 'UCS-2', 70, 1],
    ['UCS-2, two full parts', 'я'.repeat(134), 'UCS-2', 134, 2],
    ['UCS-2, one more', 'я'.repeat(135), 'UCS-2', 135, 3],
    ['surrogate pairs, full', '😀'.repeat(35), 'UCS-2', 70, 1],
    ['a surrogate pair at the end of a part', `${'я'.repeat(66)}😀${'я'.repeat(66)}`, 'UCS-2', 134, 3],
    ['an escaped character counts once in UCS-2', '[я', 'UCS-2', 2, 1],
  ])('%s', (_, body, encoding, units, segments) => {
    expect(countSegments(body)).toEqual({ encoding, units, segments });
  });

  test("any text counts as in Twilio's calculator", () => {
    const gsm = fc.constantFrom(...'@£éÇ\nØΔ_Ω !"#¤09?¡AZÄ§¿azà^{}\\[~]|€');
    const wide = fc.constantFrom(...'яЖ山田あ’“–…😀🚑');
    const text = (chars: fc.Arbitrary<string>, maxLength: number) =>
      fc.array(chars, { maxLength }).map((list) => list.join(''));
    const lengthened = fc
      .tuple(fc.integer({ min: 0, max: 500 }), text(gsm, 40))
      .map(([length, end]) => 'a'.repeat(length) + end);
    fc.assert(
      fc.property(fc.oneof(text(gsm, 400), lengthened, text(fc.oneof(gsm, wide), 200)), (body) => {
        const oracle = new SegmentedMessage(body);
        const { encoding, segments } = countSegments(body);
        expect({ encoding, segments }).toEqual({
          encoding: oracle.encodingName,
          segments: oracle.segmentsCount,
        });
      }),
      { numRuns: 400 },
    );
  });

  test('every character of the basic plane is GSM-7 exactly where Twilio says so', () => {
    const isSurrogateOrJoinsOthers = (char: string) => /[\p{Cs}\r]/u.test(char);
    const wrong = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
      (char) =>
        !isSurrogateOrJoinsOthers(char) && countSegments(char).encoding !== new SegmentedMessage(char).encodingName,
    );
    expect(wrong).toEqual([]);
  });
});

describe('plain text', () => {
  test.each([
    ['Čapek', 'Capek'],
    ['Zażółć gęślą jaźń', 'Zazolc gesla jazn'],
    ['Nguyễn Thị Ánh', 'Nguyen Thi Anh'],
    ['Şişli İstanbul ığ', 'Sisli Istanbul ig'],
    ['François', 'Francois'],
    ['Łódź Đorđe Œuvre Þór', 'Lodz Dorde OEuvre Thor'],
    ['é à ñ ö Å stay', 'é à ñ ö Å stay'],
    ['“Adele’s” ‘desk’ «1»', '"Adele\'s" \'desk\' "1"'],
    ['1–2—3−4‑5', '1-2-3-4-5'],
    ['Room…', 'Room...'],
    ['a\u00a0b\u2009c\u202fd\u3000e', 'a b c d e'],
    ['3º ½ № ™', '3o 1/2 No TM'],
    ['ＲＯＯＭ　１', 'ROOM 1'],
    ['cafe\u0301', 'café'],
    ['C\u030c', 'C'],
  ])('%s becomes %s', (text, plain) => {
    expect(toGsmText(text)).toBe(plain);
    expect(countSegments(toGsmText(text)).encoding).toBe('GSM-7');
  });

  test.each(['山田 太郎', 'Борис Ёлкин', 'Αθήνα', 'Room 🚑', 'محمد', '“山田” – Č', 'ガ', '한국', '①㈱'])(
    '%s cannot be said in GSM-7 and stays as it is',
    (text) => {
      expect(toGsmText(text)).toBe(text);
    },
  );

  const anything = fc.string({ unit: 'binary', maxLength: 60 });
  const latin = fc
    .array(fc.integer({ min: 0x20, max: 0x24f }), { maxLength: 60 })
    .map((codes) => String.fromCharCode(...codes));

  test('is either GSM-7 or untouched; doing it twice changes nothing; never a question mark of ours', () => {
    fc.assert(
      fc.property(fc.oneof(anything, latin), (text) => {
        const plain = toGsmText(text);
        expect(toGsmText(plain)).toBe(plain);
        if (countSegments(plain).encoding === 'UCS-2') expect(plain).toBe(text);
        expect(plain.split('?').length).toBe(text.normalize('NFKC').split('?').length);
      }),
      { numRuns: 500 },
    );
  });

  test('no character becomes longer than "rad/s2"', () => {
    const longest = Array.from({ length: 0x20000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => toGsmText(String.fromCodePoint(code)).length);
    expect(longest.reduce((a, b) => Math.max(a, b))).toBe('rad/s2'.length);
  });
});
