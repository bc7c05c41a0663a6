import type {
  ApplicationInstance,
  ApplicationInstanceAssociation,
  AutoAttendant,
  NormalizationRule,
  PstnGateway,
  TenantDialPlan,
  VoiceRoute,
  VoiceRoutingPolicy,
} from '../routingConfig.ts';
import { createPropertySorter, type ExportRow } from './exportRow.ts';
import { idOfPolicy, readPolicy } from './policyRows.ts';
import type { RowType } from './rowType.ts';

export const pstnGatewayRows: RowType<PstnGateway> = {
  names: ['Identity', 'Fqdn', 'Enabled', 'PidfLoSupported', 'GatewaySiteId', 'MediaBypass', 'SipSignalingPort'],
  signature: ['SipSignalingPort', 'PidfLoSupported'],
  read: (row) => ({
    identity: row.text('Identity') ?? row.neededText('Fqdn'),
    enabled: row.flag('Enabled') ?? false,
    pidfLoSupported: row.flag('PidfLoSupported') ?? false,
    gatewaySiteId: row.text('GatewaySiteId'),
    mediaBypass: row.flag('MediaBypass'),
    sipSignalingPort: row.number('SipSignalingPort'),
    ...row.other(),
  }),
  idOf: ({ identity }) => identity.toLowerCase(),
};

export const voiceRoutingPolicyRows: RowType<VoiceRoutingPolicy> = {
  names: ['Identity', 'Description', 'OnlinePstnUsages'],
  signature: ['Identity', 'OnlinePstnUsages'],
  read: (row) => ({ ...readPolicy(row), onlinePstnUsages: row.texts('OnlinePstnUsages') }),
  idOf: idOfPolicy,
};

export const voiceRouteRows: RowType<VoiceRoute> = {
  names: ['Identity', 'Name', 'Description', 'NumberPattern', 'OnlinePstnUsages', 'OnlinePstnGatewayList', 'Priority'],
  signature: ['NumberPattern', 'OnlinePstnUsages', 'OnlinePstnGatewayList'],
  read: (row) => ({
    identity: row.text('Identity') ?? row.neededText('Name'),
    description: row.text('Description'),
    numberPattern: row.neededText('NumberPattern'),
    onlinePstnUsages: row.texts('OnlinePstnUsages'),
    onlinePstnGatewayList: row.texts('OnlinePstnGatewayList'),
    priority: row.number('Priority'),
    ...row.other(),
  }),
  idOf: ({ identity }) => identity.toLowerCase(),
};

/** One object that holds them all. */
export const pstnUsageRows: RowType<string[]> = {
  names: ['Identity', 'Usage'],
  signature: ['Usage'],
  read: (row) => row.texts('Usage'),
  idOf: () => null,
};

const sortRule = createPropertySorter(['Name', 'Pattern', 'Translation']);

function readRule(row: ExportRow): NormalizationRule {
  return {
    name: row.text('Name') ?? '',
    pattern: row.neededText('Pattern'),
    translation: row.text('Translation') ?? '',
  };
}

export const tenantDialPlanRows: RowType<TenantDialPlan> = {
  names: ['Identity', 'Description', 'SimpleName', 'NormalizationRules'],
  signature: ['Identity', 'NormalizationRules'],
  read: (row) => ({
    ...readPolicy(row),
    simpleName: row.text('SimpleName'),
    normalizationRules: row.rows('NormalizationRules', sortRule).map(readRule),
  }),
  idOf: idOfPolicy,
};

export const applicationInstanceRows: RowType<ApplicationInstance> = {
  names: ['ObjectId', 'UserPrincipalName', 'DisplayName', 'ApplicationId', 'PhoneNumber'],
  signature: ['ObjectId', 'UserPrincipalName', 'ApplicationId'],
  read: (row) => ({
    objectId: row.neededGuid('ObjectId'),
    userPrincipalName: row.neededText('UserPrincipalName'),
    displayName: row.text('DisplayName'),
    applicationId: row.guid('ApplicationId'),
    phoneNumber: row.telephone('PhoneNumber'),
    ...row.other(),
  }),
  idOf: ({ objectId }) => objectId,
};

export const applicationInstanceAssociationRows: RowType<ApplicationInstanceAssociation> = {
  names: ['Id', 'ConfigurationType', 'ConfigurationId'],
  signature: ['Id', 'ConfigurationType', 'ConfigurationId'],
  read: (row) => ({
    id: row.neededGuid('Id'),
    configurationType: row.word('ConfigurationType', ['AutoAttendant', 'CallQueue']),
    configurationId: row.text('ConfigurationId')?.toLowerCase() ?? null,
    ...row.other(),
  }),
  idOf: ({ id }) => id,
};

const sortLookup = createPropertySorter(['InclusionScope', 'ExclusionScope']);
const sortScope = createPropertySorter(['GroupScope']);
const sortGroups = createPropertySorter(['GroupIds']);

export const autoAttendantRows: RowType<AutoAttendant> = {
  names: ['Identity', 'Id', 'Name', 'TimeZoneId', 'ApplicationInstances', 'DirectoryLookupScope'],
  signature: ['Name', 'TimeZoneId', 'DirectoryLookupScope'],
  read: (row) => {
    const [lookup] = row.rows('DirectoryLookupScope', sortLookup);
    return {
      identity: (row.text('Identity') ?? row.text('Id'))?.toLowerCase() ?? row.neededText('Identity'),
      name: row.text('Name'),
      timeZoneId: row.text('TimeZoneId'),
      applicationInstances: row.texts('ApplicationInstances').map((id) => id.toLowerCase()),
      inclusionScope: lookup ? groupsOf(lookup, 'InclusionScope') : [],
      exclusionScope: lookup ? groupsOf(lookup, 'ExclusionScope') : [],
      ...row.other(),
    };
  },
  idOf: ({ identity }) => identity,
};

function groupsOf(lookup: ExportRow, name: string): string[] {
  return lookup
    .rows(name, sortScope)
    .flatMap((scope) => scope.rows('GroupScope', sortGroups))
    .flatMap((groups) => groups.texts('GroupIds'))
    .map((id) => id.toLowerCase());
}
