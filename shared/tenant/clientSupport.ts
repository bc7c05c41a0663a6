/** The kinds of client that Microsoft's list of supported clients tells apart. */
const CLIENT_TYPES = ['windows', 'macos', 'ios', 'android', 'phone', 'rooms', 'web', '3pip'] as const;

export type ClientType = (typeof CLIENT_TYPES)[number];

export interface Client {
  type: ClientType;
  /** Numbers with dots, without the build that Microsoft writes before it (`1449/`); `null` when it is not known. */
  version: string | null;
}

/** What a client can do of dynamic emergency calling. `unknown` where its version decides and is not known. */
export interface ClientSupport {
  /** Locations from the LIS by access point and subnet, policies of sites, notification of the security desk. */
  dynamic: Support;
  /** Whether it tells the switch and port that it is connected to (LLDP). */
  lldp: Support;
  /** Whether its user can set or confirm an address. */
  userAddress: Support;
  /** Whether its operating system can suggest an address. */
  suggestedAddress: Support;
}

export interface Support {
  answer: 'yes' | 'no' | 'unknown';
  reason: string;
}

// https://learn.microsoft.com/microsoftteams/configure-dynamic-emergency-calling, "Supported clients".
const FIRST_DYNAMIC: Partial<Record<ClientType, string>> = {
  ios: '1.0.92.2019121004',
  android: '1.0.0.2019121201',
  phone: '1.0.94.2019110802',
  rooms: '4.4.25.0',
};
const FIRST_PHONE_WITH_LLDP = '1.0.94.2021110101';
const FIRST_PHONE_OF_GCC_HIGH = '1.0.94.2022061702';

/** `windows/1.7`, `phone/1449/1.0.94.2021110101`, or a type alone. Says why not in words for whoever wrote it. */
export function parseClient(text: string): Client | string {
  const [name = '', ...rest] = text.trim().toLowerCase().split('/');
  const type = CLIENT_TYPES.find((known) => known === name);
  if (type === undefined) return `${text} names no client; they are ${CLIENT_TYPES.join(', ')}`;
  const version = rest.at(-1) ?? null;
  if (rest.length > 2 || rest.some((part) => !/^\d{1,12}(?:\.\d{1,12}){0,5}$/.test(part)))
    return `${text}: a version is numbers with dots, as in windows/1.7 or phone/1449/1.0.94.2021110101`;
  return { type, version };
}

/** `cloud` as the export's manifest names it: `Commercial`, `TeamsGCCH`, `TeamsDOD`, …. */
export function supportOf(client: Client, cloud = 'Commercial'): ClientSupport {
  const dynamic = dynamicSupport(client, cloud);
  return {
    dynamic,
    lldp: dynamic.answer === 'no' ? dynamic : lldpSupport(client),
    userAddress: isDesktop(client)
      ? yes('Teams on Windows and macOS lets people set or confirm an address')
      : no(`people cannot set an address on ${client.type}: only Teams on Windows and macOS can`),
    suggestedAddress:
      isDesktop(client) || client.type === 'ios' || client.type === 'android'
        ? yes('the operating system can suggest an address where it is allowed to')
        : no(`${client.type} is not among the clients that detect a location by themselves`),
  };
}

function isDesktop({ type }: Client): boolean {
  return type === 'windows' || type === 'macos';
}

function dynamicSupport(client: Client, cloud: string): Support {
  if (client.type === 'web') return no('the Teams web client does not support dynamic emergency calling');
  if (client.type === '3pip') return no('3PIP phones do not support dynamic emergency calling');
  if (/dod/i.test(cloud)) return no('dynamic emergency calling is not available in the DoD cloud');
  const isGccHigh = /gcc ?h/i.test(cloud);
  if (isGccHigh && client.type === 'rooms') return no('Teams Rooms is not among the clients of the GCC High cloud');
  const first = isGccHigh && client.type === 'phone' ? FIRST_PHONE_OF_GCC_HIGH : FIRST_DYNAMIC[client.type];
  if (first === undefined) return yes(`every version of Teams on ${client.type} supports dynamic emergency calling`);
  return fromVersion(client, first, 'dynamic emergency calling');
}

function lldpSupport(client: Client): Support {
  if (client.type === 'windows') return yes('Windows 10 and later tell the switch and port; an older Windows does not');
  if (client.type === 'macos') return yes("macOS tells the switch and port with Microsoft's LLDP software installed");
  if (client.type === 'phone') return fromVersion(client, FIRST_PHONE_WITH_LLDP, 'LLDP (switch and port)');
  return no(`${client.type} is not among the clients that tell their switch and port`);
}

function fromVersion({ type, version }: Client, first: string, what: string): Support {
  if (version === null)
    return { answer: 'unknown', reason: `${what} begins with ${type} ${first}; no version is given` };
  return compareVersions(version, first) >= 0
    ? yes(`${type} ${version} supports ${what} (from ${first} on)`)
    : no(`${type} ${version} is older than ${first}, the first version with ${what}`);
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  const length = Math.max(left.length, right.length);
  for (let i = 0; i < length; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function yes(reason: string): Support {
  return { answer: 'yes', reason };
}

function no(reason: string): Support {
  return { answer: 'no', reason };
}
