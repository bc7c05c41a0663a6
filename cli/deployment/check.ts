/** Something that must be put right before anything is created. Whole sentences. */
export interface Problem {
  what: string;
  why: string;
  /** What to do and where. */
  mend: string;
  /** What to type: shown as it stands, never broken into lines. */
  commands?: string[];
}

/**
 * One thing that was looked at. `unknown` where it could not be, for a reason that says nothing of the thing itself:
 * that holds nothing up.
 */
export interface Check {
  name: string;
  state: 'ok' | 'problem' | 'unknown';
  /** How it stands, in a few words. */
  detail: string;
  problems: Problem[];
}

export function fine(name: string, detail: string): Check {
  return { name, state: 'ok', detail, problems: [] };
}

export function unknown(name: string, detail: string): Check {
  return { name, state: 'unknown', detail, problems: [] };
}

/** `detail` is what is said where there are none. */
export function judged(name: string, problems: readonly Problem[], detail: string): Check {
  if (problems.length === 0) return fine(name, detail);
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return { name, state: 'problem', detail: `${count}, see below`, problems: [...problems] };
}
