import { errorCodeOf } from '../../shared/errors.ts';
import { bySeverity, type State, stateOf } from '../../shared/watch/finding.ts';
import { CannotLookError, isNoToken } from './cannotLook.ts';
import {
  type Check,
  type DoctorContext,
  type DoctorFinding,
  SEE_SETTINGS,
  SEE_STORAGE,
  seePart,
  type Unseen,
} from './check.ts';

/** How one part stands. `unknown`: nothing was seen of it. */
export interface PartReport {
  part: string;
  state: State | 'unknown';
  detail: string;
  findings: DoctorFinding[];
  /** It should have been seen, and could not be. */
  isBlind: boolean;
}

/** For one part, with everything it asks. */
const LIMIT_MS = 20_000;

/** Looks at every part at once, each for itself: one that fails or takes longer than its limit is a report too. */
export function runChecks(
  checks: readonly Check[],
  context: DoctorContext,
  { limitMs = LIMIT_MS }: { limitMs?: number } = {},
): Promise<PartReport[]> {
  return Promise.all(checks.map((check) => runCheck(check, context, limitMs)));
}

async function runCheck(check: Check, context: DoctorContext, limitMs: number): Promise<PartReport> {
  const { part } = check;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = `It did not answer within ${limitMs / 1_000} s`;
    timer = setTimeout(() => reject(new CannotLookError(why)), limitMs);
  });
  try {
    const result = await Promise.race([check.look(context), late]);
    if ('unseen' in result) return unseen(part, result, context);
    const findings = (result.findings ?? []).filter((finding) => finding !== null).sort(worstFirst);
    return { part, state: stateOf({ findings: findings.map(dated) }), detail: result.detail, findings, isBlind: false };
  } catch (caught) {
    return blind(part, caught, context);
  } finally {
    clearTimeout(timer);
  }
}

/** What stands in the Key Vault and could not be read here hides what needs it: nobody knows how that stands. */
function unseen(part: string, result: Unseen, { reading, storageFailure }: DoctorContext): PartReport {
  const hidden = result === SEE_SETTINGS && storageFailure !== null ? SEE_STORAGE : result;
  const unread = new Set(reading.keyVault.unread.map(({ name }) => name));
  const isBlind = hidden === SEE_SETTINGS && unread.size > 0;
  const isAll = reading.faults.every(({ name }) => unread.has(name));
  const detail = isBlind ? `${isAll ? 'not looked at: see' : `${hidden.unseen} and`} "Key Vault"` : hidden.unseen;
  return { part, state: 'unknown', detail, findings: [], isBlind };
}

function blind(part: string, caught: unknown, { isApp }: DoctorContext): PartReport {
  // One part tells of it: nine times the same is no help.
  if (!isApp && isNoToken(caught)) {
    return { part, state: 'unknown', detail: seePart('Azure sign-in').unseen, findings: [], isBlind: true };
  }
  const isOurs = caught instanceof CannotLookError;
  const why = isOurs ? caught.message : errorCodeOf(caught);
  const finding: DoctorFinding = {
    id: `unseen:${part}`,
    severity: 'warning',
    what: `This could not be looked at: ${why}.`,
    why: 'So nobody knows how it stands.',
    todo:
      (isOurs && caught.todo) ||
      'Run it again. If it lasts, look at the network between this computer and that service.',
  };
  return { part, state: 'unknown', detail: `could not be looked at (${why})`, findings: [finding], isBlind: true };
}

function worstFirst(a: DoctorFinding, b: DoctorFinding): number {
  return bySeverity({ ...a, since: null }, { ...b, since: null });
}

/** The rules of the watch ask for a little more than is known here. */
function dated(finding: DoctorFinding) {
  return { ...finding, since: null, title: finding.id };
}
