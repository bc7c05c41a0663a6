import { indexPolicies, type PolicyIndex } from './effectivePolicy.ts';
import { createNetworkIndex, foldName, type NetworkIndex } from './networkIndex.ts';
import type { PhoneNumber, TenantUser } from './peopleConfig.ts';
import type { EmergencyCallingPolicy, EmergencyCallRoutingPolicy, SharedCallingRoutingPolicy } from './policyConfig.ts';
import type { ApplicationInstance } from './routingConfig.ts';
import type { TenantConfig } from './tenantConfig.ts';

/** A tenant's configuration, ready for questions about single calls. */
export interface TenantIndex {
  config: TenantConfig;
  networks: NetworkIndex;
  /** By object id and by user principal name, folded. */
  users: ReadonlyMap<string, TenantUser>;
  /** The same of resource accounts, as far as the voice applications name them. */
  applications: ReadonlyMap<string, ApplicationInstance>;
  /** By the object id that they are assigned to. */
  numbersOf: ReadonlyMap<string, readonly PhoneNumber[]>;
  /** By the number without an extension. */
  numbers: ReadonlyMap<string, PhoneNumber>;
  /** Ids of default locations by civic address. */
  defaultLocations: ReadonlyMap<string, string>;
  emergencyCalling: PolicyIndex<EmergencyCallingPolicy>;
  emergencyCallRouting: PolicyIndex<EmergencyCallRoutingPolicy>;
  sharedCalling: PolicyIndex<SharedCallingRoutingPolicy>;
}

export function createTenantIndex(config: TenantConfig): TenantIndex {
  const numbersOf = new Map<string, PhoneNumber[]>();
  for (const number of config.phoneNumbers) {
    const target = number.assignedPstnTargetId;
    if (target !== null) numbersOf.set(target, [...(numbersOf.get(target) ?? []), number]);
  }
  return {
    config,
    networks: createNetworkIndex(config),
    users: new Map(config.users.flatMap((user) => namesOf(user.identity, user.userPrincipalName, user))),
    applications: new Map(
      config.applicationInstances.flatMap((each) => namesOf(each.objectId, each.userPrincipalName, each)),
    ),
    numbersOf,
    numbers: new Map(config.phoneNumbers.map((number) => [bareNumber(number.telephoneNumber), number])),
    defaultLocations: new Map(
      config.civicAddresses.flatMap(({ civicAddressId, defaultLocationId }) =>
        defaultLocationId === null ? [] : [[civicAddressId, defaultLocationId] as const],
      ),
    ),
    emergencyCalling: indexPolicies(config.emergencyCallingPolicies),
    emergencyCallRouting: indexPolicies(config.emergencyCallRoutingPolicies),
    sharedCalling: indexPolicies(config.sharedCallingRoutingPolicies),
  };
}

function namesOf<T>(id: string, upn: string, value: T): [string, T][] {
  return [
    [foldName(id), value],
    [foldName(upn), value],
  ];
}

/** `+14255550100;ext=524` without its extension. */
export function bareNumber(telephoneNumber: string): string {
  return telephoneNumber.trim().replace(/^tel:/i, '').replace(/;.*$/s, '');
}
