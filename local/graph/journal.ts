import { type BoundedList, createBoundedList } from './boundedList.ts';

/** One request as it was answered. Holds no header and no body, so no token and no clientState. */
export interface RequestRecord {
  at: string;
  /** `null` where no operation is known by that path. */
  operation: string | null;
  method: string;
  path: string;
  query: string;
  /** `hang` and `reset`: a fault kept the answer back. */
  status: number | 'hang' | 'reset';
  /** Graph's or the sign-in service's own code of a refusal. */
  errorCode: string | null;
  /** Id of the fault that had a part in it. */
  faultId: string | null;
}

/** Something the look-alike does not know, or that Microsoft says not to do: a test should end with none of them. */
export interface RefusalRecord {
  at: string;
  method: string;
  path: string;
  reason: string;
}

/** The newest of each. */
export interface Journal {
  requests: BoundedList<RequestRecord>;
  refusals: BoundedList<RefusalRecord>;
}

export function createJournal(): Journal {
  return { requests: createBoundedList(), refusals: createBoundedList() };
}
