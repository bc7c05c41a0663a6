import type { CallContent, CallFacts } from '../emergency/emergencyCall.ts';
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
import { callTime } from './callTime.ts';
import { countSegments } from './smsSegments.ts';
import { splitBody } from './splitBody.ts';

/** What an alert has to say. */
export interface AlertWords {
  kind: 'call' | 'detailsPending' | 'detailsUnavailable' | 'update' | 'notEmergency';
  callCode: string;
  isTest: boolean;
  occurredAt: Date | null;
  facts: CallFacts;
  /** Another place, which the other source told. */
  alsoAt?: string | null;
  /** For an update: the facts that became known or changed, which are marked with "now". Without it, all are said. */
  changed?: (keyof CallFacts)[];
  content: CallContent;
}

export interface AlertStyle {
  /** `minimal` names nobody and no place: what is personal stays on the page. */
  detail: 'full' | 'minimal';
  /** IANA name of the zone whose clock the team reads. */
  timeZone: string;
  /** How to answer, behind everything else: the longest first, for as much room as there is; see `replyHints`. */
  hints?: readonly string[];
}

/** What a message has room for. */
type Room = Record<'seconds' | 'upn' | 'date' | 'longWords' | 'zone' | 'told', boolean>;

const ALL_ROOM: Room = { seconds: true, upn: true, date: true, longWords: true, zone: true, told: true };
/**
 * What goes, one after the other, before a message may take another segment: the seconds; the UPN where there is a
 * name; the date; long words; the zone; and in an update, what was told before and the law does not ask for.
 */
const LEAVE_OUT: readonly (keyof Room)[] = ['seconds', 'upn', 'date', 'longWords', 'zone', 'told'];

/**
 * The SMS of an alert: nearly always one, in one segment where the facts fit, several only past Twilio's longest body.
 * Says in a fixed order what was dialed, the call's code, the callback number, the location (the three facts of
 * 47 CFR 9.3), the caller and the time. What is missing reads `unknown`, and no fact is ever cut. A stranger's words
 * stand between double quotes and hold none, so they cannot pass for ours.
 */
export function composeAlertSms(alert: AlertWords, style: AlertStyle): string[] {
  const bodies = layoutsOf(style.hints ?? []).map(([room, hint]) => {
    const body = bodyOf(alert, style, room);
    return hint === undefined ? body : `${body}${room.longWords ? '. ' : ' '}${hint}`;
  });
  const segments = bodies.map((body) => countSegments(body).segments);
  const body = bodies[segments.indexOf(Math.min(...segments))] ?? '';
  return splitBody(body, `${testMark(alert)}Call ${alert.callCode}`);
}

/**
 * From the most words to the fewest. A long hint is said only where nothing goes for it, its middle form in place of the
 * seconds, the UPN and the date; the shortest goes last of all, since facts are what an alert is for.
 */
function layoutsOf(hints: readonly string[]): [Room, string | undefined][] {
  const rooms = [ALL_ROOM, ...LEAVE_OUT.map((_, index) => roomWithout(LEAVE_OUT.slice(0, index + 1)))];
  const kept = [1, 1 + LEAVE_OUT.indexOf('date') + 1];
  const withHints = hints.flatMap((hint, index) =>
    rooms.slice(0, kept[index] ?? rooms.length).map((room): [Room, string] => [room, hint]),
  );
  return [...withHints, ...rooms.map((room): [Room, undefined] => [room, undefined])];
}

function roomWithout(names: readonly (keyof Room)[]): Room {
  return { ...ALL_ROOM, ...Object.fromEntries(names.map((name) => [name, false])) };
}

function bodyOf(alert: AlertWords, style: AlertStyle, room: Room): string {
  const sentences = [
    headOf(alert, style, room),
    `Call ${alert.callCode}`,
    ...factsOf(alert, style, room),
    ...timeOf(alert, style, room),
  ];
  return `${testMark(alert)}${sentences.join(room.longWords ? '. ' : ' ')}`;
}

function testMark({ isTest }: AlertWords): string {
  return isTest ? 'TEST ' : '';
}

function headOf(alert: AlertWords, style: AlertStyle, room: Room): string {
  switch (alert.kind) {
    case 'call': {
      const { value } = dialedField(alert.facts);
      if (style.detail === 'minimal' && value.startsWith('"')) return 'EMERGENCY CALL';
      return `EMERGENCY CALL ${room.longWords ? 'to ' : ''}${value}`;
    }
    case 'update':
      return 'UPDATE: EMERGENCY CALL';
    case 'detailsPending':
      return 'EMERGENCY MESSAGE, details not yet available';
    case 'detailsUnavailable':
      return 'EMERGENCY MESSAGE, details not available';
    case 'notEmergency':
      return 'NO EMERGENCY';
  }
}

function factsOf(alert: AlertWords, { detail }: AlertStyle, room: Room): string[] {
  if (alert.kind === 'notEmergency') return ['The message turned out to be no emergency call'];
  const isNew = (field: Field) => field.from.some((name) => alert.kind === 'update' && alert.changed?.includes(name));
  const say = (field: Field) =>
    [room.longWords ? field.label : field.shortLabel, ...(isNew(field) ? ['now'] : []), field.value].join(' ');
  if (detail === 'minimal') return [say(impersonalCallbackField(alert.facts)), pageOf(alert)];
  const others = otherFields(alert, room).filter((field) => isSaidAgain(alert, room) || isNew(field));
  return [callbackField(alert.facts), locationField(alert.facts), ...alsoAtFields(alert), ...others].map(say);
}

function pageOf({ kind }: AlertWords): string {
  return kind === 'detailsPending' ? 'Details on the page once known' : 'Details on the page';
}

/** What the law does not ask for. Coordinates beside a location are said only when they are the news. */
function otherFields({ kind, facts, changed }: AlertWords, room: Room): Field[] {
  const isUpnNew = kind === 'update' && (changed?.includes('callerUpn') ?? false);
  const coordinates = kind === 'update' && changed?.includes('coordinates') ? coordinatesField(facts) : null;
  return [
    ...(coordinates ? [coordinates] : []),
    callerField(facts, room.upn || isUpnNew),
    ...(kind === 'call' ? [] : [dialedField(facts)]),
  ];
}

/** False where only the news of an update has room. */
function isSaidAgain({ kind, changed }: AlertWords, room: Room): boolean {
  return room.told || kind !== 'update' || !changed?.length;
}

function timeOf(alert: AlertWords, { timeZone }: AlertStyle, room: Room): string[] {
  if (!isSaidAgain(alert, room)) return [];
  const detail = { hasDate: room.date, hasSeconds: room.seconds, hasZone: room.zone };
  return [callTime(alert.occurredAt, timeZone, detail) ?? 'Time unknown'];
}
