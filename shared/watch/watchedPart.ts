import type { Finding, WatchedPart } from './finding.ts';
import type { Observed } from './observations.ts';

/** How a part stands: what there is to say of it, and what is wrong. */
export type Verdict = Omit<WatchedPart, 'name' | 'isSeen'>;

/**
 * Judges a part that was looked at. One that could not be looked at is a finding of its own: of what nobody sees, nobody
 * knows that it is well.
 */
export function judge<T>(name: string, observed: Observed<T>, verdictOn: (value: T) => Verdict): WatchedPart {
  if ('value' in observed) return { name, isSeen: true, ...verdictOn(observed.value) };
  const { failed } = observed;
  return { name, isSeen: false, detail: `cannot be looked at (${failed})`, findings: [unseen(name, failed)] };
}

function unseen(name: string, code: string): Finding {
  return {
    id: `unseen:${name}`,
    severity: 'warning',
    since: null,
    title: `${name} not seen`,
    what: `The watch cannot look at "${name}" (${code}), so nobody knows how it stands.`,
    todo: 'Run: npm run status. If it lasts, look into the log of the function "watch".',
    mayPass: true,
  };
}

/** What is not set up, and is therefore never wrong. */
export function notUsed(): Verdict {
  return { detail: 'not used', findings: [] };
}

/** Lists nothing but what is there. */
export function present(findings: readonly (Finding | null)[]): Finding[] {
  return findings.filter((finding) => finding !== null);
}
