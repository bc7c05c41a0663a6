import type { HelpfulAnswer } from '../oncall/answerLimit.ts';
import { createJsonTable, type JsonTable, quoted, type Row } from './jsonTable.ts';
import { tableKey } from './keys.ts';
import { removeRows } from './removeRows.ts';
import type { StorageClients } from './storageClients.ts';

/** A message that somebody sent to us, and how far it is dealt with. It holds no number and no words. */
interface InboundClaim {
  messageSid: string;
  /** Whoever deals with it has until then; who outlives it may have died. ISO 8601, UTC. */
  leaseUntil: string;
  handledAt: string | null;
}

/** A message of somebody whom we do not know, for an administrator to look into. */
export interface StrangersMessage {
  messageSid: string;
  /** E.164. */
  from: string;
  body: string;
  receivedAt: string;
}

/** Somebody told the carrier to stop our messages, or to let them through again. */
export interface OptOut {
  recipientId: string;
  /** E.164. */
  phone: string;
  isOut: boolean;
  /** ISO 8601, UTC. */
  at: string;
}

export interface InboundStore {
  /** `null` when the message is dealt with already, or somebody is at it. */
  claim(messageSid: string, now: Date): Promise<Row<InboundClaim> | null>;
  finish(claim: Row<InboundClaim>, now: Date): Promise<void>;
  /** So that the message is dealt with by whoever meets it next. */
  release(claim: Row<InboundClaim>): Promise<void>;
  keepStrangers(message: StrangersMessage): Promise<void>;
  listStrangers(limit: number): Promise<StrangersMessage[]>;
  /** The helpful answers that somebody was last sent, the newest last. */
  helpfulAnswers(recipientId: string): Promise<HelpfulAnswer[]>;
  noteHelpfulAnswers(recipientId: string, answers: readonly HelpfulAnswer[]): Promise<void>;
  /** The last word of each counts. */
  noteOptOut(optOut: OptOut): Promise<void>;
  listOptOuts(): Promise<OptOut[]>;
  /** What strangers wrote before; returns how many rows went. */
  strangersBefore(time: Date, limit: number): Promise<number>;
  /** That messages were dealt with before: nobody can send them again, for whoever could has long forgotten them. */
  claimsBefore(time: Date, limit: number): Promise<number>;
}

const CLAIMS = 'inbound';
const STRANGERS = 'stranger';
const HELP = 'help';
const OPT_OUTS = 'optOut';
/** Longer than it takes to deal with a message at most: Twilio itself waits for 15 s. */
const LEASE_MS = 30_000;

export function createInboundStore(clients: StorageClients): InboundStore {
  const table = clients.table('Claims');
  const claims: JsonTable<InboundClaim> = createJsonTable(table, 1);
  const strangers: JsonTable<StrangersMessage> = createJsonTable(table, 1);
  const help: JsonTable<{ answers: readonly HelpfulAnswer[] }> = createJsonTable(table, 1);
  const optOuts: JsonTable<OptOut> = createJsonTable(table, 1);
  const before = (partition: string, time: Date) =>
    `PartitionKey eq ${quoted(partition)} and receivedAt lt ${quoted(time.toISOString())}`;

  return {
    async claim(messageSid, now) {
      const key = tableKey(messageSid);
      const held = { messageSid, leaseUntil: new Date(now.getTime() + LEASE_MS).toISOString(), handledAt: null };
      const columns = { receivedAt: now.toISOString() };
      const inserted = await claims.insert(CLAIMS, key, held, columns);
      if (inserted) return inserted;
      const known = await claims.get(CLAIMS, key);
      if (!known || known.value.handledAt !== null || new Date(known.value.leaseUntil) > now) return null;
      const taken = await claims.replace(known, held, columns);
      return taken === 'changed' ? null : taken;
    },
    async finish(claim, now) {
      await claims.replace(claim, { ...claim.value, handledAt: now.toISOString() }, { receivedAt: now.toISOString() });
    },
    async release(claim) {
      await claims.remove(claim.partitionKey, claim.rowKey, claim.etag);
    },
    keepStrangers: (message) =>
      strangers.upsert(STRANGERS, tableKey(message.messageSid), message, { receivedAt: message.receivedAt }),
    async listStrangers(limit) {
      const rows = await strangers.list(`PartitionKey eq ${quoted(STRANGERS)}`, limit);
      return rows.map(({ value }) => value);
    },
    helpfulAnswers: async (recipientId) => [...((await help.get(HELP, tableKey(recipientId)))?.value.answers ?? [])],
    noteHelpfulAnswers: (recipientId, answers) => help.upsert(HELP, tableKey(recipientId), { answers }),
    noteOptOut: (optOut) => optOuts.upsert(OPT_OUTS, tableKey(optOut.recipientId), optOut),
    async listOptOuts() {
      const rows = await optOuts.list(`PartitionKey eq ${quoted(OPT_OUTS)}`);
      return rows.map(({ value }) => value);
    },
    strangersBefore: (time, limit) => removeRows(table, before(STRANGERS, time), limit),
    claimsBefore: (time, limit) => removeRows(table, before(CLAIMS, time), limit),
  };
}
