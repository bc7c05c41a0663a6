import { redactHtml } from './redaction/redactHtml.ts';
import type { RedactionContext, RedactionRules } from './redaction/redactionContext.ts';
import { applyReplacements, createLineRedactor } from './redaction/redactLine.ts';
import { redactId, redactUrl } from './redaction/redactUrl.ts';
import { createSampleValues, type ReplacedKind } from './redaction/sampleValues.ts';
import { findSurvivors, textsOf } from './redaction/survivors.ts';

export interface Redaction {
  message: unknown;
  /** How many different values were replaced. */
  replaced: Partial<Record<ReplacedKind, number>>;
  /** How many values of the original are still there, by kind: anything here and it must not be given away. */
  survivors: Partial<Record<string, number>>;
}

/**
 * A chat message with names, addresses, numbers, ids, places and links replaced by sample values of the same shape, each
 * by the same one throughout. Phrases, labels, tags and lines stay. Does no I/O.
 */
export function redact(message: unknown, rules: RedactionRules): Redaction {
  const texts = textsOf(message);
  const original = texts.join('\n');
  const names = namesIn(message, rules);
  const offsetMs = offsetOf(message);
  const redactWith = (secrets: ReadonlySet<string>) => {
    const samples = createSampleValues(original, rules.keptNumbers, offsetMs);
    return { message: redactValue(message, [], { rules, samples, secrets, names }), samples };
  };
  // A word that is replaced in one place is replaced everywhere: the first round finds these words.
  const first = redactWith(new Set([...names, ...mailboxesIn(original)]));
  const secrets = new Set([...names, ...mailboxesIn(original), ...first.samples.replacedWords()]);
  const { message: redacted, samples } = redactWith(secrets);
  return {
    message: redacted,
    replaced: samples.counts(),
    survivors: findSurvivors(texts, textsOf(redacted), secrets, rules),
  };
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?$/i;

/** All times move together, so that the message is of a day in March 2026 and an edit stays behind it. */
function offsetOf(message: unknown): number {
  const { createdDateTime, id } = (message ?? {}) as { createdDateTime?: unknown; id?: unknown };
  const created = typeof createdDateTime === 'string' ? Date.parse(createdDateTime) : Number(id);
  if (!Number.isFinite(created)) return 0;
  const sample = Date.UTC(2026, 2, 1, 8);
  const isSameDay = Math.abs(created - sample) < 86_400_000;
  return (isSameDay ? Date.UTC(2026, 3, 2, 9) : sample) - created;
}

const NAME_KEYS = new Set(['displayName', 'mentionText', 'givenName', 'surname']);

/** The words of names of people, phones and applications: they are replaced even where they are ordinary words. */
function namesIn(value: unknown, rules: RedactionRules): Set<string> {
  const phraseWords = new Set(rules.phrases.flatMap((phrase) => wordsOf(phrase)));
  const names: string[] = [];
  visit(value, (text, key) => {
    if (NAME_KEYS.has(key)) names.push(...wordsOf(text));
  });
  return new Set(names.filter((word) => word.length > 1 && !phraseWords.has(word)));
}

/** Mailboxes and domains, without the last part of the domain. */
function mailboxesIn(text: string): string[] {
  // Ids of chats look like addresses: 19:…@thread.v2, 19:…@unq.gbl.spaces.
  const addresses = text.match(/[\w.%+'-]+@(?!thread\.|unq\.gbl\.)[\w-]+(?:\.[\w-]+)+/g) ?? [];
  return addresses.flatMap((address) => wordsOf(address.replace(/\.[\w-]+$/, ''))).filter((word) => word.length > 2);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
}

/** Every text in a JSON value, and in the JSON that texts of it are. */
function visit(value: unknown, see: (text: string, key: string) => void, key = ''): void {
  if (typeof value === 'string') {
    see(value, key);
    const json = parseObject(value);
    if (json !== null) visit(json, see, key);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) visit(item, see, Array.isArray(value) ? key : name);
  }
}

function parseObject(text: string): object | null {
  if (!/^\s*[{[]/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Properties whose words say how something looks or what it is, and belong to nobody. */
const KEPT_KEYS = new Set(
  (
    '@odata.type messageType importance contentType userIdentityType applicationIdentityType locale reactionType type ' +
    'version $schema size weight color spacing width height style horizontalAlignment verticalAlignment fontType ' +
    'verticalContentAlignment wrap separator isSubtle callEventType actions changeType sourceType themeColor language'
  ).split(' '),
);
const URL_KEYS = new Set([
  'url',
  'contentUrl',
  'webUrl',
  'thumbnailUrl',
  '@odata.context',
  'href',
  'iconUrl',
  'componentUrl',
  '@odata.id',
]);
const SHOWN_KEYS = new Set(
  (
    'text title subtitle summary subject speak fallbackText altText activityTitle activitySubtitle activityText ' +
    'messagePreview label placeholder content'
  ).split(' '),
);

type Path = readonly string[];

function redactValue(value: unknown, path: Path, context: RedactionContext): unknown {
  if (typeof value === 'string') return redactString(value, path, context);
  if (typeof value === 'number') return redactNumber(value, path, context);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, path, context));
  if (typeof value !== 'object' || value === null) return value;
  const isFact = 'value' in value && ('title' in value || 'name' in value);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      redactKey(key, context),
      redactValue(item, [...path, isFact ? `fact ${key}` : key], context),
    ]),
  );
}

function redactKey(key: string, context: RedactionContext): string {
  const isPlain =
    /^[@$\w.-]{1,60}$/.test(key) && !/\d{4}/.test(key) && !wordsOf(key).some((word) => context.secrets.has(word));
  return isPlain ? key : redactId(key, context);
}

function redactString(text: string, path: Path, context: RedactionContext): string {
  const key = path.at(-1) ?? '';
  const json = parseObject(text);
  if (json !== null) return JSON.stringify(redactValue(json, path, context));
  if (KEPT_KEYS.has(key) && /^[\w#.$/: -]{0,80}$/.test(text)) return text;
  if (ISO_TIME.test(text)) return Number.isNaN(Date.parse(text)) || text < '1970' ? text : context.samples.time(text);
  if (URL_KEYS.has(key)) return redactUrl(text, context);
  if (/^(?:etag|eTag)$|id$/i.test(key)) return redactId(text, context);
  const isHtml =
    path.at(-2) === 'body' || key === 'originalMessageContent' || (key === 'content' && path.includes('attachments'));
  if (isHtml && /<|&[a-z#]/i.test(text)) return redactHtml(text, context);
  return redactLines(text, key, context);
}

/** Plain text; what is no text that people see is replaced as the value of a label is. */
function redactLines(text: string, key: string, context: RedactionContext): string {
  const redactor = createLineRedactor(context);
  const read =
    key === 'fact title' || key === 'fact name' ? redactor.label : SHOWN_KEYS.has(key) ? redactor.line : redactor.value;
  return text
    .replace(/\p{Cf}|\p{Default_Ignorable_Code_Point}/gu, '')
    .split(/(\r?\n)/)
    .map((line, i) => (i % 2 === 1 ? line : applyReplacements(line, read(line))))
    .join('');
}

/** Small whole numbers count and measure things; others may be a number or a place. */
function redactNumber(number: number, path: Path, { rules, samples }: RedactionContext): number {
  const text = String(Math.abs(number));
  const isSize = KEPT_KEYS.has(path.at(-1) ?? '');
  if (isSize || rules.keptNumbers.has(text) || !/^\d+(\.\d+)?$/.test(text)) return number;
  if (text.includes('.')) return Number(samples.decimal(text)) * Math.sign(number);
  if (text.length < 3) return number;
  return (
    Number(
      /^1\d{12}$/.test(text)
        ? samples.milliseconds(text)
        : text.length >= 7
          ? samples.phone(text)
          : samples.digits(text),
    ) * Math.sign(number)
  );
}
