import type { CivicAddress, LisLocation, LisNetworks } from './lisConfig.ts';
import type { NetworkRegion, NetworkSite, NetworkSubnet, TrustedIpAddress } from './networkConfig.ts';
import type { PhoneNumber, TenantUser } from './peopleConfig.ts';
import type {
  CallingPolicy,
  EmergencyCallingPolicy,
  EmergencyCallRoutingPolicy,
  MobilityPolicy,
  SharedCallingRoutingPolicy,
} from './policyConfig.ts';
import type {
  ApplicationInstance,
  ApplicationInstanceAssociation,
  AutoAttendant,
  PstnGateway,
  TenantDialPlan,
  VoiceRoute,
  VoiceRoutingPolicy,
} from './routingConfig.ts';

/**
 * What of a tenant's configuration decides what becomes of an emergency call, as Teams PowerShell exports it. Names are
 * Microsoft's in camel case. Everywhere: `null` is what the export leaves empty; ids are lower case, the empty GUID is
 * `null`; the names of policies stand without "Tag:", and `null` names none (the next in order holds); what is referred
 * to may be missing, since nothing keeps an administrator from removing it.
 */
export interface TenantConfig {
  manifest: ExportManifest;
  /** Get-CsOnlineLisCivicAddress. */
  civicAddresses: CivicAddress[];
  /** Get-CsOnlineLisLocation: every place of every address, each address's default location among them. */
  locations: LisLocation[];
  networks: LisNetworks;
  /** Get-CsTenantTrustedIPAddress. */
  trustedIpAddresses: TrustedIpAddress[];
  /** Get-CsTenantNetworkRegion. */
  networkRegions: NetworkRegion[];
  /** Get-CsTenantNetworkSite. */
  networkSites: NetworkSite[];
  /** Get-CsTenantNetworkSubnet: those of network sites, which are not those of the LIS. */
  networkSubnets: NetworkSubnet[];
  /** Get-CsTeamsEmergencyCallingPolicy. */
  emergencyCallingPolicies: EmergencyCallingPolicy[];
  /** Get-CsTeamsEmergencyCallRoutingPolicy. */
  emergencyCallRoutingPolicies: EmergencyCallRoutingPolicy[];
  /** Get-CsTeamsSharedCallingRoutingPolicy. */
  sharedCallingRoutingPolicies: SharedCallingRoutingPolicy[];
  /** Get-CsPhoneNumberAssignment: numbers of the tenant, assigned or not. */
  phoneNumbers: PhoneNumber[];
  /** Get-CsOnlineUser: people and resource accounts. */
  users: TenantUser[];
  /** Get-CsOnlinePSTNGateway. */
  pstnGateways: PstnGateway[];
  /** Get-CsTeamsCallingPolicy. */
  callingPolicies: CallingPolicy[];
  /** Get-CsTeamsMobilityPolicy. */
  mobilityPolicies: MobilityPolicy[];
  /** Get-CsOnlineVoiceRoutingPolicy. */
  voiceRoutingPolicies: VoiceRoutingPolicy[];
  /** Get-CsOnlineVoiceRoute. */
  voiceRoutes: VoiceRoute[];
  /** Get-CsOnlinePstnUsage: the names that the tenant knows. */
  pstnUsages: string[];
  /** Get-CsTenantDialPlan. */
  tenantDialPlans: TenantDialPlan[];
  /** Get-CsOnlineApplicationInstance: resource accounts of voice applications. */
  applicationInstances: ApplicationInstance[];
  /** Get-CsOnlineApplicationInstanceAssociation: which auto attendant or call queue answers for each. */
  applicationInstanceAssociations: ApplicationInstanceAssociation[];
  /** Get-CsAutoAttendant. */
  autoAttendants: AutoAttendant[];
}

/** manifest.json of an export. */
export interface ExportManifest {
  /** Of the layout of the export; 1. */
  formatVersion: number;
  /** ISO 8601, UTC. */
  exportedAt: string;
  tenantId: string;
  tenantName: string | null;
  /** `Commercial`, or the name that was given to Connect-MicrosoftTeams -TeamsEnvironmentName, such as `TeamsGCCH`. */
  cloud: string;
  /** Version of the module MicrosoftTeams. */
  moduleVersion: string;
  files: ExportedFile[];
}

export interface ExportedFile {
  /** Without its folder. */
  file: string;
  cmdlet: string;
  /** Objects that the cmdlet gave. */
  count: number;
}
