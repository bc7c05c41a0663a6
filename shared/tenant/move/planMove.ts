import type { TenantIndex } from '../tenantIndex.ts';
import { findBlocks } from './moveBlocks.ts';
import { readMoveFrom } from './moveFrom.ts';
import type { MovePlan } from './movePlan.ts';
import { askBefore } from './moveQuestions.ts';
import { moveSteps } from './moveSteps.ts';
import { operatorsOf } from './operatorAddresses.ts';

/**
 * What has to be done, in this order, that a user calls with a SIM-enabled number
 * (https://learn.microsoft.com/microsoftteams/operator-connect-mobile-configure-numbers). `null` for whoever is not in
 * the export.
 */
export function planMove(index: TenantIndex, upn: string): MovePlan | null {
  const from = readMoveFrom(index, upn);
  if (from === null) return null;
  const blocks = findBlocks(index, from);
  const { steps, outOfService } = moveSteps(index, from);
  const isThere = from.source === 'operatorConnectMobile';
  return {
    user: from.user.userPrincipalName,
    to: 'OperatorConnectMobile',
    from: from.source,
    number: from.number,
    outcome: isThere ? 'alreadyThere' : blocks.length > 0 ? 'blocked' : 'ready',
    blocks,
    questions: askBefore(index, from),
    outOfService,
    steps,
    operators: operatorsOf(index.config.phoneNumbers),
  };
}
