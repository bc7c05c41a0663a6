import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { createTextWriter, type TextBlock } from './textWriter.ts';

export interface HtmlText {
  own: TextBlock;
  /** What stands in block quotes: somebody else's words. */
  quoted: TextBlock;
}

/** Elements that stand on lines of their own. */
const BLOCKS = new Set(
  (
    'address article aside attachment blockquote body codeblock dd details div dl dt figcaption figure footer ' +
    'form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary systemeventmessage table tbody ' +
    'textarea tfoot thead title tr ul'
  ).split(' '),
);
const UNSEEN = new Set(['script', 'style', 'template', 'noscript']);
const HAS_BLOCKS = /<(?:br|p|div|li|tr|h[1-6]|pre|table|blockquote)\b/i;

/** True for the name of an element that stands on lines of its own; `br` parts lines as well. */
export function isBlock(tag: string): boolean {
  return BLOCKS.has(tag.toLowerCase()) || tag.toLowerCase() === 'br';
}

type Attributes = ReadonlyMap<string, string>;

/**
 * The text that a reader of this HTML sees. Works on tokens, not on a tree: unclosed, crossed and deeply nested tags
 * cost nothing (a tree's search for the tag to close is quadratic). `mentionOf` gives the text of an empty
 * `<at id="…"></at>`.
 */
export function readHtml(html: string, mentionOf: (id: string) => string | null = () => null): HtmlText {
  const page = createPage(!HAS_BLOCKS.test(html), mentionOf);
  const tokenizer = new Tokenizer({ decodeEntities: true }, createCallbacks(html, page));
  tokenizer.write(html);
  tokenizer.end();
  return page.read();
}

type Page = ReturnType<typeof createPage>;

/** What the tags mean for the text. */
function createPage(keepsBreaks: boolean, mentionOf: (id: string) => string | null) {
  const own = createTextWriter(!keepsBreaks);
  const quoted = createTextWriter(!keepsBreaks);
  let writer = own;
  let quoteDepth = 0;
  let unseen: string | null = null;
  let emptyMention: string | null = null;

  function moveQuote(step: number): void {
    quoteDepth = Math.max(0, quoteDepth + step);
    writer = quoteDepth > 0 ? quoted : own;
  }

  return {
    open(tag: string, attributes: Attributes): void {
      if (UNSEEN.has(tag)) unseen = tag;
      if (unseen !== null) return;
      if (BLOCKS.has(tag)) writer.breakBlock();
      if (tag === 'blockquote') moveQuote(1);
      if (tag === 'br') writer.breakLine();
      if (tag === 'td' || tag === 'th') writer.startCell();
      if (tag === 'a') writer.link(attributes.get('href') ?? '');
      if (tag === 'at') emptyMention = attributes.get('id') ?? null;
      if (tag === 'emoji' || tag === 'img') writer.text(pictureText(attributes.get('alt') ?? ''));
    },

    close(tag: string): void {
      if (tag === unseen) unseen = null;
      if (unseen !== null) return;
      if (BLOCKS.has(tag)) writer.breakBlock();
      if (tag === 'blockquote') moveQuote(-1);
      if (tag === 'at' && emptyMention !== null) {
        writer.text(mentionOf(emptyMention) ?? '');
        emptyMention = null;
      }
    },

    text(text: string): void {
      if (unseen !== null) return;
      emptyMention = null;
      writer.text(text);
    },

    read: (): HtmlText => ({ own: own.read(), quoted: quoted.read() }),
  };
}

/** The text of a picture when it is a sign and no description ("image", "Smile"). */
function pictureText(alt: string): string {
  return /[a-z0-9]/i.test(alt) ? '' : alt;
}

function createCallbacks(html: string, page: Page): TokenizerCallbacks {
  let tag = '';
  let attributes = new Map<string, string>();
  let attribute = '';

  function addToAttribute(text: string): void {
    attributes.set(attribute, (attributes.get(attribute) ?? '') + text);
  }

  const ignore = (): void => undefined;
  return {
    onopentagname(start, end) {
      tag = html.slice(start, end).toLowerCase();
      attributes = new Map();
    },
    onattribname(start, end) {
      attribute = html.slice(start, end).toLowerCase();
    },
    onattribdata: (start, end) => addToAttribute(html.slice(start, end)),
    onattribentity: (codePoint) => addToAttribute(String.fromCodePoint(codePoint)),
    onattribend: ignore,
    onopentagend: () => page.open(tag, attributes),
    onselfclosingtag() {
      page.open(tag, attributes);
      page.close(tag);
    },
    onclosetag: (start, end) => page.close(html.slice(start, end).toLowerCase()),
    ontext: (start, end) => page.text(html.slice(start, end)),
    ontextentity: (codePoint) => page.text(String.fromCodePoint(codePoint)),
    oncdata: ignore,
    oncomment: ignore,
    ondeclaration: ignore,
    onprocessinginstruction: ignore,
    onend: ignore,
  };
}
