import type { NetworkSite } from './networkConfig.ts';
import { foldName } from './networkIndex.ts';
import { GLOBAL, type Policy } from './policyConfig.ts';
import { type Step, type StepName, step } from './step.ts';

/** The policy that holds, and who it comes from. */
export interface EffectivePolicy<P> {
  /** `null` where the policy that is named is not in the export, or there is none at all. */
  policy: P | null;
  from: 'site' | 'user' | 'global';
  step: Step;
}

/** Policies by their folded identity. */
export type PolicyIndex<P> = ReadonlyMap<string, P>;

export function indexPolicies<P extends Policy>(policies: readonly P[]): PolicyIndex<P> {
  return new Map(policies.map((policy) => [foldName(policy.identity), policy]));
}

/**
 * The site's policy before the user's before the tenant's own
 * (https://learn.microsoft.com/microsoftteams/manage-emergency-calling-policies).
 */
export function effectivePolicy<P extends Policy>(
  name: StepName,
  policies: PolicyIndex<P>,
  site: NetworkSite | null,
  ofSite: string | null,
  ofUser: string | null,
): EffectivePolicy<P> {
  const from = site && ofSite !== null ? 'site' : ofUser !== null ? 'user' : 'global';
  const identity = { site: ofSite, user: ofUser, global: GLOBAL }[from] ?? GLOBAL;
  const policy = policies.get(foldName(identity)) ?? null;
  const whose = {
    site: `of site ${site?.networkSiteId}, which goes before the user's`,
    user: site ? `of the user; site ${site.networkSiteId} has none` : 'of the user; no site applies',
    global: site
      ? `of the tenant; neither site ${site.networkSiteId} nor the user has one`
      : 'of the tenant; the user has none',
  }[from];
  const found = policy
    ? step(name, 'matched', `${policy.identity}, ${whose}`)
    : step(name, 'unknown', `${identity}, ${whose}; the export has no policy of that name`);
  return { policy, from, step: found };
}
