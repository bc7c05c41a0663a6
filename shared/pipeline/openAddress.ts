import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { isKnownToNobody } from '../oncall/homeAddress.ts';
import type { Recipient } from './deliver.ts';
import type { Services } from './services.ts';

/**
 * A location that is withheld for the sake of people who cannot be reached is told to all: the facts rise by a version,
 * so that those who were told without it hear of it. Returns the call as it then is. Done again, it changes nothing.
 */
export async function openAddress(services: Services, call: EmergencyCall): Promise<EmergencyCall> {
  const { store, log, now, confidants, waysOf } = services;
  if (call.whereabouts !== 'offSite' || call.isAddressOpen || confidants().length === 0) return call;
  const rows = await store.deliveries.listOfCall(call.id);
  const deliveries = rows.map(({ value }) => value);
  // Whoever came to the call since is about to be told.
  const isToBeTold = ({ id }: Recipient) =>
    confidants().includes(id) && deliveries.every((one) => one.recipientId !== id);
  if (call.recipients.some((one) => isToBeTold(one) && waysOf(one).length > 0)) return call;
  if (!isKnownToNobody(call, deliveries, confidants(), now())) return call;
  let isOpenedHere = false;
  const opened = await store.calls.update(call.id, (known) => {
    isOpenedHere = !known.isAddressOpen;
    return known.isAddressOpen ? known : { ...known, isAddressOpen: true, factsVersion: known.factsVersion + 1 };
  });
  if (isOpenedHere) {
    log.error('Nobody who may know the location could be told it, all others are', { callId: call.id });
    const unreached = deliveries.flatMap(({ homeAddress, recipientId }) =>
      homeAddress === 'told' || confidants().includes(recipientId) ? recipientId : [],
    );
    const detail = { unreached: [...new Set(unreached)] };
    const entry = { at: now().toISOString(), clock: 'ours' as const, kind: 'addressOpened', key: call.id, detail };
    await store.timeline.append(call.id, entry);
  }
  return opened;
}
