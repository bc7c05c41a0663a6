import type { Row } from './patch.ts';

/** The account by whose chats the sample's calls are heard of. */
export const SERVICE_ACCOUNT = 'alert@contoso.com';

const DESKS = {
  US: ['Redmond Desk', 'Seattle Desk', 'New York Desk'],
  GB: ['London Desk', 'Leeds Desk'],
  AU: ['Sydney Desk', 'Perth Desk'],
};

/** Policies, and what Direct Routing has. */
export function policyRows(): [string, Row[]][] {
  return [
    [
      'Get-CsTeamsEmergencyCallingPolicy',
      [
        callingPolicy('Global', 'desk@contoso.com', []),
        ...DESKS.US.map((name) =>
          callingPolicy(`Tag:${name}`, 'desk-us@contoso.com', [
            extended('911', `${SERVICE_ACCOUNT};desk-us@contoso.com`),
            extended('933', SERVICE_ACCOUNT),
          ]),
        ),
        ...DESKS.GB.map((name) => callingPolicy(`Tag:${name}`, 'desk-uk@contoso.com', [])),
        ...DESKS.AU.map((name) => callingPolicy(`Tag:${name}`, 'desk-au@contoso.com', [])),
      ],
    ],
    [
      'Get-CsTeamsEmergencyCallRoutingPolicy',
      [
        routingPolicy('Global', []),
        ...['US Direct', 'Lab Direct', 'Campus Direct'].map((name) =>
          routingPolicy(`Tag:${name}`, ['911', '933'], 'Emergency US'),
        ),
        routingPolicy('Tag:UK Direct', ['999', '112'], 'Emergency UK'),
        routingPolicy('Tag:US Shared', ['911', '933']),
        routingPolicy('Tag:UK Shared', ['999', '112']),
        routingPolicy('Tag:AU Shared', ['000', '112']),
      ],
    ],
    [
      'Get-CsOnlinePSTNGateway',
      ['sbc-us.contoso.com', 'sbc-us2.contoso.com', 'sbc-uk.contoso.com'].map((name) => ({
        ...{ Identity: name, Fqdn: name, SipSignalingPort: 5061, Enabled: true, PidfLoSupported: true },
        ...{ MediaBypass: false, GatewaySiteId: null },
      })),
    ],
    [
      'Get-CsOnlineVoiceRoute',
      [
        route('Emergency US', String.raw`^\+?(911|933)$`, ['sbc-us.contoso.com', 'sbc-us2.contoso.com']),
        route('Emergency UK', String.raw`^\+?(999|112)$`, ['sbc-uk.contoso.com']),
        route('US', String.raw`^\+1\d{10}$`, ['sbc-us.contoso.com']),
        route('UK', String.raw`^\+44\d{10}$`, ['sbc-uk.contoso.com']),
      ],
    ],
    ['Get-CsOnlinePstnUsage', [{ Identity: 'Global', Usage: ['Emergency US', 'Emergency UK', 'US', 'UK'] }]],
    [
      'Get-CsOnlineVoiceRoutingPolicy',
      [
        { Identity: 'Global', Description: null, OnlinePstnUsages: [] },
        { Identity: 'Tag:US', Description: null, OnlinePstnUsages: ['US'] },
        { Identity: 'Tag:UK', Description: null, OnlinePstnUsages: ['UK'] },
      ],
    ],
    [
      'Get-CsTeamsCallingPolicy',
      ['Global', 'Tag:Front Desk'].map((Identity) => ({
        ...{ Identity, Description: null, AllowPrivateCalling: true, AllowWebPSTNCalling: false },
      })),
    ],
    [
      'Get-CsTeamsMobilityPolicy',
      [
        { Identity: 'Global', Description: null, MobileDialerPreference: 'Teams' },
        { Identity: 'Tag:NativeFirst', Description: null, MobileDialerPreference: 'Native' },
      ],
    ],
    [
      'Get-CsTenantDialPlan',
      ['Global', 'Tag:US'].map((Identity) => ({
        ...{ Identity, Description: null, SimpleName: Identity.replace('Tag:', '') },
        NormalizationRules: [{ Name: 'Four digits', Pattern: String.raw`^(01\d{2})$`, Translation: '+1425555$1' }],
      })),
    ],
  ];
}

export function extended(EmergencyDialString: string, NotificationGroup: string | null): Row {
  const mode = NotificationGroup === null ? null : 'NotificationOnly';
  return { EmergencyDialString, NotificationGroup, NotificationDialOutNumber: null, NotificationMode: mode };
}

function callingPolicy(Identity: string, desk: string, ExtendedNotifications: Row[]): Row {
  return {
    ...{
      Identity,
      Description: null,
      NotificationGroup: `${SERVICE_ACCOUNT};${desk}`,
      NotificationDialOutNumber: null,
    },
    ...{ NotificationMode: 'NotificationOnly', ExternalLocationLookupMode: 'Enabled', ExtendedNotifications },
    EnhancedEmergencyServiceDisclaimer: null,
  };
}

export function emergencyNumber(
  EmergencyDialString: string,
  OnlinePSTNUsage: string | null,
  mask: string | null = null,
): Row {
  return { EmergencyDialString, EmergencyDialMask: mask, OnlinePSTNUsage };
}

function routingPolicy(Identity: string, numbers: readonly string[], usage: string | null = null): Row {
  return {
    ...{ Identity, Description: null, AllowEnhancedEmergencyServices: true },
    EmergencyNumbers: numbers.map((number) => emergencyNumber(number, usage)),
  };
}

function route(name: string, NumberPattern: string, OnlinePstnGatewayList: string[]): Row {
  return {
    ...{ Identity: name, Name: name, Description: null, NumberPattern, OnlinePstnUsages: [name] },
    ...{ OnlinePstnGatewayList, Priority: 1 },
  };
}
