import type { CallFacts } from '../emergency/emergencyCall.ts';
import type { AlertTexts } from './alertTexts/alertTexts.ts';
import type { AlertWords } from './alertWords.ts';
import { factText, isDialedNumber, isPhoneNumber, isUpn, quoted } from './factText.ts';

/** One fact as a message says it. */
export interface Field {
  name: keyof AlertTexts['smsLabels'];
  value: string;
  /** The fields of {@link CallFacts} that the value is made of. */
  from: readonly (keyof CallFacts)[];
}

/** What stands for a value that is missing, or that is not to be said. */
type Words = Pick<AlertTexts, 'unknown' | 'onThePage'>;

/** As it was written where it is digits and their punctuation, else between quotes. */
export function callbackField({ callbackNumber }: CallFacts, words: Words): Field {
  return { name: 'callback', value: saidAs(callbackNumber, isPhoneNumber, words), from: ['callbackNumber'] };
}

/** The callback number where it is one; anything else could name somebody, and stays on the page. */
export function impersonalCallbackField(facts: CallFacts, words: Words): Field {
  return impersonal(callbackField(facts, words), words);
}

/** The place in words; the coordinates stand in for it where there are no words; or who knows it, where it is withheld. */
export function locationField(
  { facts: { location, coordinates }, knownTo = null }: Pick<AlertWords, 'facts' | 'knownTo'>,
  words: Words & Pick<AlertTexts, 'withheld'>,
): Field {
  if (knownTo !== null) {
    const value = words.withheld.replace('{names}', () => namesText(knownTo));
    return { name: 'location', value, from: ['location', 'coordinates'] };
  }
  const place = factText(location);
  const value = place === null ? (coordinatesText(coordinates) ?? words.unknown) : quoted(place);
  return { name: 'location', value, from: place === null ? ['location', 'coordinates'] : ['location'] };
}

/** A second place, where the two sources tell of different ones. */
export function alsoAtFields({ alsoAt = null }: { alsoAt?: string | null }): Field[] {
  const place = factText(alsoAt);
  return place === null ? [] : [{ name: 'alsoAt', value: quoted(place), from: [] }];
}

const NAMES_SAID = 3;

/** The first of them, and how many more there are. */
export function namesText(names: readonly string[]): string {
  const said = names.slice(0, NAMES_SAID).flatMap((name) => factText(name) ?? []);
  return [said.join(', '), ...(names.length > NAMES_SAID ? [`+${names.length - NAMES_SAID}`] : [])].join(' ');
}

/** `null` unless they are known beside a place in words. */
export function coordinatesField({ location, coordinates }: CallFacts): Field | null {
  const value = coordinatesText(coordinates);
  if (value === null || factText(location) === null) return null;
  return { name: 'coordinates', value, from: ['coordinates'] };
}

/** Name and UPN, or whichever is known; the UPN beside a name only with `hasUpn`. */
export function callerField({ callerDisplayName, callerUpn }: CallFacts, words: Words, hasUpn: boolean): Field {
  const name = factText(callerDisplayName);
  const upn = saidAs(callerUpn, isUpn, words);
  const isUpnSaid = name === null || (hasUpn && upn !== words.unknown && upn !== name);
  return {
    name: 'caller',
    value: [...(name === null ? [] : [quoted(name)]), ...(isUpnSaid ? [upn] : [])].join(' '),
    from: ['callerDisplayName', 'callerUpn'],
  };
}

export function dialedField({ emergencyNumberDialed }: CallFacts, words: Words): Field {
  return {
    name: 'dialed',
    value: saidAs(emergencyNumberDialed, isDialedNumber, words),
    from: ['emergencyNumberDialed'],
  };
}

/** The same where messages name nobody. */
export function impersonalDialedField(facts: CallFacts, words: Words): Field {
  return impersonal(dialedField(facts, words), words);
}

/** What stands between quotes can be anything. */
function impersonal(field: Field, { onThePage }: Words): Field {
  return field.value.startsWith('"') ? { ...field, value: onThePage } : field;
}

/** A value that its form keeps from spelling words of ours stands bare; every other between quotes. */
function saidAs(fact: string | null, isHarmless: (text: string) => boolean, { unknown }: Words): string {
  const text = factText(fact);
  if (text === null) return unknown;
  return isHarmless(text) ? text : quoted(text);
}

/** Six decimals of a degree are a tenth of a metre. */
function coordinatesText(coordinates: CallFacts['coordinates']): string | null {
  if (coordinates === null) return null;
  return [coordinates.latitude, coordinates.longitude].map((degrees) => String(Number(degrees.toFixed(6)))).join(',');
}
