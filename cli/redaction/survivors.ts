import type { RedactionRules } from './redactionContext.ts';

/** All texts of a JSON value, each in every reading in which a value may hide: as JSON in a text, entities, percent signs. */
export function textsOf(value: unknown): string[] {
  const texts: string[] = [];
  collect(value, texts, 0);
  return texts;
}

const MAX_READINGS = 4;

function collect(value: unknown, texts: string[], depth: number): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      texts.push(key);
      collect(item, texts, depth);
    }
  } else if (typeof value === 'string') {
    texts.push(value);
    if (depth < MAX_READINGS) for (const reading of otherReadings(value)) collect(reading, texts, depth + 1);
  } else if (typeof value === 'number') {
    texts.push(String(value));
  }
}

function otherReadings(text: string): unknown[] {
  const readings: unknown[] = [parse(text), decodeEntities(text), decodePercent(text), text.replace(/<[^<>]*>/g, '')];
  return readings.filter((reading) => reading !== text && reading !== undefined);
}

function parse(text: string): unknown {
  try {
    return /^\s*[{[]/.test(text) ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Enough for a search: numeric entities, and the few that could part a value. */
function decodeEntities(text: string): string {
  const named: Record<string, string> = {
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    commat: '@',
    period: '.',
  };
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi,
    (entity, decimal?: string, hex?: string, name?: string) => {
      const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : null;
      if (code !== null) return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
      return named[name?.toLowerCase() ?? ''] ?? entity;
    },
  );
}

function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}

const PATTERNS: Record<string, RegExp> = {
  id: /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<![\w.])[0-9a-f]{12,}(?!\w)/gi,
  address: /[\w.%+'-]+@[\w-]+(?:\.[\w-]+)+/g,
  coordinate: /(?<![:\d.])\d{1,3}[.,]\d{3,}(?![.,]?\d)/g,
  number: /\d{4,}/g,
};

/** Types of Graph, of attachments, addresses of services that everybody uses, percent signs, and our own sample ids. */
const TECHNICAL =
  /#microsoft\.graph\.\w+|application\/vnd\.microsoft\.[\w.]+|https:\/\/(?:teams|graph)\.microsoft\.(?:com|us)|\$metadata|0000\d{4}-\d{4}-4000-8000-0{8}\d{4}|sample\d+|%(?:25)*[0-9a-f]{2}/gi;

/** Counts what of the original's texts is found again, by kind. */
export function findSurvivors(
  original: readonly string[],
  redacted: readonly string[],
  secrets: ReadonlySet<string>,
  rules: RedactionRules,
): Partial<Record<string, number>> {
  const found: Partial<Record<string, number>> = {};
  const ours = redacted.map((text) => text.replace(TECHNICAL, ' '));
  for (const [kind, pattern] of Object.entries(PATTERNS)) {
    const before = matchesOf(original, pattern);
    const after = matchesOf(ours, pattern);
    const left = [...before].filter(
      (value) => after.has(value) && !rules.keptNumbers.has(value) && !isOfEverybody(value),
    );
    if (left.length > 0) found[kind] = left.length;
  }
  const phones = digitGroups(original);
  const left = [...digitGroups(ours)].filter((digits) => phones.has(digits) && !isOfEverybody(digits));
  if (left.length > 0) found['phone number'] = left.length;
  const words = matchesOf(ours, /[\p{L}\p{M}]+/gu);
  const leftWords = [...secrets].filter((word) => words.has(word) && !rules.keptWords.has(word) && word.length > 2);
  if (leftWords.length > 0) found.word = leftWords.length;
  return found;
}

function matchesOf(texts: readonly string[], pattern: RegExp): Set<string> {
  return new Set(texts.flatMap((text) => text.toLowerCase().match(pattern) ?? []));
}

/** Numbers as they are dialled, whatever stands between their digits. */
function digitGroups(texts: readonly string[]): Set<string> {
  const groups = texts.flatMap(
    (text) => text.match(/\+?\(?\d(?:[ \u00a0\u2010-\u2015()./-]{0,3}\d){6,16}(?!\d)/g) ?? [],
  );
  return new Set(groups.map((group) => group.replace(/\D/g, '').slice(-10)));
}

/** Years, and the times that Graph writes for none. */
function isOfEverybody(value: string): boolean {
  return /^(?:19|20)\d{2}$|^0+$|^0001/.test(value);
}
