import type { WithOther } from './withOther.ts';

/** A number of the tenant. */
export interface PhoneNumber extends WithOther {
  /** `+14255550100`, of Direct Routing perhaps with `;ext=524`; without "tel:". */
  telephoneNumber: string;
  /** `CallingPlan`, `OperatorConnect`, `DirectRouting`, `OCMobile`, …. */
  numberType: string;
  /** `Activated`, `AssignmentPending`, …. */
  activationState: string | null;
  /** Object id of a user or resource account, or `TeamsSharedCallingRoutingPolicy|Tag:…`, in lower case. */
  assignedPstnTargetId: string | null;
  /** `Primary`, `Private`, `Alternate`. */
  assignmentCategory: string | null;
  /** `UserAssignment`, `VoiceApplicationAssignment`, `ConferenceAssignment`, `TeamsPhoneMobile`, …. */
  capability: string[];
  city: string | null;
  civicAddressId: string | null;
  locationId: string | null;
  /** ISO 3166-1 alpha-2; Direct Routing numbers have none. */
  isoCountryCode: string | null;
  isoSubdivision: string | null;
  /** Whether the tenant may change the emergency address; not where the operator has fixed it. */
  locationUpdateSupported: boolean | null;
  networkSiteId: string | null;
  operatorId: string | null;
  portInOrderStatus: string | null;
  /** `Unassigned`, `UserAssigned`, `VoiceApplicationAssigned`, `ConferenceAssigned`, `PolicyAssigned`, …. */
  pstnAssignmentStatus: string | null;
  pstnPartnerId: string | null;
  pstnPartnerName: string | null;
  /** `Online` or `OnPremises`. */
  numberSource: string | null;
}

/** A person or a resource account, reduced to what decides about their calls. */
export interface TenantUser extends WithOther {
  /** Object id. */
  identity: string;
  /** As it was written; compared in any case of letters. */
  userPrincipalName: string;
  displayName: string | null;
  /** `User`, `ResourceAccount`, `Guest`, `SfBOnPremUser`, `IneligibleUser`. */
  accountType: string | null;
  accountEnabled: boolean | null;
  /** ISO 3166-1 alpha-2. */
  usageLocation: string | null;
  enterpriseVoiceEnabled: boolean | null;
  /** The number with its extension, without "tel:". */
  lineUri: string | null;
  /** Set where the number was assigned in Skype for Business Server; without "tel:". */
  onPremLineUri: string | null;
  registrarPool: string | null;
  interpretedUserType: string | null;
  /** `TeamsOnly`, `Islands`, …. */
  teamsUpgradeEffectiveMode: string | null;
  /** `PhoneSystem`, `CallingPlan`, `TeamsMobileExperience`, …. */
  featureTypes: string[];
  assignedPlans: AssignedPlan[];
  policies: UserPolicies;
  /** ISO 8601, UTC: when the account was deleted; `null` for one that lives. */
  softDeletedAt: string | null;
}

export interface AssignedPlan {
  /** Service plan, such as `MCOEV`. */
  capability: string;
  /** `Enabled`, `Deleted`, `Warning`, …; `null` where the export does not say. */
  capabilityStatus: string | null;
}

/** Names of the policies that the user has, directly or through a group; `null`: the tenant's own holds. */
export interface UserPolicies {
  teamsEmergencyCallingPolicy: string | null;
  teamsEmergencyCallRoutingPolicy: string | null;
  teamsSharedCallingRoutingPolicy: string | null;
  onlineVoiceRoutingPolicy: string | null;
  tenantDialPlan: string | null;
  teamsCallingPolicy: string | null;
  teamsMobilityPolicy: string | null;
}
