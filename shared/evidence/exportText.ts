import type { TimelineEntry } from '../store/timelineStore.ts';
import type { CallEvidence, NameOf } from './callEvidence.ts';
import { CALL_COLUMNS, callRowOf } from './callRow.ts';
import { BYTE_ORDER_MARK, type Cell, csvLine } from './csv.ts';
import { DELIVERY_COLUMNS, deliveryRowsOf } from './deliveryRow.ts';
import { TEST_COLUMNS, type TestRow } from './lastTests.ts';
import type { Found } from './readEvidence.ts';

/** Of the JSON document and of the columns: raised when one goes, or means something else. */
export const SCHEMA_VERSION = 1;

/** What was exported. */
export interface Counts {
  calls: number;
  realCalls: number;
  testCalls: number;
  deliveries: number;
  timelineEntries: number;
  /** Calls whose record cannot be read. */
  unreadable: number;
}

export const NOTHING: Readonly<Counts> = {
  ...{ calls: 0, realCalls: 0, testCalls: 0, deliveries: 0, timelineEntries: 0, unreadable: 0 },
};

const COLUMNS: readonly string[] = [
  'record',
  ...CALL_COLUMNS,
  ...DELIVERY_COLUMNS.filter((name) => !(CALL_COLUMNS as readonly string[]).includes(name)),
];

/** A row for each call, and below it one for each of its deliveries; counts what it writes. */
export async function* callsAsCsv(calls: AsyncIterable<Found>, nameOf: NameOf, counts: Counts): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(COLUMNS);
  for await (const found of calls) {
    count(found, counts);
    if ('unreadable' in found) {
      yield toLine(COLUMNS, { record: 'unreadable', callId: found.unreadable });
      continue;
    }
    yield toLine(COLUMNS, { record: 'call', ...callRowOf(found.evidence, nameOf) });
    for (const row of deliveryRowsOf(found.evidence, nameOf)) yield toLine(COLUMNS, { record: 'delivery', ...row });
  }
}

/** One document with the same rows, each call on a line of its own with its deliveries and its timeline. */
export async function* callsAsJson(
  calls: AsyncIterable<Found>,
  nameOf: NameOf,
  counts: Counts,
  head: Readonly<Record<string, unknown>>,
): AsyncGenerator<string> {
  const unreadable: string[] = [];
  yield `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...head }).slice(0, -1)},"calls":[`;
  for await (const found of calls) {
    count(found, counts);
    if ('unreadable' in found) unreadable.push(found.unreadable);
    else yield `${counts.calls > 1 ? ',' : ''}\n${JSON.stringify(toDocument(found.evidence, nameOf))}`;
  }
  yield `\n],"unreadable":${JSON.stringify(unreadable)}}\n`;
}

export function testsAsCsv(rows: readonly TestRow[]): string {
  const lines = rows.map((row) => toLine(TEST_COLUMNS, { ...row }));
  return BYTE_ORDER_MARK + csvLine(TEST_COLUMNS) + lines.join('');
}

export function testsAsJson(rows: readonly TestRow[], head: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...head, tests: rows }, null, 2)}\n`;
}

function toDocument(evidence: CallEvidence, nameOf: NameOf) {
  const { deliveries: _count, ...row } = callRowOf(evidence, nameOf);
  return { ...row, deliveries: deliveryRowsOf(evidence, nameOf), timeline: evidence.timeline.map(withoutSecret) };
}

/** A notification as it came in carries the secret by which the next one is known as Graph's. */
function withoutSecret({ detail: { notification: _, ...detail }, ...entry }: TimelineEntry): TimelineEntry {
  return { ...entry, detail };
}

function toLine(columns: readonly string[], row: Readonly<Record<string, Cell>>): string {
  return csvLine(columns.map((name) => row[name] ?? null));
}

function count(found: Found, counts: Counts): void {
  if ('unreadable' in found) {
    counts.unreadable += 1;
    return;
  }
  const { call, deliveries, timeline } = found.evidence;
  counts.calls += 1;
  if (call.isTest) counts.testCalls += 1;
  else counts.realCalls += 1;
  counts.deliveries += deliveries.length;
  counts.timelineEntries += timeline.length;
}
