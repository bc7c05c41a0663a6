import { createHash } from 'node:crypto';

const LATEST_MS = 9_999_999_999_999;

/** A time as 13 digits counted backwards: rows whose key begins with it list the newest first. */
export function backwards(time: Date): string {
  return String(LATEST_MS - time.getTime()).padStart(13, '0');
}

/**
 * Any text as a table key. Keys may not hold / \ # ? or control characters and at most 512 characters
 * (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model); what does is
 * replaced by its hash. Teams' chat and message ids pass unchanged.
 */
export function tableKey(text: string): string {
  return /^[\w:@.=+-]{1,300}$/.test(text) ? text : `sha256-${createHash('sha256').update(text).digest('hex')}`;
}
