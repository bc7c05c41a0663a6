import type { EmergencyCall } from '../../emergency/emergencyCall.ts';
import { placeFor } from '../../oncall/homeAddress.ts';
import type { Services } from '../../pipeline/services.ts';
import { PageProblem } from '../problem.ts';
import type { Visitor } from '../visitor.ts';

/** A call of no known site is everybody's: better that one too many sees it. */
export function isSeenBy({ sites }: Visitor, call: EmergencyCall): boolean {
  const { site } = call;
  return sites === null || site === null || sites.includes(site);
}

/** The call, or a problem: there is none, or it is of a site that they do not look after. */
export async function callFor({ store }: Services, visitor: Visitor, callId: string): Promise<EmergencyCall> {
  const call = /^\d{13}-[0-9a-f]{16}$/.test(callId) ? (await store.calls.get(callId))?.value : undefined;
  if (!call) throw new PageProblem('notFound', 'There is no such call, or it is no longer on record.');
  if (!isSeenBy(visitor, call)) throw new PageProblem('siteMissing');
  return call;
}

/** Whether nothing of any call is kept from somebody. */
function readsEverything(services: Services, visitor: Visitor): boolean {
  return visitor.sites === null && readsEveryPlace(services, visitor);
}

/** Whether no place is kept from somebody: the roster names them for homes, or nobody. */
export function readsEveryPlace(services: Services, { recordId }: Visitor): boolean {
  const confidants = services.confidants();
  return confidants.length === 0 || confidants.includes(recordId);
}

/**
 * Of some calls the ids of those of which somebody may not read everything. A call that is no longer on record, or cannot
 * be read, is one of them.
 */
export async function hiddenOf(
  services: Services,
  visitor: Visitor,
  callIds: Iterable<string>,
): Promise<ReadonlySet<string>> {
  if (readsEverything(services, visitor)) return new Set();
  const hidden = await Promise.all(
    [...new Set(callIds)].map(async (callId) => {
      const call = (await services.store.calls.get(callId).catch(() => null))?.value;
      const isOpen = call && isSeenBy(visitor, call) && withheldFrom(services, visitor, call) === null;
      return isOpen ? [] : [callId];
    }),
  );
  return new Set(hidden.flat());
}

/**
 * Why the place of a call is not shown to somebody, in a sentence; `null` where it is. The rule is that of messages: away
 * from every site it may be a home, which only those read whom the roster names for it, as long as one of them is told.
 */
export function withheldFrom(services: Services, { recordId }: Visitor, call: EmergencyCall): string | null {
  const told = call.recipients.map(({ id }) => id);
  const { knownTo } = placeFor(call, recordId, { told, know: [] }, services.confidants());
  if (knownTo === null) return null;
  return `Withheld, since it may be a home: known to ${knownTo.map(services.nameOf).join(', ')}.`;
}
