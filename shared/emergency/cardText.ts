import { isObject, type JsonObject, listOf, propertyOf, textOf } from './jsonValue.ts';
import { CELL_SEPARATOR, createTextWriter, type TextBlock, type TextWriter } from './textWriter.ts';

/** Properties whose text a card shows, in the order in which it stands: Adaptive Cards, and the older Bot Framework cards. */
const SHOWN = ['title', 'subtitle', 'activityTitle', 'activitySubtitle', 'activityText', 'summary', 'text', 'altText'];
const LINKS = ['url', 'selectAction', 'tap', 'value'];
/** Properties that hold more of the card. */
const PARTS = [
  ...['header', 'body', 'items', 'columns', 'rows', 'cells', 'inlines', 'sections', 'content', 'card', 'tabs'],
  ...['actions', 'buttons', 'images'],
];

/** More parts than any card that Teams accepts has (28 KB). */
const MAX_PARTS = 20_000;

/**
 * The text of a card (the JSON of an attachment), in reading order. Properties this does not know are left out; a card
 * of any depth is read without recursion.
 */
export function readCard(card: unknown): TextBlock {
  const writer = createTextWriter(false);
  const waiting: unknown[] = [card];
  for (let parts = 0; waiting.length > 0 && parts < MAX_PARTS; parts += 1) {
    const part = waiting.pop();
    if (Array.isArray(part)) pushAll(waiting, part);
    else if (typeof part === 'string') writeLine(writer, part);
    else if (isObject(part)) readPart(part, writer, waiting);
  }
  return writer.read();
}

function readPart(part: JsonObject, writer: TextWriter, waiting: unknown[]): void {
  for (const name of SHOWN) {
    const text = textOf(part, name);
    if (text !== null) writeLine(writer, text);
  }
  for (const fact of listOf(part, 'facts')) writeFact(writer, fact);
  for (const name of LINKS) writer.link(textOf(part, name) ?? textOf(propertyOf(part, name), 'url') ?? '');
  const table = rowsOf(part);
  if (table !== null) {
    for (const row of table) writeLine(writer, row);
    return;
  }
  if (textOf(part, 'type') === 'RichTextBlock') {
    writeLine(writer, listOf(part, 'inlines').map(inlineText).join(''));
    return;
  }
  pushAll(
    waiting,
    PARTS.map((name) => propertyOf(part, name)).filter((value) => typeof value === 'object'),
  );
}

function inlineText(inline: unknown): string {
  return typeof inline === 'string' ? inline : (textOf(inline, 'text') ?? '');
}

/** A fact of a FactSet (`title`, `value`) or of a connector card (`name`, `value`). */
function writeFact(writer: TextWriter, fact: unknown): void {
  const title = textOf(fact, 'title') ?? textOf(fact, 'name') ?? '';
  const rawValue = propertyOf(fact, 'value');
  const value = typeof rawValue === 'number' ? String(rawValue) : (textOf(fact, 'value') ?? '');
  writeLine(writer, /[:：]\s*$/.test(title) || title === '' ? `${title} ${value}` : `${title}: ${value}`);
}

/** Columns of the same number of texts, and the cells of a table row, stand beside each other: one line for each row. */
function rowsOf(part: JsonObject): string[] | null {
  const type = textOf(part, 'type');
  if (type === 'TableRow') {
    const cells = textsOf(part, 'cells');
    return cells === null ? null : [joinCells(cells.map((texts) => texts.join(' ')))];
  }
  const columns = type === 'ColumnSet' ? textsOf(part, 'columns') : null;
  const height = columns?.[0]?.length ?? 0;
  if (columns === null || columns.length < 2 || columns.some((column) => column.length !== height)) return null;
  return Array.from({ length: height }, (_, row) => joinCells(columns.map((column) => column[row] ?? '')));
}

function joinCells(cells: string[]): string {
  return cells.filter((cell) => cell.trim() !== '').join(CELL_SEPARATOR);
}

/** The texts of each column or cell; `null` when one holds anything but texts. */
function textsOf(part: JsonObject, name: string): string[][] | null {
  const lists: string[][] = [];
  for (const cell of listOf(part, name)) {
    const texts: string[] = [];
    for (const item of listOf(cell, 'items')) {
      const text = textOf(item, 'type') === 'TextBlock' ? textOf(item, 'text') : null;
      if (text === null) return null;
      texts.push(text);
    }
    lists.push(texts);
  }
  return lists;
}

/** Text blocks may hold a part of Markdown: links and bold. */
function writeLine(writer: TextWriter, text: string): void {
  const plain = text
    .replace(/\[([^[\]\n]{0,500})\]\(([^()\s]{1,2000})\)/g, (_, words: string, href: string) => {
      writer.link(href);
      return words;
    })
    .replace(/\*\*|__/g, '');
  writer.text(plain);
  writer.breakLine();
}

function pushAll(waiting: unknown[], parts: readonly unknown[]): void {
  for (let i = parts.length - 1; i >= 0; i -= 1) waiting.push(parts[i]);
}
