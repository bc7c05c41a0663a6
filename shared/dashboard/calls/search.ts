import type { z } from 'zod';
import type { EmergencyCall } from '../../emergency/emergencyCall.ts';
import { foldForMatch } from '../../emergency/plainText.ts';
import type { Services } from '../../pipeline/services.ts';
import type { Calls, callsQuerySchema } from '../contract.ts';
import type { Visitor } from '../visitor.ts';
import { toSummary } from './summary.ts';
import { isSeenBy, withheldFrom } from './visible.ts';

type Query = z.output<typeof callsQuerySchema>;

/** So many rows one request looks through: about a second. Whoever wants more asks on. */
const MOST_ROWS = 2_000;
const BATCH = 500;
/** Shorter ones would be found in every number. */
const LEAST_DIGITS = 3;

/** The newest calls of a range that fit, a page of them; says how far it looked. */
export async function searchCalls(services: Services, visitor: Visitor, query: Query): Promise<Calls> {
  const fits = matcherOf(services, visitor, query);
  const isFiltered =
    query.q !== undefined || query.state !== undefined || query.site !== undefined || query.test !== undefined;
  const range = { from: toDate(query.from), until: toDate(query.until) };
  const found: EmergencyCall[] = [];
  let after = query.continuation ?? null;
  let rows = 0;
  let oldest: EmergencyCall | undefined;
  let isEnd = false;
  while (!isEnd && found.length < query.limit && rows < MOST_ROWS) {
    const size = isFiltered ? BATCH : query.limit - found.length;
    const unreadable: string[] = [];
    const batch = await services.store.calls.listPage({ ...range, after }, size, (callId) => {
      unreadable.push(callId);
      services.log.warn('The record of a call cannot be read', { callId });
    });
    isEnd = batch.length + unreadable.length < size;
    for (const call of batch) {
      if (found.length === query.limit) {
        isEnd = false;
        break;
      }
      rows += 1;
      oldest = call;
      after = call.id;
      if (fits(call)) found.push(call);
    }
    // Nothing but rows that cannot be read.
    if (batch.length === 0) after = unreadable.at(-1) ?? after;
  }
  return {
    calls: found.map((call) => toSummary(services, visitor, call)),
    continuation: isEnd ? null : after,
    looked: { rows, from: oldest?.recordedAt ?? null, isComplete: isEnd },
  };
}

function matcherOf(services: Services, visitor: Visitor, { q, state, site, test }: Query) {
  const text = q === undefined ? null : foldForMatch(q);
  const digits = digitsOf(q ?? '');
  const isNumber = q !== undefined && digits.length >= LEAST_DIGITS && /^[+\d\s().-]+$/.test(q);
  return (call: EmergencyCall): boolean => {
    if (!isSeenBy(visitor, call)) return false;
    if (state !== undefined && call.response.state !== state) return false;
    if (site !== undefined && call.site !== site) return false;
    if (test !== undefined && String(call.isTest) !== test) return false;
    if (text === null) return true;
    const { facts } = call;
    // What is withheld must not be guessed either.
    const isPlaceKnown = withheldFrom(services, visitor, call) === null;
    const place = isPlaceKnown ? [facts.location, call.alsoAt] : [];
    const texts = [
      facts.callerDisplayName,
      facts.callerUpn,
      facts.callbackNumber,
      facts.emergencyNumberDialed,
      ...place,
    ];
    if ([call.code, ...texts].some((value) => value !== null && foldForMatch(value).includes(text))) return true;
    return isNumber && [facts.callbackNumber].some((value) => digitsOf(value ?? '').includes(digits));
  };
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

function toDate(iso: string | undefined): Date | null {
  return iso === undefined ? null : new Date(iso);
}
