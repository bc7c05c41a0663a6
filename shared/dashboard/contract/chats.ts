import * as z from 'zod';
import { callId, continuation, foreignText, lookedSchema, time } from './values.ts';

/** A chat message of the service account, and what was made of it. */
const chatMessageSchema = z.strictObject({
  chatId: z.string(),
  messageId: z.string(),
  /** `null` where the content was removed, or names nobody. */
  from: foreignText.nullable(),
  sentAt: time.nullable(),
  storedAt: time,
  /** As text, of HTML the words; `null` where it was removed or could not be read. */
  text: foreignText.nullable(),
  isDeleted: z.boolean(),
  verdict: z.enum(['emergency', 'other', 'unreadable']),
  /** Why. */
  reasons: z.array(foreignText),
  callId: callId.nullable(),
});
export type ChatMessage = z.infer<typeof chatMessageSchema>;

/** `GET /api/page/messages`: newest first by when they were stored. `q` is looked for in sender and text. */
export const messagesQuerySchema = z.strictObject({
  from: time.optional(),
  until: time.optional(),
  verdict: z.enum(['emergency', 'other', 'unreadable']).optional(),
  q: z.string().trim().min(1).max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  continuation: continuation.optional(),
});
export const messagesSchema = z.strictObject({
  messages: z.array(chatMessageSchema),
  continuation: continuation.nullable(),
  looked: lookedSchema,
});
export type Messages = z.infer<typeof messagesSchema>;

/** `GET /api/page/calls/{id}/chat`: the thread of the call, oldest first. */
export const threadSchema = z.strictObject({ messages: z.array(chatMessageSchema) });
export type Thread = z.infer<typeof threadSchema>;
