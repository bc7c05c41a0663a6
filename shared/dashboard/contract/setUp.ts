import * as z from 'zod';
import { foreignText, personSchema, siteSchema, time } from './values.ts';

/** `GET /api/page/set-up`: the first-run steps in their order. */
export const setUpSchema = z.strictObject({
  steps: z.array(
    z.strictObject({
      id: z.enum(['settings', 'signIn', 'subscription', 'roster', 'test']),
      title: z.string(),
      isDone: z.boolean(),
      detail: z.string(),
      /** What to do while it is not done; empty when it is. */
      todo: z.string(),
    }),
  ),
});
export type SetUp = z.infer<typeof setUpSchema>;

/** `YYYY-MM-DDTHH:MM` by the clock of the rotation's zone. */
const localTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);

/** `GET /api/page/roster?from=&until=`: who is on call, at most 62 days. */
export const rosterQuerySchema = z.strictObject({ from: time.optional(), until: time.optional() });
export const rosterSchema = z.strictObject({
  /** `null` while the roster is a file or a part of one: then overrides cannot be made here. */
  version: z.int().nullable(),
  origin: z.enum(['table', 'file', 'part', 'none']),
  importedAt: time.nullable(),
  importedBy: foreignText.nullable(),
  problems: z.array(z.string()),
  people: z.array(
    z.strictObject({
      ...personSchema.shape,
      channels: z.array(z.string()),
      language: z.string(),
      /** The last two digits. */
      phoneEnd: z.string(),
      /** Nobody signs in to the page as this person without one. */
      hasEmail: z.boolean(),
    }),
  ),
  teams: z.array(
    z.strictObject({
      id: z.string(),
      name: foreignText,
      timeZone: z.string(),
      steps: z.array(
        z.strictObject({ escalateAfterMinutes: z.number(), tell: z.array(z.string()), toldNow: z.array(personSchema) }),
      ),
    }),
  ),
  sites: z.array(siteSchema),
  rotations: z.array(
    z.strictObject({
      id: z.string(),
      timeZone: z.string(),
      people: z.array(personSchema),
      /** In `from`…`until` of the question, without gaps; `person` is `null` before the first hand-over. */
      shifts: z.array(
        z.strictObject({ from: time, until: time, person: personSchema.nullable(), isOverride: z.boolean() }),
      ),
    }),
  ),
  overrides: z.array(
    z.strictObject({
      rotation: z.string(),
      from: localTime,
      until: localTime,
      fromAt: time,
      untilAt: time,
      person: personSchema,
    }),
  ),
});
export type RosterOfPage = z.infer<typeof rosterSchema>;

/**
 * `POST /api/page/roster/overrides` adds, `POST /api/page/roster/overrides/remove` takes one away: a new version after
 * `after`; 409 (`changedMeanwhile`) when that is no longer the newest. Answers with the new version's number.
 */
export const overrideRequestSchema = z.strictObject({
  after: z.int().min(1),
  rotation: z.string().max(64),
  from: localTime,
  until: localTime,
  person: z.string().max(64),
});
export type OverrideRequest = z.infer<typeof overrideRequestSchema>;
export const rosterChangedSchema = z.strictObject({ version: z.int() });

/** `POST /api/page/tests`: a text or a call to oneself: to the person of the roster with one's own e-mail address. */
export const testRequestSchema = z.strictObject({ channel: z.enum(['sms', 'voice']) });
export const testResultSchema = z.strictObject({
  isAccepted: z.boolean(),
  /** The last two digits of the number. */
  phoneEnd: z.string(),
  /** What the provider said, as a sentence. */
  detail: z.string(),
});
export type TestResult = z.infer<typeof testResultSchema>;
