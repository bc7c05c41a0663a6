import type { ReplyTexts } from './replyTexts.ts';

export const GERMAN: ReplyTexts = {
  done: {
    acknowledge:
      'Sie haben Notruf {code}. Antworten Sie 2 {code} vor Ort, 3 {code} zum Abgeben, 4 {code} für mehr Leute.',
    onScene:
      'Vor Ort bei Notruf {code}: notiert. Zum Abschließen 5 {code} (echt), 6 {code} (Fehlanruf), 7 {code} (Test), 8 {code} (Sonstiges).',
    handBack: 'Sie haben Notruf {code} abgegeben. Er wird jetzt neu gemeldet.',
    escalate: 'Zu Notruf {code} werden mehr Leute verständigt.',
  },
  closed: 'Notruf {code} ist abgeschlossen: {reason}.',
  isYours: 'Sie haben Notruf {code} bereits.',
  isTaken: 'Sie waren nicht zuerst da: {name} hat Notruf {code} seit {time}.',
  isNotYours: 'Sie können Notruf {code} nicht abgeben: {name} hat ihn.',
  nobodyHas: 'Niemand hat Notruf {code}. Antworten Sie 1 {code}, um ihn zu übernehmen.',
  isClosed: 'Notruf {code} wurde von {name} um {time} abgeschlossen: {reason}.',
  which: {
    several: 'Welcher Notruf? Antworten Sie {digit} und den Code: {list}',
    unknownCode: 'Kein offener Notruf hat diesen Code. Antworten Sie {digit} und einen Code: {list}',
    sameCode: 'Mehrere Notrufe haben diesen Code. Antworten Sie {digit}, Code und Zeit: {list}',
    unheld: 'Diesen Anruf hat noch niemand. Zum Schliessen {digit} und den Code antworten: {list}',
  },
  more: '{count} weitere',
  noneOpen: 'Ihnen wurde kein Notruf gemeldet, der noch offen ist.',
  help: 'Antworten Sie mit dem Code: 1 übernehme, 2 vor Ort, 3 gebe ab, 4 mehr Leute. Abschließen: 5 echt, 6 Fehlanruf, 7 Test, 8 Sonstiges. Beispiel: 1 {code}',
  unclear:
    'Nicht verstanden, nichts geändert. Antworten Sie 1 {code} zum Übernehmen, 2 {code} vor Ort, 4 {code} für mehr Leute, 0 für Hilfe.',
  news: {
    acknowledged: 'Notruf {code}: {name} hat ihn seit {time}.',
    onScene: 'Notruf {code}: {name} ist seit {time} vor Ort.',
    handedBack: 'Notruf {code} wurde abgegeben, niemand hat ihn. Antworten Sie 1 {code}, um ihn zu übernehmen.',
  },
  newsClosed: 'Notruf {code}: von {name} um {time} abgeschlossen, {reason}.',
  ended: 'Anruf {code}: Der Notruf selbst endete um {time}. Der Anrufer ist vielleicht wieder erreichbar.',
  nobodyOnScene:
    'Notruf {code}: noch niemand vor Ort, {name} hat ihn seit {time}. Antworten Sie 2 {code} vor Ort, 4 {code} für mehr Leute.',
  hints: [
    'Antwort 1 {code}: übernehme, 2 {code}: vor Ort, 0: Hilfe',
    'Antwort 1 {code}: übernehme',
    'Antwort 1 {code}',
  ],
  reasons: { real: 'echter Notruf', misdial: 'Fehlanruf', test: 'Test', other: 'Sonstiges' },
  somebody: 'jemand',
};
