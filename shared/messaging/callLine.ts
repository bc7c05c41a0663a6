import {
  callbackField,
  dialedField,
  impersonalCallbackField,
  impersonalDialedField,
  locationField,
} from './alertFields.ts';
import { marksOf } from './alertHead.ts';
import { smsTextsIn } from './alertTexts/languages.ts';
import type { AlertStyle, AlertWords } from './alertWords.ts';

/**
 * One call in a list of several, e.g. `K7M Dialed 911 Callback +14255550123 At "Building 34"`, in the language of who
 * reads it: always one line, with all three facts of 47 CFR 9.3, and never a stranger's words outside of quotes.
 */
export function callLine(
  call: Pick<AlertWords, 'callCode' | 'isTest' | 'facts' | 'whereabouts' | 'knownTo'>,
  { detail, language }: Pick<AlertStyle, 'detail' | 'language'>,
): string {
  const { callCode, facts } = call;
  const texts = smsTextsIn(language);
  const isMinimal = detail === 'minimal';
  const fields = isMinimal
    ? [impersonalDialedField(facts, texts), impersonalCallbackField(facts, texts)]
    : [dialedField(facts, texts), callbackField(facts, texts), locationField(call, texts)];
  const said = fields.map(({ name, value }) => `${texts.smsLabels[name][1]} ${value}`);
  return [`${marksOf(call)}${callCode}`, ...said, ...(isMinimal ? [texts.detailsOnThePage] : [])].join(' ');
}
