import type { Opening } from '../emergency/correlation.ts';
import { createJsonTable, type JsonTable, type Row } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import type { StorageClients } from './storageClients.ts';

/** What was told of one caller's calls. The row is the claim: it is changed by its ETag only. */
export interface CallerClaim {
  /** Folded, as it is compared. */
  upn: string;
  openings: readonly Opening[];
  changedAt: string;
}

export interface CallerStore {
  get(upn: string): Promise<Row<CallerClaim> | null>;
  /** `changed` when somebody else wrote since it was read, or was the first. */
  put(known: Row<CallerClaim> | null, claim: CallerClaim): Promise<'written' | 'changed'>;
  /** The call that an event told of; `null` while none is known. */
  callOfEvent(eventId: string): Promise<string | null>;
  /** Insert if absent. Returns the call that the event belongs to, which may be one named before. */
  nameCallOfEvent(eventId: string, callId: string): Promise<string>;
}

const CALLERS = 'caller';
const EVENTS = 'event';

export function createCallerStore(clients: StorageClients): CallerStore {
  const client = clients.table('Claims');
  const callers: JsonTable<CallerClaim> = createJsonTable(client, 1);
  const events: JsonTable<{ callId: string }> = createJsonTable(client, 1);
  const callOfEvent = async (eventId: string) => (await events.get(EVENTS, tableKey(eventId)))?.value.callId ?? null;
  return {
    get: (upn) => callers.get(CALLERS, tableKey(upn)),
    async put(known, claim) {
      const written = known
        ? await callers.replace(known, claim)
        : await callers.insert(CALLERS, tableKey(claim.upn), claim);
      return written === null || written === 'changed' ? 'changed' : 'written';
    },
    callOfEvent,
    async nameCallOfEvent(eventId, callId) {
      const inserted = await events.insert(EVENTS, tableKey(eventId), { callId });
      return inserted ? callId : ((await callOfEvent(eventId)) ?? callId);
    },
  };
}
