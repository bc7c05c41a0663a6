import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import type { Audience, Delivery } from './delivery.ts';
import { isToPlace } from './place.ts';

/** What of a call's place somebody reads. */
export interface PlaceRead {
  facts: EmergencyCall['facts'];
  alsoAt: string | null;
  /** Ids of those who know the location, where it is withheld: it is then in none of the facts. */
  knownTo: string[] | null;
}

/** How long those who may know a home address may be out of reach, before all who are told get it. */
const REACHED_WITHIN_MS = 60_000;

/**
 * What of a call from off site, whose location may be somebody's home, a reader is told: all of it when the roster allows
 * it to them (`confidants`), or when it allows it to nobody who is told: an unknown place can cost a life. Of a
 * place of the team's nobody knows who reads there: it is withheld wherever the roster names anybody who may know it.
 */
export function placeFor(
  call: Pick<EmergencyCall, 'facts' | 'alsoAt' | 'whereabouts' | 'isAddressOpen'>,
  readerId: string,
  { told, know }: Audience,
  confidants: readonly string[],
): PlaceRead {
  const { facts, alsoAt, whereabouts, isAddressOpen } = call;
  const open = { facts, alsoAt, knownTo: null };
  if (whereabouts !== 'offSite' || confidants.length === 0) return open;
  const knowing = told.filter((id) => confidants.includes(id));
  const withheld = { facts: { ...facts, location: null, coordinates: null }, alsoAt: null };
  if (isToPlace({ recipientId: readerId })) {
    return { ...withheld, knownTo: knowing.length > 0 ? knowing : [...told] };
  }
  const mayKnow = isAddressOpen || knowing.length === 0 || [...confidants, ...know].includes(readerId);
  return mayKnow ? open : { ...withheld, knownTo: knowing };
}

/** Who hears of an alert that goes to `hearing`, after what has been sent about the call. */
export function audienceOf(
  { recipients }: Pick<EmergencyCall, 'recipients'>,
  alertKey: string,
  hearing: readonly string[],
  deliveries: readonly Delivery[],
): Audience {
  const accepted = deliveries.filter((delivery) => delivery.state === 'accepted' && !isToPlace(delivery));
  const told = accepted.filter(({ homeAddress }) => homeAddress === 'told').map(({ recipientId }) => recipientId);
  // Nobody else has answered, or could be reached.
  if (alertKey === 'last-resort') return { told: hearing, know: [...told, ...hearing] };
  if (!alertKey.startsWith('update-')) return { told: hearing, know: told };
  const all = [...recipients.map(({ id }) => id), ...accepted.map(({ recipientId }) => recipientId), ...hearing];
  return { told: [...new Set(all)], know: told };
}

/**
 * Whether a location is withheld for the sake of people of whom none could be told it: each of their messages was refused
 * for good, or has not been taken for a minute. Also where those messages went before the location was known.
 */
export function isKnownToNobody(
  { whereabouts, isAddressOpen }: Pick<EmergencyCall, 'whereabouts' | 'isAddressOpen'>,
  deliveries: readonly Delivery[],
  confidants: readonly string[],
  now: Date,
): boolean {
  const own = deliveries.filter((delivery) => !isToPlace(delivery));
  const isWithheld = own.some(({ state, homeAddress }) => state === 'accepted' && homeAddress === 'withheld');
  const said = own.filter(({ homeAddress }) => homeAddress === 'told');
  const telling = said.length > 0 ? said : own.filter(({ recipientId }) => confidants.includes(recipientId));
  const isLost = ({ state, firstClaimedAt }: Delivery) =>
    state === 'failed' || (state !== 'accepted' && now.getTime() - Date.parse(firstClaimedAt) >= REACHED_WITHIN_MS);
  return whereabouts === 'offSite' && !isAddressOpen && isWithheld && telling.length > 0 && telling.every(isLost);
}
