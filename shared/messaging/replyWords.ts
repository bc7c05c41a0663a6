import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import type { CallChoice, ToldCall } from '../oncall/chooseCall.ts';
import { type AlertLanguage, alertLanguageOf } from '../oncall/languages.ts';
import { digitOf } from '../oncall/replies.ts';
import type { CallResponse, ResponseAction, Verdict } from '../oncall/response.ts';
import { smsTextsIn } from './alertTexts/languages.ts';
import type { AlertStyle } from './alertWords.ts';
import { callTime } from './callTime.ts';
import { factText } from './factText.ts';
import { GERMAN } from './replyTexts/de.ts';
import { ENGLISH } from './replyTexts/en.ts';
import { SPANISH } from './replyTexts/es.ts';
import { FRENCH } from './replyTexts/fr.ts';
import type { ReplyTexts } from './replyTexts/replyTexts.ts';
import { countSegments, toGsmText } from './smsSegments.ts';

export interface ReplyStyle extends AlertStyle {
  /** BCP 47, of who reads it; English where there is no translation. */
  language: string;
  now: Date;
}

/** A call as it is after an answer, and by what name who has it or closed it is known; `null` where there is none. */
export interface AnsweredCall {
  call: Pick<EmergencyCall, 'code' | 'isTest'> & { response: CallResponse };
  holderName: string | null;
}

/** What somebody who texted is to hear. `code`: of the call that an example is made with; `null` for any. */
export type ReplyAnswer =
  | ({ kind: 'verdict'; verdict: Verdict; action: ResponseAction } & AnsweredCall)
  | { kind: 'which'; choice: Extract<CallChoice, { which: ToldCall[] }>; action: ResponseAction }
  | { kind: 'noneOpen' }
  | { kind: 'help' | 'unclear'; code: string | null };

const TEXTS: Readonly<Record<AlertLanguage, ReplyTexts>> = { en: ENGLISH, de: GERMAN, es: SPANISH, fr: FRENCH };

/** Contains a letter that no code has: whoever sends the example as it stands has answered nothing. */
const ANY_CODE = 'ABC';

/** The SMS that answers a reply, in one segment. It names nobody where the style is minimal. */
export function replyWords(answer: ReplyAnswer, style: ReplyStyle): string {
  const texts = textsIn(style.language);
  switch (answer.kind) {
    case 'verdict':
      return fillForCall(verdictText(texts, answer), answer, style);
    case 'which':
      return whichCall(texts, answer);
    case 'noneOpen':
      return toGsmText(texts.noneOpen);
    case 'help':
    case 'unclear':
      return fill(texts[answer.kind], { code: answer.code ?? ANY_CODE });
  }
}

function verdictText(
  texts: ReplyTexts,
  { verdict, action, call }: { verdict: Verdict; action: ResponseAction } & AnsweredCall,
): string {
  switch (verdict) {
    case 'done':
      return action.kind === 'resolve' ? texts.closed : texts.done[action.kind];
    case 'yours':
      return texts.isYours;
    case 'taken':
      return texts.isTaken;
    case 'notYours':
      return call.response.holder === null ? texts.nobodyHas : texts.isNotYours;
    case 'resolved':
      return texts.isClosed;
  }
}

/** What the others hear of an answer (`response-N`): how the call stands now. */
export function responseWords(answered: AnsweredCall, style: ReplyStyle): string {
  const texts = textsIn(style.language);
  const { state } = answered.call.response;
  const text = { ...texts.news, open: texts.news.handedBack, resolved: texts.newsClosed }[state];
  return fillForCall(text, answered, style);
}

/** Somebody has the call, and nobody is on scene yet (`reminder-N`): to whoever has it, and to the others. */
export function reminderWords(answered: AnsweredCall, style: ReplyStyle): string {
  return fillForCall(textsIn(style.language).nobodyOnScene, answered, style);
}

/** The emergency call itself is over, by the clock of whoever told so: before that nobody should call back. */
export function endedWords(call: Pick<EmergencyCall, 'code' | 'isTest' | 'endedAt'>, style: ReplyStyle): string {
  const { ended } = textsIn(style.language);
  const body = fill(ended, { code: call.code, time: timeOf(call.endedAt, style) });
  return `${call.isTest ? 'TEST ' : ''}${body}`;
}

/**
 * How to answer, to stand behind an alert: the longest first, for as much room as there is. Facts go before it; where it
 * has no room at all, whoever answers anything is told how to.
 */
export function replyHints(code: string, language: string): string[] {
  return textsIn(language).hints.map((hint) => fill(hint, { code }));
}

/** As many of the newest calls as fit one segment, and how many there are beside them. */
function whichCall(texts: ReplyTexts, { choice, action }: Extract<ReplyAnswer, { kind: 'which' }>): string {
  const names = choice.which.map((call) => nameOfCall(call, choice.which));
  const bodyOf = (count: number) => {
    const more = names.length - count;
    const list = [...names.slice(0, count), ...(more > 0 ? [fill(texts.more, { count: String(more) })] : [])];
    return fill(texts.which[choice.why], { digit: digitOf(action), list: list.join(', ') });
  };
  const counts = names.map((_, index) => names.length - index);
  return bodyOf(counts.find((count) => countSegments(bodyOf(count)).segments === 1) ?? 1);
}

/** By code and minute; by the second where another call has the same code and minute. */
function nameOfCall({ code, clock }: ToldCall, all: readonly ToldCall[]): string {
  const minute = clock.slice(0, 5);
  const isDouble = all.filter((other) => other.code === code && other.clock.startsWith(minute)).length > 1;
  return [code, ...(clock === '' ? [] : [isDouble ? clock : minute])].join(' ');
}

function fillForCall(text: string, { call, holderName }: AnsweredCall, style: ReplyStyle): string {
  const texts = textsIn(style.language);
  const { since, resolvedAs } = call.response;
  const body = fill(text, {
    code: call.code,
    name: nameOf(holderName, texts, style),
    time: timeOf(since, style),
    reason: texts.reasons[resolvedAs ?? 'other'],
  });
  return `${call.isTest ? 'TEST ' : ''}${body}`;
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return toGsmText(text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole));
}

const LONGEST_NAME = 30;

function nameOf(name: string | null, { somebody }: ReplyTexts, { detail }: ReplyStyle): string {
  const shown = detail === 'minimal' ? null : factText(name);
  return shown === null ? somebody : [...shown].slice(0, LONGEST_NAME).join('').trim();
}

/** A time of day says enough for this long; after that the date stands before it. */
const SAME_DAY_MS = 12 * 60 * 60_000;

function timeOf(since: string | null, { timeZone, now, language }: ReplyStyle): string {
  const at = since === null ? null : new Date(since);
  const hasDate = at !== null && now.getTime() - at.getTime() > SAME_DAY_MS;
  const detail = { hasDate, hasSeconds: false, hasZone: false };
  return callTime(at, timeZone, detail, smsTextsIn(language).months) ?? '-';
}

function textsIn(language: string): ReplyTexts {
  return TEXTS[alertLanguageOf(language)];
}
