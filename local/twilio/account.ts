import { timingSafeEqual } from 'node:crypto';
import type { ErrorCode } from './apiErrors.ts';
import { type Behaviour, REFUSED_AT_CREATION } from './behaviours.ts';
import { type Profile, READY } from './profile.ts';

export interface AccountOptions {
  accountSid: string;
  authToken: string;
  apiKeys?: { sid: string; secret: string }[];
  /** Senders the account owns. */
  numbers: string[];
  /** Each has all numbers as its senders. */
  messagingServices?: string[];
}

/** The account: who may use it, what it owns, and what it knows of the numbers it writes to. */
export interface Account {
  readonly accountSid: string;
  readonly numbers: readonly string[];
  readonly messagingServices: readonly string[];
  profile(): Readonly<Profile>;
  /** Changes what is named, from the next request on. */
  setProfile(changes: Partial<Profile>): void;
  /** Whether an `Authorization` header holds the account's token or one of its API keys. */
  isAuthorized(header: string | undefined): boolean;
  behave(number: string, behaviour: Behaviour): void;
  behaviourOf(number: string): Behaviour;
  /** Why no message to this number may be created, or `null`. */
  refusalOf(to: string): ErrorCode | null;
  setSmsUrl(number: string, url: string | null): void;
  smsUrlOf(number: string): string | null;
}

export function createAccount(options: AccountOptions): Account {
  const { accountSid, authToken, apiKeys = [], numbers, messagingServices = [] } = options;
  const credentials = [`${accountSid}:${authToken}`, ...apiKeys.map(({ sid, secret }) => `${sid}:${secret}`)];
  const behaviours = new Map<string, Behaviour>();
  const smsUrls = new Map<string, string>();
  let profile: Readonly<Profile> = READY;
  const behaviourOf = (number: string) => behaviours.get(number) ?? 'reachable';
  return {
    accountSid,
    numbers,
    messagingServices,
    profile: () => profile,
    setProfile: (changes) => {
      profile = { ...profile, ...changes };
    },
    isAuthorized(header) {
      const given = readBasicCredentials(header);
      return given !== null && credentials.some((known) => isEqual(given, known));
    },
    behave: (number, behaviour) => {
      behaviours.set(number, behaviour);
    },
    behaviourOf,
    refusalOf: (to) => REFUSED_AT_CREATION[behaviourOf(to)] ?? null,
    setSmsUrl(number, url) {
      if (!numbers.includes(number)) {
        throw new Error('The account does not own this number.');
      }
      if (url === null) {
        smsUrls.delete(number);
      } else {
        smsUrls.set(number, url);
      }
    },
    smsUrlOf: (number) => smsUrls.get(number) ?? null,
  };
}

/** User and password of HTTP basic authentication (RFC 7617), parted by a colon. */
export function readBasicCredentials(header: string | undefined): string | null {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '') ?? [];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
}

function isEqual(given: string, known: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(known)];
  return a.length === b.length && timingSafeEqual(a, b);
}
