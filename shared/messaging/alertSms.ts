import {
  alsoAtFields,
  callbackField,
  callerField,
  coordinatesField,
  dialedField,
  type Field,
  impersonalCallbackField,
  locationField,
} from './alertFields.ts';
import { headOf, marksOf } from './alertHead.ts';
import type { AlertTexts } from './alertTexts/alertTexts.ts';
import { smsTextsIn } from './alertTexts/languages.ts';
import type { AlertStyle, AlertWords } from './alertWords.ts';
import { callTime } from './callTime.ts';
import { layoutsOf, type Room } from './smsRoom.ts';
import { countSegments, toGsmText } from './smsSegments.ts';
import { splitBody } from './splitBody.ts';
import { templateWords } from './templateWords.ts';

export type { AlertStyle, AlertWords } from './alertWords.ts';

/**
 * The SMS of an alert: nearly always one, in one segment where the facts fit, several only past Twilio's longest body.
 * Says in a fixed order what was dialed, the call's code, the callback number, the location (the three facts of
 * 47 CFR 9.3), the caller and the time. What is missing reads `unknown` in the reader's language, and no fact is ever cut. A stranger's words
 * stand between double quotes and hold none, so they cannot pass for ours.
 */
export function composeAlertSms(alert: AlertWords, style: AlertStyle): string[] {
  const texts = smsTextsIn(style.language);
  const template = alert.kind === 'call' ? style.templates?.sms : undefined;
  const bodies =
    template === undefined ? builtInBodies(alert, style, texts) : templateBodies(template, alert, style, texts);
  const segments = bodies.map((body) => countSegments(body).segments);
  const body = bodies[segments.indexOf(Math.min(...segments))] ?? '';
  return splitBody(body, `${marksOf(alert)}${texts.smsLabels.code[0]} ${alert.callCode}`);
}

/** From the most words to the fewest, as those of {@link templateBodies}. */
function builtInBodies(alert: AlertWords, style: AlertStyle, texts: AlertTexts): string[] {
  return layoutsOf(style.hints ?? []).map(([room, hint]) => {
    const body = bodyOf(alert, style, room, texts);
    return hint === undefined ? body : `${body}${room.longWords ? '. ' : ' '}${hint}`;
  });
}

/** Whoever asks for how to answer has it in any case. */
function templateBodies(template: string, alert: AlertWords, style: AlertStyle, texts: AlertTexts): string[] {
  const hints = template.includes('{replies}') ? (style.hints ?? []) : [];
  return layoutsOf(hints)
    .filter(([, hint]) => hints.length === 0 || hint !== undefined)
    .map(([room, hint]) => templateWords(template, alert, { texts, style, room, hint, ours: toGsmText }));
}

function bodyOf(alert: AlertWords, style: AlertStyle, room: Room, texts: AlertTexts): string {
  const sentences = [
    headOf(alert, texts, { detail: style.detail, isShort: !room.longWords }),
    `${labelIn(texts, 'code', room)} ${alert.callCode}`,
    ...factsOf(alert, style, room, texts),
    ...timeOf(alert, style, room, texts),
  ];
  return `${marksOf(alert)}${sentences.join(room.longWords ? '. ' : ' ')}`;
}

function labelIn({ smsLabels }: AlertTexts, name: keyof AlertTexts['smsLabels'], { longWords }: Room): string {
  return smsLabels[name][longWords ? 0 : 1];
}

function factsOf(alert: AlertWords, { detail }: AlertStyle, room: Room, texts: AlertTexts): string[] {
  const { kind, facts, changed } = alert;
  if (kind === 'notEmergency') return [texts.noEmergency];
  const isNew = (field: Field) => field.from.some((name) => kind === 'update' && changed?.includes(name));
  const say = (field: Field) =>
    [labelIn(texts, field.name, room), ...(isNew(field) ? [texts.now] : []), field.value].join(' ');
  if (detail === 'minimal') return [say(impersonalCallbackField(facts, texts)), pageOf(alert, texts)];
  const others = otherFields(alert, room, texts).filter((field) => isSaidAgain(alert, room) || isNew(field));
  return [callbackField(facts, texts), locationField(alert, texts), ...alsoAtFields(alert), ...others].map(say);
}

function pageOf({ kind }: AlertWords, { detailsOnThePage, detailsOnThePageLater }: AlertTexts): string {
  return kind === 'detailsPending' ? detailsOnThePageLater : detailsOnThePage;
}

/** What the law does not ask for. Coordinates beside a location are said only when they are the news. */
function otherFields({ kind, facts, changed }: AlertWords, room: Room, texts: AlertTexts): Field[] {
  const isUpnNew = kind === 'update' && (changed?.includes('callerUpn') ?? false);
  const coordinates = kind === 'update' && changed?.includes('coordinates') ? coordinatesField(facts) : null;
  return [
    ...(coordinates ? [coordinates] : []),
    callerField(facts, texts, room.upn || isUpnNew),
    ...(kind === 'call' ? [] : [dialedField(facts, texts)]),
  ];
}

/** False where only the news of an update has room. */
function isSaidAgain({ kind, changed }: AlertWords, room: Room): boolean {
  return room.told || kind !== 'update' || !changed?.length;
}

function timeOf(alert: AlertWords, { timeZone }: AlertStyle, room: Room, texts: AlertTexts): string[] {
  if (!isSaidAgain(alert, room)) return [];
  const detail = { hasDate: room.date, hasSeconds: room.seconds, hasZone: room.zone };
  return [callTime(alert.occurredAt, timeZone, detail, texts.months) ?? texts.timeUnknown];
}
