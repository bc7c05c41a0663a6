import type { CallFacts } from './emergencyCall.ts';
import { readUsAddress } from './usAddress.ts';

/**
 * How much of a dispatchable location (RAY BAUM'S Act, section 506: a street address, and the room or floor that it takes
 * to find the caller) was conveyed, by its shape. Nothing says whether an address was validated.
 */
export type LocationForm = 'streetAddressWithRoom' | 'streetAddress' | 'otherWords' | 'coordinatesOnly' | 'none';

const STREET =
  /\b\d{1,6}[A-Z]?\s+(?:[\p{L}\d.'-]{1,30}\s+){1,4}(?:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|pl|place|way|hwy|highway|pkwy|parkway|sq|square|ter|terrace|cir|circle)\b/iu;
/** `FL 33101` is Florida. */
const ROOM =
  /\b(?:room|rm|suite|ste|floor|apt|apartment|unit|cubicle|lobby|level|wing)\b|\bfl\.?\s?\d{1,3}\b|\d(?:st|nd|rd|th) fl\b|(?:^|\s)#\s?\w/i;

export function locationFormOf({ location, coordinates }: Pick<CallFacts, 'location' | 'coordinates'>): LocationForm {
  if (location === null || location.trim() === '') return coordinates === null ? 'none' : 'coordinatesOnly';
  if (!STREET.test(location) && readUsAddress([location]).value === null) return 'otherWords';
  return ROOM.test(location) ? 'streetAddressWithRoom' : 'streetAddress';
}
