import { parseRoster } from '../../oncall/roster.ts';
import type { Services } from '../../pipeline/services.ts';
import { note } from '../audit.ts';
import type { OverrideRequest } from '../contract.ts';
import { PageProblem } from '../problem.ts';
import type { Visitor } from '../visitor.ts';

type Override = Omit<OverrideRequest, 'after'>;

/**
 * Stores the roster once more, with its overrides changed: as it was written, and only when the rules accept it. Returns
 * the new version. Throws a {@link PageProblem} where `after` is no longer the newest one, or it would be refused.
 */
export async function changeOverrides(
  services: Services,
  visitor: Visitor,
  after: number,
  change: (overrides: readonly Override[]) => Override[],
): Promise<number> {
  const { store, now } = services;
  const [newest] = await store.roster.list(1);
  if (!newest) throw new PageProblem('notSetUp', 'The roster is a file: import it with npm run roster -- import FILE.');
  if (newest.version !== after) throw new PageProblem('changedMeanwhile');
  const document = { ...(newest.document as Record<string, unknown>) };
  const overrides = Array.isArray(document.overrides) ? (document.overrides as Override[]) : [];
  const changed = { ...document, overrides: change(overrides) };
  const result = parseRoster(changed);
  if ('problems' in result)
    throw new PageProblem('badRequest', `The roster would be refused: ${result.problems.join('; ')}.`);
  await note(services, visitor, { action: 'changed', what: 'roster', of: `version ${after + 1}` });
  const importedBy = `${visitor.name} on the page`;
  const written = await store.roster.insert(after, { document: changed, importedAt: now().toISOString(), importedBy });
  if (!written) throw new PageProblem('changedMeanwhile');
  return written.version;
}

export function isSame(a: Override, b: Override): boolean {
  return a.rotation === b.rotation && a.from === b.from && a.until === b.until && a.person === b.person;
}
