import { dispatchableText, streetAddressText, streetText } from './addressText.ts';
import type { LisLocation } from './lisConfig.ts';
import { sitesOfLocations } from './locationSites.ts';
import { createSiteIndex } from './networkIndex.ts';
import { addressVocabulary, areSaid, placeKey, placeWords, type Vocabulary } from './placeWords.ts';
import type { TenantConfig } from './tenantConfig.ts';

/** What the tenant's configuration adds to the location that a call conveyed. Nothing in it came from the call. */
export interface KnownPlace {
  /** `exact`: the call says it letter by letter. `normalised`: as {@link placeWords} compares. */
  how: 'exact' | 'normalised';
  locationId: string;
  /** The place within the address and the address, as one line. */
  dispatchable: string;
  /** The place alone; `null` for the address as a whole. */
  place: string | null;
  coordinates: { latitude: number; longitude: number } | null;
  /** `null` where the networks do not tie the location to one site. */
  networkSiteId: string | null;
}

export interface PlaceAnswer {
  known: KnownPlace | null;
  /** In plain words and without the location itself: it is kept with the record. */
  reason: string;
}

export interface PlaceIndex {
  /** `conveyed`: the location as the event or message has it, as one line. */
  find(conveyed: string): PlaceAnswer;
}

/** A run of words of the location that was conveyed. */
interface Run {
  key: string;
  start: number;
  end: number;
}

/** Streets and places have at most so many words. */
const MAX_RUN = 12;
/** Looks and comparisons for one location, some milliseconds at the most. A text that takes more is matched with nothing. */
const MAX_WORK = 4_000;
/** Locations between two steps. */
const AT_ONCE = 100;
/** So many that fit are not looked at any further: they are not one place. */
const MAX_FITS = 20;

/**
 * Matches what a call conveyed with the locations of the LIS. A location fits when all of its place was said, together
 * with nothing that is not of its address; the address as a whole fits only if no place was said. Several that fit are
 * none, unless they are one place under several ids: a guess is never told as a fact.
 */
export function createPlaceIndex(config: TenantConfig): PlaceIndex {
  const steps = placeIndexInSteps(config);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same for a process that has calls to look after: between two steps it is their turn. */
export function* placeIndexInSteps(config: TenantConfig): Generator<void, PlaceIndex> {
  const sites = yield* sitesOfLocations(config, createSiteIndex(config));
  const siteOf = ({ locationId }: LisLocation) => sites.get(locationId) ?? null;
  const fitting = yield* createMatcher(config.locations);
  return {
    find(conveyed) {
      const fits = fitting(placeWords(conveyed));
      if (fits === null) return { known: null, reason: 'what was conveyed is too long, or fits too many locations' };
      if (fits.length === 0) return { known: null, reason: 'no location of the tenant fits what was conveyed' };
      if (fits.length > MAX_FITS) return severalFit(fits.length);
      const exact = fits.filter((location) => isExactly(location, conveyed));
      const [first, ...others] = exact.length > 0 ? exact : fits;
      const isOne = first && others.every((other) => isSamePlace(first, other) && siteOf(first) === siteOf(other));
      if (!isOne) return severalFit(fits.length);
      const how = exact.length > 0 ? 'exact' : 'normalised';
      return { known: knownPlace(first, how, siteOf(first)), reason: `location ${first.locationId} (${how})` };
    },
  };
}

function severalFit(count: number): PlaceAnswer {
  return { known: null, reason: `${count} locations of the tenant fit what was conveyed` };
}

interface Candidate {
  location: LisLocation;
  vocabulary: Vocabulary;
}

/** Gives every location that fits some words; `null` where it takes too long to tell. */
function* createMatcher(
  locations: readonly LisLocation[],
): Generator<void, (words: readonly string[]) => LisLocation[] | null> {
  const streets = new Set<string>();
  const byPlace = new Map<string, Candidate[]>();
  const byStreetAndPlace = new Map<string, Candidate[]>();
  for (const [i, location] of locations.entries()) {
    if (i % AT_ONCE === 0) yield;
    const [street, place] = [placeKey(streetText(location)), placeKey(location.location)];
    const candidate = { location, vocabulary: addressVocabulary(location) };
    if (place !== '') addTo(byPlace, place, candidate);
    if (street === '') continue;
    streets.add(street);
    addTo(byStreetAndPlace, `${street}\n${place}`, candidate);
  }
  return (words) => {
    const fits = new Set<LisLocation>();
    let work = 0;
    for (const [candidates, rest] of looks(words, streets, byPlace, byStreetAndPlace)) {
      work += 1 + candidates.length;
      if (work > MAX_WORK) return null;
      if (candidates.length === 0) continue;
      const parts = rest();
      for (const { location, vocabulary } of candidates)
        if (parts.every((part) => areSaid(part, vocabulary))) fits.add(location);
    }
    return [...fits];
  };
}

const NONE: readonly Candidate[] = [];

/** Who is named by a part of the words, and the words that are left: by street, by street and place, by place alone. */
function* looks(
  words: readonly string[],
  streets: ReadonlySet<string>,
  byPlace: ReadonlyMap<string, readonly Candidate[]>,
  byStreetAndPlace: ReadonlyMap<string, readonly Candidate[]>,
): Generator<[readonly Candidate[], () => readonly (readonly string[])[]]> {
  for (const run of runsOf(words)) {
    yield [byPlace.get(run.key) ?? NONE, () => without(words, run)];
    if (!streets.has(run.key)) continue;
    const rest = without(words, run);
    yield [byStreetAndPlace.get(`${run.key}\n`) ?? NONE, () => rest];
    for (const [index, part] of rest.entries()) {
      for (const place of runsOf(part)) {
        const candidates = byStreetAndPlace.get(`${run.key}\n${place.key}`) ?? NONE;
        yield [candidates, () => [...without(part, place), ...rest.toSpliced(index, 1)]];
      }
    }
  }
}

/** Every run of up to {@link MAX_RUN} words. */
function* runsOf(words: readonly string[]): Generator<Run> {
  for (let start = 0; start < words.length; start += 1) {
    let key = '';
    for (let end = start + 1; end <= Math.min(words.length, start + MAX_RUN); end += 1) {
      key = key === '' ? (words[start] ?? '') : `${key} ${words[end - 1]}`;
      yield { key, start, end };
    }
  }
}

/** The words before a run and those behind it, which do not become neighbours. */
function without(words: readonly string[], { start, end }: Run): string[][] {
  return [words.slice(0, start), words.slice(end)];
}

function isExactly(location: LisLocation, conveyed: string): boolean {
  const address = streetAddressText(location);
  const texts = [location.location, dispatchableText(location), [address, location.location].join(', ')];
  return texts.some((text) => text?.trim() === conveyed.trim());
}

function isSamePlace(a: LisLocation, b: LisLocation): boolean {
  const isSameText = placeKey(dispatchableText(a)) === placeKey(dispatchableText(b));
  return isSameText && a.latitude === b.latitude && a.longitude === b.longitude;
}

function knownPlace(location: LisLocation, how: KnownPlace['how'], networkSiteId: string | null): KnownPlace {
  const { locationId, latitude, longitude } = location;
  return {
    how,
    locationId,
    dispatchable: dispatchableText(location),
    place: location.location,
    coordinates: latitude === null || longitude === null ? null : { latitude, longitude },
    networkSiteId,
  };
}

function addTo(groups: Map<string, Candidate[]>, key: string, candidate: Candidate): void {
  const known = groups.get(key);
  if (known) known.push(candidate);
  else groups.set(key, [candidate]);
}
