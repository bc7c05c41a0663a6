/** What somebody has said of a rule that no export decides. Only ever added; the newest of a rule holds. */
export interface Attestation {
  ruleId: string;
  /** Who says so. */
  name: string;
  /** ISO 8601, UTC: when it was looked at. It holds for twelve months. */
  at: string;
  /** How it was looked at; `null` where nothing is noted. */
  note: string | null;
  /** Who wrote it down, as their machine knows them, and when. */
  recordedBy: string | null;
  recordedAt: string;
}

const MONTHS = 12;

/** ISO 8601, UTC. */
export function validUntil({ at }: Pick<Attestation, 'at'>): string {
  const end = new Date(at);
  end.setUTCMonth(end.getUTCMonth() + MONTHS);
  return end.toISOString();
}

/** The newest of each rule, by its id. What is dated later than `now` counts for nothing. */
export function newestOf(attestations: readonly Attestation[], now: Date): ReadonlyMap<string, Attestation> {
  const newest = new Map<string, Attestation>();
  for (const each of attestations) {
    const known = newest.get(each.ruleId);
    if (new Date(each.at) <= now && (!known || known.at < each.at)) newest.set(each.ruleId, each);
  }
  return newest;
}
