import type { TableTexts } from './tableTexts.ts';

export const GERMAN: TableTexts = {
  heads: {
    call: 'NOTRUF an {number}',
    update: 'NEUES ZUM NOTRUF',
    detailsPending: 'NOTRUFMELDUNG, Einzelheiten noch nicht bekannt',
    detailsUnavailable: 'NOTRUFMELDUNG, Einzelheiten nicht bekannt',
    notEmergency: 'KEIN NOTRUF',
  },
  callToUnknown: 'NOTRUF',
  labels: {
    dialed: 'Gewählt',
    code: 'Notruf',
    callback: 'Rückrufnummer',
    location: 'Ort',
    alsoAt: 'Auch gemeldet',
    coordinates: 'Koordinaten',
    caller: 'Anrufer',
    time: 'Zeit',
  },
  unknown: 'unbekannt',
  onThePage: 'auf der Seite',
  isNew: '(neu)',
  noEmergency: 'Die Meldung war kein Notruf',
};
