import { isObject, type JsonObject, listOf, propertyOf, textOf } from './jsonValue.ts';

/** More than any message of Teams holds; the rest of a longer one is not looked at, and that is said. */
export const MAX_TEXT_LENGTH = 1_000_000;
const MAX_ATTACHMENTS = 50;

export interface ChatMessage {
  id: string | null;
  createdDateTime: string | null;
  isDeleted: boolean;
  isEdited: boolean;
  isSystemEvent: boolean;
  /** False only for what Graph calls `normal` (or `low`): an importance nobody knows is in doubt. */
  isImportant: boolean;
  subject: string | null;
  summary: string | null;
  body: string;
  isHtml: boolean;
  /** Graph's identity set of the sender. */
  from: unknown;
  attachments: readonly JsonObject[];
  /** Something of the body or the attachments was too long to be read. */
  isCut: boolean;
  mentionOf(id: string): string | null;
}

/**
 * A chat message as far as it is one: what is missing or of a wrong type is `null`, false or empty. `null` for what is
 * no object at all. https://learn.microsoft.com/graph/api/resources/chatmessage
 */
export function fromGraphChatMessage(message: unknown): ChatMessage | null {
  if (!isObject(message)) return null;
  const bodyObject = propertyOf(message, 'body');
  const body = textOf(bodyObject, 'content') ?? textOf(message, 'body') ?? '';
  const attachments = listOf(message, 'attachments').filter(isObject);
  const importance = textOf(message, 'importance');
  return {
    id: idOf(message),
    createdDateTime: textOf(message, 'createdDateTime'),
    isDeleted: textOf(message, 'deletedDateTime') !== null,
    isEdited: textOf(message, 'lastEditedDateTime') !== null,
    isSystemEvent: isSystemEvent(message, body),
    isImportant: importance !== 'normal' && importance !== 'low',
    subject: textOf(message, 'subject')?.slice(0, MAX_TEXT_LENGTH) ?? null,
    summary: textOf(message, 'summary')?.slice(0, MAX_TEXT_LENGTH) ?? null,
    body: body.slice(0, MAX_TEXT_LENGTH),
    isHtml: isHtml(textOf(bodyObject, 'contentType'), body),
    from: propertyOf(message, 'from'),
    attachments: attachments.slice(0, MAX_ATTACHMENTS),
    isCut: body.length > MAX_TEXT_LENGTH || attachments.length > MAX_ATTACHMENTS,
    mentionOf: (id) => mentionText(message, id),
  };
}

function idOf(message: JsonObject): string | null {
  const id = propertyOf(message, 'id');
  return typeof id === 'number' ? String(id) : textOf(message, 'id');
}

/** Without `Prefer: include-unknown-enum-members` Graph calls the type `unknownFutureValue`; the detail tells all the same. */
function isSystemEvent(message: JsonObject, body: string): boolean {
  const type = textOf(message, 'messageType');
  const isTypeOfEvent = type === 'systemEventMessage' || type === 'chatEvent' || type === 'typing';
  return isTypeOfEvent || isObject(propertyOf(message, 'eventDetail')) || /^\s*<systemEventMessage\b/i.test(body);
}

/** The text says what it is where the type does not, or says so wrongly. */
function isHtml(contentType: string | null, body: string): boolean {
  if (contentType?.toLowerCase() === 'html') return true;
  return (
    /<\/?(?:p|div|br|b|i|u|em|strong|span|a|at|li|ul|ol|tr|td|table|h[1-6]|attachment|blockquote)\b[^<>]{0,2000}>/i.test(
      body,
    ) || /&(?:nbsp|amp|lt|gt|quot|#\d{1,7}|#x[0-9a-f]{1,6});/i.test(body)
  );
}

function mentionText(message: JsonObject, id: string): string | null {
  const mention = listOf(message, 'mentions').find((candidate) => String(propertyOf(candidate, 'id')) === id);
  return textOf(mention, 'mentionText');
}
