import { fillTemplate } from '../oncall/alertTemplates.ts';
import {
  alsoAtFields,
  callbackField,
  callerField,
  type Field,
  impersonalCallbackField,
  locationField,
} from './alertFields.ts';
import { headOf, marksOf } from './alertHead.ts';
import type { AlertTexts } from './alertTexts/alertTexts.ts';
import type { AlertStyle, AlertWords } from './alertWords.ts';
import { callTime } from './callTime.ts';
import type { Room } from './smsRoom.ts';

/** What a template is filled by, beside the call. */
interface Filling {
  texts: AlertTexts;
  style: AlertStyle;
  room: Room;
  /** How to answer. */
  hint?: string | undefined;
  /** What becomes of the team's words, such as those of GSM-7. */
  ours?: (words: string) => string;
}

/**
 * The alert of a call in a team's own words. The marks stand before them whatever they say, each value is as it is in
 * built-in words (between quotes where a stranger wrote it, `unknown` where it is missing), and none is cut.
 */
export function templateWords(
  template: string,
  alert: AlertWords,
  { texts, style, room, hint, ours }: Filling,
): string {
  const { detail, timeZone } = style;
  const { facts, callCode, occurredAt } = alert;
  const isMinimal = detail === 'minimal';
  const time = { hasDate: room.date, hasSeconds: room.seconds, hasZone: room.zone };
  const callback = isMinimal ? impersonalCallbackField(facts, texts) : callbackField(facts, texts);
  const values = {
    call: headOf(alert, texts, { detail, isShort: !room.longWords }),
    callback: callback.value,
    place: isMinimal ? texts.onThePage : placeText(alert, texts),
    code: callCode,
    caller: isMinimal ? texts.onThePage : callerField(facts, texts, room.upn).value,
    time: callTime(occurredAt, timeZone, time, texts.months) ?? texts.unknown,
    replies: hint ?? '',
  };
  return `${marksOf(alert)}${fillTemplate(template, values, ours)}`.trim();
}

/** Of two places that were told, both. */
function placeText(alert: AlertWords, texts: AlertTexts): string {
  const others = alsoAtFields(alert).map(({ name, value }: Field) => ` (${texts.smsLabels[name][0]} ${value})`);
  return [locationField(alert, texts).value, ...others].join('');
}
