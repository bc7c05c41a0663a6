import type { ClientConnection } from './clientConnection.ts';
import type { Support } from './clientSupport.ts';
import { formatIpAddress, type IpInterface } from './ipNetwork.ts';
import type { NetworkSite, NetworkSubnet } from './networkConfig.ts';
import { foldName, type NetworkIndex } from './networkIndex.ts';
import { type Step, step } from './step.ts';

/** Where a client is, as far as the network settings tell. */
export interface NetworkPosition {
  /** Whether policies of sites and locations of the LIS are looked up at all. */
  isLookedUp: boolean;
  site: NetworkSite | null;
  steps: Step[];
}

/**
 * The trusted IP address first, since nothing is looked up for a client whose external address is not trusted; then the
 * site by the subnet (https://learn.microsoft.com/microsoftteams/cloud-voice-network-settings).
 */
export function findPosition(index: NetworkIndex, connection: ClientConnection, dynamic: Support): NetworkPosition {
  const support = step('clientSupport', dynamic.answer === 'no' ? 'notMatched' : outcomeOf(dynamic), dynamic.reason);
  if (dynamic.answer === 'no') {
    const reason = 'the client does not ask for policies or locations of its network';
    const steps = [support, step('trustedIpAddress', 'notAsked', reason), step('networkSite', 'notAsked', reason)];
    return { isLookedUp: false, site: null, steps };
  }
  const trust = findTrust(index, connection);
  if (trust.outcome === 'notMatched') {
    const reason = 'no site is looked up outside the trusted IP addresses';
    return { isLookedUp: false, site: null, steps: [support, trust, step('networkSite', 'notAsked', reason)] };
  }
  const { site, found } = findSite(index, connection.interfaces);
  return { isLookedUp: true, site, steps: [support, trust, found] };
}

function outcomeOf({ answer }: Support): 'matched' | 'unknown' {
  return answer === 'yes' ? 'matched' : 'unknown';
}

function findTrust(index: NetworkIndex, { externalIp }: ClientConnection): Step {
  if (externalIp === null)
    return step('trustedIpAddress', 'unknown', 'no external IP address is given; it is taken as trusted');
  const text = formatIpAddress(externalIp);
  const [entry] = index.trusted.find(externalIp);
  return entry
    ? step('trustedIpAddress', 'matched', `${text} is within the trusted ${entry.ipAddress}/${entry.maskBits}`)
    : step('trustedIpAddress', 'notMatched', `${text} is in none of the trusted IP addresses: the client is outside`);
}

interface FoundSite {
  site: NetworkSite | null;
  found: Step;
}

/** IPv6 is looked up first (https://learn.microsoft.com/powershell/module/teams/new-cstenantnetworksubnet). */
function findSite(index: NetworkIndex, interfaces: readonly IpInterface[]): FoundSite {
  if (interfaces.length === 0)
    return { site: null, found: step('networkSite', 'notAsked', 'no IP address of the client is given') };
  for (const { address } of interfaces.toSorted((a, b) => b.address.family - a.address.family)) {
    const subnets = index.siteSubnets.find(address);
    const [first] = subnets;
    if (first) return siteOf(index, formatIpAddress(address), first, subnets);
  }
  const texts = interfaces.map(({ address }) => formatIpAddress(address)).join(' and ');
  return { site: null, found: step('networkSite', 'notMatched', `${texts}: in no subnet of a network site`) };
}

/**
 * Microsoft's own example has one subnet within another and does not say which of them holds; the most specific does
 * here, as in routing, and the step names the others.
 */
function siteOf(index: NetworkIndex, ip: string, first: NetworkSubnet, all: readonly NetworkSubnet[]): FoundSite {
  const subnet = `${first.subnetId}/${first.maskBits}`;
  const site = first.networkSiteId === null ? undefined : index.sites.get(foldName(first.networkSiteId));
  if (!site) {
    const named = first.networkSiteId === null ? 'names no site' : `names ${first.networkSiteId}, which does not exist`;
    return { site: null, found: step('networkSite', 'notMatched', `${ip} is in subnet ${subnet}, which ${named}`) };
  }
  const others = new Set(all.map(({ networkSiteId }) => networkSiteId).filter((id) => id !== first.networkSiteId));
  const also =
    others.size === 0
      ? ''
      : `; less specific subnets of ${[...others].map((id) => id ?? 'no site').join(', ')} hold it too`;
  return {
    site,
    found: step('networkSite', 'matched', `${ip} is in subnet ${subnet} of ${site.networkSiteId}${also}`),
  };
}
