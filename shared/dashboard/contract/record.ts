import * as z from 'zod';
import { continuation, foreignText, lookedSchema, personSchema, siteId, siteSchema, time } from './values.ts';

const day = z.iso.date();
const zone = z.string().max(64);

/** `GET /api/page/statistics?from=2026-01-01&to=2026-03-31&zone=`: days included, at most 400. */
export const statisticsQuerySchema = z.strictObject({ from: day, to: day, zone: zone.optional() });
const durations = z.strictObject({
  /** Calls of which both times are known. Test calls are not counted. */
  count: z.int(),
  p50Seconds: z.number().nullable(),
  p95Seconds: z.number().nullable(),
  worstSeconds: z.number().nullable(),
});
export const statisticsSchema = z.strictObject({
  from: day,
  to: day,
  zone: z.string(),
  weeks: z.array(
    z.strictObject({
      /** The Monday. */
      week: day,
      calls: z.int(),
      tests: z.int(),
      timeToNotify: durations,
      timeToAcknowledge: durations,
    }),
  ),
  /** Calls without a site stand under `null`. */
  sites: z.array(z.strictObject({ site: siteSchema.nullable(), calls: z.int(), tests: z.int() })),
  timeToNotify: durations,
  timeToAcknowledge: durations,
  looked: lookedSchema,
});
export type Statistics = z.infer<typeof statisticsSchema>;

/** `GET /api/page/export/calls.csv?from=&to=&zone=` answers `text/csv`; it is noted who exported what. */
export const exportQuerySchema = z.strictObject({ from: day, to: day, zone: zone.optional() });

/** `GET /api/page/audit`: who viewed, exported or changed what on the page, the newest first. */
export const auditQuerySchema = z.strictObject({ continuation: continuation.optional() });
export const auditSchema = z.strictObject({
  entries: z.array(
    z.strictObject({
      at: time,
      person: personSchema,
      upn: foreignText.nullable(),
      roles: z.array(z.string()),
      action: z.enum(['viewed', 'exported', 'changed']),
      /** Such as `call`, `calls`, `messages`, `roster`, `calls.csv`. */
      what: z.string(),
      /** Id of a call, days of an export, id of a dead letter, … */
      of: z.string().nullable(),
    }),
  ),
  continuation: continuation.nullable(),
});
export type Audit = z.infer<typeof auditSchema>;

const procedureHead = {
  /** `null`: for all sites without their own. */
  site: siteSchema.nullable(),
  version: z.int(),
  at: time,
  by: personSchema,
};
/** `GET /api/page/procedures`. */
export const proceduresSchema = z.strictObject({ procedures: z.array(z.strictObject(procedureHead)) });
export type Procedures = z.infer<typeof proceduresSchema>;
/** `GET /api/page/procedures/one?site=&version=`: the newest version of a site's own, unless one is named. */
export const procedureQuerySchema = z.strictObject({
  site: siteId.optional(),
  version: z.coerce.number().int().min(1).optional(),
});
export const procedureSchema = z.strictObject({ ...procedureHead, markdown: foreignText });
export type Procedure = z.infer<typeof procedureSchema>;
/** `POST /api/page/procedures`: a new version after `after` (0 for the first); 409 when there is a newer one. */
export const procedureRequestSchema = z.strictObject({
  site: siteId.nullable(),
  after: z.int().min(0),
  markdown: z.string().max(20_000),
});
export type ProcedureRequest = z.infer<typeof procedureRequestSchema>;
