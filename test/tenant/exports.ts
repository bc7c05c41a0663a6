import { Buffer } from 'node:buffer';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPORT_FILES } from '../../shared/tenant/reading/exportFiles.ts';
import { type ExportSource, readTenantExport } from '../../shared/tenant/reading/readTenantExport.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';

export type Row = Record<string, unknown>;
/** What each cmdlet gave. */
export type Objects = Record<string, readonly unknown[]>;

export const IDS = {
  address: '51a8a6e3-dae4-4653-9a99-a6e71c4c24ac',
  defaultLocation: '75301b5d-3609-458e-a379-da9a1ab33228',
  floor3: '407c17ae-8c41-431e-894a-38787c682f68',
  adele: 'dc13d97b-7897-494e-bc28-6b469bf7a70e',
  attendant: '2713551e-ed63-415d-9175-fc4ff825a0be',
} as const;

const STREET = {
  AdditionalLocationInfo: null,
  City: 'Redmond',
  CityAlias: null,
  CompanyName: 'Contoso',
  CompanyTaxId: null,
  Confidence: null,
  CountryOrRegion: 'US',
  CountyOrDistrict: null,
  Description: 'Headquarters',
  Elin: null,
  HouseNumber: '101',
  HouseNumberSuffix: null,
  Latitude: '47.63963',
  Longitude: '-122.12852',
  NumberOfTelephoneNumbers: -1,
  NumberOfVoiceUsers: -1,
  PostDirectional: null,
  PostalCode: '98052',
  PreDirectional: null,
  StateOrProvince: 'WA',
  StreetName: 'Microsoft Way',
  StreetSuffix: null,
  ValidationStatus: 'Validated',
};

/** One object of each kind, with the properties and values of Microsoft's own examples. */
export function goodObjects(): Objects {
  return {
    'Get-CsOnlineLisCivicAddress': [{ ...STREET, CivicAddressId: IDS.address, DefaultLocationId: IDS.defaultLocation }],
    'Get-CsOnlineLisLocation': [
      { ...STREET, CivicAddressId: IDS.address, LocationId: IDS.defaultLocation, Location: null },
      { ...STREET, CivicAddressId: IDS.address, LocationId: IDS.floor3, Location: 'Floor 3' },
    ],
    'Get-CsOnlineLisSubnet': [{ Subnet: '10.10.10.128', Description: 'Floor 3', LocationId: IDS.floor3 }],
    'Get-CsOnlineLisSwitch': [{ ChassisID: '0B-23-CD-16-AA-CC', Description: null, LocationId: IDS.floor3 }],
    'Get-CsOnlineLisPort': [
      { ChassisID: '0B-23-CD-16-AA-CC', PortID: '12174', Description: null, LocationId: IDS.floor3 },
    ],
    'Get-CsOnlineLisWirelessAccessPoint': [
      { BSSID: 'F0-6E-0B-C2-03-23', Description: 'USWAP1', LocationId: IDS.floor3 },
    ],
    'Get-CsTenantTrustedIPAddress': [
      { Identity: '203.0.113.0', IPAddress: '203.0.113.0', MaskBits: 24, Description: null },
    ],
    'Get-CsTenantNetworkRegion': [
      { Identity: 'West', NetworkRegionID: 'West', CentralSite: 'Redmond', Description: null },
    ],
    'Get-CsTenantNetworkSite': [
      {
        Identity: 'Redmond',
        NetworkSiteID: 'Redmond',
        NetworkRegionID: 'West',
        SiteAddress: null,
        EnableLocationBasedRouting: false,
        EmergencyCallingPolicy: 'Headquarters',
        EmergencyCallRoutingPolicy: null,
        OnlineVoiceRoutingPolicy: null,
        NetworkRoamingPolicy: null,
        Description: null,
      },
    ],
    'Get-CsTenantNetworkSubnet': [
      {
        Identity: '10.10.10.128',
        SubnetID: '10.10.10.128',
        MaskBits: 25,
        NetworkSiteID: 'Redmond',
        Description: null,
      },
    ],
    'Get-CsTeamsEmergencyCallingPolicy': [
      callingPolicy('Global', {}),
      callingPolicy('Tag:Headquarters', {
        NotificationGroup: 'alert@contoso.com;desk@contoso.com',
        ExtendedNotifications: [
          {
            EmergencyDialString: '933',
            NotificationGroup: null,
            NotificationDialOutNumber: null,
            NotificationMode: null,
          },
        ],
      }),
    ],
    'Get-CsTeamsEmergencyCallRoutingPolicy': [
      {
        Identity: 'Global',
        Description: null,
        AllowEnhancedEmergencyServices: true,
        EmergencyNumbers: [{ EmergencyDialString: '911', EmergencyDialMask: '9911;0911', OnlinePSTNUsage: 'Local' }],
      },
    ],
    'Get-CsTeamsSharedCallingRoutingPolicy': [
      {
        Identity: 'Tag:Seattle',
        Description: null,
        ResourceAccount: IDS.attendant,
        EmergencyNumbers: ['tel:+14255550101', '+14255550102'],
      },
    ],
    'Get-CsPhoneNumberAssignment': [
      {
        TelephoneNumber: '+14255550100',
        OperatorId: '2b24d246-a9ee-428b-96bc-fb9d9a053c8d',
        NumberType: 'CallingPlan',
        ActivationState: 'Activated',
        AssignedPstnTargetId: IDS.adele,
        AssignmentCategory: 'Primary',
        Capability: ['UserAssignment'],
        City: 'Redmond',
        CivicAddressId: IDS.address,
        IsoCountryCode: 'US',
        IsoSubdivision: 'Washington',
        LocationId: '00000000-0000-0000-0000-000000000000',
        LocationUpdateSupported: true,
        NetworkSiteId: null,
        PortInOrderStatus: null,
        PstnAssignmentStatus: 'UserAssigned',
        PstnPartnerId: '7fc2f2eb-89aa-41d7-93de-73d015d22ff0',
        PstnPartnerName: 'Microsoft',
        NumberSource: 'Online',
        ReverseNumberLookup: [],
      },
    ],
    'Get-CsOnlineUser': [
      {
        Identity: IDS.adele,
        UserPrincipalName: 'adele@contoso.com',
        DisplayName: 'Adele Vance',
        AccountType: 'User',
        AccountEnabled: true,
        UsageLocation: 'US',
        EnterpriseVoiceEnabled: true,
        LineURI: 'tel:+14255550100',
        OnPremLineURI: '',
        RegistrarPool: 'pool.infra.lync.com',
        InterpretedUserType: 'PureOnlineTeamsOnlyUser',
        TeamsUpgradeEffectiveMode: 'TeamsOnly',
        FeatureTypes: ['Teams', 'PhoneSystem', 'CallingPlan'],
        AssignedPlan: [{ Capability: 'MCOEV', CapabilityStatus: 'Enabled', AssignedTimestamp: '2024-04-09T17:00:00Z' }],
        SoftDeletionTimestamp: null,
        TeamsEmergencyCallingPolicy: { Name: 'Headquarters', Authority: 'Tenant' },
        TeamsEmergencyCallRoutingPolicy: { Name: 'Global', Authority: 'Host' },
        TeamsSharedCallingRoutingPolicy: null,
        OnlineVoiceRoutingPolicy: null,
        TenantDialPlan: null,
        TeamsCallingPolicy: null,
        TeamsMobilityPolicy: null,
      },
    ],
    'Get-CsOnlinePSTNGateway': [
      {
        Identity: 'sbc.contoso.com',
        Fqdn: 'sbc.contoso.com',
        SipSignalingPort: 5061,
        Enabled: true,
        PidfLoSupported: true,
        MediaBypass: false,
        GatewaySiteId: null,
      },
    ],
    'Get-CsTeamsCallingPolicy': [
      { Identity: 'Global', Description: null, AllowPrivateCalling: true, AllowWebPSTNCalling: false },
    ],
    'Get-CsTeamsMobilityPolicy': [{ Identity: 'Global', Description: null, MobileDialerPreference: 'Teams' }],
    'Get-CsOnlineVoiceRoutingPolicy': [{ Identity: 'Global', Description: null, OnlinePstnUsages: ['Local'] }],
    'Get-CsOnlineVoiceRoute': [
      {
        Identity: 'Local',
        Name: 'Local',
        Description: null,
        NumberPattern: '^911$',
        OnlinePstnUsages: ['Local'],
        OnlinePstnGatewayList: ['sbc.contoso.com'],
        Priority: 0,
        BridgeSourcePhoneNumber: null,
      },
    ],
    'Get-CsOnlinePstnUsage': [{ Identity: 'Global', Usage: ['Local', 'Long Distance'] }],
    'Get-CsTenantDialPlan': [
      {
        Identity: 'Global',
        Description: null,
        SimpleName: 'DefaultTenantDialPlan',
        NormalizationRules: [{ Name: 'R1', Pattern: '^9(11)$', Translation: '$1', IsInternalExtension: false }],
      },
    ],
    'Get-CsOnlineApplicationInstance': [
      {
        ObjectId: IDS.attendant,
        UserPrincipalName: 'main-aa@contoso.com',
        DisplayName: 'Main',
        ApplicationId: 'ce933385-9390-45d1-9512-c8d228074e07',
        PhoneNumber: 'tel:+14255550110',
      },
    ],
    'Get-CsOnlineApplicationInstanceAssociation': [
      { Id: IDS.attendant, ConfigurationType: 'AutoAttendant', ConfigurationId: 'AA-1', CallPriority: 0 },
    ],
    'Get-CsAutoAttendant': [
      {
        Identity: 'aa-1',
        Name: 'Main',
        TimeZoneId: 'Pacific Standard Time',
        ApplicationInstances: [IDS.attendant],
        DirectoryLookupScope: {
          InclusionScope: { Type: 'Group', GroupScope: { GroupIds: [IDS.adele] } },
          ExclusionScope: null,
        },
      },
    ],
  };
}

function callingPolicy(Identity: string, change: Row): Row {
  return {
    Identity,
    Description: null,
    NotificationGroup: null,
    NotificationDialOutNumber: null,
    NotificationMode: 'NotificationOnly',
    ExternalLocationLookupMode: 'Disabled',
    EnhancedEmergencyServiceDisclaimer: null,
    ExtendedNotifications: [],
    ...change,
  };
}

export type Files = Record<string, string | Buffer>;

/** The files of an export, as the script writes them. */
export function filesOf(objects: Objects, manifest: Row = {}): Files {
  const files: Files = {};
  for (const { file, cmdlet } of EXPORT_FILES) files[file] = JSON.stringify(objects[cmdlet] ?? [], null, 2);
  files['manifest.json'] = JSON.stringify({
    formatVersion: 1,
    exportedAt: '2026-03-14T08:00:00.1234567Z',
    tenantId: '7f6c0e1e-0000-4000-8000-000000000001',
    tenantName: 'Contoso',
    cloud: 'Commercial',
    moduleVersion: '6.9.0',
    files: EXPORT_FILES.map(({ file, cmdlet }) => ({ file, cmdlet, count: objects[cmdlet]?.length ?? 0 })),
    ...manifest,
  });
  return files;
}

/** Those of the good export with other objects of one cmdlet. */
export function withObjects(cmdlet: string, ...objects: unknown[]): Files {
  return filesOf({ ...goodObjects(), [cmdlet]: objects });
}

/** The good export with a change to the first object of one cmdlet. */
export function withFirst(cmdlet: string, change: Row): Files {
  const [first, ...others] = goodObjects()[cmdlet] ?? [];
  return withObjects(cmdlet, Object.assign({}, first, change), ...others);
}

export function sourceOf(files: Files): ExportSource {
  const bytes = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  return {
    sizes: new Map([...bytes].map(([name, { length }]) => [name, length])),
    read: async (name) => bytes.get(name) ?? Buffer.alloc(0),
  };
}

/** The configuration, or a failed test with what is wrong. */
export async function configOf(files: Files): Promise<TenantConfig> {
  const read = await readTenantExport(sourceOf(files));
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

export async function writeExport(directory: string, files: Files): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}
