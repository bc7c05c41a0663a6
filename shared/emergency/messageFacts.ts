import { readCaller, readCallerUpn } from './callerFacts.ts';
import { readCoordinates } from './coordinatesFact.ts';
import type { CallFacts } from './emergencyCall.ts';
import { readEmergencyNumber } from './emergencyNumberFact.ts';
import { asOneLine, type Fact, type FactSource } from './fact.ts';
import { readLabels } from './labelledValues.ts';
import { readLocation } from './locationFact.ts';
import type { MessagePart } from './messageText.ts';
import { readCallbackNumber } from './phoneNumberFact.ts';
import type { PhraseMatch } from './phraseMatch.ts';
import type { ReaderOptions } from './reading.ts';

/** Facts stand near the beginning or near the phrase; the bounds keep the work small on any text. */
const MAX_LINES = 150;
const LINES_BEFORE_PHRASE = 20;
const MAX_LINE_LENGTH = 2_000;

export interface FactReading {
  facts: CallFacts;
  reasons: string[];
}

/** What a part of a message says of the call. A fact that is not there, or that contradicts itself, is `null`. */
export function readFacts(part: MessagePart, phrase: PhraseMatch | null, options: ReaderOptions): FactReading {
  const source = toSource(part, phrase);
  const caller = readCaller(part.sender, source);
  const callerDisplayName = asOneLine('caller', caller.displayName);
  const callerUserId = asOneLine('user id', caller.userId);
  const callerUpn = asOneLine('UPN', readCallerUpn(source, callerDisplayName.value));
  const emergencyNumberDialed = asOneLine('emergency number', readEmergencyNumber(source, options.testNumbers));
  const callbackNumber = asOneLine(
    'callback number',
    readCallbackNumber(source, emergencyNumberDialed.value, options.defaultCountry),
  );
  const location = asOneLine('location', readLocation(source));
  const coordinates = readCoordinates(source);
  const all: Fact<unknown>[] = [
    ...[callerDisplayName, callerUserId, callerUpn, emergencyNumberDialed, callbackNumber, location, coordinates],
  ];
  return {
    facts: {
      emergencyNumberDialed: emergencyNumberDialed.value,
      callerDisplayName: callerDisplayName.value,
      callerUserId: callerUserId.value,
      callerUpn: callerUpn.value,
      callbackNumber: callbackNumber.value,
      location: location.value,
      coordinates: coordinates.value,
    },
    reasons: all.flatMap((fact) => fact.reasons),
  };
}

/** The first lines, and those around the phrase where it stands further down. */
function toSource(part: MessagePart, phrase: PhraseMatch | null): FactSource {
  const start =
    phrase === null || phrase.lastLine < MAX_LINES ? 0 : Math.max(0, phrase.firstLine - LINES_BEFORE_PHRASE);
  const lines = part.lines.slice(start, start + MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH));
  const moved =
    phrase === null ? null : { ...phrase, firstLine: phrase.firstLine - start, lastLine: phrase.lastLine - start };
  return { lines, labels: readLabels(lines, moved?.firstLine ?? null), links: part.links, phrase: moved };
}
