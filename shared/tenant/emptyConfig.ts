import type { ExportManifest, TenantConfig } from './tenantConfig.ts';

/** The configuration of a tenant that has set up nothing. */
export function emptyConfig(manifest: ExportManifest): TenantConfig {
  return {
    manifest,
    civicAddresses: [],
    locations: [],
    networks: { wirelessAccessPoints: [], switches: [], ports: [], subnets: [] },
    trustedIpAddresses: [],
    networkRegions: [],
    networkSites: [],
    networkSubnets: [],
    emergencyCallingPolicies: [],
    emergencyCallRoutingPolicies: [],
    sharedCallingRoutingPolicies: [],
    phoneNumbers: [],
    users: [],
    pstnGateways: [],
    callingPolicies: [],
    mobilityPolicies: [],
    voiceRoutingPolicies: [],
    voiceRoutes: [],
    pstnUsages: [],
    tenantDialPlans: [],
    applicationInstances: [],
    applicationInstanceAssociations: [],
    autoAttendants: [],
  };
}
