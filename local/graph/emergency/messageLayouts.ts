import { escapeHtml } from '../html.ts';

/** What a notification to the security desk may say. Only the caller is always there. */
export interface MessageFacts {
  callerDisplayName: string;
  callerUpn: string;
  numberDialed: string;
  /** Name of the Place of the emergency location, e.g. `Loc REDMOND`. */
  placeName: string | null;
  address: string | null;
  coordinates: { latitude: number; longitude: number } | null;
  callbackNumber: string | null;
  occurredAt: Date;
}

/*
 * Known of the real message: its text contains "has placed an Emergency Call", its body is HTML of several lines, it
 * comes from the caller, and the name of the Place stands in it. EVERYTHING ELSE HERE IS AN INVENTION: which labels
 * there are, their order, whether numbers, address and coordinates are given at all, the markup, and every language but
 * the English sentence. Three layouts are kept, so that nothing grows fond of one.
 */
export const LAYOUTS = { lines: asLines, breaks: asBreaks, table: asTable };
export type LayoutName = keyof typeof LAYOUTS;

interface Words {
  sentence: string;
  dialed: string;
  caller: string;
  callback: string;
  location: string;
  address: string;
  coordinates: string;
  time: string;
}

/** By locale of the message. Only the sentence of `en-us` is known. */
export const WORDS: Readonly<Record<string, Words>> = {
  'en-us': {
    sentence: 'has placed an Emergency Call',
    dialed: 'Number dialed',
    caller: 'Caller',
    callback: 'Callback number',
    location: 'Emergency location',
    address: 'Address',
    coordinates: 'Coordinates',
    time: 'Time',
  },
  'de-de': {
    sentence: 'hat einen Notruf abgesetzt',
    dialed: 'Gewählte Nummer',
    caller: 'Anrufer',
    callback: 'Rückrufnummer',
    location: 'Notfallstandort',
    address: 'Adresse',
    coordinates: 'Koordinaten',
    time: 'Zeit',
  },
  'fr-ca': {
    sentence: 'a effectué un appel d’urgence',
    dialed: 'Numéro composé',
    caller: 'Appelant',
    callback: 'Numéro de rappel',
    location: 'Lieu d’urgence',
    address: 'Adresse',
    coordinates: 'Coordonnées',
    time: 'Heure',
  },
  'es-us': {
    sentence: 'ha realizado una llamada de emergencia',
    dialed: 'Número marcado',
    caller: 'Persona que llama',
    callback: 'Número de devolución de llamada',
    location: 'Ubicación de emergencia',
    address: 'Dirección',
    coordinates: 'Coordenadas',
    time: 'Hora',
  },
};

function asLines(facts: MessageFacts, words: Words): string {
  const lines = [headline(facts, words), ...rowsOf(facts, words).map(([label, value]) => `${label}: ${value}`)];
  return `<div>${lines.map((line) => `<div>${escapeHtml(line)}</div>`).join('\n')}</div>`;
}

function asBreaks(facts: MessageFacts, words: Words): string {
  const values = rowsOf(facts, words).map(([label, value]) => `<b>${escapeHtml(label)}</b> ${escapeHtml(value)}`);
  return `<p>${[escapeHtml(headline(facts, words)), ...values].join('<br>\n')}</p>`;
}

function asTable(facts: MessageFacts, words: Words): string {
  const rows = rowsOf(facts, words).map(
    ([label, value]) => `<tr><td>${escapeHtml(label)}</td><td>${escapeHtml(value)}</td></tr>`,
  );
  const head = `<strong>${escapeHtml(facts.callerDisplayName)}</strong> ${escapeHtml(words.sentence)}`;
  return `<p>${head}</p>\n<table><tbody>${rows.join('\n')}</tbody></table>`;
}

function headline(facts: MessageFacts, words: Words): string {
  return `${facts.callerDisplayName} ${words.sentence}`;
}

function rowsOf(facts: MessageFacts, words: Words): [string, string][] {
  const { coordinates } = facts;
  const rows: [string, string | null][] = [
    [words.caller, facts.callerUpn],
    [words.dialed, facts.numberDialed],
    [words.callback, facts.callbackNumber],
    [words.location, facts.placeName],
    [words.address, facts.address],
    [words.coordinates, coordinates === null ? null : `${coordinates.latitude}, ${coordinates.longitude}`],
    [words.time, facts.occurredAt.toISOString()],
  ];
  return rows.flatMap(([label, value]): [string, string][] => (value === null ? [] : [[label, value]]));
}
