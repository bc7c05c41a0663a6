import type { AssignedPlan, PhoneNumber, TenantUser, UserPolicies } from '../peopleConfig.ts';
import { GLOBAL } from '../policyConfig.ts';
import { createPropertySorter, type ExportRow } from './exportRow.ts';
import type { RowType } from './rowType.ts';

export const phoneNumberRows: RowType<PhoneNumber> = {
  names: [
    'TelephoneNumber',
    'NumberType',
    'ActivationState',
    'AssignedPstnTargetId',
    'AssignmentCategory',
    'Capability',
    'City',
    'CivicAddressId',
    'LocationId',
    'IsoCountryCode',
    'IsoSubdivision',
    'LocationUpdateSupported',
    'NetworkSiteId',
    'OperatorId',
    'PortInOrderStatus',
    'PstnAssignmentStatus',
    'PstnPartnerId',
    'PstnPartnerName',
    'NumberSource',
  ],
  signature: ['TelephoneNumber', 'NumberType', 'PstnAssignmentStatus'],
  read: (row) => ({
    telephoneNumber: row.telephone('TelephoneNumber') ?? row.neededText('TelephoneNumber'),
    numberType: row.neededText('NumberType'),
    activationState: row.text('ActivationState'),
    assignedPstnTargetId: row.text('AssignedPstnTargetId')?.toLowerCase() ?? null,
    assignmentCategory: row.text('AssignmentCategory'),
    capability: row.texts('Capability').flatMap((text) => text.split(/[\s,]+/)),
    city: row.text('City'),
    civicAddressId: row.guid('CivicAddressId'),
    locationId: row.guid('LocationId'),
    isoCountryCode: row.text('IsoCountryCode')?.toUpperCase() ?? null,
    isoSubdivision: row.text('IsoSubdivision'),
    locationUpdateSupported: row.flag('LocationUpdateSupported'),
    networkSiteId: row.text('NetworkSiteId'),
    operatorId: row.text('OperatorId'),
    portInOrderStatus: row.text('PortInOrderStatus'),
    pstnAssignmentStatus: row.text('PstnAssignmentStatus'),
    pstnPartnerId: row.text('PstnPartnerId'),
    pstnPartnerName: row.text('PstnPartnerName'),
    numberSource: row.text('NumberSource'),
    ...row.other(),
  }),
  idOf: ({ telephoneNumber }) => telephoneNumber,
};

const USER_POLICIES = {
  teamsEmergencyCallingPolicy: 'TeamsEmergencyCallingPolicy',
  teamsEmergencyCallRoutingPolicy: 'TeamsEmergencyCallRoutingPolicy',
  teamsSharedCallingRoutingPolicy: 'TeamsSharedCallingRoutingPolicy',
  onlineVoiceRoutingPolicy: 'OnlineVoiceRoutingPolicy',
  tenantDialPlan: 'TenantDialPlan',
  teamsCallingPolicy: 'TeamsCallingPolicy',
  teamsMobilityPolicy: 'TeamsMobilityPolicy',
} as const satisfies Record<keyof UserPolicies, string>;

/** What the export script asks of each user, and nothing else. */
export const USER_PROPERTIES = [
  'Identity',
  'UserPrincipalName',
  'DisplayName',
  'AccountType',
  'AccountEnabled',
  'UsageLocation',
  'EnterpriseVoiceEnabled',
  'LineURI',
  'OnPremLineURI',
  'RegistrarPool',
  'InterpretedUserType',
  'TeamsUpgradeEffectiveMode',
  'FeatureTypes',
  'AssignedPlan',
  'SoftDeletionTimestamp',
  ...Object.values(USER_POLICIES),
] as const;

export const userRows: RowType<TenantUser> = {
  names: USER_PROPERTIES,
  signature: ['Identity', 'UserPrincipalName', 'EnterpriseVoiceEnabled'],
  read: (row) => ({
    identity: row.neededGuid('Identity'),
    userPrincipalName: row.neededText('UserPrincipalName'),
    displayName: row.text('DisplayName'),
    accountType: row.text('AccountType'),
    accountEnabled: row.flag('AccountEnabled'),
    usageLocation: row.text('UsageLocation')?.toUpperCase() ?? null,
    enterpriseVoiceEnabled: row.flag('EnterpriseVoiceEnabled'),
    lineUri: row.telephone('LineURI'),
    onPremLineUri: row.telephone('OnPremLineURI'),
    registrarPool: row.text('RegistrarPool'),
    interpretedUserType: row.text('InterpretedUserType'),
    teamsUpgradeEffectiveMode: row.text('TeamsUpgradeEffectiveMode'),
    featureTypes: row.texts('FeatureTypes'),
    assignedPlans: row.rows('AssignedPlan', sortPlan).map(readPlan),
    policies: readPolicies(row),
    softDeletedAt: row.time('SoftDeletionTimestamp'),
    ...row.other(),
  }),
  idOf: ({ identity }) => identity,
};

const sortPlan = createPropertySorter(['Capability', 'CapabilityStatus', 'SubscribedPlanId', 'ServiceInstance']);

function readPlan(row: ExportRow): AssignedPlan {
  return { capability: row.neededText('Capability'), capabilityStatus: row.text('CapabilityStatus') };
}

/** The name of the tenant's own policy stands for none of the user's. */
function readPolicies(row: ExportRow): UserPolicies {
  const named = (name: string) => {
    const policy = row.policy(name);
    return policy?.toLowerCase() === GLOBAL.toLowerCase() ? null : policy;
  };
  return {
    teamsEmergencyCallingPolicy: named(USER_POLICIES.teamsEmergencyCallingPolicy),
    teamsEmergencyCallRoutingPolicy: named(USER_POLICIES.teamsEmergencyCallRoutingPolicy),
    teamsSharedCallingRoutingPolicy: named(USER_POLICIES.teamsSharedCallingRoutingPolicy),
    onlineVoiceRoutingPolicy: named(USER_POLICIES.onlineVoiceRoutingPolicy),
    tenantDialPlan: named(USER_POLICIES.tenantDialPlan),
    teamsCallingPolicy: named(USER_POLICIES.teamsCallingPolicy),
    teamsMobilityPolicy: named(USER_POLICIES.teamsMobilityPolicy),
  };
}
