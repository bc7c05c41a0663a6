import { locationFormOf } from '../../shared/emergency/locationForm.ts';

const coordinates = { latitude: 47.64, longitude: -122.13 };

test.each([
  ['1 Microsoft Way, Redmond, WA 98052, Building 34, Room 2210', 'streetAddressWithRoom'],
  ['12 Elm St, Apt 4, Redmond, WA 98052', 'streetAddressWithRoom'],
  ['4567 Main Street, Suite 200', 'streetAddressWithRoom'],
  ['350 5th Ave, 34th Floor, New York, NY 10118', 'streetAddressWithRoom'],
  ['350 5th Ave Fl 34', 'streetAddressWithRoom'],
  ['350 5th Ave #3401', 'streetAddressWithRoom'],
  ['1 Microsoft Way, Redmond, WA 98052', 'streetAddress'],
  // Florida is no floor, and neither is a ZIP code.
  ['200 Biscayne Blvd, Miami, FL 33131', 'streetAddress'],
  ['12 Broad, Redmond, WA 98052', 'streetAddress'],
  ['Building 34, Room 2210', 'otherWords'],
  ['Room 12', 'otherWords'],
  ['Loc REDMOND', 'otherWords'],
  ['The way to room 34', 'otherWords'],
])('%s: %s', (location, form) => {
  expect(locationFormOf({ location, coordinates })).toBe(form);
});

test('nothing in words', () => {
  expect(locationFormOf({ location: null, coordinates })).toBe('coordinatesOnly');
  expect(locationFormOf({ location: '  ', coordinates: null })).toBe('none');
  expect(locationFormOf({ location: null, coordinates: null })).toBe('none');
});

test('a long location of numbers and words is judged at once', () => {
  const form = locationFormOf({ location: '1 a b c '.repeat(20_000), coordinates: null });
  expect(form).toBe('otherWords');
});
