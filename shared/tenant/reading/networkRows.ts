import type { NetworkRegion, NetworkSite, NetworkSubnet, TrustedIpAddress } from '../networkConfig.ts';
import type { ExportRow } from './exportRow.ts';
import type { RowType } from './rowType.ts';

export const trustedIpRows: RowType<TrustedIpAddress> = {
  names: ['Identity', 'IPAddress', 'MaskBits', 'Description'],
  signature: ['IPAddress', 'MaskBits'],
  read: (row) => {
    const ipAddress = row.neededText('IPAddress');
    const { maskBits, ...rest } = readMask(row, ipAddress);
    return { ipAddress, maskBits, description: row.text('Description'), ...rest };
  },
  idOf: ({ ipAddress, maskBits }) => `${ipAddress.toLowerCase()}/${maskBits}`,
};

export const networkRegionRows: RowType<NetworkRegion> = {
  names: ['Identity', 'NetworkRegionID', 'CentralSite', 'Description'],
  signature: ['NetworkRegionID', 'CentralSite'],
  read: (row) => ({
    networkRegionId: neededId(row, 'NetworkRegionID'),
    centralSite: row.text('CentralSite'),
    description: row.text('Description'),
    ...row.other(),
  }),
  idOf: ({ networkRegionId }) => networkRegionId.toLowerCase(),
};

export const networkSiteRows: RowType<NetworkSite> = {
  names: [
    'Identity',
    'NetworkSiteID',
    'NetworkRegionID',
    'Description',
    'SiteAddress',
    'EnableLocationBasedRouting',
    'EmergencyCallingPolicy',
    'EmergencyCallRoutingPolicy',
    'OnlineVoiceRoutingPolicy',
  ],
  signature: ['NetworkSiteID', 'EmergencyCallingPolicy', 'EmergencyCallRoutingPolicy'],
  read: (row) => ({
    networkSiteId: neededId(row, 'NetworkSiteID'),
    networkRegionId: row.text('NetworkRegionID'),
    description: row.text('Description'),
    siteAddress: row.text('SiteAddress'),
    enableLocationBasedRouting: row.flag('EnableLocationBasedRouting') ?? false,
    emergencyCallingPolicy: row.policy('EmergencyCallingPolicy'),
    emergencyCallRoutingPolicy: row.policy('EmergencyCallRoutingPolicy'),
    onlineVoiceRoutingPolicy: row.policy('OnlineVoiceRoutingPolicy'),
    ...row.other(),
  }),
  idOf: ({ networkSiteId }) => networkSiteId.toLowerCase(),
};

export const networkSubnetRows: RowType<NetworkSubnet> = {
  names: ['Identity', 'SubnetID', 'MaskBits', 'NetworkSiteID', 'Description'],
  signature: ['SubnetID', 'MaskBits', 'NetworkSiteID'],
  read: (row) => {
    const subnetId = neededId(row, 'SubnetID');
    const { maskBits, ...rest } = readMask(row, subnetId);
    return {
      subnetId,
      maskBits,
      networkSiteId: row.text('NetworkSiteID'),
      description: row.text('Description'),
      ...rest,
    };
  },
  idOf: ({ subnetId, maskBits }) => `${subnetId.toLowerCase()}/${maskBits}`,
};

/** The identity says the same, and may stand alone. */
function neededId(row: ExportRow, name: string): string {
  return row.text(name) ?? row.neededText('Identity');
}

function readMask(row: ExportRow, address: string) {
  const longest = address.includes(':') ? 128 : 32;
  const maskBits = row.number('MaskBits');
  if (maskBits === null) row.fault('MaskBits', 'is missing');
  else if (!Number.isInteger(maskBits) || maskBits < 0 || maskBits > longest) {
    row.fault('MaskBits', `must be a whole number from 0 to ${longest}`);
  }
  return { maskBits: maskBits ?? longest, ...row.other() };
}
