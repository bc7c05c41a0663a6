import type { ChatMessage } from './chatMessage.ts';
import { readHtml } from './htmlText.ts';
import { propertyOf } from './jsonValue.ts';

/**
 * The body and the attachments as raw text: with comments, scripts, attributes, properties that nobody shows, and what
 * an unclosed tag swallowed; with entities and JSON's escapes undone. Only ever searched for a phrase.
 */
export function hiddenTextOf(message: ChatMessage): string {
  const contents = message.attachments.map((attachment) => rawContent(propertyOf(attachment, 'content')));
  // What has no markup hides nothing.
  return [message.body, ...contents]
    .filter((raw) => /[<&\\{]/.test(raw))
    .map(withoutMarkup)
    .join('\n');
}

function rawContent(content: unknown): string {
  if (typeof content === 'string') return content;
  return typeof content === 'object' && content !== null ? JSON.stringify(content) : '';
}

function withoutMarkup(raw: string): string {
  const unescaped = raw
    .replace(/\\u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replace(/\\[nrt]/g, ' ')
    .replace(/\\(["\\/])/g, '$1');
  const withoutTags = decodeEntities(unescaped.replace(/<\/?[a-z][^<>]{0,2000}>/gi, ''));
  // Once more, for what was encoded twice; and once with the words inside of tags.
  const again = decodeEntities(withoutTags.replace(/<\/?[a-z][^<>]{0,2000}>/gi, ''));
  return [withoutTags, again, decodeEntities(unescaped)].join('\n');
}

function decodeEntities(text: string): string {
  // Without brackets there are only words and entities.
  return readHtml(text.replace(/[<>]/g, ' ')).own.lines.join('\n');
}
