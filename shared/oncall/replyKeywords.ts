import type { ResolveReason } from './response.ts';

/** The words of one language that a reply can be made of; phrases are parted by commas. */
export interface ReplyKeywords {
  acknowledge: string;
  onScene: string;
  handBack: string;
  escalate: string;
  /** A word of `closes` and one of `reasons` close a call: neither does alone, since "test" can try a number. */
  closes: string;
  reasons: Record<ResolveReason, string>;
  /** Says by itself that the call was a misdial. Nothing that a stranger says to a wrong number ("pomyłka", "verwählt"). */
  misdial?: string;
  /** Asks how to answer. */
  help: string;
  /** Changes nothing beside an answer, and is none: "OK" may only say that the message was seen. */
  courtesy: string;
  /** What a test call read back: single words, none of which says anything of a call. */
  right: string;
  wrong: string;
}

/**
 * By language, without its region, for every language of `emergency/phrases.ts`. A word acknowledges only if it says that
 * the sender has the call; "bin unterwegs" and the like are left out, since they also say that somebody is away. The
 * translations are ours, and nobody has confirmed them.
 */
export const REPLY_KEYWORDS: Readonly<Record<string, ReplyKeywords>> = {
  en: {
    acknowledge:
      "ack, acknowledge, acknowledged, mine, got it, i got it, i've got it, have it, i have it, taking it, i'm taking it, i take it, i'll take it, i will take it, on it, i'm on it, i am on it, on my way, i'm on my way, i am on my way, omw, en route, responding, i'm coming",
    onScene: "on scene, onscene, i'm on scene, i am on scene, on site, onsite, i'm on site, arrived, i have arrived",
    handBack: 'hand back, handback, hand it back, handing back, handing it back, give back, give it back, release',
    escalate: 'escalate, more people, send more people, need more people, backup, send backup, need backup',
    closes: 'resolved, resolve, closed, close',
    reasons: { real: 'real', misdial: 'misdial, false alarm', test: 'test', other: 'other' },
    misdial: 'misdial',
    help: 'menu, commands',
    courtesy:
      'ok, okay, yes, yep, yeah, thanks, thank you, thx, ty, please, pls, roger, roger that, copy, copy that, now',
    right: 'right, correct',
    wrong: 'wrong, incorrect',
  },
  de: {
    acknowledge:
      'übernehme, uebernehme, ich übernehme, ich uebernehme, übernommen, uebernommen, bin dran, ich bin dran, habe ich, auf dem weg, bin auf dem weg, ich bin auf dem weg',
    onScene: 'vor ort, bin vor ort, ich bin vor ort, angekommen',
    handBack: 'gebe ab, ich gebe ab, abgeben, gebe zurück, gebe zurueck, zurückgeben, zurueckgeben',
    escalate: 'eskalieren, eskaliere, verstärkung, verstaerkung, mehr leute',
    closes: 'erledigt, geschlossen, abgeschlossen',
    reasons: {
      real: 'echt, echter notruf',
      misdial: 'fehlanruf, verwählt, verwaehlt, fehlalarm',
      test: 'test',
      other: 'sonstiges',
    },
    help: 'hilfe',
    courtesy: 'ok, okay, ja, danke, bitte, verstanden, jetzt',
    right: 'richtig, korrekt, stimmt',
    wrong: 'falsch, inkorrekt',
  },
  fr: {
    acknowledge:
      "je prends, je le prends, je m'en charge, je m'en occupe, pris en charge, j'arrive, en route, je suis en route",
    onScene: 'sur place, je suis sur place',
    handBack: 'je rends, rendre, je le rends',
    escalate: 'escalader, renfort, renforts, plus de monde',
    closes: 'résolu, fermé, clos, terminé',
    reasons: { real: 'réel, vrai', misdial: 'erreur, fausse alerte', test: 'test, essai', other: 'autre' },
    help: 'aide',
    courtesy: "ok, oui, merci, svp, s'il vous plaît, compris, maintenant",
    right: 'juste, correct, correcte, exact',
    wrong: 'faux, incorrect, incorrecte, inexact',
  },
  es: {
    acknowledge:
      'lo tengo, yo lo tengo, la tengo, yo la tengo, me encargo, yo me encargo, voy, ya voy, voy en camino, en camino',
    onScene: 'en el lugar, estoy en el lugar, en el sitio, estoy en el sitio, llegué',
    handBack: 'devolver, devuelvo, lo devuelvo',
    escalate: 'escalar, refuerzos, más gente',
    closes: 'resuelto, resuelta, cerrado, cerrada',
    reasons: { real: 'real', misdial: 'error, falsa alarma', test: 'prueba', other: 'otro, otra' },
    help: 'ayuda',
    courtesy: 'ok, sí, gracias, por favor, entendido, ahora',
    right: 'correcto, correcta',
    wrong: 'incorrecto, incorrecta, mal',
  },
  it: {
    acknowledge: 'ci penso io, lo prendo io, prendo io, me ne occupo, me ne occupo io, arrivo, sto arrivando',
    onScene: 'sul posto, sono sul posto, arrivato, arrivata',
    handBack: 'restituisco, restituire, la restituisco',
    escalate: 'escalare, rinforzi, più persone',
    closes: 'risolto, risolta, chiuso, chiusa',
    reasons: { real: 'reale, vero', misdial: 'errore, falso allarme', test: 'prova, test', other: 'altro' },
    help: 'aiuto',
    courtesy: 'ok, sì, grazie, per favore, capito, ora, adesso',
    right: 'giusto, corretto',
    wrong: 'sbagliato, scorretto',
  },
  pt: {
    acknowledge: 'assumo, eu assumo, deixa comigo, estou indo, a caminho, estou a caminho',
    onScene: 'no local, estou no local, cheguei',
    handBack: 'devolver, devolvo, eu devolvo',
    escalate: 'escalar, escalonar, reforço, reforços, mais gente',
    closes: 'resolvido, resolvida, encerrado, encerrada, fechado',
    reasons: { real: 'real', misdial: 'engano, alarme falso', test: 'teste', other: 'outro' },
    help: 'ajuda',
    courtesy: 'ok, sim, obrigado, obrigada, por favor, entendido, agora',
    right: 'certo, certa, correto',
    wrong: 'errado, errada, incorreto',
  },
  nl: {
    acknowledge: 'ik neem het, ik neem hem, neem ik, ik pak het op, ik pak hem op, ik kom eraan, kom eraan',
    onScene: 'ter plaatse, ik ben ter plaatse, aangekomen',
    handBack: 'teruggeven, geef terug, ik geef terug',
    escalate: 'escaleren, escaleer, versterking, meer mensen',
    closes: 'opgelost, gesloten, afgesloten',
    reasons: { real: 'echt', misdial: 'vergissing, vals alarm', test: 'test', other: 'anders, overig' },
    help: 'hulp',
    courtesy: 'ok, oké, ja, bedankt, dank je, alsjeblieft, begrepen, nu',
    right: 'juist, correct, klopt',
    wrong: 'onjuist, verkeerd, fout',
  },
  ja: {
    acknowledge: '対応します, 私が対応します, 対応中, 対応中です, 向かいます, 向かっています',
    onScene: '現場到着, 現場に到着, 現場に到着しました, 到着しました, 現場にいます',
    handBack: '返します, 担当を外れます, 引き継ぎ',
    escalate: 'エスカレーション, エスカレート, 応援要請, 応援をお願いします',
    closes: '解決, 終了',
    reasons: { real: '本物, 実際', misdial: '誤発信, 誤報', test: 'テスト, 試験', other: 'その他' },
    help: 'ヘルプ, 使い方',
    courtesy: 'ok, はい, 了解, 了解です, 了解しました, お願いします, ありがとう, ありがとうございます',
    right: '正しい, 正解',
    wrong: '違う, 間違い',
  },
  sv: {
    acknowledge: 'jag tar det, jag tar den, tar det, tar den, på väg, jag är på väg, jag kommer',
    onScene: 'på plats, jag är på plats, framme, jag är framme',
    handBack: 'lämna tillbaka, lämnar tillbaka, jag lämnar tillbaka',
    escalate: 'eskalera, förstärkning, mer folk',
    closes: 'löst, stängt, avslutat, klart',
    reasons: { real: 'verkligt, riktigt', misdial: 'felringning, falsklarm', test: 'test, prov', other: 'annat' },
    help: 'hjälp',
    courtesy: 'ok, okej, ja, tack, uppfattat, nu',
    right: 'rätt, korrekt',
    wrong: 'fel, felaktig',
  },
  da: {
    acknowledge: 'jeg tager den, jeg tager det, tager den, tager det, på vej, jeg er på vej, jeg kommer',
    onScene: 'på stedet, jeg er på stedet, fremme, jeg er fremme',
    handBack: 'giv tilbage, giver tilbage, jeg giver den tilbage',
    escalate: 'eskaler, eskalér, forstærkning, flere folk',
    closes: 'løst, lukket, afsluttet',
    reasons: { real: 'ægte, rigtig', misdial: 'fejlopkald, falsk alarm', test: 'test, prøve', other: 'andet' },
    help: 'hjælp',
    courtesy: 'ok, ja, tak, forstået, nu',
    right: 'korrekt',
    wrong: 'forkert',
  },
  nb: {
    acknowledge: 'jeg tar den, jeg tar det, tar den, tar det, på vei, jeg er på vei, jeg kommer',
    onScene: 'på stedet, jeg er på stedet, fremme, jeg er fremme',
    handBack: 'gi tilbake, gir tilbake, jeg gir den tilbake',
    escalate: 'eskaler, forsterkning, flere folk',
    closes: 'løst, lukket, avsluttet',
    reasons: { real: 'ekte, reell', misdial: 'feilringing, falsk alarm', test: 'test, prøve', other: 'annet' },
    help: 'hjelp',
    courtesy: 'ok, ja, takk, forstått, nå',
    right: 'riktig, korrekt',
    wrong: 'feil',
  },
  fi: {
    acknowledge: 'otan, otan sen, otan tämän, minä otan, hoidan, minä hoidan, hoidan tämän, tulossa, olen tulossa',
    onScene: 'paikalla, olen paikalla, perillä, olen perillä',
    handBack: 'palautan, palauta, luovutan',
    escalate: 'eskaloi, lisää väkeä, apuvoimia',
    closes: 'ratkaistu, suljettu, valmis',
    reasons: { real: 'todellinen, aito', misdial: 'virhepuhelu, väärä hälytys', test: 'testi', other: 'muu' },
    help: 'ohje, apua',
    courtesy: 'ok, kyllä, joo, kiitos, selvä, nyt',
    right: 'oikein, oikea',
    wrong: 'väärin, väärä',
  },
  pl: {
    acknowledge: 'biorę, biorę to, ja biorę, przyjmuję, zajmuję się tym, już jadę, jadę, idę, w drodze',
    onScene: 'na miejscu, jestem na miejscu',
    handBack: 'oddaję, zwracam',
    escalate: 'eskaluj, eskalacja, wsparcie, więcej ludzi',
    closes: 'rozwiązane, zamknięte, zakończone',
    reasons: { real: 'prawdziwe', misdial: 'pomyłka, fałszywy alarm', test: 'test', other: 'inne' },
    help: 'pomoc',
    courtesy: 'ok, tak, dzięki, dziękuję, proszę, zrozumiałem, zrozumiałam, teraz',
    right: 'dobrze, poprawny, poprawnie',
    wrong: 'źle, błędny, błędnie',
  },
};
