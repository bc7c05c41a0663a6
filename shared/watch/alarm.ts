import type { Severity } from './finding.ts';

/** A finding that lasts or lasted, and what was told of it. Times are ISO 8601 in UTC. */
export interface Alarm {
  /** The finding's. */
  id: string;
  /** The part it was found in: while that cannot be looked at, the alarm stays as it is. */
  part: string;
  severity: Severity;
  title: string;
  what: string;
  todo: string;
  news: string | null;
  /** Repeated each week; rows of earlier versions do not say. */
  isWeekly?: boolean;
  since: string;
  /** In how many runs in a row it was found. */
  runs: number;
  /** `null` while it lasts. */
  overAt: string | null;
  /** What was told last, to whomever could be told; `null` while nothing was. */
  told: { firstAt: string; lastAt: string; severity: Severity; news: string | null } | null;
  /** What was told last before it began anew; rows of earlier versions do not say. */
  toldBefore?: Alarm['told'];
  /** Roster ids of those who know that it began and not yet that it is over. */
  knownTo: string[];
  /** What is being told, or could not be told to everybody yet. */
  telling: Telling | null;
  /** Whom the provider refuses for good, with its code and reason. */
  refused: { recipientId: string; failure: string; at: string }[];
  /** What was told, the newest last. */
  history: { at: string; kind: TellingKind; to: string[] }[];
}

export type TellingKind = 'begins' | 'lasts' | 'over';

export interface Telling {
  kind: TellingKind;
  startedAt: string;
  /** Names the run that holds it until `leaseUntil`. */
  owner: string;
  leaseUntil: string;
  /** Roster ids of those who are still to be told. */
  waiting: string[];
  /** Words of which it is not known whether the provider took them: it is asked before they are sent again. */
  doubts: { recipientId: string; body: string; since: string }[];
}
