import { dispatchableText } from '../../shared/tenant/addressText.ts';
import type { ClientConnection } from '../../shared/tenant/clientConnection.ts';
import { parseIpAddress, parseIpInterface } from '../../shared/tenant/ipNetwork.ts';
import { locate } from '../../shared/tenant/locate.ts';
import { createPlaceIndex } from '../../shared/tenant/placeIndex.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { createTenantIndex } from '../../shared/tenant/tenantIndex.ts';

/** What questions about single calls took, with the tenant in memory. */
export interface TenantAnswers {
  indexMs: number;
  resolution: Percentiles;
  place: Percentiles;
  /** Of how many resolutions the LIS had the location. */
  located: number;
  peakRssBytes: number;
}

interface Percentiles {
  p50: number;
  p99: number;
  max: number;
}

const QUESTIONS = 20_000;
/** Until then the compiler is at work. */
const WARM_UP = 2_000;

/** Asks of every kind of network in turn, and one time in five of one that is not there. */
export function askTenant(config: TenantConfig): TenantAnswers {
  const began = performance.now();
  const index = createTenantIndex(config);
  const places = createPlaceIndex(config);
  const indexMs = Math.round(performance.now() - began);
  let located = 0;
  const resolution = measure((i) => {
    const { places: found } = locate(index, connectionOf(config, i), null);
    if (found[0].location !== null) located += 1;
  });
  const texts = config.locations.map(dispatchableText);
  const place = measure((i) => {
    places.find(i % 5 === 0 ? `Floor ${i}, nowhere` : (texts[(i * 7_919) % texts.length] ?? ''));
  });
  return { indexMs, resolution, place, located, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
}

function connectionOf({ networks, networkSubnets, trustedIpAddresses }: TenantConfig, i: number): ClientConnection {
  const pick = <T>(list: readonly T[]) => list[(i * 7_919) % list.length];
  const port = pick(networks.ports);
  const ip = pick(networkSubnets)?.subnetId ?? '10.0.0.0';
  const isKnown = i % 5 !== 0;
  return {
    client: { type: 'windows', version: '1.7' },
    // Without its prefix the address is looked up once for each length there is.
    interfaces: [parseIpInterface(i % 2 === 0 ? ip : `${ip}/24`)].filter((each) => each !== null),
    externalIp: parseIpAddress(pick(trustedIpAddresses)?.ipAddress ?? ''),
    bssid: i % 3 === 0 && isKnown ? (pick(networks.wirelessAccessPoints)?.bssid ?? null) : null,
    chassisId: i % 3 === 1 && isKnown ? (port?.chassisId ?? null) : null,
    portId: i % 3 === 1 && isKnown ? (port?.portId ?? null) : null,
  };
}

/** In milliseconds. */
function measure(ask: (i: number) => void): Percentiles {
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + QUESTIONS; i += 1) {
    const began = performance.now();
    ask(i);
    if (i >= WARM_UP) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => Number((times[Math.floor(times.length * share)] ?? 0).toFixed(4));
  return { p50: at(0.5), p99: at(0.99), max: Number((times.at(-1) ?? 0).toFixed(4)) };
}
