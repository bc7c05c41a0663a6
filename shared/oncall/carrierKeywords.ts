/**
 * Words that Twilio and the carriers act on before any code of ours hears of them: `stop` blocks every message to the
 * sender until they text one of `start`, and `help` gets an answer of Twilio's own. The body is nothing but the word, in
 * any case: "STOP PLEASE" is none of them. Sources: https://help.twilio.com/articles/223134027 (opt-out keywords),
 * https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out (REVOKE and OPTOUT), and for ARRET and its like
 * https://www.twilio.com/docs/proxy/opt-out-keywords.
 */
export const CARRIER_KEYWORDS = {
  stop: [
    ...['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
    ...['ARRET', 'ARRETT', 'ARRETE'],
  ],
  start: ['START', 'YES', 'UNSTOP'],
  help: ['HELP', 'INFO'],
} as const;

export type CarrierKeyword = keyof typeof CARRIER_KEYWORDS;

/** Which of them a text is, as Twilio reads it; `null` for every other text. */
export function carrierKeywordOf(text: string): CarrierKeyword | null {
  const word = text.trim().toUpperCase();
  const names = Object.keys(CARRIER_KEYWORDS) as CarrierKeyword[];
  return names.find((name) => CARRIER_KEYWORDS[name].some((keyword) => keyword === word)) ?? null;
}
