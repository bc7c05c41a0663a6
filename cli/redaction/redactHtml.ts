import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import type { RedactionContext } from './redactionContext.ts';
import { applyReplacements, createLineRedactor, type LineRedactor, type Replacement } from './redactLine.ts';
import { redactId, redactUrl } from './redactUrl.ts';

/** Markup to be written as it is, or text; `source` is how the text was written (an entity), if not as itself. */
type Piece = { markup: string } | { text: string; source: string };

const BREAKS =
  /^(?:address|article|attachment|blockquote|br|codeblock|dd|div|dl|dt|figure|h[1-6]|hr|li|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)$/;
const INVISIBLE = /\p{Cf}|\p{Default_Ignorable_Code_Point}/gu;
const KEPT_ATTRIBUTES =
  /^(?:style|class|width|height|align|valign|border|colspan|rowspan|dir|lang|itemtype|itemprop|itemscope|target|rel|color|size|face)$/;

/**
 * HTML with its personal values replaced: in the text whatever tags and entities it is written with, in attributes,
 * comments and scripts. Tags, their order and the lines stay. Zero-width characters go.
 */
export function redactHtml(html: string, context: RedactionContext): string {
  const redactor = createLineRedactor(context);
  const page = createPage(redactor);
  const tokenizer = new Tokenizer({ decodeEntities: true }, createCallbacks(html, page, context, redactor));
  tokenizer.write(html);
  tokenizer.end();
  return page.finish();
}

type Page = ReturnType<typeof createPage>;

/** Collects a line of text over all tags within it, then writes it as a whole. */
function createPage(redactor: LineRedactor) {
  let result = '';
  let pieces: Piece[] = [];
  let cellsInRow = 0;

  function endLine(): void {
    const line = pieces.map((piece) => ('text' in piece ? piece.text : '')).join('');
    // Without labels that are known, the first cell of a row is one.
    const isLabelCell = cellsInRow === 1 && line.trim() !== '' && line.length <= 60;
    const replacements = isLabelCell
      ? redactor.label(line)
      : cellsInRow > 1
        ? redactor.value(line)
        : redactor.line(line);
    result += writePieces(pieces, replacements);
    pieces = [];
  }

  return {
    text(text: string, source: string): void {
      const visible = text.replace(INVISIBLE, '');
      if (visible !== '') pieces.push({ text: visible, source: visible === text ? source : visible });
    },
    markup(markup: string): void {
      pieces.push({ markup });
    },
    tag(name: string, isOpening: boolean, markup: string): void {
      if (BREAKS.test(name)) endLine();
      if (name === 'tr' || name === 'table') cellsInRow = 0;
      if ((name === 'td' || name === 'th') && isOpening) cellsInRow += 1;
      pieces.push({ markup });
    },
    finish(): string {
      endLine();
      return result;
    },
  };
}

/** Each replacement goes where its first character was; text that stays keeps its entities. */
function writePieces(pieces: readonly Piece[], replacements: readonly Replacement[]): string {
  let result = '';
  let position = 0;
  for (const piece of pieces) {
    if ('markup' in piece) {
      result += piece.markup;
      continue;
    }
    const start = position;
    position += piece.text.length;
    const touching = replacements.filter((replacement) => replacement.start < position && replacement.end > start);
    result += touching.length === 0 ? piece.source : escapeText(cutOut(piece.text, start, touching));
  }
  return result;
}

function cutOut(text: string, start: number, touching: readonly Replacement[]): string {
  return applyReplacements(
    text,
    touching.map((replacement) => ({
      start: Math.max(0, replacement.start - start),
      end: Math.min(text.length, replacement.end - start),
      text: replacement.start >= start ? replacement.text : '',
    })),
  );
}

function escapeText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\u00a0/g, '&nbsp;');
}

function createCallbacks(
  html: string,
  page: Page,
  context: RedactionContext,
  redactor: LineRedactor,
): TokenizerCallbacks {
  let tag = '';
  let attributes: [name: string, value: string][] = [];
  let textEnd = 0;
  let isScript = false;

  const value = (text: string): string => applyReplacements(text, redactor.value(text));
  const addToAttribute = (text: string): void => {
    const last = attributes.at(-1);
    if (last) last[1] += text;
  };
  const open = (end: string): void => {
    const written = attributes.map(
      ([name, text]) => ` ${name}="${escapeText(redactAttribute(name, text, context, value)).replace(/"/g, '&quot;')}"`,
    );
    page.tag(tag.toLowerCase(), true, `<${tag}${written.join('')}${end}`);
    isScript = /^(?:script|style)$/i.test(tag);
  };
  const write = (start: number, end: number, text: string): void => {
    textEnd = end;
    if (isScript) page.markup(value(text));
    else page.text(text, html.slice(start, end));
  };
  return {
    onopentagname(start, end) {
      tag = html.slice(start, end);
      attributes = [];
    },
    onattribname: (start, end) => void attributes.push([html.slice(start, end).toLowerCase(), '']),
    onattribdata: (start, end) => addToAttribute(html.slice(start, end)),
    onattribentity: (codePoint) => addToAttribute(String.fromCodePoint(codePoint)),
    onattribend: () => undefined,
    onopentagend(end) {
      open('>');
      textEnd = end + 1;
    },
    onselfclosingtag(end) {
      open('/>');
      isScript = false;
      textEnd = end + 1;
    },
    onclosetag(start, end) {
      const name = html.slice(start, end);
      page.tag(name.toLowerCase(), false, `</${name}>`);
      isScript = false;
      textEnd = html.indexOf('>', end) + 1;
    },
    ontext: (start, end) => write(start, end, html.slice(start, end)),
    ontextentity: (codePoint, end) => write(textEnd, end, String.fromCodePoint(codePoint)),
    oncomment(start, end, offset) {
      page.markup(`<!--${value(html.slice(start, end - offset))}-->`);
      textEnd = end + 1;
    },
    oncdata: () => undefined,
    ondeclaration: () => undefined,
    onprocessinginstruction: () => undefined,
    onend: () => undefined,
  };
}

function redactAttribute(
  name: string,
  text: string,
  context: RedactionContext,
  value: (text: string) => string,
): string {
  if (name === 'href' || name === 'src') return redactUrl(text, context);
  if (/^(?:id|itemid|name|for)$|id$/.test(name))
    return /^[a-z][a-z-]{0,20}$/.test(text) && !context.secrets.has(text) ? text : redactId(text, context);
  return KEPT_ATTRIBUTES.test(name) && !/url\(/i.test(text) ? text : value(text);
}
