import ipaddr from 'ipaddr.js';
import { formatIpAddress, networkIdOf, parseIpAddress } from '../ipNetwork.ts';
import type { NetworkSubnet } from '../networkConfig.ts';
import { foldName } from '../networkIndex.ts';
import type { TenantIndex } from '../tenantIndex.ts';
import type { Breach, TenantRule } from '../tenantRule.ts';
import { psText } from './powerShell.ts';

const NETWORK = 'https://learn.microsoft.com/microsoftteams/cloud-voice-network-settings';
const DYNAMIC = 'https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling';
/** No company has a network of external addresses as large as these. */
const WIDEST_TRUST = { 4: 8, 6: 16 } as const;

/** Rules of the network settings: whether a client is inside, and at which site. */
export const NETWORK_RULES: readonly TenantRule[] = [
  {
    id: 'NET-01',
    rule: 'The external addresses of the offices are trusted, as public addresses',
    severity: 'critical',
    why: 'Neither policies of sites nor locations are looked up for a client whose external address is not trusted.',
    source: NETWORK,
    find: findUselessTrust,
  },
  {
    id: 'NET-02',
    rule: 'No trusted address holds most of the internet',
    severity: 'critical',
    why: 'Who calls from a home whose network has the number of one in the office would be sent help to the office.',
    source: NETWORK,
    find: ({ config }) =>
      config.trustedIpAddresses.flatMap(({ ipAddress, maskBits }) => {
        const address = parseIpAddress(ipAddress);
        return address && maskBits < WIDEST_TRUST[address.family]
          ? [trustBreach(ipAddress, `with mask ${maskBits} holds more than any company has`)]
          : [];
      }),
  },
  {
    id: 'NET-03',
    rule: 'Each subnet of the network settings is of a site that exists',
    severity: 'critical',
    why: 'A client there gets no policy of a site: its own security desk is not told.',
    source: NETWORK,
    find: eachSubnet(({ networkSiteId: site }, { networks }) =>
      site !== null && networks.sites.has(foldName(site)) ? null : `names site ${site ?? 'none'}, which does not exist`,
    ),
  },
  {
    id: 'NET-04',
    rule: 'Each network site has subnets',
    severity: 'warning',
    why: 'Nobody is ever at a site without subnets, and its policies never hold.',
    source: NETWORK,
    find: ({ config }) => {
      const used = new Set(config.networkSubnets.map(({ networkSiteId }) => foldName(networkSiteId ?? '')));
      return config.networkSites.flatMap(({ networkSiteId: site }) =>
        used.has(foldName(site))
          ? []
          : [
              {
                object: `TenantNetworkSite ${site}`,
                problem: 'has no subnet',
                remedy: `New-CsTenantNetworkSubnet -Identity <subnet> -MaskBits <bits> -NetworkSiteID ${psText(site)}`,
              },
            ],
      );
    },
  },
  {
    id: 'NET-05',
    rule: 'Each network site is of a region that exists',
    severity: 'information',
    why: 'A region that is missing is a sign of a change that was left half made.',
    source: NETWORK,
    find: ({ config }) => {
      const regions = new Set(config.networkRegions.map(({ networkRegionId }) => foldName(networkRegionId)));
      return config.networkSites.flatMap(({ networkSiteId, networkRegionId: region }) =>
        region === null || regions.has(foldName(region))
          ? []
          : [siteBreach(networkSiteId, `names region ${region}, which does not exist`, '-NetworkRegionID <region>')],
      );
    },
  },
  {
    id: 'NET-06',
    rule: 'A subnet of the network settings is the id of a network with its mask',
    severity: 'critical',
    why: 'A subnet that is an address within its network may never match a client.',
    source: 'https://learn.microsoft.com/powershell/module/teams/new-cstenantnetworksubnet',
    find: eachSubnet(({ subnetId, maskBits }) => {
      const address = parseIpAddress(subnetId);
      if (address === null) return 'is no IP address';
      const id = networkIdOf(address, maskBits);
      return id.value === address.value ? null : `is an address within network ${formatIpAddress(id)}/${maskBits}`;
    }),
  },
  {
    id: 'NET-07',
    rule: 'Subnets of two sites do not lie within each other',
    severity: 'warning',
    why: 'Microsoft does not say which of the two sites holds for a client that is in both.',
    source: NETWORK,
    find: eachSubnet(({ subnetId, maskBits, networkSiteId }, { networks }) => {
      const address = parseIpAddress(subnetId);
      const wider = address
        ? networks.siteSubnets
            .find(address)
            .find((each) => each.maskBits < maskBits && each.networkSiteId !== networkSiteId)
        : undefined;
      return wider
        ? `of site ${networkSiteId ?? 'none'} lies within ${wider.subnetId}/${wider.maskBits} of site ${wider.networkSiteId ?? 'none'}`
        : null;
    }),
  },
  {
    id: 'NET-08',
    rule: 'The emergency policies that a network site names exist',
    severity: 'critical',
    why: 'Nobody can say what holds for a client there, and whom Teams tells.',
    source: DYNAMIC,
    find: findMissingPolicies,
  },
  {
    id: 'NET-40',
    rule: 'No proxy or tunnel changes the external address that clients have before Microsoft',
    severity: 'critical',
    why: 'Where one does, clients are not seen to be inside, and neither sites nor locations are looked up.',
    source: DYNAMIC,
    find: null,
    concerns: hasNetworks,
  },
  {
    id: 'NET-41',
    rule: 'The trusted addresses are all those from which the offices reach the internet, their spare lines included',
    severity: 'critical',
    why: 'From an address that is missing nobody is located, and no export knows which address is missing.',
    source: NETWORK,
    find: null,
    concerns: hasNetworks,
  },
];

function hasNetworks({ config }: TenantIndex): boolean {
  const { wirelessAccessPoints, switches, ports, subnets } = config.networks;
  return [wirelessAccessPoints, switches, ports, subnets, config.networkSites].some(({ length }) => length > 0);
}

function findUselessTrust(index: TenantIndex): Breach[] {
  const { trustedIpAddresses } = index.config;
  if (trustedIpAddresses.length === 0 && hasNetworks(index)) {
    const remedy = 'New-CsTenantTrustedIPAddress -IPAddress <external address> -MaskBits <bits>';
    return [{ object: 'TenantTrustedIPAddress', problem: 'none is trusted, so no location is looked up', remedy }];
  }
  return trustedIpAddresses.flatMap(({ ipAddress }) => {
    if (!ipaddr.isValid(ipAddress)) return [trustBreach(ipAddress, 'is no IP address')];
    return /^(?:private|uniqueLocal|linkLocal|loopback|carrierGradeNat)$/.test(ipaddr.process(ipAddress).range())
      ? [trustBreach(ipAddress, 'is an address of inner networks, which no client has before Microsoft')]
      : [];
  });
}

function trustBreach(ipAddress: string, problem: string): Breach {
  const remedy = `Remove-CsTenantTrustedIPAddress -Identity ${psText(ipAddress)}`;
  return { object: `TenantTrustedIPAddress ${ipAddress}`, problem, remedy };
}

function eachSubnet(find: (subnet: NetworkSubnet, index: TenantIndex) => string | null) {
  return (index: TenantIndex): Breach[] =>
    index.config.networkSubnets.flatMap((subnet) => {
      const problem = find(subnet, index);
      const remedy = `Set-CsTenantNetworkSubnet -Identity ${psText(subnet.subnetId)} -MaskBits <bits> -NetworkSiteID <site>`;
      return problem === null
        ? []
        : [{ object: `TenantNetworkSubnet ${subnet.subnetId}/${subnet.maskBits}`, problem, remedy }];
    });
}

function findMissingPolicies({ config, emergencyCalling, emergencyCallRouting }: TenantIndex): Breach[] {
  return config.networkSites.flatMap(({ networkSiteId, emergencyCallingPolicy, emergencyCallRoutingPolicy }) => [
    ...(emergencyCallingPolicy === null || emergencyCalling.has(foldName(emergencyCallingPolicy))
      ? []
      : [missing(networkSiteId, 'EmergencyCallingPolicy', emergencyCallingPolicy)]),
    ...(emergencyCallRoutingPolicy === null || emergencyCallRouting.has(foldName(emergencyCallRoutingPolicy))
      ? []
      : [missing(networkSiteId, 'EmergencyCallRoutingPolicy', emergencyCallRoutingPolicy)]),
  ]);
}

function missing(site: string, parameter: string, policy: string): Breach {
  return siteBreach(site, `names ${policy} as its ${parameter}, which does not exist`, `-${parameter} <policy>`);
}

function siteBreach(site: string, problem: string, parameters: string): Breach {
  const remedy = `Set-CsTenantNetworkSite -Identity ${psText(site)} ${parameters}`;
  return { object: `TenantNetworkSite ${site}`, problem, remedy };
}
