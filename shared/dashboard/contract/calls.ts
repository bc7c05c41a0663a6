import * as z from 'zod';
import {
  callId,
  continuation,
  foreignText,
  key,
  lookedSchema,
  personSchema,
  siteId,
  siteSchema,
  time,
} from './values.ts';

const CALL_STATES = ['open', 'acknowledged', 'onScene', 'resolved'] as const;
export const ANSWERS = ['acknowledge', 'onScene', 'handBack', 'escalate', 'resolve'] as const;
const RESOLVE_REASONS = ['real', 'misdial', 'test', 'other'] as const;
const CHANNELS = ['sms', 'voice', 'email', 'teams', 'webhook'] as const;
const CLOCKS = ['ours', 'teams', 'eventHub', 'twilio'] as const;

/** One person told, by the channel that got furthest. */
const toldSchema = z.strictObject({
  person: personSchema,
  channel: z.enum(CHANNELS),
  /** `sent`: the provider has it; `delivered`: it reached the phone. */
  state: z.enum(['sending', 'waiting', 'sent', 'delivered', 'failed']),
  at: time,
});

const callSummarySchema = z.strictObject({
  id: callId,
  /** Three characters that people say and type. */
  code: z.string(),
  isTest: z.boolean(),
  state: z.enum(CALL_STATES),
  /** How much of the message could be read; `notEmergency`: it turned out to be none. */
  content: z.enum(['read', 'pending', 'unavailable', 'notEmergency']),
  confidence: z.enum(['certain', 'likely', 'possible']),
  caller: z.strictObject({ name: foreignText.nullable(), upn: foreignText.nullable() }),
  numberDialed: foreignText.nullable(),
  callbackNumber: foreignText.nullable(),
  location: foreignText.nullable(),
  /** A sentence when the location is withheld from who asks; `location` and `coordinates` are then `null`. */
  locationWithheld: z.string().nullable(),
  coordinates: z.strictObject({ latitude: z.number(), longitude: z.number() }).nullable(),
  site: siteSchema.nullable(),
  whereabouts: z.enum(['onSite', 'offSite', 'unknown']),
  /** The best known beginning, and whose clock it is by. */
  at: time,
  clock: z.enum(CLOCKS),
  recordedAt: time,
  endedAt: time.nullable(),
  /** First told more than 10 s after the call. */
  isLate: z.boolean(),
  firstToldAt: time.nullable(),
  firstAcknowledgedAt: time.nullable(),
  /** Who has it or resolved it. */
  holder: personSchema.nullable(),
  /** Since when the state is what it is; `null` while nobody has answered. */
  since: time.nullable(),
  resolvedAs: z.enum(RESOLVE_REASONS).nullable(),
});
export type CallSummary = z.infer<typeof callSummarySchema>;

/**
 * `GET /api/page/live`: what the calls page and the wall display poll each 2 s. Answers 304 to `If-None-Match` with the
 * last ETag while nothing has changed. `active`: not resolved and of the last 24 h, open ones first, with who has been told.
 */
export const liveSchema = z.strictObject({
  active: z.array(z.strictObject({ ...callSummarySchema.shape, told: z.array(toldSchema) })),
  /** The newest calls, those of `active` among them. */
  newest: z.array(callSummarySchema),
  /** To go on with `GET /api/page/calls?continuation=`. */
  continuation: continuation.nullable(),
});
export type Live = z.infer<typeof liveSchema>;

/** `GET /api/page/calls`: newest first. `q` is looked for in caller, number, callback number, place and code. */
export const callsQuerySchema = z.strictObject({
  from: time.optional(),
  /** Before this time. */
  until: time.optional(),
  site: siteId.optional(),
  state: z.enum(CALL_STATES).optional(),
  test: z.enum(['true', 'false']).optional(),
  q: z.string().trim().min(1).max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  continuation: continuation.optional(),
});
export const callsSchema = z.strictObject({
  calls: z.array(callSummarySchema),
  continuation: continuation.nullable(),
  looked: lookedSchema,
});
export type Calls = z.infer<typeof callsSchema>;

const deliverySchema = z.strictObject({
  /** Which alert: `step-0`, `update-2`, `response-1`, …. */
  alert: z.string(),
  person: personSchema,
  channel: z.enum(CHANNELS),
  state: z.enum(['sending', 'waiting', 'sent', 'delivered', 'failed']),
  attempts: z.int(),
  claimedAt: time,
  settledAt: time.nullable(),
  nextAttemptAt: time.nullable(),
  /** Code and reason of the last failure. */
  lastError: z.string().nullable(),
  /** What was said. Withheld (`[]`) where the location is. */
  words: z.array(foreignText),
});

const timelineEntrySchema = z.strictObject({
  at: time,
  clock: z.enum(CLOCKS),
  /** Such as `notificationReceived`, `message.delivered`, `answer.acknowledge`, `procedure.ticked`. */
  kind: z.string(),
  /** Who, where somebody did it. */
  person: personSchema.nullable(),
  /** What else is on record of it: names and values as text. */
  detail: z.record(z.string(), foreignText),
});

/** A line of a procedure that begins with `- [ ]`, and whether it is ticked for this call. */
const checklistItemSchema = z.strictObject({
  /** Counted from 0 through the procedure. */
  item: z.int(),
  text: foreignText,
  ticked: z.strictObject({ by: personSchema, at: time }).nullable(),
});
const callProcedureSchema = z.strictObject({
  /** `null`: the one for all sites without their own. */
  site: siteSchema.nullable(),
  version: z.int(),
  markdown: foreignText,
  checklist: z.array(checklistItemSchema),
});

export const callDetailSchema = z.strictObject({
  ...callSummarySchema.shape,
  told: z.array(toldSchema),
  /** The location that the other source told, where it differs. */
  alsoAt: foreignText.nullable(),
  sources: z.array(z.enum(['chat', 'event'])),
  policyName: foreignText.nullable(),
  team: z.string().nullable(),
  reasons: z.array(foreignText),
  /** The next step while nobody acknowledges; `null` where none is planned. */
  nextStepAt: time.nullable(),
  callback: z.strictObject({
    /** For `tel:`; `null` where the number cannot be dialled. */
    tel: z.string().nullable(),
    /** Until when shared calling reserves the number for the caller. */
    reservedUntil: time.nullable(),
    /** A sentence to read before calling back, while the call may still run. */
    warning: z.string().nullable(),
  }),
  links: z.strictObject({
    /** The address in a map service. */
    map: z.string().nullable(),
    /** The chat in Teams. */
    chat: z.string().nullable(),
  }),
  /** What who asks may answer now; empty for who may not. */
  answers: z.array(z.enum(ANSWERS)),
  deliveries: z.array(deliverySchema),
  timeline: z.array(timelineEntrySchema),
  procedure: callProcedureSchema.nullable(),
  /** Who looked at this call on the page, the latest first. */
  viewers: z.array(z.strictObject({ person: personSchema, at: time })),
});
/** `GET /api/page/calls/{id}`; 304 as `live`. */
export type CallDetail = z.infer<typeof callDetailSchema>;

/** `GET /api/page/calls/{id}/raw`: what came in, as JSON text. */
export const callRawSchema = z.strictObject({
  notifications: z.array(z.strictObject({ at: time, json: foreignText })),
  message: foreignText.nullable(),
});
export type CallRaw = z.infer<typeof callRawSchema>;

/** `POST /api/page/calls/{id}/answers`. Who answers is who is signed in. */
export const answerRequestSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(['acknowledge', 'onScene', 'handBack', 'escalate']), key }),
  z.strictObject({ action: z.literal('resolve'), reason: z.enum(RESOLVE_REASONS), key }),
]);
export type AnswerRequest = z.infer<typeof answerRequestSchema>;
export const answerResultSchema = z.strictObject({
  /** `done`, or why it counts for nothing: `taken` by somebody else, and so on. */
  verdict: z.enum(['done', 'yours', 'taken', 'notYours', 'resolved']),
  call: callSummarySchema,
});
export type AnswerResult = z.infer<typeof answerResultSchema>;

/** `POST /api/page/calls/{id}/ticks`: one line of the checklist of the version that is shown. */
export const tickRequestSchema = z.strictObject({
  site: siteId.nullable(),
  version: z.int().min(1),
  item: z.int().min(0).max(499),
  isTicked: z.boolean(),
  key,
});
export type TickRequest = z.infer<typeof tickRequestSchema>;
