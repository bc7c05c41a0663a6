import { DIGIT_ACTIONS } from '../../oncall/replyGrammar.ts';
import type { ResponseAction } from '../../oncall/response.ts';

/** Hears the facts again; in a reply by SMS there is nothing like it. */
const REPEAT = '9';

/** What a pressed key means, as the same digit in a reply by SMS does; `null` for one that means nothing. */
export function actionOfKey(digits: string): ResponseAction | 'repeat' | null {
  if (digits === REPEAT) return 'repeat';
  return Object.hasOwn(DIGIT_ACTIONS, digits) ? (DIGIT_ACTIONS[digits] ?? null) : null;
}
