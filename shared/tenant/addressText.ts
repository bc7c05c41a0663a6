import type { LisLocation, StreetAddress } from './lisConfig.ts';

/** House number and street: "100 NE Example St". */
export function streetText(address: StreetAddress): string {
  const house = `${address.houseNumber ?? ''}${address.houseNumberSuffix ?? ''}`;
  return wordsOf([house, address.preDirectional, address.streetName, address.streetSuffix, address.postDirectional]);
}

/** Street, city, state and postal code, country, as one line; empty where nothing of it is known. */
export function streetAddressText(address: StreetAddress): string {
  const state = wordsOf([address.stateOrProvince, address.postalCode]);
  return partsOf([streetText(address), address.city, state, address.countryOrRegion]);
}

/**
 * Everything that is needed to find somebody, as one line: the place within the address, then the address (a dispatchable
 * location of 47 CFR 9.3).
 */
export function dispatchableText(location: LisLocation): string {
  return partsOf([location.location, streetAddressText(location)]);
}

function wordsOf(texts: readonly (string | null)[]): string {
  return joined(texts, ' ');
}

function partsOf(texts: readonly (string | null)[]): string {
  return joined(texts, ', ');
}

function joined(texts: readonly (string | null)[], between: string): string {
  return texts
    .map((text) => text?.trim() ?? '')
    .filter((text) => text !== '')
    .join(between);
}
