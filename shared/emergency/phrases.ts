import type { EmergencyPhrase } from './reading.ts';

/**
 * The phrases every deployment knows. Only the English one has been seen in real messages (a public Power Automate
 * solution has relied on it since 2024: robwatts365/MicrosoftTeamsPhone-ExtendEmergencyCalling); the others are
 * our translations, and nobody has confirmed them. Settings add more.
 */
export const BUILT_IN_PHRASES: readonly EmergencyPhrase[] = [
  { language: 'en', phrase: 'has placed an Emergency Call', isConfirmed: true },
  ...assumed('de', 'hat einen Notruf abgesetzt', 'hat einen Notruf getätigt'),
  ...assumed('fr', "a passé un appel d'urgence", "a effectué un appel d'urgence"),
  ...assumed('fr-CA', "a placé un appel d'urgence", "a fait un appel d'urgence"),
  ...assumed('es', 'ha realizado una llamada de emergencia', 'ha hecho una llamada de emergencia'),
  ...assumed('it', 'ha effettuato una chiamata di emergenza', "ha effettuato una chiamata d'emergenza"),
  ...assumed('pt-BR', 'fez uma chamada de emergência', 'realizou uma chamada de emergência'),
  ...assumed('nl', 'heeft een noodoproep geplaatst', 'heeft een noodoproep gedaan'),
  ...assumed('ja', '緊急通報を行いました', '緊急通話を発信しました'),
  ...assumed('sv', 'har ringt ett nödsamtal', 'har gjort ett nödsamtal'),
  ...assumed('da', 'har foretaget et nødopkald'),
  ...assumed('nb', 'har foretatt et nødanrop', 'har ringt et nødanrop'),
  ...assumed('fi', 'on soittanut hätäpuhelun', 'soitti hätäpuhelun'),
  ...assumed('pl', 'wykonał połączenie alarmowe', 'wykonała połączenie alarmowe', 'nawiązał połączenie alarmowe'),
];

function assumed(language: string, ...phrases: string[]): EmergencyPhrase[] {
  return phrases.map((phrase) => ({ language, phrase, isConfirmed: false }));
}
