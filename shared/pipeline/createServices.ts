import { readFileSync } from 'node:fs';
import type { TokenCredential } from '@azure/identity';
import { createCredential } from '../azureCredential.ts';
import { BUILT_IN_PHRASES } from '../emergency/phrases.ts';
import { errorCodeOf } from '../errors.ts';
import { createAppSignIn } from '../graph/appSignIn.ts';
import { createChats } from '../graph/chats.ts';
import { createEncryptionCertificates } from '../graph/encryptionCertificates.ts';
import { createSignIn } from '../graph/signIn.ts';
import { createValidationTokens } from '../graph/validationTokens.ts';
import { createLogger, type Logger } from '../log.ts';
import { createTwilioChannel } from '../messaging/twilio/twilioChannel.ts';
import { administratorsOf, lastResortRecipients, parseRoster, recipientsOf, usablePartOf } from '../oncall/roster.ts';
import { readSettings, type Settings, type SettingsReading, type TenantSettings } from '../settings.ts';
import { createStore } from '../store/store.ts';
import type { Services } from './services.ts';

/** Of the five seconds that ingest has, what Graph may use; the rest is for the storage. */
const FETCH_BUDGET_MS = 4_000;

/**
 * The services of this process, made once, with the logger of one invocation. A part whose settings are bad is off and
 * named in the log of every process; only without storage there is nothing to start with, and it throws.
 */
export async function servicesFor(context: Parameters<typeof createLogger>[0]): Promise<Services> {
  const log = createLogger(context);
  shared ??= createServices(readSettings(process.env), log);
  try {
    return { ...(await shared), log };
  } catch (caught) {
    shared = undefined;
    throw caught;
  }
}

let shared: Promise<Services> | undefined;

/** Reads the roster and makes what the settings allow. Sends nothing. */
export async function createServices(
  { settings, faults }: SettingsReading,
  log: Logger,
  {
    credential = createCredential(settings.managedIdentityClientId),
    now = () => new Date(),
  }: { credential?: TokenCredential; now?: () => Date } = {},
): Promise<Services> {
  for (const { name, problem, feature } of faults) {
    log.error(`Setting ${name} ${problem}`, { off: feature });
  }
  if (!settings.storage) {
    throw new Error('The storage of the product is not configured (AlertStorage): nothing can be recorded');
  }
  const store = await createStore(settings.storage);
  const signIn = settings.graph ? createSignIn(settings.graph, store.signIn, { log }) : null;
  const roster = readRoster(settings.rosterFile, log);
  const lastResort = lastResortRecipients([...new Set([...settings.lastResortNumbers, ...roster.lastResort])]);
  const channels: Services['channels'] = settings.twilio ? { sms: createTwilioChannel(settings.twilio) } : {};
  const recipients = () => (roster.recipients.length > 0 ? roster.recipients : lastResort);
  return {
    settings,
    faults: [...faults, ...roster.problems.map((problem) => ({ name: 'ROSTER_FILE', problem, feature: 'the roster' }))],
    store,
    signIn,
    chats: settings.graph && signIn ? createChats(settings.graph, signIn) : null,
    channels,
    recipients,
    routing: () => ({ recipients: recipients(), escalation: null }),
    recipientsOfStep: () => [],
    waysOf: ({ phone }) => (channels.sms ? [{ channel: 'sms', to: phone }] : []),
    nameOf: (id) => id,
    administrators: () => (roster.administrators.length > 0 ? roster.administrators : recipients()),
    lastResort: () => lastResort,
    timeZone: () => roster.timeZone ?? 'UTC',
    reader: {
      phrases: [...BUILT_IN_PHRASES, ...settings.extraPhrases.map((phrase) => ({ ...phrase, isConfirmed: false }))],
      testNumbers: settings.testNumbers,
      defaultCountry: settings.defaultCountry,
    },
    certificates: settings.encryptionCertificate
      ? createEncryptionCertificates(settings.encryptionCertificate, credential, { now, log })
      : null,
    // Also without a policy: what was subscribed to for one that is no longer named can then be ended.
    appSignIn: settings.tenant ? createAppSignIn(settings.tenant, credential) : null,
    validationTokens: settings.tenant ? createValidationTokens(tokenRules(settings.tenant, settings)) : null,
    callers: { upns: new Map(), chats: new Set() },
    certificatesSeen: new Map(),
    toldDirectly: new Set(),
    fetchBudgetMs: FETCH_BUDGET_MS,
    now,
    log,
  };
}

/** Chats are subscribed to by the app registration, events by the managed identity. */
function tokenRules({ authorityHost, tenantId }: TenantSettings, { graph, managedIdentityClientId }: Settings) {
  const audiences = [graph?.clientId, managedIdentityClientId].flatMap((id) => id ?? []);
  return { authorityHost, tenantId, audiences };
}

/**
 * A roster that is wrong somewhere never stops an alert: whoever of it can be texted is told, and the last-resort
 * numbers when there is nobody.
 */
function readRoster(file: string, log: Logger): ReturnType<typeof usablePartOf> & { problems: string[] } {
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const result = parseRoster(json);
    if ('roster' in result) {
      const { roster } = result;
      const { lastResort, team } = roster;
      const administrators = administratorsOf(roster);
      return { recipients: recipientsOf(roster), administrators, lastResort, timeZone: team.timeZone, problems: [] };
    }
    log.error('The roster has faults, only its usable part is told', { faults: result.problems.length });
    return { ...usablePartOf(json), problems: result.problems };
  } catch (caught) {
    log.error('The roster cannot be read, the last-resort numbers are told', { error: errorCodeOf(caught) });
    const problems = [`it cannot be read (${errorCodeOf(caught)})`];
    return { recipients: [], administrators: [], lastResort: [], timeZone: null, problems };
  }
}
