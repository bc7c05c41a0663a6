import { dispatchableText } from '../../shared/tenant/addressText.ts';
import type { Located } from '../../shared/tenant/locate.ts';
import type { Place, PlaceSource } from '../../shared/tenant/place.ts';
import type { ResolvedCall } from '../../shared/tenant/resolveCall.ts';
import type { Step, StepName, StepOutcome } from '../../shared/tenant/step.ts';

/** How a source and a question are called where people read them. */
const NAMES: Record<PlaceSource | StepName, string> = {
  none: 'none',
  clientSupport: 'client',
  trustedIpAddress: 'trusted IP address',
  networkSite: 'network site',
  emergencyCallingPolicy: 'emergency calling policy',
  emergencyCallRoutingPolicy: 'emergency call routing policy',
  wirelessAccessPoint: 'access point',
  switchPort: 'switch and port',
  switch: 'switch',
  subnet: 'subnet',
  userAddress: 'confirmed by the user',
  suggestedAddress: 'suggested by the system',
  staticAddress: 'static address',
  emergencyNumber: 'emergency number',
  route: 'route',
  locationOnRoute: 'location on the route',
  callbackNumber: 'callback number',
  notification: 'notification',
};

const OUTCOMES: Record<StepOutcome, string> = {
  matched: 'yes',
  notMatched: 'no',
  notAsked: '-',
  candidates: 'one of',
  unknown: '?',
};

/** One place of those that may be conveyed, as JSON. */
export interface PlaceView {
  source: PlaceSource;
  locationId: string | null;
  /** `null` where it cannot be known. */
  address: string | null;
  coordinates: { latitude: number; longitude: number } | null;
  condition: string | null;
}

/** What would become of a call, as `--json` prints it. */
export function callView({ account, dialed, located, route, callback, notification, steps }: ResolvedCall) {
  return {
    user: account.user.userPrincipalName,
    number: { dialed: dialed.dialed, called: dialed.called, isEmergency: dialed.isEmergency, isTest: dialed.isTest },
    ...placesView(located),
    route: { by: route.by, voiceRoute: route.voiceRoute, gateways: route.gateways, handling: route.handling },
    callback: { number: callback.number, basis: callback.basis },
    notification: notification.desk,
    steps,
  };
}

/** Where a client would be located, as `--json` prints it. */
export function locationView(located: Located) {
  return { ...placesView(located), steps: located.steps };
}

function placesView({ position, emergencyCalling, emergencyCallRouting, places }: Located) {
  return {
    site: position.site?.networkSiteId ?? null,
    emergencyCallingPolicy: emergencyCalling.policy?.identity ?? null,
    emergencyCallRoutingPolicy: emergencyCallRouting.policy?.identity ?? null,
    /** In order of precedence: of several the first whose condition holds. */
    places: places.map(placeView),
  };
}

function placeView({ source, location, locationId, condition }: Place): PlaceView {
  const hasPoint = location?.latitude != null && location.longitude != null;
  return {
    source,
    locationId,
    address: location && dispatchableText(location),
    coordinates: hasPoint ? { latitude: location.latitude ?? 0, longitude: location.longitude ?? 0 } : null,
    condition,
  };
}

/** The same for people. */
export function callLines(resolved: ResolvedCall): string[] {
  const { dialed, located, route, callback, notification, account } = resolved;
  const desk = notification.desk;
  return [
    ...facts([
      ['Call', `${dialed.dialed} by ${account.user.userPrincipalName}`],
      ['Goes to', `${goesTo(resolved)}: ${route.handling}`],
      ...placeFacts(located.places),
      ['Shown', callback.number === null ? 'no number' : `${callback.number} (${callback.basis})`],
      ['Told', desk === null ? 'not known' : notification.step.reason],
      ['Site', located.position.site?.networkSiteId ?? 'none'],
    ]),
    '',
    ...stepLines(resolved.steps),
  ];
}

export function locationLines(located: Located): string[] {
  const site = located.position.site?.networkSiteId ?? 'none';
  return [...facts([...placeFacts(located.places), ['Site', site]]), '', ...stepLines(located.steps)];
}

function goesTo({ route }: ResolvedCall): string {
  switch (route.by) {
    case 'directRouting':
      return `gateway ${route.gateways.join(', ')} by voice route ${route.voiceRoute}`;
    case 'microsoft':
      return 'the carrier of the number';
    case 'none':
      return 'nowhere';
    case 'unknown':
      return 'not known';
  }
}

function placeFacts(places: readonly Place[]): [string, string][] {
  return places.map((place, index) => {
    const { address } = placeView(place);
    const what = place.source === 'none' ? 'no address' : (address ?? 'an address that the export does not have');
    const why =
      place.source === 'none' ? '' : ` (${NAMES[place.source]}${place.condition ? `, ${place.condition}` : ''})`;
    return [index === 0 ? 'Conveys' : '', `${index === 0 ? '' : 'else '}${what}${why}`];
  });
}

function stepLines(steps: readonly Step[]): string[] {
  const width = Math.max(...Object.values(NAMES).map((name) => name.length));
  return steps.map(
    ({ name, outcome, reason }) => `${OUTCOMES[outcome].padEnd(7)}${NAMES[name].padEnd(width + 2)}${reason}`,
  );
}

function facts(rows: readonly [string, string][]): string[] {
  return rows.map(([name, text]) => `${name.padEnd(9)}${text}`);
}
