import { kindOfExactLabel, kindOfLabel, type LabelKind, MAX_LABEL_LENGTH, turnsLabel } from './labels.ts';
import { CELL_SEPARATOR } from './textWriter.ts';

/** A value with its label. */
export interface LabelledValue {
  kind: LabelKind;
  /** As it was written. */
  label: string;
  value: string;
  /** The lines that may belong to the value as well: up to a blank line or the next label. */
  following: string[];
  isAtLineStart: boolean;
  /** The very words of a known label, at the beginning of a line: anybody's words may hold others. */
  isSure: boolean;
  line: number;
}

export interface LabelSpan {
  kind: LabelKind;
  label: string;
  start: number;
  /** Where the value begins. */
  end: number;
}

/** Bounds the work on text that is nothing but colons and edges of cells. */
const MAX_COLONS = 500;
const MAX_FOLLOWING = 6;

/** Bullets, quotation signs, emoji: what may stand before a label. */
const LEADING_SIGNS = /^[\s>*_•·▪●◦‣#\p{Extended_Pictographic}\p{So}-]+/u;
const UNKNOWN_LABEL = /^\p{L}[^:：.!?|]{0,40}[:：](?:\s|$)/u;

/**
 * The labelled values of a text, in the order of its lines. `lines` are clean (see `toLines`); no value goes on into the
 * line `endLine`.
 */
export function readLabels(lines: readonly string[], endLine: number | null = null): LabelledValue[] {
  const budget = { colons: MAX_COLONS };
  const spans = lines.map((line) => spansOf(line, budget));
  const values: LabelledValue[] = [];
  let headers: LabelSpan[] | null = null;
  lines.forEach((line, index) => {
    const cells = line.split(CELL_SEPARATOR);
    if (headers !== null && headers.length === cells.length && spans[index]?.length === 0) {
      values.push(...headers.map((header, column) => toValue(header, cells[column] ?? '', index, [])));
      headers = null;
      return;
    }
    headers = headersOf(cells);
    if (headers !== null) return;
    const own = spans[index] ?? [];
    own.forEach((span, position) => {
      const isLast = position === own.length - 1;
      const value = line.slice(span.end, own[position + 1]?.start);
      values.push(
        toValue(
          span,
          value,
          index,
          isLast ? followingOf(lines.slice(0, endOfValues(index, endLine)), spans, index, value) : [],
        ),
      );
    });
  });
  return values;
}

function toValue(span: LabelSpan, raw: string, line: number, following: string[]): LabelledValue {
  return {
    kind: span.kind,
    label: span.label,
    value: trimValue(raw),
    following,
    isAtLineStart: span.start === 0,
    isSure: span.start === 0 && kindOfExactLabel(span.label) !== null,
    line,
  };
}

/** Lines from here on belong to no value of line `index`. */
function endOfValues(index: number, endLine: number | null): number | undefined {
  return endLine !== null && endLine > index ? endLine : undefined;
}

/** Without separators around it; a minus before a number stays. */
function trimValue(raw: string): string {
  return raw.replace(/^(?:[\s*_|:：=]|[-–—](?=\s))+/, '').replace(/[\s*_|;,]+$/, '');
}

/** A row of labels and nothing else, above a row of their values. */
function headersOf(cells: string[]): LabelSpan[] | null {
  if (cells.length < 2) return null;
  const headers: LabelSpan[] = [];
  for (const cell of cells) {
    const label = cell.replace(/[:：]\s*$/, '');
    const kind = kindOfExactLabel(label);
    if (kind === null) return null;
    headers.push({ kind, label, start: 0, end: 0 });
  }
  return headers;
}

/** Where the known labels of one line stand, each with its colon. */
export function findLabels(line: string): LabelSpan[] {
  return spansOf(line, { colons: MAX_COLONS });
}

function spansOf(line: string, budget: { colons: number }): LabelSpan[] {
  const signs = LEADING_SIGNS.exec(line)?.[0].length ?? 0;
  const atStart = labelAtStart(line, signs);
  const spans = atStart === null ? [] : [atStart];
  let from = atStart?.end ?? 0;
  for (const { index } of line.slice(from).matchAll(/[:：|]/g)) {
    if (budget.colons <= 0) break;
    budget.colons -= 1;
    const span = labelBefore(line, from, (atStart?.end ?? 0) + index);
    if (span === null) continue;
    spans.push(span);
    from = span.end;
  }
  return spans;
}

/** The label that a line begins with: before a colon, a cell's edge, a dash or an equals sign; or alone on the line. */
function labelAtStart(line: string, signs: number): LabelSpan | null {
  const head = line.slice(signs, signs + MAX_LABEL_LENGTH + 4);
  const edge = /\s?[:：|]|\s[=–—-]\s/.exec(head);
  const label = edge === null ? line.slice(signs) : head.slice(0, edge.index);
  const isColon = edge !== null && /[:：|]/.test(edge[0]);
  const kind = isColon ? kindOfLabel(label) : kindOfExactLabel(label);
  if (kind === null || line.startsWith('//', signs + label.length + 1)) return null;
  return { kind, label, start: 0, end: edge === null ? line.length : signs + edge.index + edge[0].length };
}

/** The longest known label that ends at a colon. */
function labelBefore(line: string, from: number, colon: number): LabelSpan | null {
  if (line.startsWith('//', colon + 1)) return null;
  const earliest = Math.max(from, colon - MAX_LABEL_LENGTH);
  const before = line.slice(earliest, colon);
  for (const { index } of before.matchAll(/(?<![\p{L}\p{N}_@.'-])\p{L}/gu)) {
    const label = before.slice(index);
    const kind = kindOfExactLabel(label);
    const [, wordBefore = ''] = /(\p{L}+) ?$/u.exec(before.slice(0, index)) ?? [];
    if (kind !== null && turnsLabel(wordBefore)) return null;
    if (kind !== null) return { kind, label, start: Math.max(1, earliest + index), end: colon + 1 };
  }
  return null;
}

/** Lines without a label that follow a value; after a label that stands alone, one blank line is passed over. */
function followingOf(lines: readonly string[], spans: readonly LabelSpan[][], index: number, value: string): string[] {
  const following: string[] = [];
  const isAlone = trimValue(value) === '';
  for (let next = index + 1; next < lines.length && following.length < MAX_FOLLOWING; next += 1) {
    const line = lines[next] ?? '';
    if (line === '' && isAlone && next === index + 1) continue;
    if (line === '' || (spans[next]?.length ?? 0) > 0 || UNKNOWN_LABEL.test(line)) break;
    following.push(trimValue(line));
  }
  return following;
}
