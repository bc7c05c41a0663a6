import {
  alsoAtFields,
  callbackField,
  callerField,
  coordinatesField,
  dialedField,
  type Field,
  impersonalCallbackField,
  impersonalDialedField,
  locationField,
} from './alertFields.ts';
import { headOf, marksOf } from './alertHead.ts';
import type { AlertTexts } from './alertTexts/alertTexts.ts';
import { alertTextsIn } from './alertTexts/languages.ts';
import type { AlertStyle, AlertWords } from './alertWords.ts';
import { callTime } from './callTime.ts';
import { ALL_ROOM } from './smsRoom.ts';
import { templateWords } from './templateWords.ts';

/** A message as a heading and, where it is an alert, a row for each fact. */
export interface MessageTable {
  heading: string;
  rows: { label: string; value: string }[];
}

const ALL_TIME = { hasDate: true, hasSeconds: true, hasZone: true };

/**
 * An alert as text in the language of who reads it: a line that says what it is, then a line `label: value` for each
 * fact, the three of 47 CFR 9.3 (what was dialed, callback number, location) always among them, `unknown` where missing.
 * The first line names nobody and no place. A stranger's words stand between quotes, and never begin a line.
 */
export function composeAlertTable(alert: AlertWords, style: AlertStyle): string {
  const texts = alertTextsIn(style.language);
  const { labels } = texts;
  const lines = [headingOf(alert, style, texts), `${labels.code}: ${alert.callCode}`];
  if (alert.kind === 'notEmergency') return [...lines, texts.noEmergency].join('\n');
  return [...lines, ...factLines(alert, style, texts)].join('\n');
}

/** Back from the text. One that was composed elsewhere is a heading, without rows: news of an answer, say. */
export function readMessageTable(body: string): MessageTable {
  const [heading = '', ...lines] = body.split('\n');
  const rows = lines.map((line) => {
    const at = line.indexOf(': ');
    return at < 0 ? { label: '', value: line } : { label: line.slice(0, at), value: line.slice(at + 2) };
  });
  return { heading, rows };
}

/** Names nobody and no place, whatever the detail: it stands on locked screens. */
function headingOf(alert: AlertWords, style: AlertStyle, texts: AlertTexts): string {
  const template = alert.kind === 'call' ? style.templates?.emailSubject : undefined;
  const impersonal = { ...style, detail: 'minimal' } as const;
  if (template !== undefined) return templateWords(template, alert, { texts, style: impersonal, room: ALL_ROOM });
  const head = headOf(alert, texts, { detail: 'minimal', isShort: false });
  return `${marksOf(alert)}${head} [${alert.callCode}]`;
}

function factLines(alert: AlertWords, { detail, timeZone }: AlertStyle, texts: AlertTexts): string[] {
  const { labels } = texts;
  const isNew = ({ from }: Field) => alert.kind === 'update' && from.some((name) => alert.changed?.includes(name));
  const say = (field: Field) => `${labels[field.name]}: ${field.value}${isNew(field) ? ` ${texts.isNew}` : ''}`;
  const at = callTime(alert.occurredAt, timeZone, ALL_TIME, texts.months) ?? texts.unknown;
  const coordinates = coordinatesField(alert.facts);
  const fields: Field[] =
    detail === 'minimal'
      ? [
          impersonalDialedField(alert.facts, texts),
          impersonalCallbackField(alert.facts, texts),
          { name: 'location', value: texts.onThePage, from: [] },
        ]
      : [
          dialedField(alert.facts, texts),
          callbackField(alert.facts, texts),
          locationField(alert, texts),
          ...alsoAtFields(alert),
          ...(coordinates ? [coordinates] : []),
          callerField(alert.facts, texts, true),
        ];
  return [...fields.map(say), `${labels.time}: ${at}`];
}
