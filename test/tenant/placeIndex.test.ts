import fc from 'fast-check';
import { dispatchableText } from '../../shared/tenant/addressText.ts';
import type { LisLocation } from '../../shared/tenant/lisConfig.ts';
import { createPlaceIndex } from '../../shared/tenant/placeIndex.ts';
import { location, site, tenant } from './tenants.ts';

/** Two buildings: one with a lobby and two floors, and one in another city that has a floor 3 too. */
const HQ = {
  civicAddressId: 'hq',
  houseNumber: '12345',
  preDirectional: 'North',
  streetName: 'Main',
  streetSuffix: 'Street',
  description: 'Contoso HQ',
};
const ANNEX = {
  civicAddressId: 'annex',
  houseNumber: '7',
  streetName: 'Harbor',
  streetSuffix: 'Ave',
  city: 'Seattle',
  postalCode: '98101',
};
const CONTOSO = tenant({
  locations: [
    location('hq', HQ),
    location('hq-2', { ...HQ, location: 'Loc 34-2' }),
    location('hq-3', { ...HQ, location: 'Building 34, Floor 3' }),
    location('annex-3', { ...ANNEX, location: 'Floor 3', latitude: null, longitude: null }),
    location('annex-3e', { ...ANNEX, location: 'Floor 3 East' }),
    location('hq-f3', { ...HQ, location: 'Floor 3' }),
  ],
  networks: {
    wirelessAccessPoints: [],
    switches: [],
    ports: [],
    subnets: [
      { subnet: '10.10.10.128', locationId: 'hq-2', description: null },
      { subnet: '10.20.0.0', locationId: 'annex-3e', description: null },
      { subnet: '10.10.11.0', locationId: 'annex-3e', description: null },
    ],
  },
  networkSites: [site('Redmond'), site('Seattle')],
  networkSubnets: [
    { subnetId: '10.10.0.0', maskBits: 16, networkSiteId: 'redmond', description: null },
    { subnetId: '10.20.0.0', maskBits: 16, networkSiteId: 'Seattle', description: null },
  ],
});

const INDEX = createPlaceIndex(CONTOSO);

test('a place name gives the full address, the coordinates and the site', () => {
  expect(INDEX.find('Loc 34-2').known).toEqual({
    how: 'exact',
    locationId: 'hq-2',
    dispatchable: 'Loc 34-2, 12345 North Main Street, Redmond, WA 98052, US',
    place: 'Loc 34-2',
    coordinates: { latitude: 47.64, longitude: -122.13 },
    networkSiteId: 'Redmond',
  });
});

test.each([
  ['Loc 34-2, 12345 North Main Street, Redmond, WA 98052, US', 'hq-2', 'exact'],
  ['12345 North Main Street, Redmond, WA 98052, US, Loc 34-2', 'hq-2', 'exact'],
  ['loc  34‑2', 'hq-2', 'normalised'],
  ['12345 N Main St, Redmond WA 98052', 'hq', 'normalised'],
  ['Contoso, 12345 N. Main St., Redmond, WA 98052, USA', 'hq', 'normalised'],
  ['Bldg 34, Fl 3, 12345 N Main St, Redmond, WA', 'hq-3', 'normalised'],
  ['Building 34 Floor 3', 'hq-3', 'normalised'],
  ['12345 N Main St Redmond WA 98052 Floor 3', 'hq-f3', 'normalised'],
  ['Floor 3, 7 Harbor Ave, Seattle', 'annex-3', 'normalised'],
  ['Floor 3, Seattle', 'annex-3', 'normalised'],
  ['FLOOR 3 EAST', 'annex-3e', 'normalised'],
])('%j is the location %s', (conveyed, locationId, how) => {
  const { known } = INDEX.find(conveyed);
  expect([known?.locationId ?? null, known?.how ?? null]).toEqual([locationId, how]);
});

test.each([
  ['Floor 3', /2 locations of the tenant fit/],
  ['Floor 3, WA', /2 locations of the tenant fit/],
  // Of this address only floors are known: which one was not said.
  ['7 Harbor Ave, Seattle, WA 98101', /no location/],
  ['Floor 4, 12345 N Main St, Redmond, WA 98052', /no location/],
  ['Floor 3, 12346 N Main St, Redmond, WA 98052', /no location/],
  ['Floor 3, 7 Harbor Ave, Redmond, WA 98052', /no location/],
  ['Loc 342', /no location/],
  ['Loc 3 42', /no location/],
  ['Loc 34-2 or Loc 34-3', /no location/],
  ['not at Loc 34-2', /no location/],
  ['Main Street', /no location/],
  ['', /no location/],
  [' ,., ', /no location/],
  ['Redmond', /no location/],
  ['Floor 3 '.repeat(500), /no location/],
  ['Floor 3 '.repeat(25), /no location/],
])('%j is none', (conveyed, why) => {
  const { known, reason } = INDEX.find(conveyed);
  expect(known).toBeNull();
  expect(reason).toMatch(why);
});

test('subnets of two sites leave the site of a location unknown', () => {
  expect(INDEX.find('Floor 3 East').known).toMatchObject({ locationId: 'annex-3e', networkSiteId: null });
});

test('a place without a network of its own is at the site of its address', () => {
  expect(INDEX.find('Building 34, Floor 3').known?.networkSiteId).toBe('Redmond');
});

test('one place under two ids is one place, and one whose coordinates differ is two', () => {
  const twice = (latitude: number) =>
    createPlaceIndex(
      tenant({ locations: [location('old', { location: 'Lobby' }), location('new', { location: 'Lobby', latitude })] }),
    );
  expect(twice(47.64).find('Lobby').known?.locationId).toBe('old');
  expect(twice(47.65).find('Lobby').known).toBeNull();
});

const NAME = fc.constantFrom('Floor 1', 'Floor 2', 'Fl 2', 'Room 12', 'Room 1', 'Lobby', '34-2', '342', null);
const LOCATIONS = fc.array(
  fc.record({
    location: NAME,
    houseNumber: fc.constantFrom('1', '12', '100'),
    streetName: fc.constantFrom('Main', 'Oak'),
    streetSuffix: fc.constantFrom('St', 'Street', 'Ave'),
    city: fc.constantFrom('Redmond', 'Seattle'),
    latitude: fc.constantFrom(47.64, 47.65),
  }),
  { minLength: 1, maxLength: 6 },
);
const SPELL: ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.replaceAll(',', ''),
  (text) => text.replaceAll('St', 'Street').replaceAll('Streetreet', 'Street'),
];

test('a location that is said in full is itself or none, never another', () => {
  fc.assert(
    fc.property(LOCATIONS, fc.nat(), fc.constantFrom(...SPELL), (parts, pick, spell) => {
      const locations = parts.map((each, i) => location(`loc-${i}`, each));
      const meant = locations[pick % locations.length] as LisLocation;
      const { known } = createPlaceIndex(tenant({ locations })).find(spell(dispatchableText(meant)));
      const said = (text: string) => text.toLowerCase().replaceAll('street', 'st').replaceAll('floor', 'fl');
      if (known === null) {
        const alike = locations.filter((each) => said(dispatchableText(each)) === said(dispatchableText(meant)));
        expect(alike.length).toBeGreaterThan(1);
      } else expect(said(known.dispatchable)).toBe(said(dispatchableText(meant)));
    }),
    { numRuns: 1_000 },
  );
});
