import fc from 'fast-check';
import { findCallerAccount } from '../../shared/tenant/callerAccount.ts';
import { parseClient } from '../../shared/tenant/clientSupport.ts';
import { parseIpAddress, parseIpInterface } from '../../shared/tenant/ipNetwork.ts';
import { locate } from '../../shared/tenant/locate.ts';
import { isLisSource } from '../../shared/tenant/place.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { createTenantIndex } from '../../shared/tenant/tenantIndex.ts';
import { type ReferenceAnswer, type ReferenceQuestion, referenceLocate } from './referenceLocate.ts';
import { callingPolicy, location, phoneNumber, routingPolicy, site, tenant, user } from './tenants.ts';

// Few values, so that they meet.
const IPV4 = fc.constantFrom(
  '10.10.10.0',
  '10.10.10.128',
  '10.10.10.150',
  '10.10.11.9',
  '10.10.0.0',
  '0.0.0.0',
  '10.0.0.0',
);
const IPV6 = fc.constantFrom('2001:db8::', '2001:db8::80', '2001:db8::99', '2001:db8:0:1::5', '::', '2001:db8:ffff::');
const LENGTH4 = fc.constantFrom(0, 8, 16, 23, 24, 25, 32);
const LENGTH6 = fc.constantFrom(0, 32, 48, 64, 120, 121, 128);
const NETWORK = fc.oneof(fc.record({ ip: IPV4, maskBits: LENGTH4 }), fc.record({ ip: IPV6, maskBits: LENGTH6 }));
const MAC = fc.constantFrom('F0-6E-0B-C2-04-23', 'F0-6E-0B-C2-04-24', 'F0-6E-0B-C2-04-33', 'F0-6E-0B-C2-05-23');
const SPELT_MAC = fc
  .tuple(
    MAC,
    fc.constantFrom(
      (mac: string) => mac,
      (mac: string) => mac.replaceAll('-', ':').toLowerCase(),
      (mac: string) => mac.replaceAll('-', ''),
    ),
  )
  .map(([mac, spell]) => spell(mac));
const BSSID_ENTRY = fc.oneof(SPELT_MAC, fc.constantFrom('F0-6E-0B-C2-04-*', 'f0-6e-0b-c2-04-2*', 'F0:6E:0B:C2:05:*'));
const LOCATION_ID = fc.constantFrom('loc-1', 'loc-2', 'loc-3', 'loc-gone', null);
const PORT = fc.constantFrom('12174', '12175', 'Gi1/0/1');
const SITE = fc.constantFrom('Redmond', 'Seattle', 'REDMOND', 'gone');
const POLICY = fc.constantFrom('Site', 'Other', 'site', 'gone', null);
const VERSION = fc.constantFrom(
  '1.7',
  '1.0.92.2019121003',
  '1.0.92.2019121004',
  '1.0.94.2019110802',
  '1.0.94.2021110101',
);

const entry = <T>(record: fc.Arbitrary<T>) =>
  fc
    .array(fc.tuple(record, LOCATION_ID), { maxLength: 4 })
    .map((all) => all.map(([of, locationId]) => ({ ...of, locationId, description: null })));

const CONFIG: fc.Arbitrary<TenantConfig> = fc
  .record({
    wirelessAccessPoints: entry(fc.record({ bssid: BSSID_ENTRY })),
    ports: entry(fc.record({ chassisId: SPELT_MAC, portId: PORT, portIdSubType: fc.constant(null) })),
    switches: entry(fc.record({ chassisId: SPELT_MAC })),
    subnets: entry(fc.record({ subnet: fc.oneof(IPV4, IPV6) })),
    trusted: fc.array(NETWORK, { maxLength: 3 }),
    siteSubnets: fc.array(fc.tuple(NETWORK, fc.option(SITE)), { maxLength: 5 }),
    sites: fc.tuple(POLICY, POLICY, POLICY, POLICY),
    enhanced: fc.boolean(),
    modes: fc.tuple(fc.constantFrom('Enabled', 'Disabled'), fc.constantFrom('Enabled', 'Disabled')),
    userPolicies: fc.tuple(POLICY, POLICY),
    number: fc.option(
      fc.record({ numberType: fc.constantFrom('CallingPlan', 'DirectRouting'), locationId: LOCATION_ID }),
    ),
  })
  .map((parts) =>
    tenant({
      locations: ['loc-1', 'loc-2', 'loc-3'].map((id) => location(id)),
      networks: parts,
      trustedIpAddresses: parts.trusted.map(({ ip, maskBits }) => ({ ipAddress: ip, maskBits, description: null })),
      networkSubnets: parts.siteSubnets.map(([{ ip, maskBits }, networkSiteId]) => ({
        subnetId: ip,
        maskBits,
        networkSiteId,
        description: null,
      })),
      networkSites: [
        site('Redmond', { emergencyCallingPolicy: parts.sites[0], emergencyCallRoutingPolicy: parts.sites[1] }),
        site('Seattle', { emergencyCallingPolicy: parts.sites[2], emergencyCallRoutingPolicy: parts.sites[3] }),
      ],
      emergencyCallingPolicies: [
        callingPolicy('Global', { externalLocationLookupMode: parts.modes[0] as 'Enabled' | 'Disabled' }),
        callingPolicy('Site', { externalLocationLookupMode: parts.modes[1] as 'Enabled' | 'Disabled' }),
        callingPolicy('Other', { externalLocationLookupMode: 'Enabled' }),
      ],
      emergencyCallRoutingPolicies: [
        routingPolicy('Global'),
        routingPolicy('Site', { allowEnhancedEmergencyServices: parts.enhanced }),
        routingPolicy('Other'),
      ],
      users: [
        user('alex', {
          policies: {
            teamsEmergencyCallingPolicy: parts.userPolicies[0],
            teamsEmergencyCallRoutingPolicy: parts.userPolicies[1],
          },
        }),
      ],
      phoneNumbers: parts.number
        ? [phoneNumber('+14255550100', { ...parts.number, assignedPstnTargetId: 'alex' })]
        : [],
    }),
  );

const IP = fc.oneof(
  IPV4,
  IPV6,
  fc.tuple(IPV4, LENGTH4).map(([ip, length]) => `${ip}/${length}`),
  fc.tuple(IPV6, LENGTH6).map(([ip, length]) => `${ip}/${length}`),
);
const QUESTION: fc.Arbitrary<ReferenceQuestion> = fc.record({
  client: fc.constantFrom('windows', 'macos', 'ios', 'phone', 'web', '3pip'),
  version: VERSION,
  ips: fc.array(IP, { maxLength: 2 }),
  externalIp: fc.option(fc.oneof(IPV4, IPV6)),
  bssid: fc.option(SPELT_MAC),
  chassisId: fc.option(SPELT_MAC),
  portId: fc.option(PORT),
  user: fc.constantFrom('alex@contoso.com', null),
});

function answer(config: TenantConfig, asked: ReferenceQuestion): ReferenceAnswer {
  const index = createTenantIndex(config);
  const client = parseClient(`${asked.client}/${asked.version}`);
  if (typeof client === 'string') throw new Error(client);
  const interfaces = asked.ips.map(parseIpInterface).filter((each) => each !== null);
  const { bssid, chassisId, portId } = asked;
  const externalIp = asked.externalIp === null ? null : parseIpAddress(asked.externalIp);
  const connection = { client, interfaces, externalIp, bssid, chassisId, portId };
  const found = locate(index, connection, asked.user === null ? null : findCallerAccount(index, asked.user));
  const places = found.places.map(({ source, locationId }) => {
    const isOwn = source === 'userAddress' || source === 'suggestedAddress';
    return source === 'none' ? 'none' : `${source} ${isOwn ? 'unknown' : locationId}`;
  });
  return {
    site: found.position.site?.networkSiteId ?? null,
    callingPolicy: found.emergencyCalling.policy?.identity ?? null,
    routingPolicy: found.emergencyCallRouting.policy?.identity ?? null,
    places,
  };
}

/** Those of the LIS stand for each other: which of them it is cannot be told. */
function sortedLis({ places, ...rest }: ReferenceAnswer): ReferenceAnswer {
  const isLis = (place: string) =>
    ['wirelessAccessPoint', 'switchPort', 'switch', 'subnet'].includes(place.split(' ')[0] ?? '');
  return { ...rest, places: [...places.filter(isLis).toSorted(), ...places.filter((each) => !isLis(each))] };
}

test('a client is located as the text of the rules says', () => {
  fc.assert(
    fc.property(CONFIG, QUESTION, (config, asked) => {
      expect(sortedLis(answer(config, asked))).toEqual(sortedLis(referenceLocate(config, asked)));
    }),
    { numRuns: 1_500 },
  );
});

test('the tenants that are tried lead to every kind of answer', () => {
  const seen = new Set<string>();
  for (const [config, asked] of fc.sample(fc.tuple(CONFIG, QUESTION), 3_000)) {
    const { places, site: found } = referenceLocate(config, asked);
    const sources = places.map((place) => place.split(' ')[0] ?? '');
    for (const source of sources) seen.add(source);
    if (sources.filter((source) => source === 'subnet').length > 1) seen.add('candidates');
    if (found !== null) seen.add('site');
    if (sources.every((source) => isLisSource(source as 'subnet'))) seen.add('sure');
  }
  expect([...seen].toSorted()).toEqual(
    [
      'candidates',
      'none',
      'site',
      'staticAddress',
      'subnet',
      'suggestedAddress',
      'sure',
      'switch',
      'switchPort',
      'userAddress',
      'wirelessAccessPoint',
    ].toSorted(),
  );
});
