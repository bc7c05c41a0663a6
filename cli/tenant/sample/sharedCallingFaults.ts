import { change, type Ground, type Plant } from './fault.ts';
import type { Row } from './patch.ts';

const POLICY = 'Get-CsTeamsSharedCallingRoutingPolicy';
const NUMBER = 'Get-CsPhoneNumberAssignment';
const USER = 'Get-CsOnlineUser';

/** Numbers of Shared Calling. */
export function sharedNumberFaults({ row }: Ground): Plant[] {
  const policy = (name: string) => row(POLICY, 'Identity', `Tag:${name}`);
  const callback = (name: string, n: number) => {
    const numbers = policy(name).EmergencyNumbers;
    return { TelephoneNumber: Array.isArray(numbers) ? String(numbers[n]) : '' };
  };
  const main = (name: string) => ({ AssignedPstnTargetId: policy(name).ResourceAccount });
  const of = (rule: string, name: string, planted: string, where: Row, set: Row, cmdlet = NUMBER): Plant => ({
    ...{ rule, object: `TeamsSharedCallingRoutingPolicy ${name}`, planted, patches: [change(cmdlet, where, set)] },
  });
  const gone = (rule: string, name: string, planted: string, where: Row): Plant => ({
    ...{
      rule,
      object: `TeamsSharedCallingRoutingPolicy ${name}`,
      planted,
      patches: [{ cmdlet: NUMBER, where, remove: true }],
    },
  });
  const dallas = { Identity: 'Tag:Dallas' };
  const both = [callback('Dallas', 0), callback('Austin', 0)].map(({ TelephoneNumber }) => TelephoneNumber);
  return [
    gone('SHARED-01', 'Boston', 'the resource account has lost its number', main('Boston')),
    of('SHARED-02', 'Denver', "no address of the resource account's number", main('Denver'), { LocationId: null }),
    of('SHARED-03', 'Denver', 'a callback number of another type', callback('Denver', 0), {
      NumberType: 'CallingPlan',
    }),
    of('SHARED-04', 'London', 'a callback number of another country', callback('London', 0), { IsoCountryCode: 'IE' }),
    of('SHARED-05', 'Dallas', 'a callback number of another policy', dallas, { EmergencyNumbers: both }, POLICY),
    of('SHARED-06', 'Austin', 'a callback number that somebody has', callback('Austin', 1), {
      PstnAssignmentStatus: 'UserAssigned',
    }),
    gone('SHARED-07', 'Sydney', 'a callback number that the tenant does not have', callback('Sydney', 1)),
    of(
      'SHARED-08',
      'Portland',
      'a toll-free number, and no callback numbers',
      { Identity: 'Tag:Portland' },
      { EmergencyNumbers: [] },
      POLICY,
    ),
    of('SHARED-09', 'Seattle', 'a service number as callback number', callback('Seattle', 0), {
      Capability: ['VoiceApplicationAssignment'],
    }),
    of('SHARED-10', 'Melbourne', 'a Calling Plan service number of Australia', main('Melbourne'), {
      ...{ NumberType: 'CallingPlan', Capability: ['VoiceApplicationAssignment'] },
    }),
  ];
}

/** People who call by Shared Calling, and who answers when they are called back. */
export function sharedUserFaults({ row, place }: Ground): Plant[] {
  const user = (rule: string, name: string, planted: string, set: Row): Plant => ({
    ...{ rule, object: `OnlineUser ${name}@contoso.com`, planted },
    patches: [change(USER, { UserPrincipalName: `${name}@contoso.com` }, set)],
  });
  const { ResourceAccount } = row(POLICY, 'Identity', 'Tag:Dallas');
  const { Identity: attendant } = row('Get-CsAutoAttendant', 'Name', 'Dallas');
  return [
    user('SHARED-20', 'seattle1', 'no Teams Phone licence', { FeatureTypes: ['Teams'] }),
    user('SHARED-21', 'seattle2', 'not enabled for voice', { EnterpriseVoiceEnabled: false }),
    user('SHARED-22', 'seattle3', 'no policy that names emergency numbers', { TeamsEmergencyCallRoutingPolicy: null }),
    user('SHARED-23', 'denver1', 'a voice routing policy with PSTN usages', { OnlineVoiceRoutingPolicy: 'US' }),
    user('SHARED-24', 'denver2', 'the emergency calls go to gateways', {
      TeamsEmergencyCallRoutingPolicy: 'US Direct',
    }),
    {
      ...{
        rule: 'SHARED-25',
        object: `TenantNetworkSite ${place(20).site}`,
        planted: 'a policy without usages, which Direct Routing needs',
      },
      patches: [
        change('Get-CsTenantNetworkSite', { Identity: place(20).site }, { EmergencyCallRoutingPolicy: 'US Shared' }),
      ],
    },
    {
      ...{ rule: 'SHARED-26', object: 'TeamsSharedCallingRoutingPolicy Dallas', planted: 'no auto attendant answers' },
      patches: [
        { cmdlet: 'Get-CsOnlineApplicationInstanceAssociation', where: { Id: ResourceAccount }, remove: true },
        change('Get-CsAutoAttendant', { Identity: attendant }, { ApplicationInstances: [] }),
      ],
    },
  ];
}
