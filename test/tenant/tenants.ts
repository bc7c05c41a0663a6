import { emptyConfig } from '../../shared/tenant/emptyConfig.ts';
import type { LisLocation } from '../../shared/tenant/lisConfig.ts';
import type { NetworkSite } from '../../shared/tenant/networkConfig.ts';
import type { PhoneNumber, TenantUser } from '../../shared/tenant/peopleConfig.ts';
import type {
  EmergencyCallingPolicy,
  EmergencyCallRoutingPolicy,
  SharedCallingRoutingPolicy,
} from '../../shared/tenant/policyConfig.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';

/** A tenant with nothing but the policies that every tenant has. */
export function tenant(parts: Partial<TenantConfig> = {}): TenantConfig {
  const manifest = {
    formatVersion: 1,
    exportedAt: '2026-11-20T08:00:00.000Z',
    tenantId: '11111111-1111-4111-8111-111111111111',
    tenantName: 'Contoso',
    cloud: 'Commercial',
    moduleVersion: '6.9.0',
    files: [],
  };
  return {
    ...emptyConfig(manifest),
    emergencyCallingPolicies: [callingPolicy('Global')],
    emergencyCallRoutingPolicies: [routingPolicy('Global')],
    ...parts,
  };
}

export function callingPolicy(identity: string, parts: Partial<EmergencyCallingPolicy> = {}): EmergencyCallingPolicy {
  return {
    identity,
    description: null,
    notificationGroup: [],
    notificationDialOutNumber: null,
    notificationMode: 'NotificationOnly',
    externalLocationLookupMode: 'Disabled',
    enhancedEmergencyServiceDisclaimer: null,
    extendedNotifications: [],
    ...parts,
  };
}

export function routingPolicy(
  identity: string,
  parts: Partial<EmergencyCallRoutingPolicy> = {},
): EmergencyCallRoutingPolicy {
  return { identity, description: null, allowEnhancedEmergencyServices: true, emergencyNumbers: [], ...parts };
}

export function sharedCallingPolicy(
  identity: string,
  resourceAccount: string | null,
  emergencyNumbers: string[] = [],
): SharedCallingRoutingPolicy {
  return { identity, description: null, resourceAccount, emergencyNumbers };
}

export function site(networkSiteId: string, parts: Partial<NetworkSite> = {}): NetworkSite {
  return {
    networkSiteId,
    networkRegionId: null,
    description: null,
    siteAddress: null,
    enableLocationBasedRouting: false,
    emergencyCallingPolicy: null,
    emergencyCallRoutingPolicy: null,
    onlineVoiceRoutingPolicy: null,
    ...parts,
  };
}

export function location(locationId: string, parts: Partial<LisLocation> = {}): LisLocation {
  return {
    locationId,
    civicAddressId: null,
    location: null,
    companyName: 'Contoso',
    companyTaxId: null,
    houseNumber: '100',
    houseNumberSuffix: null,
    preDirectional: null,
    streetName: 'Example',
    streetSuffix: 'St',
    postDirectional: null,
    city: 'Redmond',
    cityAlias: null,
    stateOrProvince: 'WA',
    countyOrDistrict: null,
    postalCode: '98052',
    countryOrRegion: 'US',
    description: null,
    latitude: 47.64,
    longitude: -122.13,
    elin: null,
    validationStatus: 'Validated',
    numberOfVoiceUsers: null,
    numberOfTelephoneNumbers: null,
    ...parts,
  };
}

export function phoneNumber(telephoneNumber: string, parts: Partial<PhoneNumber> = {}): PhoneNumber {
  return {
    telephoneNumber,
    numberType: 'CallingPlan',
    activationState: 'Activated',
    assignedPstnTargetId: null,
    assignmentCategory: null,
    capability: ['UserAssignment'],
    city: null,
    civicAddressId: null,
    locationId: null,
    isoCountryCode: 'US',
    isoSubdivision: null,
    locationUpdateSupported: null,
    networkSiteId: null,
    operatorId: null,
    portInOrderStatus: null,
    pstnAssignmentStatus: null,
    pstnPartnerId: null,
    pstnPartnerName: null,
    numberSource: 'Online',
    ...parts,
  };
}

/** `name`: of the account at contoso.com; it is the identity too. */
export function user(
  name: string,
  parts: Partial<Omit<TenantUser, 'policies'>> & { policies?: Partial<TenantUser['policies']> } = {},
): TenantUser {
  return {
    identity: name,
    userPrincipalName: `${name}@contoso.com`,
    displayName: null,
    accountType: 'User',
    accountEnabled: true,
    usageLocation: 'US',
    enterpriseVoiceEnabled: true,
    lineUri: null,
    onPremLineUri: null,
    registrarPool: null,
    interpretedUserType: null,
    teamsUpgradeEffectiveMode: 'TeamsOnly',
    featureTypes: ['PhoneSystem'],
    assignedPlans: [],
    softDeletedAt: null,
    ...parts,
    policies: {
      teamsEmergencyCallingPolicy: null,
      teamsEmergencyCallRoutingPolicy: null,
      teamsSharedCallingRoutingPolicy: null,
      onlineVoiceRoutingPolicy: null,
      tenantDialPlan: null,
      teamsCallingPolicy: null,
      teamsMobilityPolicy: null,
      ...parts.policies,
    },
  };
}
