import { isSupportedCountry } from 'libphonenumber-js/min';
import { isOnEarth } from './coordinatesFact.ts';
import type { CallFacts } from './emergencyCall.ts';
import { NO_FACTS } from './emergencyCall.ts';
import { EMERGENCY_NUMBERS } from './emergencyWords.ts';
import { asOneLine, saysNone } from './fact.ts';
import { propertyOf, textOf } from './jsonValue.ts';
import { occurredAtOf } from './occurredAt.ts';
import { toE164 } from './phoneNumberFact.ts';
import type { ReaderOptions } from './reading.ts';

/** What the reader made of one emergency call event. */
export interface EventReading {
  /** `null` where the event names itself nowhere. */
  eventId: string | null;
  /** As Graph wrote it: `callStarted`, `callEnded`, `rosterUpdated`, or what it learned later. */
  eventType: string | null;
  policyName: string | null;
  facts: CallFacts;
  isTest: boolean;
  /** ISO 8601, UTC. */
  occurredAt: string | null;
  /** What was found to be wrong; never holds a value. */
  reasons: string[];
}

/**
 * Reads a decrypted `emergencyCallEvent` (https://learn.microsoft.com/graph/api/resources/emergencycallevent), bare or
 * wrapped as in a notification. Takes any value and never throws: what is missing or makes no sense is `null`.
 */
export function readEmergencyEvent(
  content: unknown,
  options: Pick<ReaderOptions, 'testNumbers' | 'defaultCountry'>,
): EventReading {
  try {
    return read(content, options);
  } catch {
    return { ...NOTHING, reasons: ['the reader failed on this event'] };
  }
}

const NOTHING: EventReading = {
  ...{ eventId: null, eventType: null, policyName: null, facts: NO_FACTS },
  ...{ isTest: false, occurredAt: null, reasons: [] },
};

function read(
  content: unknown,
  { testNumbers, defaultCountry }: Pick<ReaderOptions, 'testNumbers' | 'defaultCountry'>,
): EventReading {
  const event = propertyOf(content, 'emergencyCallEvent') ?? content;
  const caller = propertyOf(event, 'callerInfo');
  const location = propertyOf(caller, 'location');
  const reasons: string[] = [];
  const fact = (name: string, text: string | null): string | null => {
    const { value, reasons: why } = asOneLine(name, { value: text, reasons: [] });
    reasons.push(...why);
    return value === null || saysNone(value) ? null : value;
  };
  const dialed = fact('emergency number', textOf(event, 'emergencyNumberDialed'));
  const number = fact('callback number', textOf(caller, 'phoneNumber'));
  const facts: CallFacts = {
    emergencyNumberDialed: dialed,
    callerDisplayName: fact('caller', textOf(caller, 'displayName')),
    callerUserId: null,
    callerUpn: fact('UPN', textOf(caller, 'upn')),
    callbackNumber: number === null ? null : toCallbackNumber(number, dialed, defaultCountry),
    location: fact('location', addressOf(propertyOf(location, 'address'))),
    coordinates: coordinatesOf(propertyOf(location, 'coordinates'), reasons),
  };
  return {
    eventId: textOf(event, 'id') ?? textOf(content, 'id'),
    eventType: textOf(event, 'callEventType'),
    policyName: fact('policy', textOf(event, 'policyName')),
    facts,
    isTest: dialed !== null && testNumbers.includes(dialed),
    occurredAt: occurredAtOf({ createdDateTime: textOf(event, 'eventDateTime'), id: null }),
    reasons,
  };
}

/** E.164 where it can be read as a number, else as it was written; never the emergency number itself. */
function toCallbackNumber(text: string, dialed: string | null, country: string): string | null {
  const defaultCountry = isSupportedCountry(country) ? country : undefined;
  // Teams writes international numbers without the plus sign too.
  const number = toE164(text, defaultCountry, true) ?? toE164(`+${text}`, defaultCountry, true);
  if (number !== null) return number;
  return text === dialed || EMERGENCY_NUMBERS.includes(text) || /^0*$/.test(text) ? null : text;
}

/** Floor, room or suite first: it is what a person at the door needs beside the street. */
function addressOf(address: unknown): string | null {
  const more = propertyOf(address, 'additionalData');
  const of = (...names: string[]) =>
    names
      .map((name) => textOf(address, name) ?? textOf(more, name))
      .filter((part) => part !== null && !saysNone(part))
      .join(' ');
  const parts = [
    ...[of('additionalInfo'), of('companyName'), of('houseNumber', 'street', 'streetSuffix')],
    ...[of('city'), of('state', 'postalCode'), of('countryOrRegion')],
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(', ');
}

/** Graph writes both as texts. */
function coordinatesOf(coordinates: unknown, reasons: string[]): CallFacts['coordinates'] {
  const degrees = (name: string) => {
    const value = propertyOf(coordinates, name);
    const text = typeof value === 'number' ? String(value) : textOf(coordinates, name);
    return text !== null && /^[-+]?\d{1,3}(?:\.\d{1,15})?$/.test(text.trim()) ? Number(text) : null;
  };
  const [latitude, longitude] = [degrees('latitude'), degrees('longitude')];
  if (latitude === null || longitude === null) return null;
  if (isOnEarth({ latitude, longitude })) return { latitude, longitude };
  reasons.push('coordinates unknown: those in the event are no place on earth, or 0, 0');
  return null;
}
