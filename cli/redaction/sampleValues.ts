import {
  SAMPLE_DOMAINS,
  SAMPLE_MAILBOXES,
  SAMPLE_NAMES,
  SAMPLE_PLACES,
  SAMPLE_SIGNS,
  SAMPLE_STATES,
} from './sampleWords.ts';

export type ReplacedKind =
  | 'word'
  | 'name'
  | 'number'
  | 'phone number'
  | 'address'
  | 'id'
  | 'coordinate'
  | 'time'
  | 'link';

/**
 * Gives each original value one sample value of the same shape, always the same one, and never a value that the original
 * holds. `original` is all its text; `kept` are numbers that are replaced nowhere.
 */
export interface SampleValues {
  word(original: string, isName: boolean): string;
  /** A run of digits, by one of the same length. */
  digits(original: string): string;
  /** A telephone number, digit by digit: what stands between them stays. */
  phone(original: string): string;
  mailAddress(original: string): string;
  guid(original: string): string;
  /** A part of an id that is no GUID, time or known word. */
  idPart(original: string): string;
  /** Degrees, or any number with a fraction. */
  decimal(original: string): string;
  state(original: string): string;
  /** ISO 8601, moved with all other times of the message. */
  time(original: string): string;
  /** Milliseconds since 1970, moved likewise. */
  milliseconds(original: string): string;
  /** How many different values of each kind were replaced. */
  counts(): Partial<Record<ReplacedKind, number>>;
  /** The words that were replaced, in lower case. */
  replacedWords(): string[];
  countLink(original: string): void;
}

export function createSampleValues(original: string, kept: ReadonlySet<string>, offsetMs: number): SampleValues {
  const text = original.toLowerCase();
  const originalWords = new Set(text.match(/[\p{L}\p{M}]+/gu) ?? []);
  const originalRuns = new Set([...(text.match(/\d+/g) ?? []), ...(text.match(/[a-z0-9]+/g) ?? [])]);
  const originalDigits = text.replace(/(?<=\d)[ ()./-]{1,3}(?=\d)/g, '');
  const known = new Map<ReplacedKind, Map<string, string>>();
  const used = new Set<string>();

  /** The sample of a value: the first of the candidates that neither the original nor another value has. */
  function sampleOf(
    kind: ReplacedKind,
    value: string,
    candidate: (attempt: number) => string,
    isTaken: (sample: string) => boolean,
  ) {
    const ofKind = known.get(kind) ?? new Map<string, string>();
    known.set(kind, ofKind);
    const found = ofKind.get(value);
    if (found !== undefined) return found;
    let sample = candidate(0);
    for (let attempt = 1; attempt < 2_000 && (used.has(`${kind} ${sample}`) || isTaken(sample)); attempt += 1)
      sample = candidate(attempt);
    used.add(`${kind} ${sample}`);
    ofKind.set(value, sample);
    return sample;
  }

  function runOf(kind: ReplacedKind, digits: string): string {
    const isTaken = (sample: string) =>
      sample === digits || kept.has(sample) || (digits.length > 2 && originalRuns.has(sample));
    return sampleOf(kind, digits, (attempt) => digitsOfLength(digits, attempt), isTaken);
  }

  return {
    word(word, isName) {
      const folded = word.toLowerCase();
      const list = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(word)
        ? SAMPLE_SIGNS
        : isName
          ? SAMPLE_NAMES
          : SAMPLE_PLACES;
      const candidate = (attempt: number) => list[attempt] ?? `Sample${letters(attempt - list.length)}`;
      const sample = sampleOf(isName ? 'name' : 'word', folded, candidate, (taken) =>
        originalWords.has(taken.toLowerCase()),
      );
      return inCaseOf(word, sample);
    },
    digits: (digits) => runOf('number', digits),
    phone(number) {
      const isInternational = number.trimStart().startsWith('+');
      const digits = number.replace(/\D/g, '');
      const hasCountryCode = digits.length === 11 && digits.startsWith('1');
      // One number, with its country code or without.
      const national = hasCountryCode ? digits.slice(1) : digits;
      const sample = sampleOf(
        'phone number',
        national,
        (attempt) => phoneDigits(national, isInternational && !hasCountryCode, attempt),
        (taken) => originalDigits.includes(taken.slice(-10)),
      );
      let next = 0;
      return number.replace(/\d/g, () => `${hasCountryCode ? '1' : ''}${sample}`.charAt(next++));
    },
    mailAddress(address) {
      const domain = SAMPLE_DOMAINS.find((name) => !text.includes(name.split('.')[0] ?? name)) ?? 'sample.example';
      const candidate = (attempt: number) => `${SAMPLE_MAILBOXES[attempt] ?? `sample${letters(attempt)}`}@${domain}`;
      return sampleOf('address', address.toLowerCase(), candidate, (taken) =>
        text.includes(taken.split('@')[0] ?? taken),
      );
    },
    guid(guid) {
      const candidate = (attempt: number) => guidOf(used.size + attempt + 1);
      return sampleOf('id', guid.toLowerCase(), candidate, (taken) => text.includes(taken));
    },
    idPart(part) {
      if (/^\d+$/.test(part)) return runOf('id', part);
      const candidate = (attempt: number) =>
        `sample${used.size + attempt}`.padEnd(part.length, '0').slice(0, Math.max(part.length, 8));
      return sampleOf('id', part, candidate, (taken) => originalRuns.has(taken));
    },
    decimal(number) {
      const [whole = '', fraction = ''] = number.replace(/^[-+]/, '').split(/[.,]/);
      const key = `${whole}.${fraction}`;
      const sample = sampleOf(
        'coordinate',
        key,
        (attempt) => decimalOf(whole, fraction, attempt),
        (taken) => text.includes(taken) || originalRuns.has(taken.split('.')[1] ?? taken),
      );
      return number.replace(/\d+([.,])\d+$/, (_, mark: string) => sample.replace('.', mark));
    },
    state: (state) =>
      sampleOf(
        'word',
        `state ${state}`,
        (attempt) => SAMPLE_STATES[attempt] ?? 'WA',
        (taken) => originalWords.has(taken.toLowerCase()),
      ),
    time(time) {
      const moved = new Date(Date.parse(time) + offsetMs).toISOString();
      const [, fraction = '', zone = ''] = /(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?$/i.exec(time) ?? [];
      const digits = moved.slice(20, 23).padEnd(fraction.length, '0').slice(0, fraction.length);
      const sample = `${moved.slice(0, 19)}${fraction === '' ? '' : `.${digits}`}${zone.toUpperCase() === 'Z' || zone === '' ? zone : '+00:00'}`;
      return sampleOf(
        'time',
        time,
        () => sample,
        () => false,
      );
    },
    milliseconds: (ms) =>
      sampleOf(
        'time',
        ms,
        () => String(Number(ms) + offsetMs),
        () => false,
      ),
    counts: () => Object.fromEntries([...known].map(([kind, values]) => [kind, values.size])),
    replacedWords: () =>
      [...(known.get('word')?.keys() ?? []), ...(known.get('name')?.keys() ?? [])].filter(
        (word) => !word.startsWith('state '),
      ),
    countLink(link) {
      sampleOf(
        'link',
        link,
        () => link,
        () => false,
      );
    },
  };
}

function inCaseOf(original: string, sample: string): string {
  if (original.length > 1 && original === original.toUpperCase() && original !== original.toLowerCase())
    return sample.toUpperCase();
  return /^\p{Ll}/u.test(original) ? sample.toLowerCase() : sample;
}

/** A, B, … Z, AA: no digits, so that a word stays a word. */
function letters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letters(Math.floor(index / 26) - 1)}${letter}`;
}

/** 1, 2, 3 …; 12, 13 …; 123, 124 …: of the same length, with a zero in front where the original has one. */
function digitsOfLength(digits: string, attempt: number): string {
  const first = BigInt('123456789'.repeat(Math.ceil(digits.length / 9)).slice(0, digits.length));
  const sample = (first + BigInt(attempt)).toString().slice(-digits.length);
  return digits.startsWith('0') && digits.length > 1 ? `0${sample.slice(1)}` : sample;
}

/** Numbers of the North American plan become +1 425 555 01xx, which nobody has; others keep their country code. */
function phoneDigits(digits: string, isInternational: boolean, attempt: number): string {
  if (digits.length === 10 && !isInternational) return `4255550${String(100 + (attempt % 100))}`;
  const kept = isInternational ? 3 : digits.startsWith('0') ? 1 : 0;
  return digits.slice(0, kept) + digitsOfLength(digits.slice(kept).replace(/^0/, '9'), attempt);
}

function guidOf(index: number): string {
  const digits = String(index).padStart(4, '0');
  return `0000${digits}-${digits}-4000-8000-00000000${digits}`;
}

/** Whole degrees that both a latitude and a longitude may have. */
function decimalOf(whole: string, fraction: string, attempt: number): string {
  const degrees = [
    ['7', '8'],
    ['47', '33'],
    ['122', '101'],
  ][whole.length - 1] ?? ['7', '8'];
  const [usual = '7', otherwise = '8'] = degrees;
  const digits = digitsOfLength(fraction.replace(/^0/, '1'), attempt);
  return `${(whole === usual ? otherwise : usual).padStart(whole.length, '0')}.${digits}`;
}
