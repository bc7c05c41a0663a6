import type { ReplyTexts } from './replyTexts.ts';

export const FRENCH: ReplyTexts = {
  done: {
    acknowledge:
      "Vous avez l'appel {code}. Répondez 2 {code} sur place, 3 {code} pour le rendre, 4 {code} pour des renforts.",
    onScene:
      'Vous êtes sur place, appel {code}. Pour le clore, répondez 5 {code} (réel), 6 {code} (erreur), 7 {code} (test), 8 {code} (autre).',
    handBack: "Vous avez rendu l'appel {code}. Il est annoncé de nouveau.",
    escalate: "D'autres personnes sont prévenues de l'appel {code}.",
  },
  closed: "L'appel {code} est clos : {reason}.",
  isYours: "Vous avez déjà l'appel {code}.",
  isTaken: "Vous n'étiez pas le premier : {name} a l'appel {code} depuis {time}.",
  isNotYours: "Vous ne pouvez pas rendre l'appel {code} : {name} l'a pris.",
  nobodyHas: "Personne n'a l'appel {code}. Répondez 1 {code} pour le prendre.",
  isClosed: "L'appel {code} a été clos par {name} à {time} : {reason}.",
  which: {
    several: 'Quel appel ? Répondez {digit} et son code : {list}',
    unknownCode: "Aucun appel ouvert n'a ce code. Répondez {digit} et un code : {list}",
    sameCode: 'Plusieurs appels ont ce code. Répondez {digit}, code et heure : {list}',
    unheld: "Personne n'a cet appel. Pour le clore repondez {digit} et son code : {list}",
  },
  more: '{count} de plus',
  noneOpen: "Aucun appel qui vous a été annoncé n'est encore ouvert.",
  help: 'Répondez avec le code : 1 je prends, 2 sur place, 3 je rends, 4 renforts. Pour clore : 5 réel, 6 erreur, 7 test, 8 autre. Exemple : 1 {code}',
  unclear:
    "Pas compris, rien n'est changé. Répondez 1 {code} pour prendre l'appel, 2 {code} sur place, 4 {code} pour des renforts, 0 pour l'aide.",
  news: {
    acknowledged: "Appel {code} : {name} l'a depuis {time}.",
    onScene: 'Appel {code} : {name} est sur place depuis {time}.',
    handedBack: "L'appel {code} a été rendu, personne ne l'a. Répondez 1 {code} pour le prendre.",
  },
  newsClosed: 'Appel {code} : clos par {name} à {time}, {reason}.',
  ended: "Appel {code} : l'appel d'urgence a pris fin a {time}. L'appelant est peut-etre joignable.",
  nobodyOnScene:
    "Appel {code} : personne sur place, {name} l'a depuis {time}. Répondez 2 {code} sur place, 4 {code} pour des renforts.",
  hints: [
    'Répondez 1 {code} : je prends, 2 {code} : sur place, 0 : aide',
    'Répondez 1 {code} : je prends',
    'Répondez 1 {code}',
  ],
  reasons: { real: 'urgence réelle', misdial: 'appel par erreur', test: 'test', other: 'autre' },
  somebody: "quelqu'un",
};
