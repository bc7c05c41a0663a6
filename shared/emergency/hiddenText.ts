import type { ChatMessage } from './chatMessage.ts';
import { isBlock, readHtml } from './htmlText.ts';
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
  const once = decodeEntities(dropTags(unescaped));
  return [
    once,
    decodeEntities(dropTags(dropComments(unescaped))),
    // What was encoded twice, and the words inside of tags.
    decodeEntities(dropTags(once)),
    decodeEntities(unescaped),
  ].join('\n');
}

/** From the last beginning before each end: what a beginning that nobody ended swallows comes to light. */
function dropComments(text: string): string {
  return text
    .split('-->')
    .map((piece, index, pieces) => {
      const start = index === pieces.length - 1 ? -1 : piece.lastIndexOf('<!--');
      return start < 0 ? piece : piece.slice(0, start);
    })
    .join('');
}

/** Blocks part words, other tags may stand within one. */
function dropTags(text: string): string {
  return text.replace(/<\/?([a-z][a-z0-9]*)[^<>]{0,2000}>/gi, (_, tag: string) => (isBlock(tag) ? ' ' : ''));
}

function decodeEntities(text: string): string {
  // Without brackets there are only words and entities.
  return readHtml(text.replace(/[<>]/g, ' ')).own.lines.join('\n');
}
