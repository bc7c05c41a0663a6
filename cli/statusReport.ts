import type { Finding, State } from '../shared/watch/finding.ts';

/** One part that is watched, as it is shown. Times are ISO 8601 in UTC. */
export interface StatusPart {
  part: string;
  /** `unknown` where it could not be looked at for a reason that is told elsewhere. */
  state: State | 'unknown';
  since: string | null;
  detail: string;
  findings: (Omit<Finding, 'since' | 'news' | 'mayPass' | 'isWeekly'> & { since: string | null })[];
}

export interface StatusReport {
  at: string;
  state: State;
  parts: StatusPart[];
}
