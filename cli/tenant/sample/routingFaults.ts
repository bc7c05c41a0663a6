import { change, type Ground, type Plant } from './fault.ts';
import type { Patch } from './patch.ts';
import { emergencyNumber } from './policies.ts';

const USER = 'Get-CsOnlineUser';
const POLICY = 'Get-CsTeamsEmergencyCallRoutingPolicy';

/** Where emergency calls of Direct Routing go. */
export function routingFaults({ person }: Ground): Plant[] {
  const direct = (n: number) => person('DirectRouting', 'US', n);
  const ofUser = (
    rule: string,
    who: { upn: string; user: Record<string, unknown> },
    planted: string,
    policy: string | null,
  ): Plant => ({
    ...{ rule, object: `OnlineUser ${who.upn}`, planted },
    patches: [change(USER, who.user, { TeamsEmergencyCallRoutingPolicy: policy })],
  });
  const ofPolicy = (rule: string, name: string, planted: string, numbers: unknown[]): Plant => ({
    ...{ rule, object: `TeamsEmergencyCallRoutingPolicy ${name}`, planted },
    patches: [change(POLICY, { Identity: `Tag:${name}` }, { EmergencyNumbers: numbers })],
  });
  const ofGateway = (Identity: string, set: Record<string, unknown>): Patch[] => [
    change('Get-CsOnlinePSTNGateway', { Identity }, set),
  ];
  const wrongRule = { Name: 'Outside line', Pattern: String.raw`^9(\d+)$`, Translation: '$1' };
  return [
    {
      ...{
        rule: 'ROUTE-01',
        object: 'OnlinePSTNGateway sbc-us2.contoso.com',
        planted: 'a gateway that keeps the location',
      },
      patches: ofGateway('sbc-us2.contoso.com', { PidfLoSupported: false }),
    },
    ofPolicy('ROUTE-02', 'Campus Direct', 'a PSTN usage that no voice route has', [emergencyNumber('911', 'Campus')]),
    {
      ...{ rule: 'ROUTE-03', object: 'OnlineVoiceRoute Emergency UK', planted: 'the only gateway of a route is off' },
      patches: ofGateway('sbc-uk.contoso.com', { Enabled: false }),
    },
    ofUser('ROUTE-04', direct(0), "the tenant's own policy, which names no number", null),
    ofUser('ROUTE-05', direct(1), 'a policy without PSTN usages', 'US Shared'),
    {
      ...{
        rule: 'ROUTE-06',
        object: `OnlineUser ${direct(2).upn}`,
        planted: 'a policy without enhanced emergency services',
      },
      patches: [
        change(USER, direct(2).user, { TeamsEmergencyCallRoutingPolicy: 'Quiet Direct' }),
        {
          cmdlet: POLICY,
          add: {
            ...{ Identity: 'Tag:Quiet Direct', Description: null, AllowEnhancedEmergencyServices: false },
            EmergencyNumbers: [emergencyNumber('911', 'Emergency US')],
          },
        },
      ],
    },
    {
      ...ofUser('ROUTE-07', person('CallingPlan', 'US', 2), 'granted to somebody with a Calling Plan', 'US Direct'),
      object: 'TeamsEmergencyCallRoutingPolicy US Direct',
    },
    ofUser('ROUTE-08', direct(3), 'a policy that does not exist', 'Old Direct'),
    ofUser('ROUTE-09', direct(4), 'a policy of another country', 'UK Direct'),
    {
      ...{ rule: 'ROUTE-10', object: 'TenantDialPlan US', planted: 'a rule that takes the 9 from 911' },
      patches: [change('Get-CsTenantDialPlan', { Identity: 'Tag:US' }, { NormalizationRules: [wrongRule] })],
    },
    ofPolicy('ROUTE-11', 'Lab Direct', 'a mask that is another emergency number', [
      emergencyNumber('911', 'Emergency US', '933'),
      emergencyNumber('933', 'Emergency US'),
    ]),
  ];
}
