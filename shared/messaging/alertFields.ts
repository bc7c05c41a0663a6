import type { CallFacts } from '../emergency/emergencyCall.ts';
import { factText, isDialedNumber, isPhoneNumber, isUpn, quoted } from './factText.ts';

/** One fact as a message says it: `Location "Building 34"`, or `At "Building 34"` where room is short. */
export interface Field {
  label: string;
  shortLabel: string;
  value: string;
  /** The fields of {@link CallFacts} that the value is made of. */
  from: readonly (keyof CallFacts)[];
}

export const UNKNOWN = 'unknown';

/** As it was written where it is digits and their punctuation, else between quotes. */
export function callbackField({ callbackNumber }: CallFacts): Field {
  return {
    ...{ label: 'Callback', shortLabel: 'Callback', from: ['callbackNumber'] },
    value: saidAs(callbackNumber, isPhoneNumber),
  };
}

/** The callback number where it is one; anything else could name somebody, and stays on the page. */
export function impersonalCallbackField(facts: CallFacts): Field {
  const field = callbackField(facts);
  return field.value.startsWith('"') ? { ...field, value: 'on the page' } : field;
}

/** The place in words; the coordinates stand in for it where there are no words. */
export function locationField({ location, coordinates }: CallFacts): Field {
  const place = factText(location);
  const value = place === null ? (coordinatesText(coordinates) ?? UNKNOWN) : quoted(place);
  return {
    label: 'Location',
    shortLabel: 'At',
    from: place === null ? ['location', 'coordinates'] : ['location'],
    value,
  };
}

/** A second place, where the two sources tell of different ones. */
export function alsoAtFields({ alsoAt = null }: { alsoAt?: string | null }): Field[] {
  const place = factText(alsoAt);
  return place === null ? [] : [{ label: 'Also reported at', shortLabel: 'Also at', value: quoted(place), from: [] }];
}

/** `null` unless they are known beside a place in words. */
export function coordinatesField({ location, coordinates }: CallFacts): Field | null {
  const value = coordinatesText(coordinates);
  if (value === null || factText(location) === null) return null;
  return { label: 'Coordinates', shortLabel: 'GPS', from: ['coordinates'], value };
}

/** Name and UPN, or whichever is known; the UPN beside a name only with `hasUpn`. */
export function callerField({ callerDisplayName, callerUpn }: CallFacts, hasUpn: boolean): Field {
  const name = factText(callerDisplayName);
  const upn = saidAs(callerUpn, isUpn);
  const isUpnSaid = name === null || (hasUpn && upn !== UNKNOWN && upn !== name);
  return {
    ...{ label: 'Caller', shortLabel: 'By', from: ['callerDisplayName', 'callerUpn'] },
    value: [...(name === null ? [] : [quoted(name)]), ...(isUpnSaid ? [upn] : [])].join(' '),
  };
}

export function dialedField({ emergencyNumberDialed }: CallFacts): Field {
  return {
    ...{ label: 'Dialed', shortLabel: 'Dialed', from: ['emergencyNumberDialed'] },
    value: saidAs(emergencyNumberDialed, isDialedNumber),
  };
}

/** A value that its form keeps from spelling words of ours stands bare; every other between quotes. */
function saidAs(fact: string | null, isHarmless: (text: string) => boolean): string {
  const text = factText(fact);
  if (text === null) return UNKNOWN;
  return isHarmless(text) ? text : quoted(text);
}

/** Six decimals of a degree are a tenth of a metre. */
function coordinatesText(coordinates: CallFacts['coordinates']): string | null {
  if (coordinates === null) return null;
  return [coordinates.latitude, coordinates.longitude].map((degrees) => String(Number(degrees.toFixed(6)))).join(',');
}
