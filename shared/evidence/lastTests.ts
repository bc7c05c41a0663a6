import { foldForMatch } from '../emergency/plainText.ts';
import { beginningOf, type CallEvidence, type NameOf, secondsBetween } from './callEvidence.ts';
import { peopleTold } from './deliveryRow.ts';

/** The last test call from one place. */
export const TEST_COLUMNS: readonly (keyof TestRow)[] = [
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
];

export interface TestRow {
  /** As the call conveyed it; `null` for test calls that conveyed none. */
  place: string | null;
  lastTestAt: string;
  lastTestClock: string;
  /** Whole days. */
  ageDays: number;
  callId: string;
  callCode: string;
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
  /** Whether the test bot read back the right address: nobody is asked yet. */
  addressReadBack: 'not recorded';
}

/** The last test call of each place that test calls came from, the one that is longest ago first. */
export function lastTestsOf(evidence: readonly CallEvidence[], now: Date, nameOf: NameOf): TestRow[] {
  const last = new Map<string, CallEvidence>();
  for (const one of evidence.filter(({ call }) => call.isTest)) {
    const place = foldForMatch(one.call.facts.location ?? '');
    const known = last.get(place);
    if (!known || orderOf(known) < orderOf(one)) last.set(place, one);
  }
  return [...last.values()].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)).map((one) => toRow(one, now, nameOf));
}

function toRow({ call, deliveries, timeline }: CallEvidence, now: Date, nameOf: NameOf): TestRow {
  const { facts, response } = call;
  const { at, clock } = beginningOf(call);
  const told = peopleTold({ deliveries, timeline });
  const { holder } = response;
  const seenById = response.resolvedAs === 'test' && holder !== null && told.has(holder) ? holder : null;
  return {
    place: facts.location,
    lastTestAt: at,
    lastTestClock: clock,
    ageDays: Math.floor((now.getTime() - Date.parse(at)) / DAY_MS),
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
    addressReadBack: 'not recorded',
  };
}

const DAY_MS = 24 * 60 * 60 * 1_000;

function orderOf({ call }: CallEvidence): string {
  return `${beginningOf(call).at}|${call.id}`;
}
