import { alertLanguageOf } from './languages.ts';

/** What a team may word itself: of the alert of a call alone, never of what follows it. */
export const TEMPLATE_KINDS = ['sms', 'voice', 'emailSubject'] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];
export type TemplateTexts = { [kind in TemplateKind]?: string };

/** What stands for a fact of the call; never empty. `call` says that an emergency call was made, and what was dialed. */
export type Placeholder = 'call' | 'callback' | 'place' | 'code' | 'caller' | 'time' | 'replies';

interface TemplateRule {
  /** The three facts of 47 CFR 9.3, where the rest does not say them, and the code by which people answer. */
  required: readonly Placeholder[];
  optional: readonly Placeholder[];
  /** Characters. */
  longest: number;
  hasLines: boolean;
  /** What may not stand in it, and why. */
  refused: readonly (readonly [RegExp, string])[];
}

const RULES: Readonly<Record<TemplateKind, TemplateRule>> = {
  sms: {
    required: ['call', 'callback', 'place', 'code'],
    optional: ['caller', 'time', 'replies'],
    longest: 320,
    hasLines: true,
    refused: [],
  },
  voice: {
    required: ['call', 'callback', 'place', 'code'],
    optional: ['caller'],
    longest: 300,
    hasLines: true,
    refused: [[/[<>&]/, 'holds one of < > &, which a voice does not say']],
  },
  // The facts stand in the mail; its subject stands on locked screens.
  emailSubject: { required: ['call', 'code'], optional: ['time'], longest: 120, hasLines: false, refused: [] },
};

const WHAT: Readonly<Record<Placeholder, string>> = {
  call: 'that an emergency call was made',
  callback: 'the number to call back',
  place: 'where the call comes from',
  code: 'which call it is',
  caller: 'who called',
  time: 'when',
  replies: 'how to answer',
};

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** What no template may hold, and why. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/[{}]/, 'holds a brace that belongs to no placeholder'],
  // Whatever a phone shows much like a double quote.
  [/["“”„‟″‶ʺ˝❝❞〝〞＂״«»]/, 'holds a double quote: only what callers write stands between those'],
  [/(?!\n)\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u, 'holds a character that nobody sees'],
  [
    /(?<!\p{L})(test|off-site)(?!\p{L})/iu,
    'holds TEST or OFF-SITE: these are put before a message where they are true',
  ],
];
/** As good as a part of the fact: "0{callback}" is another number. */
const GLUED = /[^\s.,;:!?()']\{|\}[^\s.,;:!?()']/;

/** What is wrong with a template, without its words; nothing where it leaves out no fact. */
export function templateProblems(kind: TemplateKind, text: string): string[] {
  const { required, optional, longest, hasLines, refused } = RULES[kind];
  const known = [...required, ...optional];
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  // In the form that a message takes: full-width letters become plain ones.
  const literal = text.replace(PLACEHOLDER, ' ').normalize('NFKD');
  const isUnknown = names.some((name) => !known.some((one) => one === name));
  return [
    ...required.filter((name) => !names.includes(name)).map((name) => `must hold {${name}}: ${WHAT[name]}`),
    ...known.filter((name) => names.filter((one) => one === name).length > 1).map((name) => `holds {${name}} twice`),
    ...(isUnknown
      ? [`holds a placeholder that is none here: there are ${known.map((one) => `{${one}}`).join(', ')}`]
      : []),
    ...[...REFUSED, ...refused].filter(([pattern]) => pattern.test(literal)).map(([, problem]) => problem),
    ...(GLUED.test(text) ? ['holds a placeholder without a space or punctuation mark beside it'] : []),
    ...(!hasLines && text.includes('\n') ? ['holds a line break'] : []),
    ...(text.length > longest ? [`is longer than ${longest} characters`] : []),
  ];
}

/** What an editor shows of a template. */
export function templateForm(kind: TemplateKind): { description: string; maxLength: number } {
  const { required, optional, longest } = RULES[kind];
  const named = (names: readonly Placeholder[]) => names.map((name) => `{${name}}`).join(', ');
  return { description: `Must hold ${named(required)}; may hold ${named(optional)}`, maxLength: longest };
}

/** A template without problems with its facts filled in, whatever stands in them; `wordsOf` gives our own words a form. */
export function fillTemplate(
  text: string,
  values: Readonly<Record<Placeholder, string>>,
  wordsOf: (words: string) => string = (words) => words,
): string {
  const pieces = text.split(/(\{[a-z]+\})/);
  return pieces.map((piece) => valueIn(piece, values) ?? wordsOf(piece)).join('');
}

function valueIn(piece: string, values: Readonly<Record<Placeholder, string>>): string | undefined {
  const name = /^\{(.*)\}$/.exec(piece)?.[1];
  return Object.entries(values).find(([one]) => one === name)?.[1];
}

/** The templates for a language (BCP 47): its own, else those of the same language without a region. */
export function templatesFor(templates: Readonly<Record<string, TemplateTexts>>, language: string): TemplateTexts {
  const inLanguage = (wanted: string) =>
    Object.entries(templates).find(([tag]) => tag.toLowerCase() === wanted.toLowerCase())?.[1] ?? {};
  return { ...inLanguage(alertLanguageOf(language)), ...inLanguage(language) };
}
