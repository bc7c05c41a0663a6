import { readFile } from 'node:fs/promises';
import { rulesDocument } from '../../cli/tenant/audit/rulesDocument.ts';
import { validUntil } from '../../shared/tenant/audit/attestation.ts';
import { auditTenant } from '../../shared/tenant/audit/auditTenant.ts';
import { CATALOGUE } from '../../shared/tenant/audit/catalogue.ts';
import { coverageOf } from '../../shared/tenant/audit/coverage.ts';
import type { TenantConfig } from '../../shared/tenant/tenantConfig.ts';
import { createTenantIndex } from '../../shared/tenant/tenantIndex.ts';
import {
  callingPolicy,
  location,
  phoneNumber,
  routingPolicy,
  sharedCallingPolicy,
  site,
  tenant,
  user,
} from './tenants.ts';

const ACCOUNT = 'alert@contoso.com';
const NOW = new Date('2026-11-22T08:00:00.000Z');
const ASKED = CATALOGUE.filter(({ find }) => find === null);

const said = (ruleId: string, at: string, name = 'Megan Bowen') => ({
  ...{ ruleId, name, at, note: null, recordedBy: 'megan', recordedAt: at },
});
const TRUSTED = [{ ipAddress: '203.0.113.0', maskBits: 24, description: null }];
const WAP = { bssid: 'F0-6E-0B-C2-03-23', description: null, locationId: 'floor-3' };
const noNetworks = { wirelessAccessPoints: [], switches: [], ports: [], subnets: [] };

/** A tenant that every asked rule is about, in one cloud or the other. */
function everything(cloud: string): TenantConfig {
  const config = tenant({
    ...{ locations: [location('floor-3', { location: 'Floor 3' })], trustedIpAddresses: TRUSTED },
    networks: {
      ...noNetworks,
      wirelessAccessPoints: [WAP],
      switches: [{ chassisId: '0B-23-CD-16-AA-CC', description: null, locationId: 'floor-3' }],
    },
    pstnGateways: [
      {
        identity: 'sbc.contoso.com',
        enabled: true,
        pidfLoSupported: true,
        gatewaySiteId: null,
        mediaBypass: null,
        sipSignalingPort: 5061,
      },
    ],
    emergencyCallingPolicies: [callingPolicy('Global', { notificationGroup: [ACCOUNT, 'desk@contoso.com'] })],
    sharedCallingRoutingPolicies: [sharedCallingPolicy('Seattle', 'main-aa')],
    users: [user('alex', { usageLocation: 'GB' })],
    phoneNumbers: [
      phoneNumber('+14255550101', { numberType: 'DirectRouting', assignedPstnTargetId: 'alex' }),
      phoneNumber('+14255550102', { numberType: 'OperatorConnect' }),
      phoneNumber('+14255550103', { numberType: 'OCMobile' }),
    ],
  });
  return { ...config, manifest: { ...config.manifest, cloud } };
}

function asked(config: TenantConfig, attestations: ReturnType<typeof said>[] = [], now = NOW) {
  const audited = auditTenant(createTenantIndex(config), { serviceAccount: ACCOUNT }, attestations, now);
  return { ...audited, findings: audited.findings.filter(({ decided }) => decided === 'asked') };
}

describe.each(ASKED.map((rule) => [rule.id, rule] as const))('%s is asked', (id, rule) => {
  const config = everything({ 'CLIENT-43': 'TeamsGCCH', 'CLIENT-44': 'TeamsDOD' }[id] ?? 'Commercial');
  const of = (attestations: ReturnType<typeof said>[], now = NOW) =>
    asked(config, attestations, now).findings.filter(({ ruleId }) => ruleId === id);

  test('a finding as long as nobody has answered, a warning at most', () => {
    const [finding, ...others] = of([]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      object: rule.rule,
      what: 'nobody has said that it is so',
      why: rule.why,
      source: rule.source,
    });
    expect(finding?.severity).toBe(rule.severity === 'critical' ? 'warning' : rule.severity);
    expect(finding?.mend).toContain(`attest ${id} `);
  });

  test('an answer holds for twelve months, to the millisecond', () => {
    const answer = [said(id, '2025-11-22T08:00:00.000Z')];
    expect(of(answer, new Date('2026-11-22T07:59:59.999Z'))).toEqual([]);
    expect(of(answer, NOW)).toMatchObject([{ what: 'Megan Bowen said so on 2025-11-22, which held until 2026-11-22' }]);
  });
});

test('the newest answer holds, one of another rule or of a day to come does not', () => {
  const [old, recent] = [
    said('NET-40', '2024-01-01T00:00:00.000Z', 'Alex Wilber'),
    said('NET-40', '2026-11-01T00:00:00.000Z'),
  ];
  const config = everything('Commercial');
  const isAsked = (...answers: ReturnType<typeof said>[]) =>
    asked(config, answers).findings.some(({ ruleId }) => ruleId === 'NET-40');
  expect(isAsked(recent, old)).toBe(false);
  expect(isAsked(old)).toBe(true);
  expect(isAsked(said('NET-41', '2026-11-01T00:00:00.000Z'))).toBe(true);
  expect(isAsked(said('NET-40', '2026-12-01T00:00:00.000Z'))).toBe(true);
  expect(asked(config, [old, recent]).attested).toMatchObject([
    { ruleId: 'NET-40', name: 'Megan Bowen', at: '2026-11-01T00:00:00.000Z', validUntil: '2027-11-01T00:00:00.000Z' },
  ]);
});

test('twelve months after a leap day is the first of March', () => {
  expect(validUntil({ at: '2024-02-29T00:00:00.000Z' })).toBe('2025-03-01T00:00:00.000Z');
});

test('what the tenant does not have is not asked', () => {
  const ids = asked(
    tenant({
      emergencyCallingPolicies: [callingPolicy('Global', { notificationGroup: [ACCOUNT] })],
      users: [user('alert')],
    }),
  ).findings.map(({ ruleId }) => ruleId);
  expect(ids.sort()).toEqual(['CLIENT-40', 'CLIENT-41', 'TOLD-41']);
});

function ids(parts: Partial<TenantConfig>, serviceAccount: string | null = ACCOUNT): string[] {
  const { findings } = auditTenant(createTenantIndex(tenant(parts)), { serviceAccount }, [], NOW);
  return findings.filter(({ decided }) => decided === 'export').map(({ ruleId, object }) => `${ruleId} ${object}`);
}

const GOOD = { externalLocationLookupMode: 'Enabled' as const };
const told = (identity: string, ...notificationGroup: string[]) =>
  callingPolicy(identity, { ...GOOD, notificationGroup });
const extended = (emergencyDialString: string, ...notificationGroup: string[]) => ({
  ...{ emergencyDialString, notificationGroup, notificationDialOutNumber: null, notificationMode: 'NotificationOnly' },
});
const ALERT = user('alert', { enterpriseVoiceEnabled: false });

describe('blind policies', () => {
  test.each<[string, Partial<TenantConfig>, string[]]>([
    [
      'the account is named, in any case of letters',
      { emergencyCallingPolicies: [told('Global', 'Alert@Contoso.com')] },
      [],
    ],
    [
      "the tenant's own",
      { emergencyCallingPolicies: [told('Global', 'desk@contoso.com')] },
      ['TOLD-01 TeamsEmergencyCallingPolicy Global'],
    ],
    [
      "a user's",
      {
        emergencyCallingPolicies: [told('Global', ACCOUNT), told('Desk', 'desk@contoso.com')],
        users: [
          ALERT,
          user('alex', { enterpriseVoiceEnabled: false, policies: { teamsEmergencyCallingPolicy: 'desk' } }),
        ],
      },
      ['TOLD-01 TeamsEmergencyCallingPolicy Desk'],
    ],
    [
      "the tenant's own, which holds for whoever comes next, though nobody has it yet",
      {
        emergencyCallingPolicies: [told('Global', 'desk@contoso.com'), told('Desk', ACCOUNT)],
        users: [user('alert', { enterpriseVoiceEnabled: false, policies: { teamsEmergencyCallingPolicy: 'Desk' } })],
      },
      ['TOLD-01 TeamsEmergencyCallingPolicy Global'],
    ],
    [
      'one that nobody has',
      { emergencyCallingPolicies: [told('Global', ACCOUNT), told('Desk', 'desk@contoso.com')] },
      [],
    ],
    [
      'its notification for 911, whatever its own group is',
      {
        emergencyCallingPolicies: [
          { ...told('Global', ACCOUNT), extendedNotifications: [extended('911'), extended('933', ACCOUNT)] },
        ],
      },
      ['TOLD-02 TeamsEmergencyCallingPolicy Global 911'],
    ],
    [
      'its own group, though 911 has one of its own',
      { emergencyCallingPolicies: [{ ...told('Global'), extendedNotifications: [extended('911', ACCOUNT)] }] },
      ['TOLD-01 TeamsEmergencyCallingPolicy Global'],
    ],
    [
      '933 may tell nobody: a warning',
      { emergencyCallingPolicies: [{ ...told('Global', ACCOUNT), extendedNotifications: [extended('933')] }] },
      ['TOLD-03 TeamsEmergencyCallingPolicy Global 933'],
    ],
    [
      'ten addresses',
      { emergencyCallingPolicies: [told('Global', ACCOUNT, ...Array(9).fill('desk@contoso.com'))] },
      [],
    ],
    [
      'eleven addresses',
      { emergencyCallingPolicies: [told('Global', ACCOUNT, ...Array(10).fill('desk@contoso.com'))] },
      ['TOLD-04 TeamsEmergencyCallingPolicy Global'],
    ],
    [
      'no account of that name',
      { emergencyCallingPolicies: [told('Global', ACCOUNT)], users: [] },
      [`TOLD-08 OnlineUser ${ACCOUNT}`],
    ],
  ])('%s', (_, parts, expected) => {
    expect(ids({ users: [ALERT], ...parts })).toEqual(expected);
  });
});

test.each<[string, Partial<TenantConfig>, string[]]>([
  [
    'no trusted address at all',
    { networkSites: [site('Redmond')] },
    ['NET-01 TenantTrustedIPAddress', 'NET-04 TenantNetworkSite Redmond'],
  ],
  [
    'a subnet of IPv6 that the LIS has in parts',
    {
      ...{
        trustedIpAddresses: TRUSTED,
        networkSites: [site('Redmond')],
        locations: [location('floor-3', { location: 'Floor 3' })],
      },
      networkSubnets: [{ subnetId: '2001:db8::', maskBits: 32, networkSiteId: 'redmond', description: null }],
      networks: { ...noNetworks, subnets: [{ subnet: '2001:db8:1::', description: null, locationId: 'floor-3' }] },
    },
    [],
  ],
  [
    'a dial plan whose pattern cannot be read here',
    {
      tenantDialPlans: [
        {
          identity: 'Global',
          description: null,
          simpleName: null,
          normalizationRules: [{ name: 'R', pattern: '(?<a', translation: '' }],
        },
      ],
    },
    [],
  ],
  [
    'Direct Routing without emergency numbers',
    {
      users: [ALERT, user('alex')],
      phoneNumbers: [phoneNumber('+14255550101', { numberType: 'DirectRouting', assignedPstnTargetId: 'alex' })],
      emergencyCallRoutingPolicies: [routingPolicy('Global', { allowEnhancedEmergencyServices: false })],
    },
    ['ROUTE-04 OnlineUser alex@contoso.com', 'ROUTE-06 OnlineUser alex@contoso.com'],
  ],
])('%s', (_, parts, expected) => {
  expect(ids({ emergencyCallingPolicies: [told('Global', ACCOUNT)], users: [ALERT], ...parts })).toEqual(expected);
});

test('a name that ends a text in PowerShell is quoted in the line that mends it', () => {
  const name = "O'Hara; Remove-CsTenantNetworkSite";
  const index = createTenantIndex(
    tenant({ trustedIpAddresses: TRUSTED, networkSites: [site(name, { emergencyCallingPolicy: 'Gone' })] }),
  );
  const { findings } = auditTenant(index, { serviceAccount: null }, [], NOW);
  expect(findings.find(({ ruleId }) => ruleId === 'NET-08')?.mend).toBe(
    "Set-CsTenantNetworkSite -Identity 'O''Hara; Remove-CsTenantNetworkSite' -EmergencyCallingPolicy <policy>",
  );
});

test('who would be located, how well, and who would be told', () => {
  const config = tenant({
    locations: [location('floor-3', { location: 'Floor 3' }), location('house')],
    trustedIpAddresses: TRUSTED,
    networkSites: [site('Redmond', { emergencyCallingPolicy: 'Desk' }), site('Leeds'), site('Empty')],
    networkSubnets: [
      { subnetId: '10.1.0.0', maskBits: 16, networkSiteId: 'Redmond', description: null },
      { subnetId: '10.2.0.0', maskBits: 16, networkSiteId: 'Leeds', description: null },
      { subnetId: '10.3.0.0', maskBits: 16, networkSiteId: 'Leeds', description: null },
    ],
    networks: {
      ...noNetworks,
      subnets: [
        { subnet: '10.1.4.0', description: null, locationId: 'floor-3' },
        { subnet: '10.2.4.0', description: null, locationId: 'house' },
      ],
    },
    users: [user('alex'), user('lee', { usageLocation: 'GB' }), user('joni', { usageLocation: 'GB' })],
    phoneNumbers: [
      phoneNumber('+14255550101', { assignedPstnTargetId: 'alex', locationId: 'floor-3' }),
      phoneNumber('+14255550102', { assignedPstnTargetId: 'lee', locationId: 'house' }),
      phoneNumber('+14255550103', { assignedPstnTargetId: 'joni' }),
    ],
    emergencyCallingPolicies: [
      told('Global'),
      { ...told('Desk', 'desk@contoso.com'), extendedNotifications: [extended('933')] },
    ],
  });
  const {
    users,
    sites,
    subnets,
    numbers,
    told: bySite,
  } = coverageOf(createTenantIndex(config), new Map([['redmond', '2026-11-01T00:00:00.000Z']]));
  expect(users).toEqual({ precisely: 1, statically: 1, notAtAll: ['joni@contoso.com'] });
  expect(sites).toEqual({ precisely: 1, statically: 1, notAtAll: ['Empty'] });
  expect(subnets).toEqual({ precisely: 1, statically: 1, notAtAll: ['10.3.0.0/16'] });
  expect(numbers).toEqual({ precisely: 1, statically: 1, notAtAll: ['+14255550103'] });
  expect(bySite).toEqual([
    {
      ...{ site: 'Redmond', policy: 'Desk', testedAt: '2026-11-01T00:00:00.000Z' },
      told: ['933: nobody', 'any other number: desk@contoso.com (NotificationOnly)'],
    },
    { site: 'Leeds', policy: null, testedAt: null, told: ['any number: nobody'] },
    { site: 'Empty', policy: null, testedAt: null, told: ['any number: nobody'] },
  ]);
});

test('docs/tenant-rules.md is what npm run tenant -- rules writes, and holds every rule with its test', async () => {
  const text = await readFile('docs/tenant-rules.md', 'utf8');
  expect(text).toBe(rulesDocument());
  for (const { id, find, source } of CATALOGUE) {
    const row = text.split('\n').find((line) => line.startsWith(`| ${id} |`));
    expect(row).toContain(source);
    expect(row).toMatch(find === null ? /\| asked \| asked rules \|/ : /\| export \| planted: (?!nothing)/);
  }
});
