import { readLabels } from './labelledValues.ts';
import type { MessagePart } from './messageText.ts';
import { readUsAddress } from './usAddress.ts';

const TELLING_KINDS = new Set(['location', 'address', 'place', 'coordinates', 'callback', 'phone', 'dialed']);
/** Any label at all with something like a phone number or a place behind it, in whatever language. */
const NUMBERED_LINE = /^\p{L}[^:：]{1,40}[:：] ?(?:\+?\d[\d ().-]{6,20}\d$|.{0,80}\d)/u;
const MAX_LINES = 150;
const MAX_LINE_LENGTH = 500;

/** True for a text with the details that an emergency message has: a labelled place or number, or an address. */
export function looksLikeCallDetails(part: MessagePart): boolean {
  const lines = part.lines.slice(0, MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH));
  if (readLabels(lines).some((label) => TELLING_KINDS.has(label.kind) && label.isAtLineStart)) return true;
  if (lines.filter((line) => NUMBERED_LINE.test(line)).length >= 2) return true;
  const address = readUsAddress(lines);
  return address.value !== null || address.reasons.length > 0 || lines.some((line) => /^(?:Loc|LOC) \S/.test(line));
}
