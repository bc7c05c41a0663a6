/**
 * What is texted about test calls of a site, in one language. `{site}`: its name, `{code}`: that of the test, `{call}`: of
 * the call, `{number}`: which reminder it is. Before the first colon stands what the subject of a mail says. The words of
 * an answer are among those of `oncall/replyKeywords.ts`. Only the English ones come from a speaker of the language:
 * nobody has confirmed the translations.
 */
export interface TestTexts {
  lead: string;
  reminder: string;
  /** Of a site with Direct Routing, which Microsoft's bot does not answer. */
  reminderDirect: string;
  question: string;
  questionDirect: string;
  right: string;
  wrong: string;
  /** Somebody else has said that it was wrong. */
  stillWrong: string;
  noneWaits: string;
  /** With `{list}`: codes and sites. */
  which: string;
}

const ENGLISH: TestTexts = {
  lead: 'REMINDER {number}: ',
  reminder:
    'the 933 test of {site} is due. Dial 933 in a Teams client there and listen to the address that the bot reads back. Then reply RIGHT {code} or WRONG {code} and the address you heard.',
  reminderDirect:
    "the emergency call test of {site} is due. It has Direct Routing: test as your ERS provider or ELIN says, Microsoft's 933 bot does not answer. Then reply RIGHT {code} or WRONG {code} and the address they have.",
  question:
    'TEST call {call}: did 933 read back the right address of {site}? Reply RIGHT {code} or WRONG {code} and the address you heard.',
  questionDirect:
    'TEST call {call}: does your ERS provider have the right address of {site}? Reply RIGHT {code} or WRONG {code} and the address they have.',
  right: 'Recorded: the address of {site} was right (test {code}). Thank you.',
  wrong:
    'Recorded: the address of {site} was wrong (test {code}). The administrators are told. Test again when it is mended.',
  stillWrong:
    'Recorded: right (test {code}). Somebody else answered WRONG, which stays until the next test of {site} is right.',
  noneWaits: 'Nothing has changed: no test with that code waits for your answer.',
  which: 'Which test? Nothing has changed. Reply RIGHT or WRONG and its code: {list}',
};

const GERMAN: TestTexts = {
  lead: 'ERINNERUNG {number}: ',
  reminder:
    'der 933-Test von {site} steht an. Wählen Sie dort in Teams 933 und hören Sie auf die Adresse, die die Ansage nennt. Antworten Sie dann RICHTIG {code} oder FALSCH {code} und die gehörte Adresse.',
  reminderDirect:
    'der Notruftest von {site} steht an. Direct Routing: testen Sie, wie Ihr ERS-Anbieter oder ELIN es vorsieht, die 933-Ansage von Microsoft antwortet nicht. Antworten Sie dann RICHTIG {code} oder FALSCH {code} und die Adresse dort.',
  question:
    'TEST-Anruf {call}: hat 933 die richtige Adresse von {site} genannt? Antworten Sie RICHTIG {code} oder FALSCH {code} und die gehörte Adresse.',
  questionDirect:
    'TEST-Anruf {call}: hat Ihr ERS-Anbieter die richtige Adresse von {site}? Antworten Sie RICHTIG {code} oder FALSCH {code} und die Adresse dort.',
  right: 'Notiert: die Adresse von {site} war richtig (Test {code}). Danke.',
  wrong:
    'Notiert: die Adresse von {site} war falsch (Test {code}). Die Administratoren werden verständigt. Testen Sie erneut, wenn sie berichtigt ist.',
  stillWrong:
    'Notiert: richtig (Test {code}). Jemand anders hat FALSCH geantwortet; das gilt, bis der nächste Test von {site} richtig ist.',
  noneWaits: 'Nichts geändert: kein Test mit diesem Code wartet auf Ihre Antwort.',
  which: 'Welcher Test? Nichts geändert. Antworten Sie RICHTIG oder FALSCH und den Code: {list}',
};

const SPANISH: TestTexts = {
  lead: 'RECORDATORIO {number}: ',
  reminder:
    'toca la prueba 933 de {site}. Marque 933 en Teams desde allí y escuche la dirección que lee el bot. Luego responda CORRECTO {code} o INCORRECTO {code} y la dirección que oyó.',
  reminderDirect:
    'toca la prueba de emergencia de {site}. Tiene Direct Routing: pruebe como indique su proveedor ERS o ELIN, el bot 933 de Microsoft no responde. Luego responda CORRECTO {code} o INCORRECTO {code} y la dirección que tienen.',
  question:
    'Llamada de PRUEBA {call}: ¿leyó 933 la dirección correcta de {site}? Responda CORRECTO {code} o INCORRECTO {code} y la dirección que oyó.',
  questionDirect:
    'Llamada de PRUEBA {call}: ¿tiene su proveedor ERS la dirección correcta de {site}? Responda CORRECTO {code} o INCORRECTO {code} y la dirección que tienen.',
  right: 'Anotado: la dirección de {site} era correcta (prueba {code}). Gracias.',
  wrong:
    'Anotado: la dirección de {site} era incorrecta (prueba {code}). Se avisa a los administradores. Repita la prueba cuando esté corregida.',
  stillWrong:
    'Anotado: correcto (prueba {code}). Otra persona respondió INCORRECTO; vale hasta que la próxima prueba de {site} sea correcta.',
  noneWaits: 'Nada ha cambiado: ninguna prueba con ese código espera su respuesta.',
  which: '¿Qué prueba? Nada ha cambiado. Responda CORRECTO o INCORRECTO y su código: {list}',
};

const FRENCH: TestTexts = {
  lead: 'RAPPEL {number} : ',
  reminder:
    "le test 933 de {site} est à faire. Composez le 933 dans Teams sur place et écoutez l'adresse que lit le bot. Puis répondez EXACT {code} ou INEXACT {code} et l'adresse entendue.",
  reminderDirect:
    "le test d'appel d'urgence de {site} est à faire. Direct Routing : testez comme le dit votre fournisseur ERS ou ELIN, le bot 933 de Microsoft ne répond pas. Puis répondez EXACT {code} ou INEXACT {code} et l'adresse qu'ils ont.",
  question:
    "Appel de TEST {call} : le 933 a-t-il lu la bonne adresse de {site} ? Répondez EXACT {code} ou INEXACT {code} et l'adresse entendue.",
  questionDirect:
    "Appel de TEST {call} : votre fournisseur ERS a-t-il la bonne adresse de {site} ? Répondez EXACT {code} ou INEXACT {code} et l'adresse qu'il a.",
  right: "Noté : l'adresse de {site} était exacte (test {code}). Merci.",
  wrong:
    "Noté : l'adresse de {site} était inexacte (test {code}). Les administrateurs sont prévenus. Refaites le test quand elle sera corrigée.",
  stillWrong:
    "Noté : exact (test {code}). Quelqu'un d'autre a répondu INEXACT ; cela vaut jusqu'à ce que le prochain test de {site} soit exact.",
  noneWaits: "Rien n'a changé : aucun test avec ce code n'attend votre réponse.",
  which: "Quel test ? Rien n'a changé. Répondez EXACT ou INEXACT et son code : {list}",
};

/** By language, without its region. */
export const TEST_TEXTS: ReadonlyMap<string, TestTexts> = new Map([
  ['en', ENGLISH],
  ['de', GERMAN],
  ['es', SPANISH],
  ['fr', FRENCH],
]);
