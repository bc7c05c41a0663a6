export type Severity = 'critical' | 'warning';

/** One condition that somebody should know of. It names nobody but by roster id, and may be logged and texted. */
export interface Finding {
  /** The same for as long as the condition lasts. */
  id: string;
  severity: Severity;
  /** Since when, as far as that is known. */
  since: Date | null;
  /** The condition in two to six words, as "over" names it. */
  title: string;
  /** What happened and what it means: whole sentences. */
  what: string;
  /** What to do, with the exact command or place: whole sentences. */
  todo: string;
  /** Passes by itself more often than not: told only when it is found in two runs in a row. */
  mayPass?: true;
  /** Will not be worse tomorrow: repeated each week, not each day. */
  isWeekly?: true;
  /** Another value when there is news of the same condition: then it is told again before its time. */
  news?: string;
}

/** One thing that is watched, and how it stands. */
export interface WatchedPart {
  name: string;
  /** False when it could not be looked at: then nothing is known of its conditions, and none of them is over. */
  isSeen: boolean;
  /** How it stands, in a few words. */
  detail: string;
  findings: Finding[];
}

export type State = 'ok' | Severity;

const RANKS: Record<State, number> = { critical: 0, warning: 1, ok: 2 };

export function stateOf({ findings }: Pick<WatchedPart, 'findings'>): State {
  return worstOf(findings.map(({ severity }) => severity));
}

export function worstOf(states: readonly State[]): State {
  return [...states].sort((a, b) => RANKS[a] - RANKS[b])[0] ?? 'ok';
}

/** The worst first, and of the same severity the oldest. */
export function bySeverity(a: Pick<Finding, 'severity' | 'since'>, b: Pick<Finding, 'severity' | 'since'>): number {
  const begin = ({ since }: Pick<Finding, 'since'>) => since?.getTime() ?? Number.POSITIVE_INFINITY;
  return RANKS[a.severity] - RANKS[b.severity] || Math.sign(begin(a) - begin(b)) || 0;
}
