import type { AccountMaker } from './accounts.ts';
import type { Country } from './places.ts';

interface Policy {
  name: string;
  country: Country;
  type: string;
  /** How many callback numbers it has, and how many people call by it. */
  callbacks: number;
  callers: number;
  /** Of the people. */
  routing: string;
  /** Of the resource account, where it is none of the usual. */
  number?: string;
  isService?: boolean;
}

/** The only toll-free number of North America that is kept for stories. */
const TOLL_FREE = '+18005550199';

const POLICIES: readonly Policy[] = [
  { ...us('Seattle', 'CallingPlan'), callers: 4, isService: true },
  { ...us('Portland', 'CallingPlan'), isService: true, number: TOLL_FREE },
  { ...us('Denver', 'OperatorConnect'), callers: 4 },
  us('Boston', 'OperatorConnect'),
  { ...us('Austin', 'DirectRouting'), routing: 'US Direct' },
  { ...us('Dallas', 'DirectRouting'), routing: 'US Direct' },
  { name: 'London', country: 'GB', type: 'OperatorConnect', callbacks: 2, callers: 3, routing: 'UK Shared' },
  { name: 'Sydney', country: 'AU', type: 'OperatorConnect', callbacks: 2, callers: 2, routing: 'AU Shared' },
  { name: 'Melbourne', country: 'AU', type: 'OperatorConnect', callbacks: 0, callers: 1, routing: 'AU Shared' },
];

function us(name: string, type: string): Policy {
  return { name, type, country: 'US', callbacks: 2, callers: 2, routing: 'US Shared' };
}

/** Policies of Shared Calling with their resource accounts, numbers and people. */
export function addSharedCalling(maker: AccountMaker): void {
  maker.accounts.sharedCalling.push({
    Identity: 'Global',
    Description: null,
    ResourceAccount: null,
    EmergencyNumbers: [],
  });
  for (const policy of POLICIES) addPolicy(maker, policy);
}

function addPolicy(
  maker: AccountMaker,
  { name, country, type, callbacks, callers, routing, number, isService }: Policy,
): void {
  const { accounts } = maker;
  const account = addResourceAccount(maker, name, country);
  maker.addNumber(number ?? maker.numberOf(country), type, country, {
    ...{ AssignedPstnTargetId: account, PstnAssignmentStatus: 'VoiceApplicationAssigned' },
    Capability: isService ? ['VoiceApplicationAssignment'] : ['UserAssignment', 'VoiceApplicationAssignment'],
    LocationId: maker.placeOf(country).floors[0].LocationId,
  });
  const EmergencyNumbers = Array.from({ length: callbacks }, () => maker.numberOf(country));
  for (const callback of EmergencyNumbers) {
    const AssignedPstnTargetId = `TeamsSharedCallingRoutingPolicy|Tag:${name}`;
    maker.addNumber(callback, type, country, { AssignedPstnTargetId, PstnAssignmentStatus: 'PolicyAssigned' });
  }
  accounts.sharedCalling.push({
    Identity: `Tag:${name}`,
    Description: null,
    ResourceAccount: account,
    EmergencyNumbers,
  });
  for (let i = 0; i < callers; i += 1) {
    const parts = { UsageLocation: country, UserPrincipalName: `${name}${i + 1}@contoso.com`.toLowerCase() };
    maker.addUser(parts, { TeamsSharedCallingRoutingPolicy: name, TeamsEmergencyCallRoutingPolicy: routing });
  }
}

function addResourceAccount({ accounts, addUser, guid }: AccountMaker, name: string, country: Country): string {
  const UserPrincipalName = `${name.toLowerCase()}-aa@contoso.com`;
  const { Identity } = addUser({
    ...{ UserPrincipalName, DisplayName: `${name} attendant`, AccountType: 'ResourceAccount', UsageLocation: country },
    ...{ FeatureTypes: ['PhoneSystemVirtualUser'], EnterpriseVoiceEnabled: false },
  });
  const ObjectId = String(Identity);
  const attendant = guid();
  accounts.applications.push({
    ...{ ObjectId, UserPrincipalName, DisplayName: `${name} attendant`, PhoneNumber: null },
    ApplicationId: 'ce933385-9390-45d1-9512-c8d228074e07',
  });
  accounts.associations.push({ Id: ObjectId, ConfigurationType: 'AutoAttendant', ConfigurationId: attendant });
  accounts.attendants.push({
    ...{ Identity: attendant, Name: name, TimeZoneId: 'UTC', ApplicationInstances: [ObjectId] },
    DirectoryLookupScope: null,
  });
  return ObjectId;
}
