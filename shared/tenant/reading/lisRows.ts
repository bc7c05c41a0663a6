import type {
  CivicAddress,
  LisLocation,
  LisPort,
  LisSubnet,
  LisSwitch,
  LisWirelessAccessPoint,
  StreetAddress,
} from '../lisConfig.ts';
import type { ExportRow } from './exportRow.ts';
import type { RowType } from './rowType.ts';

const STREET_ADDRESS = [
  'CompanyName',
  'CompanyTaxId',
  'HouseNumber',
  'HouseNumberSuffix',
  'PreDirectional',
  'StreetName',
  'StreetSuffix',
  'PostDirectional',
  'City',
  'CityAlias',
  'StateOrProvince',
  'CountyOrDistrict',
  'PostalCode',
  'CountryOrRegion',
  'Description',
  'Latitude',
  'Longitude',
  'Elin',
  'ValidationStatus',
  'NumberOfVoiceUsers',
  'NumberOfTelephoneNumbers',
] as const;

function readStreetAddress(row: ExportRow): StreetAddress {
  return {
    companyName: row.text('CompanyName'),
    companyTaxId: row.text('CompanyTaxId'),
    houseNumber: row.text('HouseNumber'),
    houseNumberSuffix: row.text('HouseNumberSuffix'),
    preDirectional: row.text('PreDirectional'),
    streetName: row.text('StreetName'),
    streetSuffix: row.text('StreetSuffix'),
    postDirectional: row.text('PostDirectional'),
    city: row.text('City'),
    cityAlias: row.text('CityAlias'),
    stateOrProvince: row.text('StateOrProvince'),
    countyOrDistrict: row.text('CountyOrDistrict'),
    postalCode: row.text('PostalCode'),
    countryOrRegion: row.text('CountryOrRegion')?.toUpperCase() ?? null,
    description: row.text('Description'),
    ...readCoordinates(row),
    elin: row.text('Elin'),
    validationStatus: row.text('ValidationStatus'),
    numberOfVoiceUsers: row.count('NumberOfVoiceUsers'),
    numberOfTelephoneNumbers: row.count('NumberOfTelephoneNumbers'),
  };
}

function readCoordinates(row: ExportRow): Pick<StreetAddress, 'latitude' | 'longitude'> {
  const latitude = row.number('Latitude');
  const longitude = row.number('Longitude');
  if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) {
    return { latitude: null, longitude: null };
  }
  if (Math.abs(latitude) > 90) row.fault('Latitude', 'is not between -90 and 90');
  if (Math.abs(longitude) > 180) row.fault('Longitude', 'is not between -180 and 180');
  return { latitude, longitude };
}

export const civicAddressRows: RowType<CivicAddress> = {
  names: ['CivicAddressId', 'DefaultLocationId', ...STREET_ADDRESS],
  signature: ['CivicAddressId', 'DefaultLocationId'],
  read: (row) => ({
    civicAddressId: row.neededGuid('CivicAddressId'),
    defaultLocationId: row.guid('DefaultLocationId'),
    ...readStreetAddress(row),
    ...row.other(),
  }),
  idOf: ({ civicAddressId }) => civicAddressId,
};

export const locationRows: RowType<LisLocation> = {
  names: ['LocationId', 'CivicAddressId', 'Location', ...STREET_ADDRESS],
  signature: ['LocationId', 'CivicAddressId', 'Location'],
  read: (row) => ({
    locationId: row.neededGuid('LocationId'),
    civicAddressId: row.guid('CivicAddressId'),
    location: row.text('Location'),
    ...readStreetAddress(row),
    ...row.other(),
  }),
  idOf: ({ locationId }) => locationId,
};

/** The same MAC address, however it is written. */
function macKey(mac: string): string {
  return mac.replace(/[-:.]/g, '').toUpperCase();
}

export const wirelessAccessPointRows: RowType<LisWirelessAccessPoint> = {
  names: ['BSSID', 'Description', 'LocationId'],
  signature: ['BSSID', 'LocationId'],
  read: (row) => ({
    bssid: row.neededText('BSSID'),
    description: row.text('Description'),
    locationId: row.guid('LocationId'),
    ...row.other(),
  }),
  idOf: ({ bssid }) => macKey(bssid),
};

export const switchRows: RowType<LisSwitch> = {
  names: ['ChassisID', 'Description', 'LocationId'],
  signature: ['ChassisID', 'LocationId'],
  read: (row) => ({
    chassisId: row.neededText('ChassisID'),
    description: row.text('Description'),
    locationId: row.guid('LocationId'),
    ...row.other(),
  }),
  idOf: ({ chassisId }) => macKey(chassisId),
};

export const portRows: RowType<LisPort> = {
  names: ['ChassisID', 'PortID', 'PortIDSubType', 'Description', 'LocationId'],
  signature: ['ChassisID', 'PortID', 'LocationId'],
  read: (row) => ({
    chassisId: row.neededText('ChassisID'),
    portId: row.neededText('PortID'),
    portIdSubType: row.text('PortIDSubType'),
    description: row.text('Description'),
    locationId: row.guid('LocationId'),
    ...row.other(),
  }),
  idOf: ({ chassisId, portId }) => `${macKey(chassisId)} ${portId}`,
};

export const lisSubnetRows: RowType<LisSubnet> = {
  names: ['Subnet', 'Description', 'LocationId'],
  signature: ['Subnet', 'LocationId'],
  read: (row) => ({
    subnet: row.neededText('Subnet'),
    description: row.text('Description'),
    locationId: row.guid('LocationId'),
    ...row.other(),
  }),
  idOf: ({ subnet }) => subnet.toLowerCase(),
};
