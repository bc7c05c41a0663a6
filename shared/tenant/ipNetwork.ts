import ipaddr from 'ipaddr.js';

/** An address as a number; an IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) is IPv4. */
export interface IpAddress {
  family: 4 | 6;
  value: bigint;
}

/** An address, and how many of its bits name the network, where that is known. */
export interface IpInterface {
  address: IpAddress;
  prefixLength: number | null;
}

export const BITS = { 4: 32, 6: 128 } as const;

/**
 * `null` for what is no address in full: four decimal parts, or IPv6. `010.1.1.1` is none, since some read it as octal.
 * The zone of a link-local address (`%eth0`) is dropped.
 */
export function parseIpAddress(text: string): IpAddress | null {
  const bare = text.trim().replace(/%.*$/, '');
  // Decided here, since tenants have tens of thousands of them.
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) {
    const parts = bare.split('.').map(Number);
    return parts.some((part) => part > 255)
      ? null
      : { family: 4, value: BigInt(parts.reduce((sum, part) => sum * 256 + part)) };
  }
  if (!ipaddr.IPv6.isValid(bare)) return null;
  const parsed = ipaddr.process(bare);
  const hex = parsed.toByteArray().map((byte) => byte.toString(16).padStart(2, '0'));
  return { family: parsed.kind() === 'ipv4' ? 4 : 6, value: BigInt(`0x${hex.join('')}`) };
}

/** `10.10.10.150/25`, or an address alone. */
export function parseIpInterface(text: string): IpInterface | null {
  const [, bare = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const address = parseIpAddress(bare);
  if (address === null) return null;
  const prefixLength = length === undefined ? null : Number(length);
  return prefixLength !== null && prefixLength > BITS[address.family] ? null : { address, prefixLength };
}

/** The address with every bit after its first `prefixLength` cleared: 10.10.10.150 and 25 give 10.10.10.128. */
export function networkIdOf({ family, value }: IpAddress, prefixLength: number): IpAddress {
  const hostBits = BigInt(BITS[family] - prefixLength);
  return { family, value: (value >> hostBits) << hostBits };
}

/** As people write it; IPv6 by RFC 5952. */
export function formatIpAddress({ family, value }: IpAddress): string {
  const bytes = Array.from({ length: BITS[family] / 8 }, (_, index) =>
    Number((value >> BigInt(BITS[family] - 8 * (index + 1))) & 0xffn),
  );
  return family === 4 ? bytes.join('.') : new ipaddr.IPv6(bytes).toRFC5952String();
}

export function formatIpInterface({ address, prefixLength }: IpInterface): string {
  return `${formatIpAddress(address)}${prefixLength === null ? '' : `/${prefixLength}`}`;
}
