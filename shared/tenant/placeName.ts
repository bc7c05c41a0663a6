import type { StreetAddress } from './lisConfig.ts';

/** A place as an administrator knows it: "Floor 3, 101 Microsoft Way, Redmond". Never empty. */
export function placeName(place: Partial<StreetAddress> & { location?: string | null }): string {
  const { location, houseNumber, houseNumberSuffix, preDirectional, streetName, streetSuffix, postDirectional } = place;
  const street = joined(' ', houseNumber, houseNumberSuffix, preDirectional, streetName, streetSuffix, postDirectional);
  return joined(', ', location, street, place.city) || place.description || place.companyName || 'an empty address';
}

function joined(separator: string, ...parts: (string | null | undefined)[]): string {
  return parts.filter((part) => part !== null && part !== undefined && part !== '').join(separator);
}
