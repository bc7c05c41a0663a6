import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';

/** What the reference is asked, as it is written on a command line. */
export interface ReferenceQuestion {
  client: string;
  version: string;
  ips: string[];
  externalIp: string | null;
  bssid: string | null;
  chassisId: string | null;
  portId: string | null;
  user: string | null;
}

export interface ReferenceAnswer {
  site: string | null;
  callingPolicy: string | null;
  routingPolicy: string | null;
  /** In order of precedence, as `source location`; those of the LIS in no order among themselves. */
  places: string[];
}

/**
 * Where a client is located, rule after rule as Microsoft's pages have them, over plain lists and with addresses as
 * strings of bits. Shares nothing with the code it is compared with.
 */
export function referenceLocate(config: TenantConfig, asked: ReferenceQuestion): ReferenceAnswer {
  const user = config.users.find((each) => each.userPrincipalName === asked.user) ?? null;
  const isClientSupported = supportsDynamic(asked.client, asked.version);
  // "An attempt to obtain a dynamic policy or location will only be made if the user's external IP address matches an
  // IP address in the trusted IP address."
  const isTrusted =
    asked.externalIp === null ||
    config.trustedIpAddresses.some((each) => contains(each.ipAddress, each.maskBits, asked.externalIp ?? ''));
  const isAsking = isClientSupported && isTrusted;
  const site = isAsking ? siteOf(config, asked.ips) : null;
  // "the policy that's assigned to the network site overrides the policy that's assigned to the user"; "Users will
  // automatically get the global policy unless you create and assign a custom policy."
  const callingName = site?.emergencyCallingPolicy ?? user?.policies.teamsEmergencyCallingPolicy ?? 'Global';
  const routingName = site?.emergencyCallRoutingPolicy ?? user?.policies.teamsEmergencyCallRoutingPolicy ?? 'Global';
  const calling = config.emergencyCallingPolicies.find((each) => same(each.identity, callingName)) ?? null;
  const routing = config.emergencyCallRoutingPolicies.find((each) => same(each.identity, routingName)) ?? null;
  const number = config.phoneNumbers.find((each) => user !== null && each.assignedPstnTargetId === user.identity);
  const isEnhanced = number?.numberType !== 'DirectRouting' || routing?.allowEnhancedEmergencyServices !== false;
  const places = isAsking && isEnhanced ? lis(config, asked) : [];
  const isSure = places.length > 0 && places.every((each) => !each.startsWith('perhaps '));
  if (!isSure) {
    const isKnown = user !== null || site?.emergencyCallingPolicy != null;
    const mode = isKnown ? calling?.externalLocationLookupMode : undefined;
    const isDesktop = asked.client === 'windows' || asked.client === 'macos';
    if (isClientSupported && mode !== 'Disabled') {
      if (isDesktop) places.push('userAddress unknown');
      if (isDesktop || asked.client === 'ios') places.push('suggestedAddress unknown');
    }
    if (number && number.numberType !== 'DirectRouting' && number.locationId !== null)
      places.push(`staticAddress ${number.locationId}`);
    else places.push('none');
  }
  return {
    site: site?.networkSiteId ?? null,
    callingPolicy: calling?.identity ?? null,
    routingPolicy: routing?.identity ?? null,
    places: places.map((each) => each.replace('perhaps ', '')),
  };
}

function supportsDynamic(client: string, version: string): boolean {
  if (client === 'web' || client === '3pip') return false;
  const first: Record<string, string> = { ios: '1.0.92.2019121004', phone: '1.0.94.2019110802' };
  return !isOlder(version, first[client] ?? '0');
}

function supportsLldp(client: string, version: string): boolean {
  if (client === 'windows' || client === 'macos') return true;
  return client === 'phone' && !isOlder(version, '1.0.94.2021110101');
}

function isOlder(version: string, than: string): boolean {
  const padded = (text: string) =>
    text
      .split('.')
      .map((part) => part.padStart(12, '0'))
      .join('.');
  return padded(version) < padded(than);
}

/** "an IPv6 address will be checked for a match first"; the smallest subnet that holds the address. */
function siteOf(config: TenantConfig, ips: string[]) {
  const addresses = ips.map((ip) => ip.replace(/\/.*/, ''));
  const inOrder = [...addresses.filter((ip) => ip.includes(':')), ...addresses.filter((ip) => !ip.includes(':'))];
  for (const ip of inOrder) {
    let best = null;
    for (const subnet of config.networkSubnets)
      if (contains(subnet.subnetId, subnet.maskBits, ip) && (best === null || subnet.maskBits > best.maskBits))
        best = subnet;
    if (best !== null) {
      const name = best.networkSiteId;
      return config.networkSites.find((each) => name !== null && same(each.networkSiteId, name)) ?? null;
    }
  }
  return null;
}

/** "The match is performed in the following order with the first matched result being returned". */
function lis(config: TenantConfig, asked: ReferenceQuestion): string[] {
  const { wirelessAccessPoints, ports, switches, subnets } = config.networks;
  const named = (source: string, entries: { locationId: string | null }[]) => [
    ...new Set(entries.map(({ locationId }) => `${source} ${locationId}`)),
  ];
  const { bssid, chassisId, portId } = asked;
  if (bssid !== null) {
    const fitting = wirelessAccessPoints.filter((each) => fitsBssid(each.bssid, bssid));
    const longest = Math.max(...fitting.map((each) => digits(each.bssid).length));
    if (fitting.length > 0)
      return named(
        'wirelessAccessPoint',
        fitting.filter((each) => digits(each.bssid).length === longest),
      );
  }
  if (chassisId !== null && supportsLldp(asked.client, asked.version)) {
    const onSwitch = (each: { chassisId: string }) => digits(each.chassisId) === digits(chassisId);
    const atPort = ports.filter((each) => onSwitch(each) && each.portId === portId);
    if (atPort.length > 0) return named('switchPort', atPort);
    const atSwitch = switches.filter(onSwitch);
    if (atSwitch.length > 0) return named('switch', atSwitch);
  }
  const sure = subnets.filter((each) => asked.ips.some((ip) => ip.includes('/') && isNetworkIdOf(each.subnet, ip)));
  const perhaps = subnets.filter((each) =>
    asked.ips.some(
      (ip) => !ip.includes('/') && lengths(ip).some((length) => isNetworkIdOf(each.subnet, `${ip}/${length}`)),
    ),
  );
  const places = named('subnet', sure);
  const others = named('subnet', perhaps).filter((each) => !places.includes(each));
  // One that is sure leaves only which of them it is.
  return [...places, ...others.map((each) => (places.length > 0 ? each : `perhaps ${each}`))];
}

function digits(mac: string): string {
  return mac.replace(/[^0-9a-fA-F]/g, '').toUpperCase();
}

function fitsBssid(entry: string, bssid: string): boolean {
  return entry.includes('*') ? digits(bssid).startsWith(digits(entry)) : digits(bssid) === digits(entry);
}

/** "the network ID for a client IP/mask of 10.10.10.150/25 is 10.10.10.128" */
function isNetworkIdOf(subnet: string, ipWithLength: string): boolean {
  const [ip = '', length = ''] = ipWithLength.split('/');
  const address = bits(ip);
  const network = address.slice(0, Number(length)).padEnd(address.length, '0');
  return bits(subnet) === network;
}

function contains(network: string, maskBits: number, ip: string): boolean {
  const [of, address] = [bits(network), bits(ip)];
  return of.length === address.length && of.slice(0, maskBits) === address.slice(0, maskBits);
}

function lengths(ip: string): number[] {
  return Array.from({ length: bits(ip).length + 1 }, (_, length) => length);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** 32 or 128 characters, 0 and 1. */
function bits(ip: string): string {
  if (!ip.includes(':'))
    return ip
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const [left = '', right] = ip.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(left), groups(right ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}
