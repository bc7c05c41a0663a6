import { alsoAtFields } from './alertFields.ts';
import { marksOf } from './alertHead.ts';
import type { AlertTexts } from './alertTexts/alertTexts.ts';
import { smsTextsIn } from './alertTexts/languages.ts';
import type { AlertStyle, AlertWords } from './alertWords.ts';
import { callLine } from './callLine.ts';
import { callTime } from './callTime.ts';
import { LONGEST_BODY } from './splitBody.ts';

/** One call of a list. */
export interface ListedWords {
  words: AlertWords;
  /** Who has it, or how it ended; `null` while nobody has answered. */
  answered: string | null;
}

/** One SMS of a list, and which of the calls it tells of, by their place among those that were given. */
export interface ListMessage {
  body: string;
  of: number[];
}

/**
 * The list of further calls when there are many at once: a line for each, in as many messages as it takes, cut only
 * between calls. One whose line is longer than a message has a message for itself with an empty body: it is told as any
 * call is. All are tests, or none is. `hint` says how to answer, where there is room behind the last line of a message.
 */
export function composeCallList(
  calls: readonly ListedWords[],
  { isTest, hint, ...style }: AlertStyle & { isTest: boolean; hint: string },
): ListMessage[] {
  const texts = smsTextsIn(style.language);
  const head = (count: number) => `${isTest ? 'TEST ' : ''}${texts.moreCalls.replace('{count}', String(count))}`;
  const lines = calls.map((call) => lineOf(call, style, texts));
  const parts = inParts(lines, LONGEST_BODY - head(calls.length).length);
  return parts.map(({ of, isTooLong }) => {
    if (isTooLong) return { of, body: '' };
    const body = [head(of.length), ...of.map((index) => lines[index] ?? '')].join('\n');
    const withHint = `${body}\n${hint}`;
    return { of, body: withHint.length <= LONGEST_BODY ? withHint : body };
  });
}

/** By the places of the lines, each with the line break before it. */
function inParts(lines: readonly string[], room: number): { of: number[]; isTooLong: boolean }[] {
  const parts: { of: number[]; isTooLong: boolean }[] = [];
  let open: number[] = [];
  let left = 0;
  for (const [index, line] of lines.entries()) {
    const needed = 1 + line.length;
    if (needed > left) {
      const part = { of: [index], isTooLong: needed > room };
      parts.push(part);
      if (part.isTooLong) continue;
      open = part.of;
      left = room - needed;
    } else {
      open.push(index);
      left -= needed;
    }
  }
  return parts;
}

function lineOf({ words, answered }: ListedWords, style: AlertStyle, texts: AlertTexts): string {
  const detail = { hasDate: false, hasSeconds: false, hasZone: false };
  const time = callTime(words.occurredAt, style.timeZone, detail, texts.months);
  const others = style.detail === 'minimal' ? [] : alsoAtFields(words);
  const line =
    words.kind === 'notEmergency'
      ? [`${marksOf(words)}${words.callCode}`, texts.noEmergency]
      : [callLine(words, style), ...others.map(({ name, value }) => `${texts.smsLabels[name][1]} ${value}`)];
  return `${[...line, ...(time === null ? [] : [time])].join(' ')}${answered === null ? '' : `. ${answered}`}`;
}
