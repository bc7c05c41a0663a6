import type { TenantIndex } from '../tenantIndex.ts';
import { addressSteps, noteAddress, numberToAssign, recheckAddress } from './moveAddress.ts';
import type { MoveFrom } from './moveFrom.ts';
import type { MoveStep, OutOfService } from './movePlan.ts';
import { lookAtKind, removalSteps } from './moveRemoval.ts';
import { assignSteps, dialerStep, endSharedCalling, endVoiceRouting } from './moveTo.ts';

/** The steps in their order; none while it cannot be told what the user has now. */
export function moveSteps(
  index: TenantIndex,
  from: MoveFrom,
): { steps: MoveStep[]; outOfService: OutOfService | null } {
  if (from.source === 'unknown') return { steps: [], outOfService: null };
  const after = [
    ...addressSteps(index, from),
    recheckAddress(from, numberToAssign(from)),
    dialerStep(index.config.mobilityPolicies, from),
  ];
  if (from.source === 'operatorConnectMobile') return { steps: after, outOfService: null };
  const before = [...lookAtKind(from), ...agree(from), noteAddress(index, from)];
  const removal = removalSteps(from);
  const assignment = assignSteps(from);
  const middle = [...removal, ...endVoiceRouting(from), ...assignment];
  const steps = [...before, ...middle, ...endSharedCalling(from), ...after];
  const isInterrupted = from.number !== null;
  const untilStep = before.length + middle.length;
  return {
    steps,
    outOfService: isInterrupted ? { fromStep: before.length + 1, untilStep, text: OUT_OF_SERVICE } : null,
  };
}

const OUT_OF_SERVICE =
  'The number is out of service: the user calls nobody through Teams, emergency services included, and nobody reaches them, not even emergency services that call back. The removal takes effect within 10 minutes, in rare cases within 24 hours; then comes the time of the operator, which only the operator knows; the assignment may take 24 hours more.';

function agree({ number }: MoveFrom): MoveStep[] {
  const base = { condition: null, commands: [] };
  if (number === null) {
    const text =
      'Order a SIM-enabled number on an eligible wireless plan. Give the operator the tenant ID (Microsoft Entra admin center).';
    return [{ ...base, title: 'Order the number', who: 'operator', text, warning: null }];
  }
  return [
    {
      ...base,
      title: 'Agree on day and hour',
      who: 'operator',
      text: `Order the porting of ${number} to an eligible, SIM-enabled wireless plan. Give the operator the tenant ID (Microsoft Entra admin center).`,
      warning: 'Remove nothing before the day is agreed: from then on the number is out of service.',
    },
    {
      ...base,
      title: 'Tell the user, and those on call',
      who: 'administrator',
      text: 'Say from when until when, and which other phone is for emergency calls meanwhile.',
      warning: 'An emergency call through Teams does not go out in this time.',
    },
  ];
}
