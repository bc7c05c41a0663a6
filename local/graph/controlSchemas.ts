import { z } from 'zod';
import { AADSTS, type AadstsCode } from './signIn/signInRefusal.ts';

/* What the control side takes, as JSON. */

const optionalDate = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional();
const coordinates = z.strictObject({ latitude: z.number(), longitude: z.number() });
const place = z.union([
  z.string(),
  z.strictObject({ name: z.string(), address: z.string().optional(), coordinates: coordinates.optional() }),
]);
const text = z.string().optional();
const address = z.strictObject({
  street: text,
  city: text,
  state: text,
  countryOrRegion: text,
  postalCode: text,
  additionalData: z
    .strictObject({ companyName: text, additionalInfo: text, houseNumber: text, county: text, streetSuffix: text })
    .optional(),
});
export const call = z.strictObject({
  caller: z.string(),
  numberDialed: z.string().default('911'),
  place: place.optional(),
  callbackNumber: z.string().optional(),
  phoneNumber: z.string().optional(),
  address: address.optional(),
  policyName: z.string().optional(),
  sources: z.array(z.enum(['chat', 'event'])).optional(),
  language: z.string().optional(),
  layout: z.enum(['lines', 'breaks', 'table']).optional(),
  occurredAt: optionalDate,
  announce: z
    .union([z.boolean(), z.strictObject({ chat: z.boolean().optional(), event: z.boolean().optional() })])
    .optional(),
  securityDesk: z.array(z.string()).optional(),
  chatId: z.string().optional(),
});
export const endedCall = z.strictObject({
  sameId: z.boolean().optional(),
  at: optionalDate,
  announce: z.boolean().optional(),
});
export const rawEvent = z.strictObject({
  content: z.unknown(),
  policyName: text,
  id: text,
  announce: z.boolean().optional(),
});
export const behaviour = z.strictObject({
  allChatsRefused: z.boolean().optional(),
  chatsRefused: z.boolean().optional(),
  eventHubDeliversEvents: z.boolean().optional(),
  validationTokenVersion: z.enum(['1.0', '2.0']).optional(),
});
const aadstsCode = z.custom<AadstsCode>((value) => typeof value === 'number' && value in AADSTS, 'Unknown AADSTS code');
const effect = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599),
    retryAfterSeconds: z.number().optional(),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('aadsts'), code: aadstsCode }),
  z.strictObject({ kind: z.literal('slowDown') }),
  z.strictObject({ kind: z.literal('delay'), ms: z.number().positive() }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('reset') }),
]);
export const fault = z.strictObject({
  operation: z.string(),
  times: z.number().optional(),
  containing: z.string().optional(),
  effect,
});
export const notificationFaults = z.strictObject({
  lose: z.union([z.number().int(), z.literal('all')]).optional(),
  copies: z.number().int().positive().optional(),
  delayMs: z.number().positive().optional(),
  gather: z.number().int().positive().optional(),
  reverse: z.boolean().optional(),
  oneEvent: z.boolean().optional(),
});
export const user = z.strictObject({
  id: z.string().optional(),
  userPrincipalName: z.string(),
  displayName: z.string(),
  mail: z.string().nullable().optional(),
});
export const chat = z.strictObject({ members: z.array(z.string()), topic: z.string().optional(), at: optionalDate });
export const message = z.strictObject({
  from: z.string().nullable(),
  content: z.string(),
  importance: z.enum(['normal', 'high', 'urgent']).optional(),
  at: optionalDate,
  announce: z.boolean().optional(),
});
export const account = z.strictObject({ account: z.string() });
export const pause = z.strictObject({ pause: z.boolean().optional() });
