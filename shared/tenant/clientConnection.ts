import type { Client } from './clientSupport.ts';
import type { IpAddress, IpInterface } from './ipNetwork.ts';

/** What a client tells of the network that it is connected to. */
export interface ClientConnection {
  client: Client;
  /** Addresses within the network: IPv4, IPv6, or both. */
  interfaces: readonly IpInterface[];
  /** From which Microsoft sees it; `null` when that is not known: it is then taken as trusted. */
  externalIp: IpAddress | null;
  bssid: string | null;
  chassisId: string | null;
  portId: string | null;
}
