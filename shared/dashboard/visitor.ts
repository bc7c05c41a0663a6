import type { Person } from '../oncall/roster.ts';
import type { Services } from '../pipeline/services.ts';
import type { Right } from './contract.ts';
import type { Principal } from './principal.ts';
import { rightsOf } from './rights.ts';

/** Who asks, and what they may do and see. */
export interface Visitor extends Principal {
  /** Names them on the record: the id of the roster's person, where there is one, else that of the principal. */
  recordId: string;
  /** The person of the roster with this user principal name as e-mail address. */
  person: Person | null;
  rights: readonly Right[];
  /** Ids of the sites whose calls they see; `null` for all. */
  sites: readonly string[] | null;
}

/**
 * What the roster knows of a principal. Two people with one address are nobody: none of them can be meant for certain.
 * Only a responder who is nothing else is bound to sites.
 */
export function visitorOf(principal: Principal, roster: ReturnType<Services['roster']>): Visitor {
  const { upn, roles } = principal;
  const matching = (roster?.roster.people ?? []).filter(({ email }) => upn !== null && email?.toLowerCase() === upn);
  const person = matching.length === 1 ? (matching[0] ?? null) : null;
  const isBound = roles.every((role) => role === 'Responder');
  return {
    ...principal,
    recordId: person?.id ?? principal.id,
    person,
    rights: rightsOf(roles),
    sites: isBound ? (person?.seesSites ?? null) : null,
  };
}

/** Whoever is told of an answer reads a name, also of somebody who is on no roster. */
export async function introduce({ store, learnName }: Services, { id, name, upn }: Visitor): Promise<void> {
  learnName(id, name);
  await store.pagePeople.remember({ id, name, upn });
}
