import { BITS, type IpAddress } from './ipNetwork.ts';

/** Networks that are found by an address within them. */
export interface PrefixTable<T> {
  /** Every entry whose network holds the address, the most specific network first. */
  find(address: IpAddress): T[];
}

/** An entry with the network it stands for. Bits after the first `prefixLength` are ignored. */
export interface NetworkEntry<T> {
  address: IpAddress;
  prefixLength: number;
  entry: T;
}

/** Asks once for each length of prefix that occurs, however many networks there are. */
export function createPrefixTable<T>(networks: Iterable<NetworkEntry<T>>): PrefixTable<T> {
  const lengths = { 4: new Map<number, Map<bigint, T[]>>(), 6: new Map<number, Map<bigint, T[]>>() };
  for (const { address, prefixLength, entry } of networks) {
    const ofFamily = lengths[address.family];
    const ofLength = ofFamily.get(prefixLength) ?? new Map<bigint, T[]>();
    ofFamily.set(prefixLength, ofLength);
    const prefix = prefixOf(address, prefixLength);
    const known = ofLength.get(prefix);
    if (known) known.push(entry);
    else ofLength.set(prefix, [entry]);
  }
  const longestFirst = {
    4: [...lengths[4]].sort(([a], [b]) => b - a),
    6: [...lengths[6]].sort(([a], [b]) => b - a),
  };
  return {
    find: (address) =>
      longestFirst[address.family].flatMap(([length, entries]) => entries.get(prefixOf(address, length)) ?? []),
  };
}

function prefixOf({ family, value }: IpAddress, prefixLength: number): bigint {
  return value >> BigInt(BITS[family] - prefixLength);
}
