import type { Command } from 'commander';
import type { ClientConnection } from '../../shared/tenant/clientConnection.ts';
import { parseClient } from '../../shared/tenant/clientSupport.ts';
import { type IpInterface, parseIpAddress, parseIpInterface } from '../../shared/tenant/ipNetwork.ts';

/** How a client is described on the command line. */
export interface ClientOptions {
  ip?: string[];
  externalIp?: string;
  bssid?: string;
  chassis?: string;
  port?: string;
  client: string;
}

export function addClientOptions(command: Command): Command {
  return command
    .option('--ip <address...>', 'within the network, with its prefix: 10.10.10.150/25; IPv4, IPv6, or one of each')
    .option('--external-ip <address>', 'from which Microsoft sees the client; left out, it is taken as trusted')
    .option('--bssid <bssid>', 'of the access point that it is connected to')
    .option('--chassis <id>', 'of the switch that it is connected to, as LLDP tells it')
    .option('--port <id>', 'of that switch')
    .option('--client <type/version>', 'such as windows/1.7, phone/1449/1.0.94.2021110101, web', 'windows');
}

/** Throws in an administrator's words for what cannot be read: a mistyped address is not looked up as another. */
export function readConnection(options: ClientOptions): ClientConnection {
  const client = parseClient(options.client);
  if (typeof client === 'string') throw new Error(client);
  if (options.port !== undefined && options.chassis === undefined)
    throw new Error('--port needs --chassis: a port belongs to a switch');
  return {
    client,
    interfaces: (options.ip ?? []).map(readInterface),
    externalIp: options.externalIp === undefined ? null : readAddress(options.externalIp),
    bssid: options.bssid ?? null,
    chassisId: options.chassis ?? null,
    portId: options.port ?? null,
  };
}

function readInterface(text: string): IpInterface {
  const found = parseIpInterface(text);
  if (!found) throw new Error(`--ip ${text} is no address; 10.10.10.150/25 and 2001:db8::1/64 are`);
  return found;
}

function readAddress(text: string) {
  const found = parseIpAddress(text);
  if (!found) throw new Error(`--external-ip ${text} is no address; it goes without a prefix`);
  return found;
}
