import { errorCodeOf } from '../errors.ts';
import type { Services } from '../pipeline/services.ts';
import type { AuditEntry } from '../store/pageAuditStore.ts';
import type { Visitor } from './visitor.ts';

/** Looking again within this time is the same look: a page that polls looks all the time. */
const SAME_LOOK_MS = 60 * 60_000;
const MOST_REMEMBERED = 5_000;
const lastLooks = new Map<string, number>();

/**
 * Notes who looked at what. Throws when it cannot be noted, except for who answers calls: whoever must see a call sees it,
 * and the log says that the note is missing.
 */
export async function noteView(services: Services, visitor: Visitor, what: string, of: string | null): Promise<void> {
  const { log, now } = services;
  const look = [visitor.id, what, of].join('|');
  const last = lastLooks.get(look);
  if (last !== undefined && Math.abs(now().getTime() - last) < SAME_LOOK_MS) return;
  try {
    await note(services, visitor, { action: 'viewed', what, of });
  } catch (caught) {
    if (!visitor.rights.includes('answerCalls')) throw caught;
    log.error('It could not be noted who looked', { what, error: errorCodeOf(caught) });
    return;
  }
  if (lastLooks.size >= MOST_REMEMBERED) lastLooks.clear();
  lastLooks.set(look, now().getTime());
}

/** Notes what somebody did. Throws when that cannot be noted: then it must not be done. */
export async function note(
  { store, now }: Services,
  { recordId, name, upn, roles }: Visitor,
  entry: Pick<AuditEntry, 'action' | 'what' | 'of'>,
): Promise<void> {
  await store.pageAudit.add({ at: now().toISOString(), by: recordId, name, upn, roles: [...roles], ...entry });
}
