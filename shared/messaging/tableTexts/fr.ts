import type { TableTexts } from './tableTexts.ts';

export const FRENCH: TableTexts = {
  heads: {
    call: "APPEL D'URGENCE au {number}",
    update: "NOUVEAU, APPEL D'URGENCE",
    detailsPending: "MESSAGE D'URGENCE, détails pas encore connus",
    detailsUnavailable: "MESSAGE D'URGENCE, détails non connus",
    notEmergency: "PAS D'URGENCE",
  },
  callToUnknown: "APPEL D'URGENCE",
  labels: {
    dialed: 'Numéro composé',
    code: 'Appel',
    callback: 'Numéro de rappel',
    location: 'Lieu',
    alsoAt: 'Signalé aussi',
    coordinates: 'Coordonnées',
    caller: 'Appelant',
    time: 'Heure',
  },
  unknown: 'inconnu',
  onThePage: 'sur la page',
  isNew: '(nouveau)',
  noEmergency: "Le message n'était pas un appel d'urgence",
};
