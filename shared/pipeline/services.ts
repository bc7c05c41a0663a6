import type { EmergencyCall, Routing } from '../emergency/emergencyCall.ts';
import type { ReaderOptions } from '../emergency/reading.ts';
import type { Chats } from '../graph/chats.ts';
import type { EncryptionCertificates } from '../graph/encryptionCertificates.ts';
import type { SignIn } from '../graph/signIn.ts';
import type { ValidationTokens } from '../graph/validationTokens.ts';
import type { Logger } from '../log.ts';
import type { Channel } from '../messaging/channel.ts';
import type { TemplateTexts } from '../oncall/alertTemplates.ts';
import type { ChannelName, Way } from '../oncall/delivery.ts';
import type { EscalationPlan } from '../oncall/escalation.ts';
import type { Person, Site } from '../oncall/roster.ts';
import type { SettingFault, Settings } from '../settings.ts';
import type { Store } from '../store/store.ts';
import type { RosterSource } from './rosterSource.ts';

/** What decides which team a call goes to. */
export interface RoutedBy {
  policyName: string | null;
  location: string | null;
  isTest: boolean;
}

/** What of a call says whose it is. */
export type TeamsCall = Pick<EmergencyCall, 'escalation' | 'event' | 'facts' | 'site' | 'whereabouts'>;

/** Of what nothing is known yet. */
export const UNREAD: RoutedBy = { policyName: null, location: null, isTest: false };

/** What the steps of the pipeline work with. A part whose settings are bad is `null`: only its own feature is off. */
export interface Services {
  settings: Settings;
  /** What is wrong with the settings: an alarm for the administrator. */
  faults: readonly SettingFault[];
  store: Store;
  /** The sign-in of the service account. */
  signIn: SignIn | null;
  chats: Chats | null;
  /** Every way to reach people that is set up. Alarms, and what is told past a storage that is down, go by SMS. */
  channels: Partial<Record<ChannelName, Channel>>;
  /** To whom a call goes, and how telling goes on. */
  routing(call: RoutedBy): Routing;
  /** Whoever a step of an escalation names at this moment, in order of duty. */
  recipientsOfStep(plan: EscalationPlan, step: number, at: Date): EmergencyCall['recipients'];
  /** How somebody is reached, the best way first; a step may name one that comes before their own. */
  waysOf(recipient: EmergencyCall['recipients'][number], preferred?: ChannelName | null): Way[];
  /** How others know somebody; the id of whoever is on no roster. */
  nameOf(recipientId: string): string;
  /** Somebody who answers on the page and is on no roster: from now on `nameOf` knows them. */
  learnName(id: string, name: string): void;
  /** Ids of those to whom the roster allows home addresses; of nobody where it names none. */
  confidants(): readonly string[];
  /** BCP 47; for a place, and whoever is on no roster, that of the team of the call. */
  languageOf(recipientId: string, call?: TeamsCall): string;
  /** The own words of the team of a call, in a language. */
  templatesOf(call: TeamsCall, language: string): TemplateTexts;
  /** Looks for a newer roster, at most each 30 s; bounded in time, and never throws. */
  refreshRoster(): Promise<void>;
  /** The roster that is told now; `null` where there is none. */
  roster(): ReturnType<RosterSource['current']>;
  /** What is wrong with the roster: an alarm for the administrator. */
  rosterProblems(): readonly SettingFault[];
  /** Who is told, in order of duty: the team of the roster, else the last-resort numbers of the settings. */
  recipients(): EmergencyCall['recipients'];
  /** Told when something is wrong with the product itself: the administrators of the roster, else the recipients. */
  administrators(): EmergencyCall['recipients'];
  /** Told when none of them can be reached. */
  lastResort(): EmergencyCall['recipients'];
  /** Everybody on the roster. */
  people(): readonly Person[];
  /** The sites of the roster. */
  sites(): readonly Site[];
  /** IANA name of the team's time zone. */
  timeZone(): string;
  reader: ReaderOptions;
  /** Keys and certificate with which notifications are encrypted; `null` where none is. */
  certificates: EncryptionCertificates | null;
  /** The app's own token, by its managed identity; `null` where events are not subscribed to. */
  appSignIn: Pick<SignIn, 'getAccessToken'> | null;
  /** Proves that what comes through the HTTPS door is Graph's. */
  validationTokens: ValidationTokens | null;
  /** What this process has learned of who is in the service account's chats: UPNs by user id, and the chats asked. */
  callers: { upns: Map<string, string>; chats: Set<string> };
  /** When this process last noted that a certificate is in use; milliseconds. */
  certificatesSeen: Map<string, number>;
  /** Calls and recipients that this process told while the storage was down. */
  toldDirectly: Set<string>;
  /** How long one attempt to get a message from Graph may take, pauses and repetitions included. Milliseconds. */
  fetchBudgetMs: number;
  now(): Date;
  log: Logger;
}
