import { foldForMatch } from './plainText.ts';

/**
 * Emergency numbers that nobody mistakes for anything else in an important message. Others count once they are in the
 * settings as test numbers, or stand after a label.
 */
export const EMERGENCY_NUMBERS: readonly string[] = [
  ...['911', '933', '112', '999', '000', '110', '111', '113', '118', '119', '190', '192', '193'],
];

/** Words for an emergency, as beginnings of words: an important message with one of them may announce a call. */
const EMERGENCY_WORDS = [
  ...['emergency', 'emergencia', 'emergência', 'emergenza', 'urgence', 'urgencia', 'notruf', 'notfall', 'noodoproep'],
  ...['noodgeval', 'alarmnummer', 'nödsamtal', 'nödläge', 'nødopkald', 'nødanrop', 'nødsituasjon', 'hätäpuhelu'],
  ...[
    'hätätilan',
    'alarmow',
    '緊急',
    '紧急',
    '긴급',
    '응급',
    'экстренн',
    'екстрен',
    'tísňov',
    'segélyhív',
    'acil durum',
  ],
  ...['urgență', 'έκτακτ', 'επείγ', 'طوارئ', 'חירום', 'khẩn cấp', 'ฉุกเฉิน', 'darurat', 'e911', 'psap'],
].map(foldForMatch);

/** Words for a call to an emergency number: with a number or a place beside them they count at any importance. */
const EMERGENCY_CALL_WORDS = [
  ...['emergency call', 'emergency number', 'dialed 911', 'dialled 911', 'called 911', 'dialed 112', 'dialled 999'],
  ...['notruf', "appel d'urgence", 'llamada de emergencia', 'chiamata di emergenza', "chiamata d'emergenza"],
  ...['chamada de emergência', 'noodoproep', '緊急通報', '緊急通話', '緊急電話', 'nödsamtal', 'nødopkald', 'nødanrop'],
  ...[
    'hätäpuhelu',
    'połączenie alarmowe',
    'экстренный вызов',
    '紧急呼叫',
    '긴급 전화',
    'tísňové volání',
    'segélyhívás',
  ],
  ...['apel de urgență', 'κλήση έκτακτης ανάγκης', 'acil durum araması'],
].map(foldForMatch);

/** `folded` is a text as {@link foldForMatch} leaves it. */
export function hasEmergencyWord(folded: string): boolean {
  return EMERGENCY_WORDS.some((word) => folded.includes(word));
}

export function hasEmergencyCallWord(folded: string): boolean {
  return EMERGENCY_CALL_WORDS.some((word) => folded.includes(word));
}

/** Letters of a script in which no phrase is known, enough of them for a sentence (Latin and Japanese ones are known). */
export function isInUnknownScript(folded: string): boolean {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(folded)) return false;
  return (folded.slice(0, 5_000).match(/(?!\p{Script=Latin})\p{L}/gu)?.length ?? 0) >= 10;
}

/** An emergency or test number that stands alone: not part of a longer number, an amount, a time or a word. */
export function hasEmergencyNumber(folded: string, testNumbers: readonly string[]): boolean {
  const numbers = new Set([...EMERGENCY_NUMBERS, ...testNumbers]);
  for (const [, digits] of folded.matchAll(/(?<![\p{L}\d.,:/+#-])(\d{2,8})(?![\p{L}\d]|[.,:/-]\d)/gu)) {
    if (digits !== undefined && numbers.has(digits)) return true;
  }
  return false;
}
