/** What names one chat message at Graph. */
export interface ChatMessageIds {
  chatId: string;
  messageId: string;
}

/** A key of OData, `('…')` with quotes doubled inside, or as a path segment. */
const KEY = String.raw`(?:\('((?:[^']|'')+)'\)|\/([^/()']+))`;
const SOMEBODY = String.raw`(?:me|users(?:\('[^']+'\)|\/[^/()']+))\/`;
const CHAT_MESSAGE = new RegExp(`^(?:${SOMEBODY})?chats${KEY}\\/messages${KEY}(?:\\/replies${KEY})?$`, 'i');

/**
 * Reads `resource` or `@odata.id` of a notification, in the spellings of Graph's documentation: with keys in
 * parentheses or as path segments, under a user or not, as an absolute address, URL-encoded. Of a reply, the reply's
 * own id is the message. `null` for every other resource.
 */
export function readChatMessageResource(resource: string): ChatMessageIds | null {
  const path = resource
    .replace(/^https?:\/\/[^/]+/i, '')
    .replace(/\?.*$/s, '')
    .replace(/^\/?(?:(?:v1\.0|beta)\/)?/i, '')
    .replace(/\/$/, '');
  return match(path) ?? match(decode(path));
}

function match(path: string): ChatMessageIds | null {
  const found = CHAT_MESSAGE.exec(path);
  if (!found) return null;
  const [, quotedChat, chat, quotedMessage, message, quotedReply, reply] = found;
  const chatId = toId(quotedChat, chat);
  const messageId = toId(quotedReply, reply) ?? toId(quotedMessage, message);
  return chatId !== null && messageId !== null ? { chatId, messageId } : null;
}

function toId(quoted: string | undefined, segment: string | undefined): string | null {
  const key = quoted?.replaceAll("''", "'") ?? segment;
  return key === undefined ? null : decode(key).trim() || null;
}

/** As it stands where it is not percent-encoded UTF-8. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
