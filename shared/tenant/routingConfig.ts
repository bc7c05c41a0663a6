import type { Policy } from './policyConfig.ts';
import type { WithOther } from './withOther.ts';

/** A session border controller. */
export interface PstnGateway extends WithOther {
  /** Its FQDN. */
  identity: string;
  enabled: boolean;
  /** `PidfloSupported`: whether it passes on the location of an emergency call. */
  pidfLoSupported: boolean;
  gatewaySiteId: string | null;
  mediaBypass: boolean | null;
  sipSignalingPort: number | null;
}

export interface VoiceRoutingPolicy extends Policy {
  onlinePstnUsages: string[];
}

export interface VoiceRoute extends WithOther {
  identity: string;
  description: string | null;
  /** A regular expression as .NET writes it. */
  numberPattern: string;
  onlinePstnUsages: string[];
  /** FQDNs of gateways. */
  onlinePstnGatewayList: string[];
  /** The lowest is tried first; `null` where the export does not say. */
  priority: number | null;
}

export interface TenantDialPlan extends Policy {
  simpleName: string | null;
  normalizationRules: NormalizationRule[];
}

export interface NormalizationRule {
  name: string;
  /** A regular expression as .NET writes it. */
  pattern: string;
  translation: string;
}

/** The resource account of a voice application. */
export interface ApplicationInstance extends WithOther {
  objectId: string;
  userPrincipalName: string;
  displayName: string | null;
  /** Says whether it is an auto attendant's or a call queue's. */
  applicationId: string | null;
  /** Without "tel:". */
  phoneNumber: string | null;
}

export interface ApplicationInstanceAssociation extends WithOther {
  /** Object id of the resource account. */
  id: string;
  /** `AutoAttendant` or `CallQueue`. */
  configurationType: string | null;
  /** Identity of the auto attendant or call queue. */
  configurationId: string | null;
}

export interface AutoAttendant extends WithOther {
  identity: string;
  name: string | null;
  timeZoneId: string | null;
  /** Object ids of resource accounts. */
  applicationInstances: string[];
  /** Group ids that dial by name and operator search are limited to (inclusion scope); empty: everybody. */
  inclusionScope: string[];
  /** Group ids that are left out. */
  exclusionScope: string[];
}
