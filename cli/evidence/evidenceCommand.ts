import packageJson from '../../package.json' with { type: 'json' };
import type { CallEvidence, NameOf } from '../../shared/evidence/callEvidence.ts';
import { type DayRange, dayRangeOf } from '../../shared/evidence/dayRange.ts';
import {
  type Counts,
  callsAsCsv,
  callsAsJson,
  NOTHING,
  SCHEMA_VERSION,
  testsAsCsv,
  testsAsJson,
} from '../../shared/evidence/exportText.ts';
import { lastTestsOf } from '../../shared/evidence/lastTests.ts';
import { readEvidence } from '../../shared/evidence/readEvidence.ts';
import type { Site } from '../../shared/oncall/roster.ts';
import type { Store } from '../../shared/store/store.ts';
import { refuseExisting, type Written, writeAll, writeWhole } from './writeExport.ts';

export interface EvidenceOptions {
  /** Days, `YYYY-MM-DD`, both included. */
  from?: string;
  to?: string;
  zone?: string;
  csv?: boolean;
  json?: boolean;
  /** A file; without it, to `write`. */
  out?: string;
  /** The last test call of each place, instead of every call. */
  tests?: boolean;
}

/** What the command works with. */
export interface EvidenceContext {
  store: Store;
  nameOf: NameOf;
  /** Of the roster. */
  sites: readonly Site[];
  now: Date;
  /** The export, where no file is named. */
  write(bytes: Buffer): void;
  /** What is said about it. */
  say(line: string): void;
}

/** What an export is of. It stands beside the export: the export itself says no time of its making, so that the same record gives the same bytes. */
interface Manifest extends Written {
  schemaVersion: number;
  product: string;
  version: string;
  kind: 'calls' | 'tests';
  format: 'csv' | 'json';
  madeAt: string;
  range: { firstDay: string; lastDay: string; zone: string; from: string; until: string };
  counts: Counts;
}

/**
 * Exports what is on record about the calls of a range of days. Returns the exit code: 0, or 1 when a record could not be
 * read. Throws, in a sentence, when it is asked for what cannot be.
 */
export async function evidenceCommand(context: EvidenceContext, options: EvidenceOptions): Promise<0 | 1> {
  if (options.csv && options.json) throw new Error('Either --csv or --json: one export has one form.');
  const format = options.json ? 'json' : 'csv';
  const range = rangeOf(options, context.now);
  const counts = { ...NOTHING };
  const text = options.tests ? tests(context, range, format, counts) : calls(context, range, format, counts);
  const { out } = options;
  const manifestFile = `${out}.manifest.json`;
  if (out !== undefined) await refuseExisting(out, manifestFile);
  const written = await (out === undefined ? writeAll(text, context.write) : writeWhole(out, text));
  const manifest = manifestOf({ kind: options.tests ? 'tests' : 'calls', format, range, counts, written }, context.now);
  if (out !== undefined) await writeWhole(manifestFile, once(`${JSON.stringify(manifest, null, 2)}\n`));
  for (const line of summaryOf(manifest, out)) context.say(line);
  return counts.unreadable > 0 ? 1 : 0;
}

function rangeOf({ from, to, zone = 'UTC', tests = false }: EvidenceOptions, now: Date): DayRange {
  if (!tests && (from === undefined || to === undefined)) {
    throw new Error('Name the days: --from 2026-03-01 --to 2026-03-31.');
  }
  // Records are kept for a year; tomorrow has begun somewhere.
  const standard = { from: dayOf(now, -TESTS_LOOKED_BACK_DAYS), to: dayOf(now, 1) };
  const result = dayRangeOf({ from: from ?? standard.from, to: to ?? standard.to, zone });
  if ('problem' in result) throw new Error(result.problem);
  return result.range;
}

const TESTS_LOOKED_BACK_DAYS = 400;
const DAY_MS = 24 * 60 * 60 * 1_000;

function dayOf(now: Date, offsetDays: number): string {
  return new Date(now.getTime() + offsetDays * DAY_MS).toISOString().slice(0, 10);
}

function calls({ store, nameOf }: EvidenceContext, range: DayRange, format: 'csv' | 'json', counts: Counts) {
  const found = readEvidence(store, range);
  return format === 'csv' ? callsAsCsv(found, nameOf, counts) : callsAsJson(found, nameOf, counts, headOf(range));
}

async function* tests(
  { store, nameOf, sites, now }: EvidenceContext,
  range: DayRange,
  format: 'csv' | 'json',
  counts: Counts,
): AsyncGenerator<string> {
  const found: CallEvidence[] = [];
  for await (const one of readEvidence(store, range, { testsOnly: true })) {
    if ('evidence' in one) found.push(one.evidence);
    else counts.unreadable += 1;
  }
  const records = (await store.siteTests.list()).map(({ value }) => value);
  const rows = lastTestsOf(found, now, nameOf, { sites, tests: records });
  counts.calls = rows.filter(({ callId }) => callId !== null).length;
  counts.testCalls = counts.calls;
  yield format === 'csv' ? testsAsCsv(rows) : testsAsJson(rows, headOf(range));
}

function headOf({ firstDay, lastDay, zone, from, until }: DayRange) {
  return {
    product: packageJson.name,
    version: packageJson.version,
    range: { firstDay, lastDay, zone, from: from.toISOString(), until: until.toISOString() },
  };
}

function manifestOf(
  {
    kind,
    format,
    range,
    counts,
    written,
  }: { written: Written; range: DayRange } & Pick<Manifest, 'kind' | 'format' | 'counts'>,
  now: Date,
): Manifest {
  return {
    ...{ schemaVersion: SCHEMA_VERSION, ...headOf(range), kind, format, madeAt: now.toISOString(), counts },
    ...written,
  };
}

function summaryOf({ kind, counts, range, sha256 }: Manifest, out: string | undefined): string[] {
  const days = `${range.firstDay} to ${range.lastDay} (${range.zone})`;
  const what =
    kind === 'tests'
      ? `The last test call of ${plural(counts.calls, 'place')}`
      : `${plural(counts.calls, 'call')} (${plural(counts.testCalls, 'test')}), ${plural(counts.deliveries, 'delivery', 'deliveries')}`;
  const none = kind === 'tests' ? 'No test call' : 'No call';
  return [
    counts.calls === 0 ? `${none} is on record, ${days}.` : `${what}, ${days}.`,
    `SHA-256 ${sha256}${out === undefined ? '' : `: ${out}, described by ${out}.manifest.json`}`,
    ...(counts.unreadable > 0
      ? [
          `${plural(counts.unreadable, 'record')} could not be read: the export is not complete, and names what is missing.`,
        ]
      : []),
  ];
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}
