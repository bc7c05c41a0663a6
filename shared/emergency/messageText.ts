import { readCard } from './cardText.ts';
import { type ChatMessage, MAX_TEXT_LENGTH } from './chatMessage.ts';
import { type HtmlText, readHtml } from './htmlText.ts';
import { isObject, type JsonObject, parseJson, propertyOf, textOf } from './jsonValue.ts';
import { toLines } from './plainText.ts';
import type { TextBlock } from './textWriter.ts';

/**
 * One part of what a message shows. `own`: the sender's words, its cards among them. `forwarded`, `quoted`: another
 * message's words. `attachment`: the name of a file.
 */
export interface MessagePart extends TextBlock {
  kind: 'own' | 'forwarded' | 'quoted' | 'attachment';
  /** Graph's identity set of whoever wrote this part, where the message tells. */
  sender: unknown;
}

export interface MessageText {
  /** The sender's own words come first. */
  parts: MessagePart[];
  /** A card or a quoted message cannot be read, or is not there. */
  hasUnreadablePart: boolean;
}

/** All that a message shows, as lines of plain text. */
export function readMessageText(message: ChatMessage): MessageText {
  const body: HtmlText = message.isHtml ? readHtml(message.body, message.mentionOf) : plain(message.body);
  const attachments = message.attachments.map(readAttachment);
  const own = [plain(message.subject ?? '').own, body.own];
  const others: MessagePart[] = [{ kind: 'quoted', sender: null, ...body.quoted }];
  for (const part of attachments) {
    if (part?.kind === 'own') own.push(part);
    else if (part !== null) others.push(part);
  }
  own.push(plain(message.summary ?? '').own);
  return {
    parts: [
      { kind: 'own', sender: message.from, ...joinBlocks(own) },
      ...others.filter((part) => part.lines.length > 0),
    ],
    hasUnreadablePart: attachments.includes(null) || (attachments.length === 0 && /<attachment\b/i.test(message.body)),
  };
}

function plain(text: string): HtmlText {
  return { own: { lines: toLines(text), links: [] }, quoted: { lines: [], links: [] } };
}

function joinBlocks(blocks: TextBlock[]): TextBlock {
  const shown = blocks.filter((block) => block.lines.length > 0);
  return { lines: shown.flatMap((block) => block.lines), links: blocks.flatMap((block) => block.links) };
}

/** The text of an attachment; `null` for one that holds some and cannot be read. */
function readAttachment(attachment: JsonObject): MessagePart | null {
  const type = textOf(attachment, 'contentType') ?? '';
  const content = propertyOf(attachment, 'content');
  if (typeof content === 'string' && content.length > MAX_TEXT_LENGTH) return null;
  const value = typeof content === 'string' ? parseJson(content) : content;
  if (type === 'forwardedMessageReference' || type === 'messageReference') return readReference(type, value);
  if (isObject(value) || Array.isArray(value)) return { kind: 'own', sender: null, ...readCard(value) };
  if (typeof content === 'string' && content.trim() !== '') {
    return looksLikeJson(content) ? null : { kind: 'own', sender: null, ...readHtml(content).own };
  }
  return { kind: 'attachment', sender: null, lines: toLines(textOf(attachment, 'name') ?? ''), links: [] };
}

function looksLikeJson(content: string): boolean {
  return /^\s*[{[]/.test(content);
}

/**
 * The message that a reply or a forward brings along.
 * https://learn.microsoft.com/graph/teams-messaging-overview#forwarded-message-attachment
 */
function readReference(type: string, value: unknown): MessagePart | null {
  const text = textOf(value, 'originalMessageContent') ?? textOf(value, 'messagePreview');
  if (!isObject(value)) return null;
  const { own, quoted } = readHtml(text ?? '');
  const sender = propertyOf(value, 'originalMessageSender') ?? propertyOf(value, 'messageSender');
  const kind = type === 'forwardedMessageReference' ? 'forwarded' : 'quoted';
  return { kind, sender, ...joinBlocks([own, quoted]) };
}
