import { change, type Ground, type Plant } from './fault.ts';
import type { Row } from './patch.ts';

const USER = 'Get-CsOnlineUser';
const NUMBER = 'Get-CsPhoneNumberAssignment';

/** Numbers of people. */
export function numberFaults({ person, place }: Ground): Plant[] {
  const plan = (n: number) => person('CallingPlan', 'US', n);
  const ofNumber = (rule: string, number: string, planted: string, set: Row): Plant => ({
    ...{
      rule,
      object: `PhoneNumberAssignment ${number}`,
      planted,
      patches: [change(NUMBER, { TelephoneNumber: number }, set)],
    },
  });
  const ofUser = (rule: string, upn: string, planted: string, set: Row): Plant => ({
    ...{ rule, object: `OnlineUser ${upn}`, planted, patches: [change(USER, { UserPrincipalName: upn }, set)] },
  });
  return [
    ofNumber('NUMBER-01', plan(10).number, 'no emergency address', { LocationId: null }),
    ofNumber('NUMBER-02', plan(11).number, 'an emergency address that was removed', {
      LocationId: '0c9f4d0e-1111-4222-8333-00000000dead',
    }),
    ofNumber('NUMBER-03', plan(12).number, 'an emergency address in another country', {
      LocationId: place(25).floors[0].LocationId,
    }),
    ofUser('NUMBER-04', 'miriam.graham@contoso.com', 'enabled for voice without a number', {
      EnterpriseVoiceEnabled: true,
    }),
    ofUser('NUMBER-05', plan(13).upn, 'a number, and not enabled for voice', { EnterpriseVoiceEnabled: false }),
    ofUser('NUMBER-06', plan(14).upn, 'no usage location', { UsageLocation: null }),
    ofNumber('NUMBER-07', plan(15).number, 'a number whose order is under way', {
      ActivationState: 'AssignmentPending',
    }),
  ];
}

/** Numbers of SIM cards. */
export function mobileFaults({ person }: Ground): Plant[] {
  const mobile = (n: number) => person('OCMobile', 'GB', n);
  const ofUser = (n: number, planted: string, set: Row): Plant => ({
    ...{
      rule: `MOBILE-0${n}`,
      object: `OnlineUser ${mobile(n).upn}`,
      planted,
      patches: [change(USER, mobile(n).user, set)],
    },
  });
  const card = (n: number) => `PhoneNumberAssignment ${mobile(n).number}`;
  return [
    ofUser(1, 'another mode than TeamsOnly', { TeamsUpgradeEffectiveMode: 'Islands' }),
    ofUser(2, 'no Teams Phone licence', { FeatureTypes: ['Teams', 'TeamsMobileExperience'] }),
    ofUser(3, 'no add-on', { FeatureTypes: ['Teams', 'PhoneSystem'] }),
    {
      ...{ rule: 'MOBILE-04', object: card(4), planted: 'no emergency address' },
      patches: [change(NUMBER, { TelephoneNumber: mobile(4).number }, { LocationId: null })],
    },
    ofUser(5, 'a number on premises', { OnPremLineURI: `tel:${mobile(5).number}` }),
    ofUser(6, 'a voice routing policy of Direct Routing', { OnlineVoiceRoutingPolicy: 'UK' }),
    ofUser(7, 'the native dialer rings first', { TeamsMobilityPolicy: 'NativeFirst' }),
    { ...ofUser(8, 'the card of somebody who may not sign in', { AccountEnabled: false }), object: card(8) },
  ];
}
