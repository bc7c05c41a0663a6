import { change, type Ground, type Plant } from './fault.ts';
import { extended, SERVICE_ACCOUNT } from './policies.ts';

const POLICY = 'Get-CsTeamsEmergencyCallingPolicy';
const USER = 'Get-CsOnlineUser';
const US_GROUP = `${SERVICE_ACCOUNT};desk-us@contoso.com`;

function ofDesk(rule: string, name: string, planted: string, set: Record<string, unknown>, detail = ''): Plant {
  const identity = name === 'Global' ? name : `Tag:${name}`;
  const object = `TeamsEmergencyCallingPolicy ${name}${detail}`;
  return { rule, object, planted, patches: [change(POLICY, { Identity: identity }, set)] };
}

/** Who is told, and what people call with. */
export function deskFaults({ person }: Ground): Plant[] {
  const eleven = Array.from({ length: 10 }, (_, n) => `desk${n + 1}@contoso.com`);
  const worker = person('CallingPlan', 'US', 0);
  const guard = person('CallingPlan', 'US', 1);
  return [
    ofDesk('TOLD-01', 'Global', "the tenant's own policy tells only the desk", {
      NotificationGroup: 'desk@contoso.com',
    }),
    ofDesk('TOLD-01', 'Leeds Desk', 'the policy of a site tells only the desk', {
      NotificationGroup: 'desk-uk@contoso.com',
    }),
    ofDesk(
      ...(['TOLD-02', 'Seattle Desk', 'the extended notification for 911 tells only the desk'] as const),
      { ExtendedNotifications: [extended('911', 'desk-us@contoso.com'), extended('933', SERVICE_ACCOUNT)] },
      ' 911',
    ),
    ofDesk(
      ...(['TOLD-03', 'Redmond Desk', 'the extended notification for 933 tells nobody'] as const),
      { ExtendedNotifications: [extended('911', US_GROUP), extended('933', null)] },
      ' 933',
    ),
    ofDesk('TOLD-04', 'New York Desk', 'eleven addresses', {
      NotificationGroup: [SERVICE_ACCOUNT, ...eleven].join(';'),
    }),
    ofDesk('TOLD-05', 'London Desk', 'a number to dial, and NotificationOnly', {
      NotificationDialOutNumber: '+442079460999',
    }),
    ofDesk(
      ...(['TOLD-07', 'Sydney Desk', 'somebody who may not sign in is to be told'] as const),
      { NotificationGroup: `${SERVICE_ACCOUNT};nestor.wilke@contoso.com` },
      ' nestor.wilke@contoso.com',
    ),
    ofDesk('TOLD-09', 'Perth Desk', 'nobody outside may give an address', { ExternalLocationLookupMode: 'Disabled' }),
    {
      ...{ rule: 'TOLD-06', object: `OnlineUser ${worker.upn}`, planted: 'a policy that does not exist' },
      patches: [change(USER, worker.user, { TeamsEmergencyCallingPolicy: 'Old Desk' })],
    },
    {
      ...{ rule: 'TOLD-08', object: `OnlineUser ${SERVICE_ACCOUNT}`, planted: 'the service account is blocked' },
      patches: [change(USER, { UserPrincipalName: SERVICE_ACCOUNT }, { AccountEnabled: false })],
    },
    {
      ...{
        rule: 'CLIENT-01',
        object: 'TeamsCallingPolicy Front Desk',
        planted: 'a policy that allows calls on the web',
      },
      patches: [
        change(USER, guard.user, { TeamsCallingPolicy: 'Front Desk' }),
        change('Get-CsTeamsCallingPolicy', { Identity: 'Tag:Front Desk' }, { AllowWebPSTNCalling: true }),
      ],
    },
  ];
}
