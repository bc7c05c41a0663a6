import type { ChatMessage } from './chatMessage.ts';

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?(Z|[+-]\d{2}:\d{2})?$/i;
/** Teams began in 2017. A time outside of these years is a default value, or a mistake. */
const EARLIEST_MS = Date.UTC(2015, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/**
 * When the message was created, as ISO 8601 in UTC: by its `createdDateTime`, else by its id, which Teams makes of the
 * milliseconds since 1970; `null` where neither tells.
 */
export function occurredAtOf({ createdDateTime, id }: Pick<ChatMessage, 'createdDateTime' | 'id'>): string | null {
  const [text, zone] = ISO.exec(createdDateTime?.trim() ?? '') ?? [];
  const created = text === undefined ? Number.NaN : Date.parse(zone === undefined ? `${text}Z` : text);
  if (isPlausible(created)) return new Date(created).toISOString();
  const fromId = /^\d{13}$/.test(id ?? '') ? Number(id) : Number.NaN;
  return isPlausible(fromId) ? new Date(fromId).toISOString() : null;
}

function isPlausible(ms: number): boolean {
  return ms >= EARLIEST_MS && ms < LATEST_MS;
}
