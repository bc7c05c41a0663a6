import * as z from 'zod';
import { foreignText, siteSchema } from './values.ts';

/** App roles of the page's application in Entra. */
export const ROLES = ['Responder', 'Administrator', 'Auditor'] as const;
export type Role = (typeof ROLES)[number];

/** What somebody may do, as the API checks it; the page only hides what would be refused. */
export const RIGHTS = [
  'seeCalls',
  'answerCalls',
  'seeChats',
  'seeStatus',
  'replayDeadLetters',
  'signInAccount',
  'seeRoster',
  'changeRoster',
  'testOneself',
  'seeStatistics',
  'exportRecord',
  'seeAudit',
  'seeProcedures',
  'changeProcedures',
] as const;
export type Right = (typeof RIGHTS)[number];

/** Every request that changes something has this header, as no form and no link of another site can. */
export const CHANGE_HEADER = 'X-Emergency-Alerts';
export const CHANGE_HEADER_VALUE = '1';

/** `GET /api/page/me`: who the platform says is here, and what the page needs once. */
export const meSchema = z.strictObject({
  name: foreignText,
  /** User principal name. */
  upn: foreignText.nullable(),
  roles: z.array(z.enum(ROLES)),
  rights: z.array(z.enum(RIGHTS)),
  /** Ids of the sites whose calls are seen; `null` for all. */
  sites: z.array(z.string()).nullable(),
  /** The person of the roster with the same e-mail address; `null` where there is none. */
  personId: z.string().nullable(),
  allSites: z.array(siteSchema),
  /** IANA name of the team's time zone. */
  timeZone: z.string(),
  /** UPN of the service account; `null` where none is set up. */
  serviceAccount: foreignText.nullable(),
  /** `null` while no tile service is set: then no map is drawn. Tiles tell that service the place. */
  map: z.strictObject({ tileUrl: z.string(), attribution: z.string() }).nullable(),
});
export type Me = z.infer<typeof meSchema>;
