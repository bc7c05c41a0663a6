import type { WithOther } from './withOther.ts';

/** The identity of the policy that holds for whoever has no other. */
export const GLOBAL = 'Global';

export interface Policy extends WithOther {
  /** Without "Tag:"; {@link GLOBAL} for the tenant's own. Policies are named alike in any case of letters. */
  identity: string;
  description: string | null;
}

/** Whom Teams tells of a call to one emergency number, and how. */
export interface SecurityDesk {
  /** Addresses of people and groups, in the order written; empty: nobody. */
  notificationGroup: string[];
  /** As it was written. */
  notificationDialOutNumber: string | null;
  /** `NotificationOnly`, `ConferenceMuted` or `ConferenceUnMuted`; `null` where the export says nothing. */
  notificationMode: string | null;
}

export interface EmergencyCallingPolicy extends Policy, SecurityDesk {
  /** Whether people away from the known networks may set their own address. */
  externalLocationLookupMode: 'Enabled' | 'Disabled';
  enhancedEmergencyServiceDisclaimer: string | null;
  /** They hold in place of the policy's own security desk, each for its own number. */
  extendedNotifications: ExtendedNotification[];
}

export interface ExtendedNotification extends SecurityDesk, WithOther {
  /** `911`, `933`, …. */
  emergencyDialString: string;
}

/** Has an effect for Direct Routing, and says which numbers are emergency numbers for Shared Calling. */
export interface EmergencyCallRoutingPolicy extends Policy {
  /** Whether dynamic emergency calling is on for Direct Routing users. */
  allowEnhancedEmergencyServices: boolean;
  emergencyNumbers: EmergencyNumber[];
}

export interface EmergencyNumber extends WithOther {
  emergencyDialString: string;
  /** What else people may dial for it. */
  emergencyDialMask: string[];
  onlinePstnUsage: string | null;
}

export interface SharedCallingRoutingPolicy extends Policy {
  /** Object id or user principal name of the resource account, in lower case. */
  resourceAccount: string | null;
  /** Callback numbers of emergency calls, in their order, as they were written without "tel:". */
  emergencyNumbers: string[];
}

export interface CallingPolicy extends Policy {
  allowWebPstnCalling: boolean | null;
  allowPrivateCalling: boolean | null;
}

export interface MobilityPolicy extends Policy {
  /** `Teams`, `Native` or `UserOverride`. */
  mobileDialerPreference: string | null;
}
