import { parseClient } from '../../shared/tenant/clientSupport.ts';
import { parseIpAddress, parseIpInterface } from '../../shared/tenant/ipNetwork.ts';
import { type ResolvedCall, resolveCall } from '../../shared/tenant/resolveCall.ts';
import type { PstnGateway, VoiceRoute } from '../../shared/tenant/routingConfig.ts';
import type { StepName } from '../../shared/tenant/step.ts';
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

const FLOOR_3 = location('floor-3', { location: 'Floor 3' });
const LOBBY = location('lobby', { location: 'Lobby' });
const STATIC = location('static', { location: null });

function gateway(identity: string, parts: Partial<PstnGateway> = {}): PstnGateway {
  return {
    identity,
    enabled: true,
    pidfLoSupported: true,
    gatewaySiteId: null,
    mediaBypass: null,
    sipSignalingPort: 5061,
    ...parts,
  };
}

function voiceRoute(identity: string, parts: Partial<VoiceRoute> = {}): VoiceRoute {
  return {
    identity,
    description: null,
    numberPattern: '^\\+?911$',
    onlinePstnUsages: ['Emergency'],
    onlinePstnGatewayList: ['sbc1.contoso.com'],
    priority: 1,
    ...parts,
  };
}

/** One building: 10.10.10.128/25 is floor 3, an access point is the lobby; alex has a Calling Plan number. */
function contoso(parts: Partial<TenantConfig> = {}): TenantConfig {
  return tenant({
    locations: [FLOOR_3, LOBBY, STATIC],
    networks: {
      wirelessAccessPoints: [{ bssid: 'F0-6E-0B-C2-04-*', locationId: 'lobby', description: null }],
      switches: [],
      ports: [],
      subnets: [{ subnet: '10.10.10.128', locationId: 'floor-3', description: null }],
    },
    trustedIpAddresses: [{ ipAddress: '198.51.100.0', maskBits: 28, description: null }],
    networkSites: [site('Redmond', { emergencyCallingPolicy: 'Redmond desk' })],
    networkSubnets: [{ subnetId: '10.10.10.0', maskBits: 24, networkSiteId: 'redmond', description: null }],
    emergencyCallingPolicies: [
      callingPolicy('Global'),
      callingPolicy('Redmond desk', {
        notificationGroup: ['desk@contoso.com'],
        extendedNotifications: [
          {
            emergencyDialString: '933',
            notificationGroup: [],
            notificationDialOutNumber: null,
            notificationMode: null,
          },
        ],
      }),
      callingPolicy('Remote', { externalLocationLookupMode: 'Enabled', notificationGroup: ['remote@contoso.com'] }),
    ],
    users: [user('alex', { lineUri: '+14255550101', policies: { teamsEmergencyCallingPolicy: 'Remote' } })],
    phoneNumbers: [phoneNumber('+14255550101', { assignedPstnTargetId: 'alex', locationId: 'static' })],
    ...parts,
  });
}

interface Asked {
  user?: string;
  ip?: string[];
  externalIp?: string;
  bssid?: string;
  client?: string;
  number?: string;
}

function call(config: TenantConfig, asked: Asked = {}): ResolvedCall {
  const client = parseClient(asked.client ?? 'windows/1.7');
  if (typeof client === 'string') throw new Error(client);
  const connection = {
    client,
    interfaces: (asked.ip ?? ['10.10.10.150/25']).map(parseIpInterface).filter((each) => each !== null),
    externalIp: parseIpAddress(asked.externalIp ?? '198.51.100.7'),
    bssid: asked.bssid ?? null,
    chassisId: null,
    portId: null,
  };
  const question = { user: asked.user ?? 'Alex@Contoso.com', connection, number: asked.number ?? '911' };
  const resolved = resolveCall(createTenantIndex(config), question, new Date('2026-11-21T12:00:00Z'));
  if (resolved === null) throw new Error('the user is not in the export');
  return resolved;
}

const conveyed = ({ located }: ResolvedCall) => located.places.map(({ source, locationId }) => [source, locationId]);

function stepOf({ steps }: ResolvedCall, name: StepName) {
  const found = steps.find((each) => each.name === name);
  if (!found) throw new Error(`no step ${name}`);
  return found;
}

test('a call from a known subnet: the location, the desk of the site, the own number, and each step with its reason', () => {
  const resolved = call(contoso());
  expect(conveyed(resolved)).toEqual([['subnet', 'floor-3']]);
  expect(resolved.located.position.site?.networkSiteId).toBe('Redmond');
  expect(resolved.notification.desk?.notificationGroup).toEqual(['desk@contoso.com']);
  expect(resolved.callback).toMatchObject({ number: '+14255550101', basis: 'own' });
  expect(resolved.route).toMatchObject({
    by: 'microsoft',
    handling: 'routed to the PSAP of that location without screening',
  });
  expect(resolved.steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    'clientSupport matched',
    'trustedIpAddress matched',
    'networkSite matched',
    'emergencyCallingPolicy matched',
    'emergencyCallRoutingPolicy matched',
    'wirelessAccessPoint notAsked',
    'switchPort notAsked',
    'switch notAsked',
    'subnet matched',
    'userAddress notAsked',
    'suggestedAddress notAsked',
    'staticAddress notAsked',
    'emergencyNumber matched',
    'route matched',
    'locationOnRoute matched',
    'callbackNumber matched',
    'notification matched',
  ]);
  expect(stepOf(resolved, 'trustedIpAddress').reason).toBe('198.51.100.7 is within the trusted 198.51.100.0/28');
  expect(stepOf(resolved, 'networkSite').reason).toBe('10.10.10.150 is in subnet 10.10.10.0/24 of Redmond');
  expect(stepOf(resolved, 'subnet').reason).toContain('10.10.10.128 (of 10.10.10.150/25)');
});

test('the access point goes before the subnet', () => {
  expect(conveyed(call(contoso(), { bssid: 'f0:6e:0b:c2:04:23' }))).toEqual([['wirelessAccessPoint', 'lobby']]);
});

test('an address without its prefix gives candidates, never a choice', () => {
  const resolved = call(contoso(), { ip: ['10.10.10.150'] });
  expect(conveyed(resolved)).toEqual([
    ['subnet', 'floor-3'],
    ['staticAddress', 'static'],
  ]);
  expect(resolved.located.places[0].condition).toBe("if the client's prefix is /25 to /27");
  expect(stepOf(resolved, 'subnet').outcome).toBe('candidates');
});

test('outside the trusted addresses nothing is looked up: the policy of the user holds, and what no export knows is unknown', () => {
  const resolved = call(contoso(), { externalIp: '203.0.113.9' });
  expect(conveyed(resolved)).toEqual([
    ['userAddress', null],
    ['suggestedAddress', null],
    ['staticAddress', 'static'],
  ]);
  expect(resolved.notification.desk?.notificationGroup).toEqual(['remote@contoso.com']);
  expect(stepOf(resolved, 'trustedIpAddress').outcome).toBe('notMatched');
  expect(stepOf(resolved, 'subnet').reason).toBe('no location is looked up outside the trusted IP addresses');
  expect(stepOf(resolved, 'userAddress')).toMatchObject({
    outcome: 'unknown',
    reason: expect.stringContaining('no export knows it'),
  });
});

test.each<[string, Asked, Partial<TenantConfig>, [string, string | null][], StepName, RegExp]>([
  [
    'the mode is off',
    { ip: ['10.9.9.9/24'] },
    {},
    [['staticAddress', 'static']],
    'userAddress',
    /Disabled in (Global|Redmond desk)|Disabled/,
  ],
  [
    'the web client',
    { client: 'web' },
    {},
    [['staticAddress', 'static']],
    'wirelessAccessPoint',
    /client does not ask/,
  ],
  [
    'no address at all',
    { externalIp: '203.0.113.9', client: 'web' },
    { phoneNumbers: [phoneNumber('+14255550101', { assignedPstnTargetId: 'alex' })] },
    [['none', null]],
    'staticAddress',
    /has no emergency address/,
  ],
  [
    'a location that is not in the export',
    {},
    { locations: [] },
    [['subnet', 'floor-3']],
    'subnet',
    /is not in the export/,
  ],
  [
    'one id for two locations',
    {},
    {
      networks: {
        wirelessAccessPoints: [],
        switches: [],
        ports: [],
        subnets: [
          { subnet: '10.10.10.128', locationId: 'floor-3', description: null },
          { subnet: '10.10.10.128', locationId: 'lobby', description: null },
        ],
      },
    },
    [
      ['subnet', 'floor-3'],
      ['subnet', 'lobby'],
    ],
    'subnet',
    /if this one of several entries holds/,
  ],
])('%s', (_, asked, parts, expected, name, why) => {
  const users = [user('alex', { lineUri: '+14255550101' })];
  const resolved = call(contoso({ users, ...parts }), asked);
  expect(conveyed(resolved)).toEqual(expected);
  expect(stepOf(resolved, name).reason).toMatch(why);
});

describe('whom Teams tells', () => {
  test.each<[string, Asked, Partial<TenantConfig>, string[] | null, RegExp]>([
    [
      '933 whose extended notification is empty',
      { number: '933' },
      {},
      [],
      /extended notification for 933 of Redmond desk names nobody/,
    ],
    ['a policy that names nobody', { ip: ['10.9.9.9/24'] }, { users: [user('alex')] }, [], /Global names nobody/],
    ['the web client', { client: 'web' }, {}, [], /web client does not support .* notification included/],
    [
      'a policy that does not exist',
      { ip: ['10.9.9.9/24'] },
      { users: [user('alex', { policies: { teamsEmergencyCallingPolicy: 'Gone' } })] },
      null,
      /not in the export/,
    ],
  ])('%s', (_, asked, parts, group, why) => {
    const { notification } = call(contoso(parts), asked);
    expect(notification.desk?.notificationGroup ?? null).toEqual(group);
    expect(notification.step.reason).toMatch(why);
  });

  test('the dial-out number is called in a conference only', () => {
    const withMode = (notificationMode: string) =>
      call(
        contoso({
          users: [user('alex')],
          networkSites: [],
          emergencyCallingPolicies: [
            callingPolicy('Global', {
              notificationMode,
              notificationDialOutNumber: '+14255550199',
              notificationGroup: ['desk@contoso.com'],
            }),
          ],
        }),
      ).notification.desk?.notificationDialOutNumber;
    expect(withMode('ConferenceMuted')).toBe('+14255550199');
    expect(withMode('NotificationOnly')).toBeNull();
  });
});

describe('Direct Routing', () => {
  const NUMBER = phoneNumber('+14255550101', {
    assignedPstnTargetId: 'alex',
    numberType: 'DirectRouting',
    locationId: 'static',
  });
  const POLICY = routingPolicy('Global', {
    emergencyNumbers: [
      { emergencyDialString: '911', emergencyDialMask: ['112', '9911'], onlinePstnUsage: 'Emergency' },
    ],
  });
  const direct = (parts: Partial<TenantConfig> = {}) =>
    contoso({
      phoneNumbers: [NUMBER],
      emergencyCallRoutingPolicies: [POLICY],
      voiceRoutes: [
        voiceRoute('Late', { priority: 5, onlinePstnGatewayList: ['sbc2.contoso.com'] }),
        voiceRoute('Emergency US'),
      ],
      pstnGateways: [gateway('SBC1.contoso.com'), gateway('sbc2.contoso.com')],
      ...parts,
    });

  test('goes by the usage of the number to the first voice route that fits, a mask to the number it stands for', () => {
    const resolved = call(direct(), { number: '112' });
    expect(resolved.dialed).toMatchObject({ called: '911', isEmergency: true });
    expect(resolved.route).toMatchObject({
      by: 'directRouting',
      voiceRoute: 'Emergency US',
      gateways: ['SBC1.contoso.com'],
    });
    expect(stepOf(resolved, 'locationOnRoute').outcome).toBe('matched');
  });

  test.each<[string, Partial<TenantConfig>, Asked, StepName, RegExp]>([
    [
      'a number that the policy does not have',
      {},
      { number: '999' },
      'emergencyNumber',
      /999 is no emergency number of Global/,
    ],
    ['no voice route', { voiceRoutes: [] }, {}, 'route', /no voice route of usage Emergency fits 911/],
    [
      'a pattern that does not fit',
      { voiceRoutes: [voiceRoute('x', { numberPattern: '^112$' })] },
      {},
      'route',
      /fits 911/,
    ],
    ['a pattern that is none', { voiceRoutes: [voiceRoute('x', { numberPattern: '(' })] }, {}, 'route', /fits 911/],
    [
      'a gateway that is off',
      { pstnGateways: [gateway('sbc1.contoso.com', { enabled: false })] },
      {},
      'route',
      /no gateway that is enabled/,
    ],
    ['a gateway that does not exist', { pstnGateways: [] }, {}, 'route', /no gateway that is enabled/],
    [
      'a gateway without PIDF-LO',
      { pstnGateways: [gateway('sbc1.contoso.com', { pidfLoSupported: false })] },
      {},
      'locationOnRoute',
      /no location is passed on by sbc1/,
    ],
    [
      'no usage',
      {
        emergencyCallRoutingPolicies: [
          routingPolicy('Global', {
            emergencyNumbers: [{ emergencyDialString: '911', emergencyDialMask: [], onlinePstnUsage: null }],
          }),
        ],
      },
      {},
      'route',
      /no PSTN usage is set for 911/,
    ],
    ['no policy', { emergencyCallRoutingPolicies: [] }, {}, 'emergencyNumber', /is not in the export/],
    [
      'enhanced emergency services off',
      { emergencyCallRoutingPolicies: [{ ...POLICY, allowEnhancedEmergencyServices: false }] },
      {},
      'subnet',
      /enhanced emergency services are off in Global/,
    ],
    [
      'a static address',
      { networks: { wirelessAccessPoints: [], switches: [], ports: [], subnets: [] } },
      {},
      'staticAddress',
      /no registered address/,
    ],
  ])('%s is told', (_, parts, asked, name, why) => {
    expect(stepOf(call(direct(parts), asked), name).reason).toMatch(why);
  });
});

describe('Shared Calling', () => {
  const shared = (emergencyNumbers: string[], parts: Partial<TenantConfig> = {}) =>
    contoso({
      users: [
        user('adele', {
          policies: { teamsSharedCallingRoutingPolicy: 'Seattle', teamsEmergencyCallRoutingPolicy: 'US' },
        }),
        user('main-aa', { accountType: 'ResourceAccount' }),
      ],
      sharedCallingRoutingPolicies: [sharedCallingPolicy('Seattle', 'main-aa', emergencyNumbers)],
      phoneNumbers: [phoneNumber('+14255550110', { assignedPstnTargetId: 'main-aa', locationId: 'static' })],
      emergencyCallRoutingPolicies: [
        routingPolicy('US', {
          emergencyNumbers: [{ emergencyDialString: '911', emergencyDialMask: [], onlinePstnUsage: null }],
        }),
      ],
      ...parts,
    });

  test.each<[string, string[], string, RegExp]>([
    [
      'the next free number',
      ['+14255550111', '+14255550112'],
      '+14255550111',
      /predicted \+14255550111, the next free emergency number of policy Seattle/,
    ],
    [
      'the number of the resource account',
      [],
      '+14255550110',
      /the number of the resource account: policy Seattle has no emergency numbers/,
    ],
  ])('%s is shown, as a prediction', (_, numbers, expected, why) => {
    const { callback } = call(shared(numbers), { user: 'adele@contoso.com' });
    expect(callback).toMatchObject({ number: expected, basis: 'predicted' });
    expect(callback.step.reason).toMatch(why);
    expect(callback.step.reason).toContain('what the call itself says holds');
  });

  test("without a dynamic location the resource account's is conveyed", () => {
    const resolved = call(shared([]), {
      user: 'adele@contoso.com',
      ip: ['10.9.9.9/24'],
      client: 'phone/1.0.94.2021110101',
    });
    expect(conveyed(resolved)).toEqual([['staticAddress', 'static']]);
    expect(stepOf(resolved, 'staticAddress').reason).toContain("the resource account's number");
  });

  test('a usage in the emergency call routing policy takes the call to the gateways', () => {
    const emergencyNumbers = [{ emergencyDialString: '911', emergencyDialMask: [], onlinePstnUsage: 'Emergency' }];
    const config = shared([], {
      emergencyCallRoutingPolicies: [routingPolicy('US', { emergencyNumbers })],
      voiceRoutes: [voiceRoute('Emergency US')],
      pstnGateways: [gateway('sbc1.contoso.com')],
    });
    expect(call(config, { user: 'adele@contoso.com' }).route.by).toBe('directRouting');
  });

  test('without the number in the policy it is no emergency call', () => {
    const resolved = call(shared([], { emergencyCallRoutingPolicies: [routingPolicy('US')] }), {
      user: 'adele@contoso.com',
    });
    expect(resolved.dialed.isEmergency).toBe(false);
    expect(resolved.notification.step.reason).toContain('nobody is told');
  });
});

test('a user without any number calls nobody', () => {
  const resolved = call(contoso({ users: [user('alex')], phoneNumbers: [] }));
  expect(resolved.route.by).toBe('none');
  expect(resolved.callback.number).toBeNull();
});

test('who is not in the export is not guessed', () => {
  expect(() => call(contoso(), { user: 'nobody@contoso.com' })).toThrow('the user is not in the export');
});
