import type { Buffer } from 'node:buffer';
import { isObject } from '../../emergency/jsonValue.ts';

/** An object within an export is never deeper; one that holds itself, written with a great -Depth, is. */
const MAX_DEPTH = 24;
const MAX_ROW_BYTES = 1024 * 1024;
/** Rows are parsed together up to this size: one call for each would cost several times as much. */
const BATCH_BYTES = 64 * 1024;

export interface RowReceiver {
  /** `index` is `null` where the file holds one object instead of a list. */
  row(value: unknown, index: number | null): void;
  /** `path` as in a fault. */
  fault(path: string, problem: string): void;
}

/**
 * The objects of a JSON file, one after another, so that neither the text nor the objects of a large file are in memory
 * at once. Takes a list, one object in place of a list, `null` or nothing at all where there is none, and the `value`
 * and `Count` that Windows PowerShell wraps around a list. Goes on after a row that cannot be read.
 */
export function readRows(utf8: Buffer, receiver: RowReceiver): void {
  const start = skipSpace(utf8, 0);
  if (start === utf8.length) return;
  if (utf8[start] === OPEN_LIST) readList(utf8, start + 1, receiver);
  else readSingle(utf8, start, receiver);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function readSingle(utf8: Buffer, start: number, receiver: RowReceiver): void {
  const { value, problem } = parsed(utf8, start, utf8.length);
  if (problem !== null) receiver.fault('', problem);
  else if (isObject(value) && Array.isArray(value.value) && Object.keys(value).every(isOfWrapper)) {
    for (const [index, row] of value.value.entries()) receiver.row(row, index);
  } else if (value !== null) receiver.row(value, null);
}

function isOfWrapper(name: string): boolean {
  return name === 'value' || name === 'Count';
}

/** What is wrong within a row concerns that row; what is wrong with the nesting ends the list. */
function readList(utf8: Buffer, start: number, receiver: RowReceiver): void {
  const batch = createBatch(utf8, receiver);
  let depth = 0;
  let isText = false;
  let rowStart = start;
  for (let i = start; i < utf8.length; i += 1) {
    const byte = utf8[i];
    if (isText) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
      if (depth > MAX_DEPTH) {
        batch.flush();
        receiver.fault(batch.nextPath(), `is nested deeper than ${MAX_DEPTH} levels: does an object hold itself?`);
        return;
      }
    } else if (depth > 0 && (byte === CLOSE_OBJECT || byte === CLOSE_LIST)) depth -= 1;
    else if (depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) {
      const isEmptyList = byte === CLOSE_LIST && rowStart === start && skipSpace(utf8, start) === i;
      if (!isEmptyList) batch.add(rowStart, i);
      rowStart = i + 1;
      if (byte === CLOSE_LIST) {
        batch.flush();
        if (skipSpace(utf8, i + 1) < utf8.length) receiver.fault('', 'goes on after its end');
        return;
      }
    }
  }
  batch.flush();
  receiver.fault(batch.nextPath(), 'is cut off: the file ends within it');
}

function createBatch(utf8: Buffer, receiver: RowReceiver) {
  let ends: { start: number; end: number }[] = [];
  let first = 0;
  const flush = () => {
    const begin = ends[0]?.start ?? 0;
    const end = ends.at(-1)?.end ?? 0;
    const rows = ends.length === 0 ? [] : parsedList(utf8, begin, end, ends.length);
    ends.forEach((row, i) => {
      if (rows !== null) receiver.row(rows[i], first + i);
      else readAlone(utf8, row, first + i, receiver);
    });
    first += ends.length;
    ends = [];
  };
  return {
    add(start: number, end: number): void {
      if (end - start > MAX_ROW_BYTES) flush();
      ends.push({ start, end });
      if (end - (ends[0]?.start ?? end) >= BATCH_BYTES) flush();
    },
    flush,
    /** Of the row after those that were added. */
    nextPath: () => `[${first + ends.length}]`,
  };
}

function readAlone(
  utf8: Buffer,
  { start, end }: { start: number; end: number },
  index: number,
  receiver: RowReceiver,
): void {
  const { value, problem } = parsed(utf8, start, end);
  if (problem === null) receiver.row(value, index);
  else receiver.fault(`[${index}]`, problem);
}

/** `null` where any of the rows cannot be read, or is too large to be read with others. */
function parsedList(utf8: Buffer, start: number, end: number, count: number): unknown[] | null {
  if (end - start > MAX_ROW_BYTES) return null;
  try {
    const list: unknown = JSON.parse(`[${utf8.toString('utf8', start, end)}]`);
    return Array.isArray(list) && list.length === count ? list : null;
  } catch {
    return null;
  }
}

/** The parser's own words quote the text, and may name its end where the fault lies before. */
function parsed(utf8: Buffer, start: number, end: number): { value: unknown; problem: string | null } {
  if (end - start > MAX_ROW_BYTES) {
    return { value: null, problem: `is one object of more than ${MAX_ROW_BYTES / 1024 / 1024} MB` };
  }
  try {
    return { value: JSON.parse(utf8.toString('utf8', start, end)), problem: null };
  } catch {
    return { value: null, problem: 'is no JSON: is it cut off, or was it edited?' };
  }
}

function skipSpace(utf8: Buffer, from: number): number {
  let i = from;
  while (i < utf8.length && (utf8[i] === 0x20 || utf8[i] === 0x0a || utf8[i] === 0x0d || utf8[i] === 0x09)) i += 1;
  return i;
}
