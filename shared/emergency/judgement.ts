import { looksLikeCallDetails } from './callDetails.ts';
import type { ChatMessage } from './chatMessage.ts';
import { hasEmergencyCallWord, hasEmergencyNumber, hasEmergencyWord, isInUnknownScript } from './emergencyWords.ts';
import { hiddenTextOf } from './hiddenText.ts';
import type { MessagePart, MessageText } from './messageText.ts';
import { findPhrase, type PhraseMatch } from './phraseMatch.ts';
import { foldForMatch } from './plainText.ts';
import type { EmergencyReading, ReaderOptions } from './reading.ts';

/** What was made of a message, before its facts are read. */
export interface Judgement {
  verdict: EmergencyReading['verdict'];
  confidence: EmergencyReading['confidence'];
  reasons: string[];
  /** The part that told of the call. */
  part: MessagePart | null;
  /** In that part; `null` where it is known only that one is there. */
  phrase: PhraseMatch | null;
  language: string | null;
}

/** Tells whether a message is about an emergency call, how surely, and why. Doubt is on the side of telling. */
export function judgeMessage(message: ChatMessage, text: MessageText, options: ReaderOptions): Judgement {
  return (
    judgeByPhrase(message, text, options) ??
    judgeByHiddenPhrase(message, text, options) ??
    judgeWithoutContent(message, text) ??
    judgeByLooks(message, text, options) ??
    judgeRest(message)
  );
}

/** Why a phrase in each part of a message tells less than one in the message itself. */
const DOUBT: Record<MessagePart['kind'], string | null> = {
  own: null,
  forwarded: 'forwarded: the phrase stands in a message that was forwarded',
  quoted: 'forwarded: the phrase stands in a message that is quoted',
  attachment: 'the phrase stands in the name of an attachment',
};

function judgeByPhrase(message: ChatMessage, { parts }: MessageText, options: ReaderOptions): Judgement | null {
  for (const part of parts) {
    const phrase = findPhrase(part.lines, options.phrases);
    if (phrase === null) continue;
    const doubts = [DOUBT[part.kind], ...doubtsOf(message)].filter((doubt) => doubt !== null);
    return {
      verdict: 'emergency',
      confidence: doubts.length === 0 ? 'certain' : 'likely',
      reasons: [`phrase ${phrase.phrase.language} "${phrase.phrase.phrase}"`, ...doubts],
      part,
      phrase,
      language: phrase.phrase.language,
    };
  }
  return null;
}

function doubtsOf(message: ChatMessage): string[] {
  return [
    ...(message.isEdited ? ['edited: the message was changed after it was sent'] : []),
    ...(message.isDeleted ? ['deleted: the message was deleted'] : []),
    ...(message.isSystemEvent ? ['the message is marked as a system event'] : []),
  ];
}

/** A phrase that people do not see (in a comment, an attribute, an unclosed tag) may be one that this misread. */
function judgeByHiddenPhrase(message: ChatMessage, { parts }: MessageText, options: ReaderOptions): Judgement | null {
  const phrase = findPhrase([hiddenTextOf(message)], options.phrases);
  if (phrase === null) return null;
  return {
    verdict: 'emergency',
    confidence: 'likely',
    reasons: [
      `phrase ${phrase.phrase.language} "${phrase.phrase.phrase}"`,
      'the phrase stands in a part of the message that is not shown',
      ...doubtsOf(message),
    ],
    part: parts[0] ?? null,
    phrase: null,
    language: phrase.phrase.language,
  };
}

function judgeWithoutContent(message: ChatMessage, { parts, hasUnreadablePart }: MessageText): Judgement | null {
  const isEmpty = parts.every((part) => part.lines.length === 0);
  const own = parts[0] ?? null;
  if (message.isSystemEvent) return { ...NOTHING, verdict: 'other', reasons: ['a system event'] };
  if (message.isDeleted && isEmpty) return { ...NOTHING, reasons: ['deleted before it could be read'], part: own };
  if (message.isCut) return { ...NOTHING, reasons: ['longer than what is read of a message'], part: own };
  if (hasUnreadablePart) return { ...NOTHING, reasons: ['an attachment that cannot be read'], part: own };
  if (!isEmpty) return null;
  // A picture alone has no text, yet it is content; in an important message it may be all there is.
  const isPicture = !message.isImportant && /<(?:img|emoji|video|audio)\b/i.test(message.body);
  return isPicture ? null : { ...NOTHING, reasons: ['no content'], part: own };
}

const NOTHING: Judgement = {
  ...{ verdict: 'unreadable', confidence: 'possible', reasons: [] },
  ...{ part: null, phrase: null, language: null },
};

/** No known phrase: what an emergency message in an unknown wording or language would have about it. */
function judgeByLooks(message: ChatMessage, { parts }: MessageText, options: ReaderOptions): Judgement | null {
  for (const part of parts) {
    const folded = foldForMatch(part.lines.join('\n'));
    const hasNumber = hasEmergencyNumber(folded, options.testNumbers);
    const hasDetails = looksLikeCallDetails(part);
    const reasons = message.isImportant
      ? [
          ...(hasEmergencyWord(folded) ? ['important, with a word for an emergency'] : []),
          ...(hasNumber ? ['important, with an emergency number'] : []),
          ...(hasDetails ? ['important, with the details of a call'] : []),
          ...(isInUnknownScript(folded) ? ['important, in a script in which no phrase is known'] : []),
        ]
      : hasEmergencyCallWord(folded) && (hasNumber || hasDetails)
        ? ['words for an emergency call, with its number or its details']
        : [];
    if (reasons.length > 0) {
      return { ...NOTHING, verdict: 'emergency', reasons: ['no known phrase', ...reasons], part };
    }
  }
  return null;
}

function judgeRest(message: ChatMessage): Judgement {
  const reason = message.isImportant
    ? 'important, but nothing of an emergency call in it'
    : 'nothing of an emergency call in it';
  return { ...NOTHING, verdict: 'other', reasons: [reason] };
}
