import type { CallFacts } from '../emergency/emergencyCall.ts';
import {
  alsoAtFields,
  callbackField,
  callerField,
  coordinatesField,
  dialedField,
  type Field,
  impersonalCallbackField,
  locationField,
  UNKNOWN,
} from './alertFields.ts';
import type { AlertStyle, AlertWords } from './alertSms.ts';
import { callTime } from './callTime.ts';
import { tableTextsIn } from './tableTexts/languages.ts';
import type { TableTexts } from './tableTexts/tableTexts.ts';

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
export function composeAlertTable(alert: AlertWords, style: AlertStyle & { language?: string }): string {
  const texts = tableTextsIn(style.language);
  const { labels } = texts;
  const lines = [headingOf(alert, texts), `${labels.code}: ${alert.callCode}`];
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

function headingOf({ kind, isTest, facts, callCode }: AlertWords, { heads, callToUnknown }: TableTexts): string {
  const { value } = dialedField(facts);
  const isNumber = value !== UNKNOWN && !value.startsWith('"');
  const head = kind === 'call' && !isNumber ? callToUnknown : heads[kind].replace('{number}', () => value);
  return `${isTest ? 'TEST ' : ''}${head} [${callCode}]`;
}

function factLines(alert: AlertWords, { detail, timeZone }: AlertStyle, texts: TableTexts): string[] {
  const { labels } = texts;
  const isNew = ({ from }: { from: readonly (keyof CallFacts)[] }) =>
    alert.kind === 'update' && from.some((name) => alert.changed?.includes(name));
  const say = (label: string, field: Pick<Field, 'from' | 'value'>) =>
    `${label}: ${field.value === UNKNOWN ? texts.unknown : field.value}${isNew(field) ? ` ${texts.isNew}` : ''}`;
  const time = `${labels.time}: ${callTime(alert.occurredAt, timeZone, ALL_TIME) ?? texts.unknown}`;
  const onThePage = { value: texts.onThePage, from: [] };
  const dialed = dialedField(alert.facts);
  if (detail === 'minimal') {
    const callback = impersonalCallbackField(alert.facts);
    const isHidden = callback.value !== UNKNOWN && callback.value !== callbackField(alert.facts).value;
    return [
      say(labels.dialed, dialed.value.startsWith('"') ? onThePage : dialed),
      say(labels.callback, isHidden ? onThePage : callback),
      say(labels.location, onThePage),
      time,
    ];
  }
  const coordinates = coordinatesField(alert.facts);
  return [
    say(labels.dialed, dialed),
    say(labels.callback, callbackField(alert.facts)),
    say(labels.location, locationField(alert.facts)),
    ...alsoAtFields(alert).map((field) => say(labels.alsoAt, field)),
    ...(coordinates ? [say(labels.coordinates, coordinates)] : []),
    say(labels.caller, callerField(alert.facts, true)),
    time,
  ];
}
