import { type CallerAccount, numberOfCalls } from './callerAccount.ts';
import type { ClientConnection } from './clientConnection.ts';
import { type ClientSupport, supportOf } from './clientSupport.ts';
import { type EffectivePolicy, effectivePolicy } from './effectivePolicy.ts';
import { ownAddress, staticAddress } from './fallbackPlaces.ts';
import { askLis, type LisAnswer, lisNotAsked } from './lisLookup.ts';
import { findPosition, type NetworkPosition } from './networkPosition.ts';
import type { Place } from './place.ts';
import type { EmergencyCallingPolicy, EmergencyCallRoutingPolicy } from './policyConfig.ts';
import { type Step, step } from './step.ts';
import type { TenantIndex } from './tenantIndex.ts';

/** Where a client would be located, and which policies hold for it there. */
export interface Located {
  position: NetworkPosition;
  emergencyCalling: EffectivePolicy<EmergencyCallingPolicy>;
  emergencyCallRouting: EffectivePolicy<EmergencyCallRoutingPolicy>;
  support: ClientSupport;
  /**
   * What may be conveyed, in order of precedence. One: it is sure. Several: the first whose condition holds. Never empty:
   * the last may be of source `none`.
   */
  places: [Place, ...Place[]];
  /** Every question in the order in which it was asked. */
  steps: Step[];
}

const NONE: Place = { source: 'none', location: null, locationId: null, condition: null };

/** By the whole order of precedence. `account`: `null` for any user whose policies and number are not asked about. */
export function locate(index: TenantIndex, connection: ClientConnection, account: CallerAccount | null): Located {
  const support = supportOf(connection.client, index.config.manifest.cloud);
  const position = findPosition(index.networks, connection, support.dynamic);
  const { emergencyCalling, emergencyCallRouting } = policiesAt(index, position, account);
  const lis = lisAnswer(index, connection, account, { position, support, emergencyCallRouting });
  const own = lis.isSure
    ? skipped(['userAddress', 'suggestedAddress', 'staticAddress'])
    : [
        ownAddress('userAddress', support, knownPolicy(emergencyCalling, account)),
        ownAddress('suggestedAddress', support, knownPolicy(emergencyCalling, account)),
        staticAddress(index, account),
      ];
  return {
    position,
    emergencyCalling,
    emergencyCallRouting,
    support,
    places: inOrder([...lis.places, ...own.flatMap(({ place }) => (place ? [place] : []))], lis.isSure),
    steps: [
      ...position.steps,
      emergencyCalling.step,
      emergencyCallRouting.step,
      ...lis.steps,
      ...own.map(({ step: asked }) => asked),
    ],
  };
}

function policiesAt(index: TenantIndex, { site }: NetworkPosition, account: CallerAccount | null) {
  const ofUser = account?.user.policies;
  const emergencyCalling = effectivePolicy(
    'emergencyCallingPolicy',
    index.emergencyCalling,
    site,
    site?.emergencyCallingPolicy ?? null,
    ofUser?.teamsEmergencyCallingPolicy ?? null,
  );
  const emergencyCallRouting = effectivePolicy(
    'emergencyCallRoutingPolicy',
    index.emergencyCallRouting,
    site,
    site?.emergencyCallRoutingPolicy ?? null,
    ofUser?.teamsEmergencyCallRoutingPolicy ?? null,
  );
  return account === null
    ? { emergencyCalling: ofNobody(emergencyCalling), emergencyCallRouting: ofNobody(emergencyCallRouting) }
    : { emergencyCalling, emergencyCallRouting };
}

/** Where no user is given, only the policy of a site is sure. */
function ofNobody<P>(effective: EffectivePolicy<P>): EffectivePolicy<P> {
  if (effective.from === 'site') return effective;
  const reason = "the tenant's own, or another that the user has; no user is given";
  return { ...effective, step: step(effective.step.name, 'unknown', reason) };
}

/** Without a user only the policy of a site is known to hold. */
function knownPolicy(
  { policy, from }: EffectivePolicy<EmergencyCallingPolicy>,
  account: CallerAccount | null,
): EmergencyCallingPolicy | null {
  return account !== null || from === 'site' ? policy : null;
}

function lisAnswer(
  index: TenantIndex,
  connection: ClientConnection,
  account: CallerAccount | null,
  { position, support, emergencyCallRouting }: Pick<Located, 'position' | 'support' | 'emergencyCallRouting'>,
): LisAnswer {
  if (support.dynamic.answer === 'no') return lisNotAsked('the client does not ask for locations');
  if (!position.isLookedUp) return lisNotAsked('no location is looked up outside the trusted IP addresses');
  const { policy } = emergencyCallRouting;
  // https://learn.microsoft.com/microsoftteams/manage-emergency-call-routing-policies: without enhanced emergency
  // services no location is retrieved. The policy has effect for Direct Routing only.
  const isDirect = account !== null && numberOfCalls(account)?.type === 'DirectRouting';
  if (isDirect && policy && !policy.allowEnhancedEmergencyServices)
    return lisNotAsked(`enhanced emergency services are off in ${policy.identity}`);
  return askLis(index.networks, connection, support.lldp);
}

function skipped(names: readonly ('userAddress' | 'suggestedAddress' | 'staticAddress')[]) {
  return names.map((name) => ({ place: null, step: step(name, 'notAsked', 'the LIS has matched') }));
}

/** With `none` at the end where nothing before it is sure. */
function inOrder(places: readonly Place[], isSure: boolean): [Place, ...Place[]] {
  const [first = NONE, ...rest] = places;
  const hasEnd = isSure || places.length === 0 || places.at(-1)?.condition === null;
  return hasEnd ? [first, ...rest] : [first, ...rest, NONE];
}
