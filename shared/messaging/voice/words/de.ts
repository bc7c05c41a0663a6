import type { VoiceWords } from './voiceWords.ts';

export const GERMAN: VoiceWords = {
  opening: 'Dies ist ein Notfallalarm. Sie hören die Angaben zweimal.',
  test: 'TEST. Dies ist nur ein Test.',
  offSite: 'OFF-SITE. Der Anruf kommt von keinem bekannten Standort.',
  head: {
    call: 'Notruf an {}.',
    update: 'Neues zu einem Notruf.',
    detailsPending: 'Notfallnachricht. Einzelheiten sind noch nicht bekannt.',
    detailsUnavailable: 'Notfallnachricht. Einzelheiten sind nicht verfügbar.',
    notEmergency: 'Kein Notfall. Die Nachricht war kein Notruf.',
  },
  code: 'Kennung des Notrufs: {}.',
  callback: 'Rückrufnummer: {}.',
  location: 'Ort: {}.',
  alsoAt: 'Ebenfalls gemeldet: {}.',
  caller: 'Anrufer: {}.',
  isNew: 'Neu.',
  coordinates: 'Breite {}, Länge {}',
  unknown: 'unbekannt',
  withheld: 'zurückgehalten. Bekannt ist er {}',
  onThePage: 'auf der Seite',
  plus: 'plus',
  minus: 'minus',
  cut: 'Das war zu lang für einen Anruf. Der Rest steht in der Textnachricht und auf der Seite',
  warning:
    'Rufen Sie diese Nummer nicht zurück, solange der Notruf noch laufen kann: Sie könnten die Hilfe unterbrechen.',
  menu: 'Um den Notruf zu übernehmen, drücken Sie die 1. Wenn Sie vor Ort sind, die 2. Um ihn zurückzugeben, die 3. Um sofort die Nächsten zu verständigen, die 4. Um die Angaben noch einmal zu hören, die 9.',
  answerByText:
    'Dieser Anruf kann Ihre Antwort nicht entgegennehmen. Antworten Sie per Textnachricht oder auf der Seite.',
  noKey:
    'Es wurde keine Taste gedrückt und keine Antwort gespeichert. Antworten Sie per Textnachricht oder auf der Seite. Auf Wiederhören.',
  wrongKey: 'Diese Taste hat hier keine Bedeutung, und nichts ist gespeichert.',
  confirm:
    'Das klang wie ein Anrufbeantworter, deshalb ist noch nichts gespeichert. Wenn Sie ein Mensch sind, drücken Sie dieselbe Taste noch einmal.',
  confirmClosing: 'Das schließt den Notruf endgültig ab. Um ihn abzuschließen, drücken Sie dieselbe Taste noch einmal.',
  notRecorded:
    'Ihre Antwort konnte nicht gespeichert werden. Drücken Sie die Taste noch einmal, oder antworten Sie per Textnachricht.',
  noRepetition: 'Die Angaben können jetzt nicht wiederholt werden. Sie stehen in der Textnachricht und auf der Seite.',
  recorded: {
    acknowledge: 'Gespeichert: Sie haben diesen Notruf übernommen.',
    onScene: 'Gespeichert: Sie sind vor Ort.',
    handBack: 'Gespeichert: Sie haben diesen Notruf zurückgegeben, andere werden verständigt.',
    escalate: 'Gespeichert: Die Nächsten werden jetzt verständigt.',
    resolve: 'Gespeichert: Dieser Notruf ist abgeschlossen.',
  },
  isYours: 'Sie haben diesen Notruf bereits.',
  isTaken: '{} hat diesen Notruf bereits übernommen.',
  isNotYours: 'Sie haben diesen Notruf nicht und können ihn nicht zurückgeben.',
  isResolved: 'Dieser Notruf ist abgeschlossen.',
};
