import type { TenantUser } from './peopleConfig.ts';

/** `FeatureTypes` of Get-CsOnlineUser: what the licences of a user let them do. */
export type Feature = 'PhoneSystem' | 'TeamsMobileExperience';

/** `TeamsMobileExperience` comes with the Operator Connect Mobile (Teams Phone Mobile) add-on. */
export function hasFeature({ featureTypes }: TenantUser, feature: Feature): boolean {
  return featureTypes.some((each) => each.toLowerCase() === feature.toLowerCase());
}
