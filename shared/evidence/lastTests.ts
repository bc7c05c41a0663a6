import { foldForMatch } from '../emergency/plainText.ts';
import type { Site } from '../oncall/roster.ts';
import { beginningOf, type CallEvidence, type NameOf, secondsBetween } from './callEvidence.ts';
import { peopleTold } from './deliveryRow.ts';
import { type ReadBack, readBackOf, readBackWithoutCall, type SiteRecords, siteOf } from './siteEvidence.ts';

/** The last test call from one place, or of a site of the roster the test without a call, or that there was none. */
export const TEST_COLUMNS: readonly (keyof TestRow)[] = [
  'siteId',
  'siteName',
  'directRouting',
  'place',
  'lastTestAt',
  'lastTestClock',
  'ageDays',
  'callId',
  'callCode',
  'numberDialed',
  'callerName',
  'callerUpn',
  'callbackNumber',
  'peopleTold',
  'timeToNotifySeconds',
  'seenById',
  'seenByName',
  'seenAt',
  'addressReadBack',
  'addressAnsweredById',
  'addressAnsweredByName',
  'addressAnsweredAt',
  'addressSaid',
];

export interface TestRow extends ReadBack {
  /** The site of the roster; `null` for a place of none. */
  siteId: string | null;
  siteName: string | null;
  /** Its test goes through a provider of one's own; `null` for a place of no site. */
  directRouting: boolean | null;
  /** As the call conveyed it; `null` for test calls that conveyed none. */
  place: string | null;
  /** `null` where there was none. */
  lastTestAt: string | null;
  lastTestClock: string | null;
  /** Whole days. */
  ageDays: number | null;
  callId: string | null;
  callCode: string | null;
  numberDialed: string | null;
  callerName: string | null;
  callerUpn: string | null;
  callbackNumber: string | null;
  peopleTold: number;
  timeToNotifySeconds: number | null;
  /** Who of those told closed it as a test. */
  seenById: string | null;
  seenByName: string | null;
  seenAt: string | null;
}

/**
 * The last test call of each place that test calls came from, and of each site without one what is known of its tests:
 * the one that is longest ago first, before them what was never tested.
 */
export function lastTestsOf(
  evidence: readonly CallEvidence[],
  now: Date,
  nameOf: NameOf,
  records: SiteRecords = { sites: [], tests: [] },
): TestRow[] {
  const last = new Map<string, CallEvidence>();
  for (const one of evidence.filter(({ call }) => call.isTest)) {
    const place = foldForMatch(one.call.facts.location ?? '');
    const known = last.get(place);
    if (!known || orderOf(known) < orderOf(one)) last.set(place, one);
  }
  const rows = [...last.values()].map((one) => toRow(one, siteOf(one, records.sites), now, nameOf));
  const others = records.sites.flatMap((site) => rowWithoutCall(site, rows, { records, now, nameOf }));
  return [...rows, ...others].sort((a, b) => compare(orderOfRow(a), orderOfRow(b)));
}

function toRow({ call, deliveries, timeline }: CallEvidence, site: Site | null, now: Date, nameOf: NameOf): TestRow {
  const { facts, response } = call;
  const { at, clock } = beginningOf(call);
  const told = peopleTold({ deliveries, timeline });
  const { holder } = response;
  const seenById = response.resolvedAs === 'test' && holder !== null && told.has(holder) ? holder : null;
  return {
    ...siteColumns(site),
    place: facts.location,
    lastTestAt: at,
    lastTestClock: clock,
    ageDays: ageInDays(at, now),
    callId: call.id,
    callCode: call.code,
    numberDialed: facts.emergencyNumberDialed,
    callerName: facts.callerDisplayName,
    callerUpn: facts.callerUpn,
    callbackNumber: facts.callbackNumber,
    peopleTold: told.size,
    timeToNotifySeconds: secondsBetween(at, call.firstToldAt),
    seenById,
    seenByName: seenById === null ? null : nameOf(seenById),
    seenAt: seenById === null ? null : response.since,
    ...readBackOf(timeline, nameOf),
  };
}

/** Of a site whose last test somebody answered without a call; or that there was none, where one is wanted. */
function rowWithoutCall(
  site: Site,
  rows: readonly TestRow[],
  { records, now, nameOf }: { records: SiteRecords; now: Date; nameOf: NameOf },
): TestRow[] {
  const readBack = readBackWithoutCall(records, site.id, nameOf);
  const at = readBack?.addressAnsweredAt ?? null;
  const hasCall = rows.some(({ siteId, lastTestAt }) => siteId === site.id && (at ?? '') <= (lastTestAt ?? ''));
  if (hasCall || (at === null && site.test === null)) return [];
  return [
    {
      ...siteColumns(site),
      ...{ place: null, lastTestAt: at, lastTestClock: at === null ? null : 'ours' },
      ageDays: at === null ? null : ageInDays(at, now),
      ...{ callId: null, callCode: null, numberDialed: null, callerName: null, callerUpn: null, callbackNumber: null },
      ...{ peopleTold: 0, timeToNotifySeconds: null, seenById: null, seenByName: null, seenAt: null },
      ...(readBack ?? readBackOf([], nameOf)),
    },
  ];
}

function siteColumns(site: Site | null): Pick<TestRow, 'siteId' | 'siteName' | 'directRouting'> {
  return { siteId: site?.id ?? null, siteName: site?.name ?? null, directRouting: site?.directRouting ?? null };
}

function ageInDays(at: string, now: Date): number {
  return Math.floor((now.getTime() - Date.parse(at)) / DAY_MS);
}

const DAY_MS = 24 * 60 * 60 * 1_000;

function orderOf({ call }: CallEvidence): string {
  return `${beginningOf(call).at}|${call.id}`;
}

function orderOfRow({ lastTestAt, callId, siteId }: TestRow): string {
  return `${lastTestAt ?? ' '}|${callId ?? siteId}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
