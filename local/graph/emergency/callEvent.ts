import type { User } from '../model.ts';

/** `address` of an emergencyCallEvent's location; Microsoft's example has all of them. */
export interface EventAddress {
  street?: string;
  city?: string;
  state?: string;
  countryOrRegion?: string;
  postalCode?: string;
  additionalData?: {
    companyName?: string;
    additionalInfo?: string;
    houseNumber?: string;
    county?: string;
    streetSuffix?: string;
  };
}

export interface EventFacts {
  caller: User;
  tenantId: string;
  policyName: string;
  numberDialed: string;
  phoneNumber: string | null;
  address: EventAddress | null;
  coordinates: { latitude: number; longitude: number } | null;
}

/**
 * What a subscriber decrypts, by "Get change notifications for Microsoft Teams emergency call event updates". What is
 * not known of a call is left out; whether the real one says `null` instead is not documented.
 */
export function toCallEvent(id: string, callEventType: 'callStarted' | 'callEnded', facts: EventFacts, at: Date) {
  const { caller, tenantId, policyName, phoneNumber } = facts;
  const location = toLocation(facts);
  return {
    '@odata.id': `communications/calls/getEmergencyEventsByPolicy(policyName='${policyName.replaceAll("'", "''")}')`,
    '@odata.type': '#microsoft.graph.emergencyCallEvent',
    id,
    emergencyCallEvent: {
      id,
      callEventType,
      policyName,
      // Seven digits and an offset, as in Microsoft's example.
      eventDateTime: at.toISOString().replace('Z', '0000+00:00'),
      emergencyNumberDialed: facts.numberDialed,
      callerInfo: {
        displayName: caller.displayName,
        upn: caller.userPrincipalName,
        ...(phoneNumber === null ? {} : { phoneNumber }),
        tenantId,
        ...(location === null ? {} : { location }),
      },
    },
  };
}

function toLocation({ address, coordinates }: EventFacts): Record<string, unknown> | null {
  if (address === null && coordinates === null) {
    return null;
  }
  return {
    ...(address === null ? {} : { address }),
    ...(coordinates === null
      ? {}
      : { coordinates: { latitude: String(coordinates.latitude), longitude: String(coordinates.longitude) } }),
  };
}
