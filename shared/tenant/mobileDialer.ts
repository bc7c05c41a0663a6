import type { PolicyIndex } from './effectivePolicy.ts';
import { foldName } from './networkIndex.ts';
import type { TenantUser } from './peopleConfig.ts';
import { GLOBAL, type MobilityPolicy } from './policyConfig.ts';

/** Which dialer rings first on the smartphone of a user with a SIM-enabled number. */
export interface MobileDialer {
  /** The mobility policy that holds for the user. */
  policy: string;
  /** `unknown` where the export does not have the policy, or the policy says something else. */
  preference: 'Teams' | 'Native' | 'UserOverride' | 'unknown';
}

/**
 * The user's mobility policy before the tenant's own; a tenant's own that is not exported or says nothing stands for
 * Teams, the default (https://learn.microsoft.com/microsoftteams/operator-connect-mobile-configure).
 */
export function mobileDialerOf(policies: PolicyIndex<MobilityPolicy>, user: TenantUser): MobileDialer {
  const named = user.policies.teamsMobilityPolicy;
  const policy = policies.get(foldName(named ?? GLOBAL));
  if (!policy) return { policy: named ?? GLOBAL, preference: named === null ? 'Teams' : 'unknown' };
  return { policy: policy.identity, preference: readPreference(policy.mobileDialerPreference) };
}

function readPreference(text: string | null): MobileDialer['preference'] {
  if (text === null) return 'Teams';
  return (['Teams', 'Native', 'UserOverride'] as const).find((each) => each === text) ?? 'unknown';
}
