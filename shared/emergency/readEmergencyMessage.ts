import { type ChatMessage, fromGraphChatMessage } from './chatMessage.ts';
import { type CallFacts, NO_FACTS } from './emergencyCall.ts';
import { textOf } from './jsonValue.ts';
import { type Judgement, judgeMessage } from './judgement.ts';
import { type FactReading, readFacts } from './messageFacts.ts';
import { readMessageText } from './messageText.ts';
import { occurredAtOf } from './occurredAt.ts';
import type { EmergencyReading, ReaderOptions } from './reading.ts';

/**
 * Reads a Graph chatMessage into what it tells of an emergency call. Takes any value, never throws, looks at nothing
 * but its arguments, and its work grows with the length of the message only. Doubt is on the side of telling.
 */
export function readEmergencyMessage(message: unknown, options: ReaderOptions): EmergencyReading {
  try {
    const chatMessage = fromGraphChatMessage(message);
    return chatMessage === null ? unreadable('not a message: no JSON object') : read(chatMessage, options);
  } catch {
    // A fault of the reader, or an object that is no JSON: people are told, and the raw message is on the record.
    return unreadable('the reader failed on this message');
  }
}

function read(message: ChatMessage, options: ReaderOptions): EmergencyReading {
  const text = readMessageText(message);
  const judgement = judgeMessage(message, text, options);
  const { facts, reasons } = factsOf(judgement, options);
  return {
    verdict: judgement.verdict,
    confidence: judgement.confidence,
    reasons: [...judgement.reasons, ...reasons],
    facts,
    unknown: namesOfUnknown(facts),
    isTest: facts.emergencyNumberDialed !== null && options.testNumbers.includes(facts.emergencyNumberDialed),
    language: judgement.language,
    quotedMessageId: judgement.part?.kind === 'quoted' ? quotedMessageIdOf(message) : null,
    text: text.parts.flatMap((part) => part.lines).join('\n'),
    occurredAt: occurredAtOf(message),
  };
}

/** `null` where it quotes none by its id, or several. */
function quotedMessageIdOf({ attachments }: ChatMessage): string | null {
  const quotes = attachments.filter((attachment) => textOf(attachment, 'contentType') === 'messageReference');
  const [quote] = quotes;
  return quotes.length === 1 && quote ? textOf(quote, 'id') : null;
}

function factsOf({ part, phrase }: Judgement, options: ReaderOptions): FactReading {
  if (part === null) return { facts: NO_FACTS, reasons: [] };
  try {
    return readFacts(part, phrase, options);
  } catch {
    return { facts: NO_FACTS, reasons: ['the facts could not be read: the reader failed on them'] };
  }
}

function namesOfUnknown(facts: CallFacts): (keyof CallFacts)[] {
  const names: (keyof CallFacts)[] = [
    ...(['emergencyNumberDialed', 'callerDisplayName', 'callerUserId', 'callerUpn'] as const),
    ...(['callbackNumber', 'location', 'coordinates'] as const),
  ];
  return names.filter((name) => facts[name] === null);
}

function unreadable(reason: string): EmergencyReading {
  return {
    ...{ verdict: 'unreadable', confidence: 'possible', reasons: [reason], facts: NO_FACTS },
    ...{
      unknown: namesOfUnknown(NO_FACTS),
      isTest: false,
      language: null,
      text: '',
      quotedMessageId: null,
      occurredAt: null,
    },
  };
}
