import { type CallFacts, NO_FACTS } from '../../emergency/emergencyCall.ts';
import { fillTemplate } from '../../oncall/alertTemplates.ts';
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
 * 9.3), the caller; or, of a call, what the team's own words make of them. What is missing is said to be unknown; what is too long for a call is said as far as there is room,
 * and that more was left out. A stranger's words never begin a line.
 */
export function composeVoiceScript(alert: AlertWords, style: AlertStyle): string[] {
  const voice = voiceFor(style.language);
  const isNews = alert.kind === 'notEmergency';
  const isKnown = Object.hasOwn(voice.words.head, alert.kind);
  if (!isKnown) return [[firstLine(voiceFor('en'), 'news'), ...composeAlertSms(alert, style)].join('\n')];
  const template = alert.kind === 'call' ? style.templates?.voice : undefined;
  const lines =
    template === undefined ? linesOf(alert, style, voice.words) : templateLines(template, alert, style, voice.words);
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

function linesOf(alert: AlertWords, style: AlertStyle, words: VoiceWords): string[] {
  const { kind, changed } = alert;
  const said = saidOf(alert, style, words);
  const head = say(words.head[kind], said.dialed);
  const code = say(words.code, said.code);
  if (kind === 'notEmergency') return [...said.marks, head, code];
  const sentence = (name: keyof CallFacts, text: string, value: string) =>
    `${kind === 'update' && changed?.includes(name) ? `${words.isNew} ` : ''}${say(text, value)}`;
  const lines = [...said.marks, head, code, sentence('callbackNumber', words.callback, said.callback)];
  if (style.detail === 'minimal') return [...lines, say(words.location, said.place)];
  return [
    ...lines,
    sentence('location', words.location, said.place),
    ...(said.alsoAt === null ? [] : [say(words.alsoAt, said.alsoAt)]),
    sentence('callerDisplayName', words.caller, said.caller),
  ];
}

/** What a team's own words say of a call, a line for each of theirs. */
function templateLines(template: string, alert: AlertWords, style: AlertStyle, words: VoiceWords): string[] {
  const said = saidOf(alert, style, words);
  const values = {
    call: withoutStop(say(words.head.call, said.dialed)),
    callback: said.callback,
    place: [said.place, ...(said.alsoAt === null ? [] : [withoutStop(say(words.alsoAt, said.alsoAt))])].join('. '),
    code: said.code,
    caller: said.caller,
    ...{ time: '', replies: '' },
  };
  return [...said.marks, ...fillTemplate(template, values).split('\n')].filter((line) => line.trim() !== '');
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

/** The facts as they are spoken, each within its room. */
function saidOf(alert: AlertWords, { detail }: AlertStyle, words: VoiceWords) {
  const isMinimal = detail === 'minimal';
  const facts = isMinimal ? impersonal(alert.facts) : alert.facts;
  const isHidden = facts.callbackNumber === null && alert.facts.callbackNumber !== null;
  const callback = isHidden ? words.onThePage : spoken(facts.callbackNumber, words, true);
  const alsoAt = isMinimal ? '' : speakable(factText(alert.alsoAt ?? null) ?? '');
  const caller = isMinimal ? words.onThePage : spoken(facts.callerDisplayName ?? facts.callerUpn, words, false);
  return {
    marks: [...(alert.isTest ? [words.test] : []), ...(alert.whereabouts === 'offSite' ? [words.offSite] : [])],
    code: spokenCode(alert.callCode),
    dialed: fitted(spoken(facts.emergencyNumberDialed, words, true), ROOM.dialed, words),
    callback: fitted(callback, ROOM.callback, words),
    place: isMinimal ? words.onThePage : fitted(placeOf(alert, words), ROOM.location, words),
    alsoAt: alsoAt === '' ? null : fitted(alsoAt, ROOM.alsoAt, words),
    caller: fitted(caller, ROOM.caller, words),
  };
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
