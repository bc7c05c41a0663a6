import * as z from 'zod';
import { foreignText, time } from './values.ts';

const STATES = ['ok', 'warning', 'critical', 'unknown'] as const;

const findingSchema = z.strictObject({
  id: z.string(),
  severity: z.enum(['critical', 'warning']),
  title: z.string(),
  since: time.nullable(),
  /** What happened and what it means. */
  what: z.string(),
  /** What to do: never empty. */
  todo: z.string().min(1),
});
const statusPartSchema = z.strictObject({
  part: z.string(),
  state: z.enum(STATES),
  since: time.nullable(),
  detail: z.string(),
  findings: z.array(findingSchema),
});

/** `GET /api/page/status`: as `npm run status` sees it; looked at anew at most each 15 s. */
export const statusSchema = z.strictObject({
  at: time,
  state: z.enum(['ok', 'warning', 'critical']),
  parts: z.array(statusPartSchema),
  signIn: z.strictObject({
    serviceAccount: foreignText.nullable(),
    signedInAs: foreignText.nullable(),
    signedInAt: time.nullable(),
    refreshedAt: time.nullable(),
    /** When the next refresh is due at the latest. */
    nextRefreshAt: time.nullable(),
  }),
  subscriptions: z.strictObject({
    /** How chats are heard of; the last two are fallbacks. */
    mode: z.enum(['allChats', 'perChat', 'polling']).nullable(),
    modeSince: time.nullable(),
    sources: z.array(
      z.strictObject({
        kind: z.string(),
        renewedAt: time.nullable(),
        expiresAt: time.nullable(),
        failure: z.string().nullable(),
      }),
    ),
  }),
  lastTests: z.array(
    z.strictObject({
      place: foreignText,
      at: time,
      outcome: z.string(),
    }),
  ),
  expiries: z.array(z.strictObject({ name: z.string(), expiresAt: time })),
  deadLetters: z.int(),
});
export type Status = z.infer<typeof statusSchema>;

/** `GET /api/page/status/monitor`: the same for monitors. It holds no personal data. */
export const monitorSchema = z.strictObject({
  at: time,
  state: z.enum(['ok', 'warning', 'critical']),
  parts: z.array(
    z.strictObject({
      part: z.string(),
      state: z.enum(STATES),
      since: time.nullable(),
      findings: z.array(findingSchema.pick({ id: true, severity: true, title: true, since: true, todo: true })),
    }),
  ),
});
export type Monitor = z.infer<typeof monitorSchema>;

const deadLetterSchema = z.strictObject({
  id: z.string(),
  at: time,
  source: z.string(),
  reason: foreignText,
  attempts: z.int(),
});
/** `GET /api/page/dead-letters`: the newest 200. */
export const deadLettersSchema = z.strictObject({ letters: z.array(deadLetterSchema), isMore: z.boolean() });
export type DeadLetters = z.infer<typeof deadLettersSchema>;
/** `GET /api/page/dead-letters/{id}`. */
export const deadLetterDetailSchema = z.strictObject({ ...deadLetterSchema.shape, json: foreignText });
export type DeadLetterDetail = z.infer<typeof deadLetterDetailSchema>;
/** `POST /api/page/dead-letters/{id}/replay`, body `{}`: asked for; the letter is gone from the list when it worked. */
export const replayResultSchema = z.strictObject({ isRequested: z.literal(true) });
