import { bssidKeys, parseBssidPattern } from '../../shared/tenant/bssid.ts';
import { parseClient, supportOf } from '../../shared/tenant/clientSupport.ts';
import { formatIpAddress, networkIdOf, parseIpAddress, parseIpInterface } from '../../shared/tenant/ipNetwork.ts';
import { chassisKey, normalMacAddress } from '../../shared/tenant/macAddress.ts';
import { createPrefixTable } from '../../shared/tenant/prefixTable.ts';

/** The network id of an address and its prefix, as text. */
function networkId(text: string): string | null {
  const parsed = parseIpInterface(text);
  return parsed && parsed.prefixLength !== null
    ? formatIpAddress(networkIdOf(parsed.address, parsed.prefixLength))
    : null;
}

describe('IP addresses', () => {
  test.each([
    // The example of Microsoft's page on dynamic emergency calling.
    ['10.10.10.150/25', '10.10.10.128'],
    ['10.10.10.150/32', '10.10.10.150'],
    ['10.10.10.150/0', '0.0.0.0'],
    ['255.255.255.255/1', '128.0.0.0'],
    ['2001:4898:e8:25:844e:926f:85ad:dd8e/120', '2001:4898:e8:25:844e:926f:85ad:dd00'],
    ['2001:db8::1/64', '2001:db8::'],
    ['fe80::1%eth0/64', 'fe80::'],
    ['::ffff:10.10.10.150/25', '10.10.10.128'],
  ])('%s is in the network %s', (text, expected) => {
    expect(networkId(text)).toBe(expected);
  });

  test.each([
    '',
    '10.10.10',
    '10.10.10.256',
    '010.10.10.1',
    '0x0a.1.1.1',
    '10.1.1.1/33',
    '10.1.1.1/-1',
    '10.1.1.1/',
    '2001:db8::1/129',
    '2001:db8:::1',
    '1',
    'example.com',
    '10.1.1.1/24/24',
  ])('%j is no address', (text) => {
    expect(parseIpInterface(text)).toBeNull();
  });

  test('a zone is dropped', () => {
    expect(parseIpAddress('fe80::1%12')).toEqual(parseIpAddress('fe80::1'));
  });

  test('of networks within each other the most specific comes first, and families are apart', () => {
    const entryOf = (text: string) => {
      const parsed = parseIpInterface(text);
      if (parsed?.prefixLength == null) throw new Error(`${text} is no network`);
      return { address: parsed.address, prefixLength: parsed.prefixLength, entry: text };
    };
    const table = createPrefixTable(['10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0', '10.1.1.9/32', '::/0'].map(entryOf));
    const find = (text: string) => {
      const address = parseIpAddress(text);
      return address && table.find(address);
    };
    expect(find('10.1.1.9')).toEqual(['10.1.1.9/32', '10.1.0.0/16', '10.0.0.0/8', '0.0.0.0/0']);
    expect(find('10.2.0.1')).toEqual(['10.0.0.0/8', '0.0.0.0/0']);
    expect(find('2001:db8::1')).toEqual(['::/0']);
  });
});

describe('BSSIDs and chassis ids', () => {
  test.each([
    ['F0-6E-0B-C2-03-23', 'F0-6E-0B-C2-03-23'],
    ['f0:6e:0b:c2:03:23', 'F0-6E-0B-C2-03-23'],
    ['f0:6e:b:c2:3:23', 'F0-6E-0B-C2-03-23'],
    ['f06e.0bc2.0323', 'F0-6E-0B-C2-03-23'],
    [' f06e0bc20323 ', 'F0-6E-0B-C2-03-23'],
    ['F0-6E-0B-C2-03', null],
    ['F0-6E-0B-C2-03-2G', null],
    ['F0-6E:0B-C2-03-23', null],
    ['F0-6E-0B-C2-03-23-11', null],
    ['', null],
  ])('%j is the MAC address %s', (text, expected) => {
    expect(normalMacAddress(text)).toBe(expected);
  });

  test.each([
    ['F0-6E-0B-C2-04-*', 'F06E0BC204'],
    ['F0-6E-0B-C2-04-**', 'F06E0BC204'],
    ['F0-6E-0B-C2-04-2*', 'F06E0BC2042'],
    ['f0:6e:0b:c2:04:2*', 'F06E0BC2042'],
    ['F0-6E-0B-C2-04-23', 'F06E0BC20423'],
    ['F0-6E-0B-C2-*', null],
    ['F0-6E-0B-C2-04-2**', null],
    ['F0-6E-*-C2-04-23', null],
    ['*', null],
    ['F0-6E-0B-C2-04-***', null],
  ])('the entry %j stands for what begins with %s', (text, expected) => {
    expect(parseBssidPattern(text)?.digits ?? null).toBe(expected);
  });

  test('an exact entry is asked for before one with a wildcard', () => {
    expect(bssidKeys('f0-6e-0b-c2-04-23')).toEqual(['F06E0BC20423', 'F06E0BC2042', 'F06E0BC204']);
    expect(bssidKeys('F0-6E-0B-C2-04-*')).toBeNull();
  });

  test('of ids that are no MAC address the case counts', () => {
    expect(chassisKey(' Gi1/0/12 ')).toBe('Gi1/0/12');
    expect(chassisKey('gi1/0/12')).not.toBe(chassisKey('Gi1/0/12'));
    expect(chassisKey('0b:23:cd:16:aa:cc')).toBe(chassisKey('0B-23-CD-16-AA-CC'));
  });
});

describe('clients', () => {
  test.each([
    ['toaster/1', /names no client; they are windows/],
    ['windows/new', /a version is numbers with dots/],
    ['phone/1449/1.0/2', /a version is numbers with dots/],
    ['', /names no client/],
    ['windows/', /a version is numbers with dots/],
  ])('%j is none', (text, why) => {
    expect(parseClient(text)).toEqual(expect.stringMatching(why));
  });

  // https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling, "Supported clients".
  test.each([
    ['windows/1.7', 'Commercial', 'yes', 'yes'],
    ['macos/1.7', 'Commercial', 'yes', 'yes'],
    ['ios/1.0.92.2019121004', 'Commercial', 'yes', 'no'],
    ['ios/1.0.92.2019121003', 'Commercial', 'no', 'no'],
    ['android/1416/1.0.0.2019121201', 'Commercial', 'yes', 'no'],
    ['android/1416/1.0.0.2019121200', 'Commercial', 'no', 'no'],
    ['phone/1449/1.0.94.2019110802', 'Commercial', 'yes', 'no'],
    ['phone/1449/1.0.94.2019110801', 'Commercial', 'no', 'no'],
    ['phone/1449/1.0.94.2021110101', 'Commercial', 'yes', 'yes'],
    ['phone/1449/1.0.94.2021110100', 'Commercial', 'yes', 'no'],
    ['phone', 'Commercial', 'unknown', 'unknown'],
    ['rooms/4.4.25.0', 'Commercial', 'yes', 'no'],
    ['rooms/4.4.24.9', 'Commercial', 'no', 'no'],
    ['web', 'Commercial', 'no', 'no'],
    ['3pip', 'Commercial', 'no', 'no'],
    ['windows/1.7', 'TeamsDOD', 'no', 'no'],
    ['phone/1449/1.0.94.2022061701', 'TeamsGCCH', 'no', 'no'],
    ['phone/1449/1.0.94.2022061702', 'TeamsGCCH', 'yes', 'yes'],
    ['rooms/4.4.25.0', 'TeamsGCCH', 'no', 'no'],
  ])('%s in %s: dynamic %s, switch and port %s', (text, cloud, dynamic, lldp) => {
    const client = parseClient(text);
    if (typeof client === 'string') throw new Error(client);
    const support = supportOf(client, cloud);
    expect([support.dynamic.answer, support.lldp.answer]).toEqual([dynamic, lldp]);
  });
});
