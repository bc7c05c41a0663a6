import type { LisNetworks } from '../lisConfig.ts';
import type { TenantConfig } from '../tenantConfig.ts';
import { psText } from './powerShell.ts';

/** A network of the Location Information Service, of whatever kind. */
export interface LisNetworkRow {
  kind: 'accessPoint' | 'switch' | 'port' | 'subnet';
  object: string;
  /** As it is written; `null` for subnets. */
  mac: string | null;
  locationId: string | null;
  /** The line that gives it a location. */
  remedy: string;
}

/** Made once for each configuration: every rule of the LIS asks for them, and there may be hundreds of thousands. */
const known = new WeakMap<LisNetworks, readonly LisNetworkRow[]>();

export function lisNetworkRows({ networks }: TenantConfig): readonly LisNetworkRow[] {
  const rows = known.get(networks) ?? rowsOf(networks);
  known.set(networks, rows);
  return rows;
}

function rowsOf(networks: LisNetworks): LisNetworkRow[] {
  const to = '-LocationId <location>';
  return [
    ...networks.wirelessAccessPoints.map(({ bssid, locationId }) => ({
      kind: 'accessPoint' as const,
      object: `OnlineLisWirelessAccessPoint ${bssid}`,
      mac: bssid,
      locationId,
      remedy: `Set-CsOnlineLisWirelessAccessPoint -BSSID ${psText(bssid)} ${to}`,
    })),
    ...networks.switches.map(({ chassisId, locationId }) => ({
      kind: 'switch' as const,
      object: `OnlineLisSwitch ${chassisId}`,
      mac: chassisId,
      locationId,
      remedy: `Set-CsOnlineLisSwitch -ChassisID ${psText(chassisId)} ${to}`,
    })),
    ...networks.ports.map(({ chassisId, portId, locationId }) => ({
      kind: 'port' as const,
      object: `OnlineLisPort ${chassisId} ${portId}`,
      mac: chassisId,
      locationId,
      remedy: `Set-CsOnlineLisPort -ChassisID ${psText(chassisId)} -PortID ${psText(portId)} ${to}`,
    })),
    ...networks.subnets.map(({ subnet, locationId }) => ({
      kind: 'subnet' as const,
      object: `OnlineLisSubnet ${subnet}`,
      mac: null,
      locationId,
      remedy: `Set-CsOnlineLisSubnet -Subnet ${psText(subnet)} ${to}`,
    })),
  ];
}
