import { type CallFacts, NO_FACTS } from '../../emergency/emergencyCall.ts';
import { namesText } from '../alertFields.ts';
import { type AlertStyle, type AlertWords, composeAlertSms } from '../alertSms.ts';
import { factText, isDialedNumber, isPhoneNumber } from '../factText.ts';
import { spokenCode, spokenNumber } from './spell.ts';
import { type Voice, voiceFor } from './voices.ts';
import type { VoiceWords } from './words/voiceWords.ts';

/** What a call says, as it is read from the body that {@link composeVoiceScript} made. */
export interface VoiceScript {
  voice: Voice;
  /** Whether an answer by key makes sense: `news` is heard and needs none. */
  kind: 'call' | 'news';
  /** One sentence each. */
  lines: string[];
}

/** As much as a fact may take in TwiML, so that all of them fit with what is said around them. Characters. */
const ROOM = { location: 700, alsoAt: 200, caller: 120, callback: 150, dialed: 60 };
/** A body of another hand has one room for all. */
const ROOM_FOR_OTHERS = 1_400;
const FIRST_LINE = /^\[([a-z]{2}-[A-Z]{2}) (call|news)\]$/;

/**
 * The script of a call about an alert, always one body: a line that names the language, then a line for each fact, in a
 * fixed order: test, what was dialed, the call's code, the callback number, the location (the three facts of 47 CFR
 * 9.3), the caller. What is missing is said to be unknown; what is too long for a call is said as far as there is room,
 * and that more was left out. A stranger's words never begin a line.
 */
export function composeVoiceScript(alert: AlertWords, style: AlertStyle): string[] {
  const voice = voiceFor(style.language);
  const isNews = alert.kind === 'notEmergency';
  const isKnown = Object.hasOwn(voice.words.head, alert.kind);
  if (!isKnown) return [[firstLine(voiceFor('en'), 'news'), ...composeAlertSms(alert, style)].join('\n')];
  const lines = linesOf(alert, style, voice.words);
  return [[firstLine(voice, isNews ? 'news' : 'call'), ...lines].join('\n')];
}

/** A body without the first line was made by another hand: it is said in English, as far as there is room. */
export function readVoiceScript(body: string): VoiceScript {
  const [first = '', ...rest] = body.split('\n');
  const [, language, kind] = FIRST_LINE.exec(first) ?? [];
  if (language === undefined) {
    const voice = voiceFor('en');
    return { voice, kind: 'call', lines: [fitted(speakable(body), ROOM_FOR_OTHERS, voice.words)] };
  }
  return { voice: voiceFor(language), kind: kind === 'news' ? 'news' : 'call', lines: rest.map(speakable) };
}

/** No voice says more than 25 characters in a second, so nobody has heard the facts sooner. */
export function leastSecondsOf({ lines }: VoiceScript): number {
  return Math.floor(lines.join(' ').length / 25);
}

function firstLine({ language }: Voice, kind: VoiceScript['kind']): string {
  return `[${language} ${kind}]`;
}

function linesOf(alert: AlertWords, { detail }: AlertStyle, words: VoiceWords): string[] {
  const { kind } = alert;
  const isMinimal = detail === 'minimal';
  const facts = isMinimal ? impersonal(alert.facts) : alert.facts;
  const marks = [...(alert.isTest ? [words.test] : []), ...(alert.whereabouts === 'offSite' ? [words.offSite] : [])];
  const code = say(words.code, spokenCode(alert.callCode));
  if (kind === 'notEmergency') return [...marks, words.head.notEmergency, code];
  const dialed = fitted(spoken(facts.emergencyNumberDialed, words, true), ROOM.dialed, words);
  const said = (name: keyof CallFacts, sentence: string, value: string) =>
    `${kind === 'update' && alert.changed?.includes(name) ? `${words.isNew} ` : ''}${say(sentence, value)}`;
  const isHidden = facts.callbackNumber === null && alert.facts.callbackNumber !== null;
  const number = isHidden ? words.onThePage : spoken(facts.callbackNumber, words, true);
  const callback = fitted(number, ROOM.callback, words);
  const lines = [...marks, say(words.head[kind], dialed), code, said('callbackNumber', words.callback, callback)];
  if (isMinimal) return [...lines, say(words.location, words.onThePage)];
  const alsoAt = speakable(factText(alert.alsoAt ?? null) ?? '');
  const caller = fitted(spoken(facts.callerDisplayName ?? facts.callerUpn, words, false), ROOM.caller, words);
  return [
    ...lines,
    said('location', words.location, fitted(placeOf(alert, words), ROOM.location, words)),
    ...(alsoAt === '' ? [] : [say(words.alsoAt, fitted(alsoAt, ROOM.alsoAt, words))]),
    said('callerDisplayName', words.caller, caller),
  ];
}

/** What is not plainly a number could name somebody, and stays on the page. */
function impersonal(facts: CallFacts): CallFacts {
  const { callbackNumber, emergencyNumberDialed } = facts;
  return {
    ...NO_FACTS,
    callbackNumber: isPhoneNumber(callbackNumber ?? '') ? callbackNumber : null,
    emergencyNumberDialed: isDialedNumber(emergencyNumberDialed ?? '') ? emergencyNumberDialed : null,
  };
}

/** Without `$` patterns, which a stranger's words may hold. */
function say(sentence: string, ...values: string[]): string {
  return values.reduce((said, value) => said.replace('{}', () => value), sentence);
}

function spoken(fact: string | null, words: VoiceWords, isNumber: boolean): string {
  const text = speakable(factText(fact) ?? '');
  if (text === '') return words.unknown;
  return isNumber ? spokenNumber(text, words) || words.unknown : text;
}

/** The place in words; the coordinates stand in for it where there are no words; or who knows it, where it is withheld. Four decimals are some ten metres. */
function placeOf({ facts, knownTo = null }: AlertWords, words: VoiceWords): string {
  if (knownTo !== null) return say(words.withheld, speakable(namesText(knownTo)));
  const { location, coordinates } = facts;
  const place = speakable(factText(location) ?? '');
  if (place !== '') return place;
  if (coordinates === null) return words.unknown;
  const degrees = [coordinates.latitude, coordinates.longitude].map(
    (value) => `${value < 0 ? `${words.minus} ` : ''}${Math.abs(value).toFixed(4)}`,
  );
  return say(words.coordinates, ...degrees);
}

/** One line without what XML cannot hold: https://www.w3.org/TR/xml/#charsets */
function speakable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF\s]+/gu, ' ').trim();
}

/** As many whole words as there is room for, and then that more was left out. */
function fitted(text: string, room: number, words: VoiceWords): string {
  if (lengthInXml(text) <= room) return text;
  let kept = '';
  for (const character of text) {
    if (lengthInXml(kept + character) > room) break;
    kept += character;
  }
  const lastSpace = kept.lastIndexOf(' ');
  return `${lastSpace > room / 2 ? kept.slice(0, lastSpace) : kept}. ${words.cut}`;
}

/** `&`, `<` and `>` are written as entities. */
function lengthInXml(text: string): number {
  return text.length + 4 * (text.match(/&/g)?.length ?? 0) + 3 * (text.match(/[<>]/g)?.length ?? 0);
}
