import type { TokenCredential } from '@azure/identity';
import { createCredential } from '../azureCredential.ts';
import { BUILT_IN_PHRASES } from '../emergency/phrases.ts';
import { createAppSignIn } from '../graph/appSignIn.ts';
import { createChats } from '../graph/chats.ts';
import { createEncryptionCertificates } from '../graph/encryptionCertificates.ts';
import { createSignIn } from '../graph/signIn.ts';
import { createValidationTokens } from '../graph/validationTokens.ts';
import { createLogger, type Logger } from '../log.ts';
import { readSettings, type Settings, type SettingsReading, type TenantSettings } from '../settings.ts';
import { createStore } from '../store/store.ts';
import { createChannels } from './createChannels.ts';
import { createPageNames } from './pageNames.ts';
import { createPeople } from './people.ts';
import { createRosterSource } from './rosterSource.ts';
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
    const services = await shared;
    // It never throws, and a call that came meanwhile is not held up by it.
    void services.refreshRoster();
    return { ...services, log };
  } catch (caught) {
    shared = undefined;
    throw caught;
  }
}

let shared: Promise<Services> | undefined;

/** Reads the roster and makes what the settings allow. */
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
  const source = createRosterSource(store.roster, settings.rosterFile, log, now);
  const pageNames = createPageNames(store.pagePeople, log, now);
  await Promise.all([source.refresh(), pageNames.refresh()]);
  if (source.current() === null) log.error('The roster cannot be read, the last-resort numbers are told');
  const languageOf: Services['languageOf'] = (...recipient) => people.languageOf(...recipient);
  const channels = createChannels(settings, { credential, languageOf, now });
  const { lastResortNumbers } = settings;
  const people = createPeople(source, { lastResortNumbers, channels, pageNames, now });
  return {
    settings,
    faults,
    store,
    signIn,
    chats: settings.graph && signIn ? createChats(settings.graph, signIn) : null,
    channels,
    ...people,
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
