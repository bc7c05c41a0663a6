/** A piece of a line. A link is one only to where a responder may safely be led. */
export type Inline =
  | { kind: 'text' | 'strong' | 'emphasis' | 'code'; text: string }
  | { kind: 'link'; text: string; href: string };

/** `box` counts the checkboxes of the whole text from 0, so that a tick can be told apart; `null` where there is none. */
export interface ListItem {
  box: number | null;
  inlines: Inline[];
}

export type Block =
  | { kind: 'heading'; level: number; inlines: Inline[] }
  | { kind: 'paragraph'; inlines: Inline[] }
  | { kind: 'list'; isOrdered: boolean; items: ListItem[] };

const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
/** What can be ticked, and where nothing can: as the API counts it, or a tick would go on the record for another line. */
const BOX = /^\s*[-*+] \[[ xX]\] +(\S.*)$/;
const FENCE = /^\s*(?:```|~~~)/;
const INLINE = /\*\*(.+?)\*\*|(?<![\w*])[*_](.+?)[*_](?![\w*])|`([^`]+)`|\[([^\]]+)\]\(([^\s()]+)\)/;
const SAFE_LINK = /^(?:https?:\/\/|tel:\+?[\d-]+$|mailto:)/i;

/**
 * Reads what a response procedure is written in: headings, paragraphs, lists, checklists, emphasis, code and links, a
 * part of https://spec.commonmark.org. Everything else, HTML too, stays the text that it is.
 */
export function parseMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  let boxes = 0;
  let isNewBlock = true;
  let isCode = false;
  for (const line of source.split(/\r?\n/)) {
    const last = isNewBlock ? undefined : blocks.at(-1);
    const heading = HEADING.exec(line);
    const item = ITEM.exec(line);
    if (FENCE.test(line)) isCode = !isCode;
    if (line.trim() === '') {
      isNewBlock = true;
      continue;
    }
    if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, inlines: parseInlines(heading[2] ?? '') });
    } else if (item) {
      const [, number, text = ''] = item;
      const box = isCode ? undefined : BOX.exec(line)?.[1];
      const isOrdered = number !== undefined;
      const entry = { box: box === undefined ? null : boxes++, inlines: parseInlines(box ?? text) };
      const previous = blocks.at(-1);
      if (previous?.kind === 'list' && previous.isOrdered === isOrdered) previous.items.push(entry);
      else blocks.push({ kind: 'list', isOrdered, items: [entry] });
    } else if (last?.kind === 'list' && /^\s/.test(line)) {
      last.items.at(-1)?.inlines.push({ kind: 'text', text: ' ' }, ...parseInlines(line.trim()));
    } else if (last?.kind === 'paragraph') {
      last.inlines.push({ kind: 'text', text: ' ' }, ...parseInlines(line.trim()));
    } else {
      blocks.push({ kind: 'paragraph', inlines: parseInlines(line.trim()) });
    }
    isNewBlock = heading !== null;
  }
  return blocks;
}

function parseInlines(text: string): Inline[] {
  const inlines: Inline[] = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    const [whole, strong, emphasis, code, label, href] = match;
    if (match.index > 0) inlines.push({ kind: 'text', text: rest.slice(0, match.index) });
    if (strong !== undefined) inlines.push({ kind: 'strong', text: strong });
    else if (emphasis !== undefined) inlines.push({ kind: 'emphasis', text: emphasis });
    else if (code !== undefined) inlines.push({ kind: 'code', text: code });
    else if (label !== undefined && href !== undefined && SAFE_LINK.test(href)) {
      inlines.push({ kind: 'link', text: label, href });
    } else inlines.push({ kind: 'text', text: whole });
    rest = rest.slice(match.index + whole.length);
  }
  if (rest !== '') inlines.push({ kind: 'text', text: rest });
  return inlines;
}
