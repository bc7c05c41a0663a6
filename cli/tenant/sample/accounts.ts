import type { Row } from './patch.ts';
import type { Country, SamplePlace } from './places.ts';
import { SERVICE_ACCOUNT } from './policies.ts';

/** Rows of people, resource accounts and numbers, as they are made. */
export interface Accounts {
  users: Row[];
  numbers: Row[];
  applications: Row[];
  associations: Row[];
  attendants: Row[];
  sharedCalling: Row[];
}

export interface AccountMaker {
  accounts: Accounts;
  guid(): string;
  /** A place of the country, another one each time. */
  placeOf(country: Country): SamplePlace;
  /** A number of the ranges that regulators keep for stories, another one each time. */
  numberOf(country: Country | 'mobile'): string;
  addUser(parts: Row, policies?: Row): Row;
  addNumber(telephoneNumber: string, type: string, country: Country, parts: Row): void;
}

const GIVEN = [
  'Adele',
  'Alex',
  'Diego',
  'Grady',
  'Henrietta',
  'Isaiah',
  'Johanna',
  'Joni',
  'Lee',
  'Lidia',
  'Lynne',
  'Megan',
];
const FAMILY = [
  'Vance',
  'Wilber',
  'Siciliani',
  'Archie',
  'Mueller',
  'Langer',
  'Lorenz',
  'Sherman',
  'Gu',
  'Holloway',
  'Bowen',
];
/** +1 425 555 01xx, +44 20 7946 0xxx, +61 2 5550 01xx and, of mobiles, +44 7700 900xxx. */
const RANGES = {
  US: ['+14255550', 100],
  GB: ['+442079460', 100],
  AU: ['+61255500', 100],
  mobile: ['+447700900', 100],
} as const;
const NO_POLICIES: Row = {
  TeamsEmergencyCallingPolicy: null,
  TeamsEmergencyCallRoutingPolicy: null,
  TeamsSharedCallingRoutingPolicy: null,
  OnlineVoiceRoutingPolicy: null,
  TenantDialPlan: null,
  TeamsCallingPolicy: null,
  TeamsMobilityPolicy: null,
};

export function createAccountMaker(places: readonly SamplePlace[], guid: () => string): AccountMaker {
  const accounts: Accounts = {
    users: [],
    numbers: [],
    applications: [],
    associations: [],
    attendants: [],
    sharedCalling: [],
  };
  const taken = { US: 0, GB: 0, AU: 0, mobile: 0 };
  const used = { US: 0, GB: 0, AU: 0 };
  let people = 0;
  return {
    accounts,
    guid,
    placeOf(country) {
      const own = places.filter((place) => place.country === country);
      const place = own[used[country]++ % own.length];
      if (!place) throw new RangeError(`The sample has no place in ${country}`);
      return place;
    },
    numberOf(range) {
      const [prefix, first] = RANGES[range];
      return `${prefix}${String(first + taken[range]++).padStart(3, '0')}`;
    },
    addUser(parts, policies = {}) {
      const [given, family] = [GIVEN[people % GIVEN.length], FAMILY[people % FAMILY.length]];
      people += 1;
      const user = {
        ...{ Identity: guid(), UserPrincipalName: `${given}.${family}@contoso.com`.toLowerCase() },
        ...{ DisplayName: `${given} ${family}`, AccountType: 'User', AccountEnabled: true, UsageLocation: 'US' },
        ...{ EnterpriseVoiceEnabled: true, LineURI: null, OnPremLineURI: null, RegistrarPool: 'pool.infra.lync.com' },
        ...{ InterpretedUserType: 'PureOnlineTeamsOnlyUser', TeamsUpgradeEffectiveMode: 'TeamsOnly' },
        ...{ FeatureTypes: ['Teams', 'PhoneSystem'], AssignedPlan: [], SoftDeletionTimestamp: null },
        ...{ ...NO_POLICIES, ...policies, ...parts },
      };
      accounts.users.push(user);
      return user;
    },
    addNumber(TelephoneNumber, NumberType, IsoCountryCode, parts) {
      accounts.numbers.push({
        ...{ TelephoneNumber, NumberType, IsoCountryCode, ActivationState: 'Activated', AssignedPstnTargetId: null },
        ...{ AssignmentCategory: 'Primary', Capability: ['UserAssignment'], CivicAddressId: null, LocationId: null },
        ...{
          LocationUpdateSupported: true,
          PortInOrderStatus: null,
          PstnAssignmentStatus: 'Unassigned',
          NumberSource: 'Online',
        },
        ...parts,
      });
    },
  };
}

/** How people call, and how many of them there are. */
const GROUPS: readonly { country: Country; type: string; count: number; policies?: Row; features?: string[] }[] = [
  { country: 'US', type: 'CallingPlan', count: 24, features: ['Teams', 'PhoneSystem', 'CallingPlan'] },
  { country: 'US', type: 'OperatorConnect', count: 10 },
  {
    ...{ country: 'US', type: 'DirectRouting', count: 10 },
    policies: { TeamsEmergencyCallRoutingPolicy: 'US Direct', OnlineVoiceRoutingPolicy: 'US' },
  },
  { country: 'GB', type: 'OperatorConnect', count: 8 },
  {
    ...{ country: 'GB', type: 'DirectRouting', count: 6 },
    policies: { TeamsEmergencyCallRoutingPolicy: 'UK Direct', OnlineVoiceRoutingPolicy: 'UK' },
  },
  { country: 'GB', type: 'OCMobile', count: 10, features: ['Teams', 'PhoneSystem', 'TeamsMobileExperience'] },
  { country: 'AU', type: 'OperatorConnect', count: 6 },
];

/** People with numbers of their own, the service account, and somebody who may not sign in. */
export function addPeople(maker: AccountMaker): void {
  const silent = { EnterpriseVoiceEnabled: false, FeatureTypes: ['Teams'] };
  maker.addUser({ UserPrincipalName: SERVICE_ACCOUNT, DisplayName: 'Emergency alerts', ...silent });
  maker.addUser({
    UserPrincipalName: 'nestor.wilke@contoso.com',
    DisplayName: 'Nestor Wilke',
    AccountEnabled: false,
    ...silent,
  });
  maker.addUser({ UserPrincipalName: 'miriam.graham@contoso.com', DisplayName: 'Miriam Graham', ...silent });
  for (const { country, type, count, policies = {}, features } of GROUPS) {
    for (let i = 0; i < count; i += 1) {
      const number = maker.numberOf(type === 'OCMobile' ? 'mobile' : country);
      const parts = { UsageLocation: country, LineURI: `tel:${number}`, ...(features && { FeatureTypes: features }) };
      const { Identity } = maker.addUser(parts, policies);
      maker.addNumber(number, type, country, {
        ...{ AssignedPstnTargetId: Identity, PstnAssignmentStatus: 'UserAssigned' },
        ...(type === 'DirectRouting' ? {} : { LocationId: maker.placeOf(country).floors[0].LocationId }),
      });
    }
  }
}
