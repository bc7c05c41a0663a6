import { createRandom } from '../../../local/faults/random.ts';
import type { Row } from './patch.ts';

export type Country = 'US' | 'GB' | 'AU';

/** A site of the sample: one building with two floors. */
export interface SamplePlace {
  /** From 1 on; it is in the addresses of its networks too. */
  n: number;
  /** `Redmond 1`. */
  site: string;
  country: Country;
  address: Row;
  /** The location that stands for the whole address. */
  whole: Row;
  floors: readonly [Row, Row];
  /** Name of the emergency calling policy. */
  desk: string;
}

const COUNTRIES: readonly { country: Country; sites: number; cities: readonly City[]; desks: readonly string[] }[] = [
  {
    ...{ country: 'US', sites: 24, desks: ['Redmond Desk', 'Seattle Desk', 'New York Desk'] },
    cities: [
      { city: 'Redmond', state: 'WA', postalCode: '98052', at: [47.64, -122.13] },
      { city: 'Seattle', state: 'WA', postalCode: '98101', at: [47.61, -122.33] },
      { city: 'New York', state: 'NY', postalCode: '10001', at: [40.75, -73.99] },
    ],
  },
  {
    ...{ country: 'GB', sites: 10, desks: ['London Desk', 'Leeds Desk'] },
    cities: [
      { city: 'London', state: null, postalCode: 'W1A 1AA', at: [51.52, -0.14] },
      { city: 'Leeds', state: null, postalCode: 'LS1 1AA', at: [53.8, -1.55] },
    ],
  },
  {
    ...{ country: 'AU', sites: 6, desks: ['Sydney Desk', 'Perth Desk'] },
    cities: [
      { city: 'Sydney', state: 'NSW', postalCode: '2000', at: [-33.87, 151.21] },
      { city: 'Perth', state: 'WA', postalCode: '6000', at: [-31.95, 115.86] },
    ],
  },
];

interface City {
  city: string;
  state: string | null;
  postalCode: string;
  at: readonly [latitude: number, longitude: number];
}

/** Gives GUIDs, always the same for the same seed. */
export function createGuids(seed: number): () => string {
  const random = createRandom(seed);
  const hex = (digits: number) => Array.from({ length: digits }, () => random.below(16).toString(16)).join('');
  return () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
}

/** The forty sites in three countries. */
export function samplePlaces(guid: () => string): SamplePlace[] {
  const places: SamplePlace[] = [];
  for (const { country, sites, cities, desks } of COUNTRIES) {
    for (let i = 0; i < sites; i += 1) {
      const [city, desk] = [cities[i % cities.length], desks[i % desks.length]];
      if (city && desk) places.push(placeOf(places.length + 1, country, city, desk, guid));
    }
  }
  return places;
}

function placeOf(n: number, country: Country, city: City, desk: string, guid: () => string): SamplePlace {
  const street = {
    CompanyName: 'Contoso',
    HouseNumber: String(n),
    StreetName: 'Example',
    StreetSuffix: 'St',
    City: city.city,
    StateOrProvince: city.state,
    PostalCode: city.postalCode,
    CountryOrRegion: country,
    Latitude: String(city.at[0]),
    Longitude: String(city.at[1]),
    ValidationStatus: 'Validated',
    NumberOfVoiceUsers: -1,
    NumberOfTelephoneNumbers: -1,
  };
  const CivicAddressId = guid();
  const DefaultLocationId = guid();
  const locationOf = (LocationId: string, Location: string | null) => ({
    LocationId,
    CivicAddressId,
    Location,
    ...street,
  });
  return {
    ...{ n, site: `${city.city} ${n}`, country, desk },
    address: { CivicAddressId, DefaultLocationId, Description: `${city.city} ${n}`, ...street },
    whole: locationOf(DefaultLocationId, null),
    floors: [locationOf(guid(), 'Floor 1'), locationOf(guid(), 'Floor 2')],
  };
}
