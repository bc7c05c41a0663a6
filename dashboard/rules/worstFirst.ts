import type { Status } from '../../shared/dashboard/contract.ts';

type Part = Status['parts'][number];

const ORDER: Record<Part['state'], number> = { critical: 0, warning: 1, unknown: 2, ok: 3 };

/** What must be looked at first stands first; parts of the same state keep their order. */
export function worstFirst(parts: readonly Part[]): Part[] {
  return [...parts].sort((a, b) => ORDER[a.state] - ORDER[b.state]);
}
