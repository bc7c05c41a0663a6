import type { z } from 'zod';
import { foldForMatch } from '../../emergency/plainText.ts';
import type { Services } from '../../pipeline/services.ts';
import type { Messages, messagesQuerySchema } from '../contract.ts';
import { PageProblem } from '../problem.ts';
import type { Visitor } from '../visitor.ts';
import { toChatMessage } from './message.ts';
import { withheldSince } from './withheld.ts';

type Query = z.output<typeof messagesQuerySchema>;

const DAY_MS = 24 * 60 * 60_000;
/** Longer than messages are kept, unless they are set to be kept longer. */
const LOOKED_BACK_MS = 31 * DAY_MS;
/** Messages lie by chat, not by time: this many are looked through and put in order. */
const MOST_ROWS = 5_000;

/** The messages of a time that fit, the newest first; `continuation` is the time to go on from. */
export async function searchMessages(services: Services, visitor: Visitor, query: Query): Promise<Messages> {
  const { store, now } = services;
  const until = latest(query);
  const from = query.from === undefined ? new Date(now().getTime() - LOOKED_BACK_MS) : new Date(query.from);
  const end = until ?? new Date(now().getTime() + DAY_MS);
  const rows = from < end ? await store.chatMessages.listStored({ from, until: end }, MOST_ROWS) : [];
  const isAll = rows.length < MOST_ROWS;
  const text = query.q === undefined ? null : foldForMatch(query.q);
  const whyWithheld = await withheldSince(services, visitor, from);
  const fitting = rows
    .filter(({ verdict }) => query.verdict === undefined || verdict === query.verdict)
    .sort((a, b) => b.storedAt.localeCompare(a.storedAt))
    .map((stored) => ({ stored, withheld: whyWithheld(stored) }))
    .map(({ stored, withheld }) => ({ one: toChatMessage(stored, withheld), withheld }))
    .filter(({ one, withheld }) => {
      // What is withheld must not be guessed either.
      const searched = [one.from, withheld === null ? one.text : null];
      return text === null || searched.some((value) => foldForMatch(value ?? '').includes(text));
    })
    .map(({ one }) => one);
  const last = fitting[query.limit - 1];
  // Those of the same moment stay together: the next page begins before it.
  const messages = fitting.filter(({ storedAt }, i) => i < query.limit || storedAt === last?.storedAt);
  return {
    messages,
    continuation: fitting.length > messages.length && last ? last.storedAt : null,
    looked: { rows: rows.length, from: from.toISOString(), isComplete: isAll },
  };
}

function latest({ until, continuation }: Query): Date | null {
  const given = continuation ?? until;
  if (given === undefined) return null;
  const time = new Date(given);
  if (Number.isNaN(time.getTime())) throw new PageProblem('badRequest', 'This is no place to go on from.');
  return time;
}
