import { bssidKeys } from './bssid.ts';
import type { ClientConnection } from './clientConnection.ts';
import type { Support } from './clientSupport.ts';
import { BITS, formatIpAddress, formatIpInterface, type IpInterface, networkIdOf } from './ipNetwork.ts';
import type { LisSubnet } from './lisConfig.ts';
import { chassisKey } from './macAddress.ts';
import { type NetworkIndex, portKey, subnetKey } from './networkIndex.ts';
import type { LisSource, Place } from './place.ts';
import { type Step, type StepOutcome, step } from './step.ts';

/** What the Location Information Service answers. */
export interface LisAnswer {
  /** Empty: no match. Several: one of them, and which cannot be told. */
  places: Place[];
  /** Whether it is sure that one of `places` is the answer. */
  isSure: boolean;
  steps: Step[];
}

/** An entry that stands for where the client is, and on what condition. */
interface Match {
  locationId: string | null;
  /** As the entry writes its id. */
  id: string;
  condition: string | null;
}

interface Looked {
  outcome: StepOutcome;
  reason: string;
  matches: readonly Match[];
}

/**
 * The first match of access point, switch and port, switch, subnet
 * (https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling). `lldp` says whether the client tells
 * its switch and port.
 */
export function askLis(index: NetworkIndex, connection: ClientConnection, lldp: Support): LisAnswer {
  const lookups: [LisSource, () => Looked][] = [
    ['wirelessAccessPoint', () => lookAtAccessPoint(index, connection.bssid)],
    ['switchPort', () => lookAtPort(index, connection, lldp)],
    ['switch', () => lookAtSwitch(index, connection, lldp)],
    ['subnet', () => lookAtSubnets(index, connection.interfaces)],
  ];
  const answer: LisAnswer = { places: [], isSure: false, steps: [] };
  for (const [source, look] of lookups) {
    if (answer.places.length > 0) {
      answer.steps.push(step(source, 'notAsked', 'a step before it has matched'));
      continue;
    }
    const { outcome, reason, matches } = look();
    answer.places = placesOf(index, source, matches);
    answer.isSure = matches.some(({ condition }) => condition === null);
    const text = matches.length > 0 ? `${reason}: ${answer.places.map(placeText).join(' or ')}` : reason;
    answer.steps.push(step(source, outcome, text));
  }
  return answer;
}

const ONE_OF_SEVERAL = 'if this one of several entries holds';

/** As where nothing is asked. */
export function lisNotAsked(reason: string): LisAnswer {
  const sources: LisSource[] = ['wirelessAccessPoint', 'switchPort', 'switch', 'subnet'];
  return { places: [], isSure: false, steps: sources.map((source) => step(source, 'notAsked', reason)) };
}

/** One place for each location; a match without a condition goes before one that has one. */
function placesOf(index: NetworkIndex, source: LisSource, matches: readonly Match[]): Place[] {
  const places = new Map<string | null, Place>();
  for (const { locationId, condition } of matches) {
    const known = places.get(locationId);
    if (known && (known.condition === null || condition !== null)) continue;
    const location = locationId === null ? null : (index.locations.get(locationId) ?? null);
    places.set(locationId, { source, location, locationId, condition });
  }
  const all = [...places.values()];
  const isContradiction = all.filter(({ condition }) => condition === null).length > 1;
  return all.map((place) =>
    isContradiction && place.condition === null ? { ...place, condition: ONE_OF_SEVERAL } : place,
  );
}

function placeText({ location, locationId, condition }: Place): string {
  const named =
    locationId === null
      ? 'an entry without a location'
      : location
        ? `location ${locationId}`
        : `location ${locationId}, which is not in the export`;
  return condition === null ? named : `${named} (${condition})`;
}

function lookAtAccessPoint(index: NetworkIndex, bssid: string | null): Looked {
  if (bssid === null) return notAsked('the client tells no BSSID');
  const keys = bssidKeys(bssid);
  if (keys === null) return notMatched(`${bssid} is no BSSID`);
  const entries = keys.map((key) => index.accessPoints.get(key)).find((found) => found !== undefined);
  if (!entries) return notMatched(`no access point of the LIS is or holds ${bssid}`);
  return matched(
    `BSSID ${bssid} is of access point`,
    entries.map(({ bssid: id, locationId }) => sure(id, locationId)),
  );
}

function lookAtPort(index: NetworkIndex, { chassisId, portId }: ClientConnection, lldp: Support): Looked {
  if (chassisId === null || portId === null) return notAsked('the client tells no switch and port');
  if (lldp.answer === 'no') return notAsked(lldp.reason);
  const entries = index.ports.get(portKey(chassisId, portId));
  if (!entries) return notMatched(`the LIS has no port ${portId} of switch ${chassisId}`);
  return matched(
    `the client is on switch and port`,
    entries.map((entry) => sure(`${entry.chassisId} ${entry.portId}`, entry.locationId)),
  );
}

function lookAtSwitch(index: NetworkIndex, { chassisId }: ClientConnection, lldp: Support): Looked {
  if (chassisId === null) return notAsked('the client tells no switch');
  if (lldp.answer === 'no') return notAsked(lldp.reason);
  const entries = index.switches.get(chassisKey(chassisId));
  if (!entries) return notMatched(`the LIS has no switch ${chassisId}`);
  return matched(
    'the client is on switch',
    entries.map((entry) => sure(entry.chassisId, entry.locationId)),
  );
}

/** A subnet matches when it is the network id of an address; without its prefix an address has many. */
function lookAtSubnets(index: NetworkIndex, interfaces: readonly IpInterface[]): Looked {
  if (interfaces.length === 0) return notAsked('no IP address of the client is given');
  const matches = interfaces.flatMap((each) => matchesOf(index, each));
  const asked = interfaces.map(askedText).join(' and ');
  if (matches.length === 0) return notMatched(`the LIS has no subnet ${asked}`);
  const looked = matched(`subnet ${asked} is`, matches);
  return matches.some(({ condition }) => condition !== null) ? { ...looked, outcome: 'candidates' } : looked;
}

function matchesOf(index: NetworkIndex, { address, prefixLength }: IpInterface): Match[] {
  if (prefixLength !== null) {
    const entries = index.lisSubnets.get(subnetKey(networkIdOf(address, prefixLength))) ?? [];
    return entries.map(({ subnet, locationId }) => sure(subnet, locationId));
  }
  const lengths = new Map<LisSubnet, number[]>();
  for (let length = BITS[address.family]; length >= 0; length -= 1) {
    for (const entry of index.lisSubnets.get(subnetKey(networkIdOf(address, length))) ?? []) {
      lengths.set(entry, [...(lengths.get(entry) ?? []), length]);
    }
  }
  return [...lengths].map(([{ subnet, locationId }, of]) => ({ id: subnet, locationId, condition: prefixText(of) }));
}

/** Lengths follow each other, the longest first. */
function prefixText(lengths: readonly number[]): string {
  const [longest] = lengths;
  const shortest = lengths.at(-1);
  return `if the client's prefix is /${shortest}${shortest === longest ? '' : ` to /${longest}`}`;
}

function askedText({ address, prefixLength }: IpInterface): string {
  if (prefixLength === null) return `of ${formatIpAddress(address)}, whose prefix is not given`;
  const network = formatIpAddress(networkIdOf(address, prefixLength));
  return `${network} (of ${formatIpInterface({ address, prefixLength })})`;
}

function sure(id: string, locationId: string | null): Match {
  return { id, locationId, condition: null };
}

function matched(reason: string, matches: readonly Match[]): Looked {
  const places = new Set(matches.map(({ locationId }) => locationId)).size;
  const ids = [...new Set(matches.map(({ id }) => id))].join(' and ');
  return { outcome: places > 1 ? 'candidates' : 'matched', reason: `${reason} ${ids}`, matches };
}

function notMatched(reason: string): Looked {
  return { outcome: 'notMatched', reason, matches: [] };
}

function notAsked(reason: string): Looked {
  return { outcome: 'notAsked', reason, matches: [] };
}
