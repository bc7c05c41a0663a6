import { unescapeXml } from '../twiml.ts';

/** An element of TwiML, or a text between elements. */
export type SpokenVerb = { name: string; attributes: Record<string, string>; children: SpokenVerb[] } | string;

/** What is known here of https://www.twilio.com/docs/voice/twiml: which elements stand in which, with which attributes. */
const ELEMENTS: Readonly<
  Record<string, { attributes: Readonly<Record<string, RegExp>>; children: readonly string[] }>
> = {
  Response: { attributes: {}, children: ['Say', 'Pause', 'Gather', 'Redirect', 'Hangup'] },
  // https://www.twilio.com/docs/voice/twiml/say
  Say: {
    attributes: {
      voice: /^(man|woman|alice|Polly\.[A-Z][a-z]+(-Neural)?)$/,
      language: /^[a-z]{2}-[A-Z]{2}$/,
      loop: /^\d+$/,
    },
    children: ['prosody', 'break', '#text'],
  },
  // https://www.twilio.com/docs/voice/twiml/say/text-speech#ssml
  prosody: { attributes: { rate: /^(x-slow|slow|medium|fast|x-fast|\d{2,3}%)$/ }, children: ['break', '#text'] },
  break: { attributes: { time: /^\d+m?s$/, strength: /^(none|x-weak|weak|medium|strong|x-strong)$/ }, children: [] },
  // https://www.twilio.com/docs/voice/twiml/pause
  Pause: { attributes: { length: /^\d+$/ }, children: [] },
  // https://www.twilio.com/docs/voice/twiml/gather
  Gather: {
    attributes: {
      input: /^dtmf$/,
      action: /^https?:\/\/\S+$/,
      method: /^POST$/,
      timeout: /^[1-9]\d*$/,
      numDigits: /^[1-9]\d*$/,
      finishOnKey: /^[0-9#*]?$/,
    },
    children: ['Say', 'Pause'],
  },
  // https://www.twilio.com/docs/voice/twiml/redirect
  Redirect: { attributes: { method: /^POST$/ }, children: ['#text'] },
  // https://www.twilio.com/docs/voice/twiml/hangup
  Hangup: { attributes: {}, children: [] },
};

const TOKEN = /<(\/?)([A-Za-z][\w-]*)((?:\s+[A-Za-z][\w-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([A-Za-z][\w-]*)="([^"<]*)"/g;
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/;

/**
 * The verbs of a TwiML document. What is no XML, and any element, attribute or value that is not known here, is a
 * problem, named with Twilio's own code: 12100 for a document that cannot be parsed, 12200 for one of another schema.
 */
export function readVoiceTwiml(text: string): { verbs: SpokenVerb[] } | { problem: string } {
  try {
    const root = parse(text.replace(/^<\?xml[^>]*\?>\s*/, ''));
    check(root, null);
    return { verbs: typeof root === 'string' ? [] : root.children };
  } catch (caught) {
    if (caught instanceof TwimlProblem) return { problem: caught.message };
    throw caught;
  }
}

class TwimlProblem extends Error {}

function parse(text: string): SpokenVerb {
  const open: Exclude<SpokenVerb, string>[] = [{ name: '#document', attributes: {}, children: [] }];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    const parent = open.at(-1);
    if (match === null || parent === undefined) throw new TwimlProblem('12100: the document cannot be parsed');
    const [, closing, name = '', attributes = '', selfClosing, content] = match;
    if (content !== undefined) {
      if (content.trim() !== '') parent.children.push(plain(content));
    } else if (closing) {
      if (open.pop()?.name !== name) throw new TwimlProblem(`12100: </${name}> closes nothing`);
    } else {
      const element = { name, attributes: attributesIn(attributes), children: [] };
      parent.children.push(element);
      if (!selfClosing) open.push(element);
    }
  }
  const [root, ...more] = open[0]?.children ?? [];
  if (open.length !== 1 || root === undefined || more.length > 0)
    throw new TwimlProblem('12100: there is not one root');
  return root;
}

function attributesIn(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, plain(value)]));
}

function plain(text: string): string {
  if (BARE_AMPERSAND.test(text)) throw new TwimlProblem('12100: an ampersand stands alone');
  return unescapeXml(text);
}

function check(node: SpokenVerb, parent: string | null): void {
  const name = typeof node === 'string' ? '#text' : node.name;
  const isAllowed = parent === null ? name === 'Response' : ELEMENTS[parent]?.children.includes(name);
  if (!isAllowed) throw new TwimlProblem(`12200: ${name} is not known in ${parent ?? 'the document'}`);
  if (typeof node === 'string') return;
  for (const [attribute, value] of Object.entries(node.attributes)) {
    const rule = ELEMENTS[name]?.attributes[attribute];
    if (rule === undefined) throw new TwimlProblem(`12200: ${name} has no attribute ${attribute}`);
    if (!rule.test(value)) throw new TwimlProblem(`12200: ${name} ${attribute}="${value}" is not known`);
  }
  const hasSsml = node.name === 'Say' && node.children.some((child) => typeof child !== 'string');
  if (hasSsml && !node.attributes.voice?.startsWith('Polly.')) {
    throw new TwimlProblem('13520: only voices of Amazon Polly know SSML');
  }
  for (const child of node.children) check(child, node.name);
}
