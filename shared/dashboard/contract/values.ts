import * as z from 'zod';

/** ISO 8601 in UTC, as every time of an answer. */
export const time = z.iso.datetime().meta({ description: 'ISO 8601 in UTC' });
export const callId = z
  .string()
  .regex(/^\d{13}-[0-9a-f]{16}$/)
  .meta({ description: 'Id of an emergency call' });
/** Text that came from a message or a person: to be shown as text, never as markup. */
export const foreignText = z.string().meta({ description: 'Text of others: show it as text, never as markup' });
/** Given with a next request to go on where this answer ended; `null` when there is no more. */
export const continuation = z.string().min(1).max(200);
/** Another one for each change that is meant; the same one again is the same change. */
export const key = z.string().regex(/^[A-Za-z0-9-]{8,64}$/);
export const siteId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** Somebody by the id of the record; `name` is the id where no roster knows one. */
export const personSchema = z.strictObject({ id: z.string(), name: foreignText });
export const siteSchema = z.strictObject({ id: z.string(), name: foreignText });

/** How much of what is stored was looked through: a search ends after a bound and says so. */
export const lookedSchema = z.strictObject({
  rows: z.int(),
  /** Back to which time. */
  from: time.nullable(),
  /** False: there is more, ask on with `continuation`. */
  isComplete: z.boolean(),
});

const PROBLEM_CODES = [
  'authenticationOff',
  'notSignedIn',
  'noRole',
  'roleMissing',
  'siteMissing',
  'crossSite',
  'notFound',
  'methodNotAllowed',
  'badRequest',
  'tooLarge',
  'changedMeanwhile',
  'notSetUp',
  'failed',
  'tooMany',
] as const;

/** https://www.rfc-editor.org/rfc/rfc9457: `detail` is a sentence for whoever reads the page. */
export const problemSchema = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** For the page: which problem it is. */
  code: z.enum(PROBLEM_CODES),
});
export type Problem = z.infer<typeof problemSchema>;
export type PersonOfPage = z.infer<typeof personSchema>;
