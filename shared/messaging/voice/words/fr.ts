import type { VoiceWords } from './voiceWords.ts';

export const FRENCH: VoiceWords = {
  opening: "Ceci est une alerte d'urgence. Vous entendrez les faits deux fois.",
  test: "ESSAI, TEST. Ceci n'est qu'un essai.",
  offSite: "OFF-SITE. L'appel ne vient d'aucun site connu.",
  head: {
    call: "Appel d'urgence au {}.",
    update: "Du nouveau sur un appel d'urgence.",
    detailsPending: "Message d'urgence. Les détails ne sont pas encore disponibles.",
    detailsUnavailable: "Message d'urgence. Les détails ne sont pas disponibles.",
    notEmergency: "Pas d'urgence. Le message n'annonçait aucun appel d'urgence.",
  },
  code: "Code de l'appel : {}.",
  callback: 'Numéro de rappel : {}.',
  location: 'Lieu : {}.',
  alsoAt: 'Aussi signalé à : {}.',
  caller: 'Appelant : {}.',
  isNew: 'Nouveau.',
  coordinates: 'latitude {}, longitude {}',
  unknown: 'inconnu',
  withheld: 'non communiqué. Connu de {}',
  onThePage: 'sur la page',
  plus: 'plus',
  minus: 'moins',
  cut: "C'était trop long pour un appel. La suite est dans le message écrit et sur la page",
  warning:
    "Ne rappelez pas ce numéro tant que l'appel d'urgence peut être en cours : vous pourriez couper l'appelant des secours.",
  menu: "Pour prendre l'appel en charge, appuyez sur 1. Si vous êtes sur place, sur 2. Pour rendre l'appel, sur 3. Pour prévenir tout de suite les personnes suivantes, sur 4. Pour réentendre les faits, sur 9.",
  answerByText: 'Cet appel ne peut pas prendre votre réponse. Répondez par message écrit ou sur la page.',
  noKey:
    "Aucune touche n'a été pressée, aucune réponse n'est enregistrée. Répondez par message écrit ou sur la page. Au revoir.",
  wrongKey: "Cette touche ne correspond à rien, et rien n'est enregistré.",
  confirm:
    "On aurait dit un répondeur : rien n'est encore enregistré. Si vous êtes une personne, appuyez encore sur la même touche.",
  confirmClosing: "Ceci clôt l'appel définitivement. Pour le clore, appuyez encore sur la même touche.",
  notRecorded:
    "Votre réponse n'a pas pu être enregistrée. Appuyez encore sur la touche, ou répondez par message écrit.",
  noRepetition: 'Les faits ne peuvent pas être répétés maintenant. Ils sont dans le message écrit et sur la page.',
  recorded: {
    acknowledge: "C'est enregistré : vous avez pris cet appel en charge.",
    onScene: "C'est enregistré : vous êtes sur place.",
    handBack: "C'est enregistré : vous avez rendu cet appel, d'autres personnes sont prévenues.",
    escalate: "C'est enregistré : les personnes suivantes sont prévenues.",
    resolve: "C'est enregistré : cet appel est clos.",
  },
  isYours: 'Vous avez déjà cet appel en charge.',
  isTaken: '{} a déjà pris cet appel en charge.',
  isNotYours: "Vous n'avez pas cet appel en charge et ne pouvez pas le rendre.",
  isResolved: 'Cet appel est clos.',
};
