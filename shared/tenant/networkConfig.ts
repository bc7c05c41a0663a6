import type { WithOther } from './withOther.ts';

/** An external address, or network of them, from which a client is inside the corporate network. */
export interface TrustedIpAddress extends WithOther {
  /** IPv4 or IPv6, as it was written. */
  ipAddress: string;
  /** Length of the network prefix, 0 to 32 or 128. */
  maskBits: number;
  description: string | null;
}

export interface NetworkRegion extends WithOther {
  networkRegionId: string;
  centralSite: string | null;
  description: string | null;
}

/** What a client that is in one of its subnets gets in place of what the user has. */
export interface NetworkSite extends WithOther {
  networkSiteId: string;
  networkRegionId: string | null;
  description: string | null;
  siteAddress: string | null;
  enableLocationBasedRouting: boolean;
  emergencyCallingPolicy: string | null;
  emergencyCallRoutingPolicy: string | null;
  onlineVoiceRoutingPolicy: string | null;
}

/** A subnet of a network site. The LIS knows nothing of it. */
export interface NetworkSubnet extends WithOther {
  /** The network id, IPv4 or IPv6, as it was written. */
  subnetId: string;
  /** Length of the network prefix, 0 to 32 or 128. */
  maskBits: number;
  networkSiteId: string | null;
  description: string | null;
}
