import type { TokenCredential } from '@azure/identity';
import type { Twilio } from 'twilio';
import { createCredential } from '../../shared/azureCredential.ts';
import { errorCodeOf } from '../../shared/errors.ts';
import { createLogger } from '../../shared/log.ts';
import { createTwilioClient } from '../../shared/messaging/twilio/twilioClient.ts';
import { createServices } from '../../shared/pipeline/createServices.ts';
import type { Settings } from '../../shared/settings.ts';
import type { CommandReading } from '../commandSettings.ts';
import { createAzureRest } from './azureRest.ts';
import type { DoctorContext } from './check.ts';
import { cloudOf } from './cloud.ts';

/** Shorter than the limit of a part, so that Twilio itself is named. */
const TWILIO_TIMEOUT_MS = 5_000;

/** What would be logged is in the report. */
const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });

export interface ContextOptions {
  credential?: TokenCredential;
  /** Origin of Azure Resource Manager, where it is not that of the cloud. */
  resourceManager?: string;
  machineNow?: () => number;
}

/** What the checks look with. Sends nothing. */
export async function createContext(reading: CommandReading, options: ContextOptions = {}): Promise<DoctorContext> {
  const { settings, env, source } = reading;
  const credential = askedOnce(options.credential ?? createCredential(settings.managedIdentityClientId, env));
  const graphBaseUrl = settings.tenant?.graphBaseUrl ?? 'https://graph.microsoft.com';
  const resourceManager = options.resourceManager ?? cloudOf(graphBaseUrl).resourceManager;
  const made = await makeServices(reading, credential);
  return {
    reading,
    ...made,
    deployment: source.kind === 'deployment' ? source.environment.values : null,
    isApp: Boolean(env.IDENTITY_ENDPOINT),
    credential,
    azure: createAzureRest(credential, { resourceManager, graphBaseUrl }),
    twilio: settings.twilio && clientOf(settings.twilio),
    machineNow: options.machineNow ?? Date.now,
  };
}

/** Each token is asked for once in a run, and nobody signs in during one: the Azure CLI starts a program for each. */
function askedOnce(credential: TokenCredential): TokenCredential {
  const asked = new Map<string, ReturnType<TokenCredential['getToken']>>();
  return {
    getToken(scopes, { tenantId, claims } = {}) {
      const key = JSON.stringify([scopes, tenantId, claims]);
      const token =
        asked.get(key) ?? credential.getToken(scopes, { ...(tenantId && { tenantId }), ...(claims && { claims }) });
      asked.set(key, token);
      return token;
    },
  };
}

/** An address of storage that the library cannot take apart must not keep everything else from being looked at. */
async function makeServices(
  reading: CommandReading,
  credential: TokenCredential,
): Promise<Pick<DoctorContext, 'services' | 'storageFailure'>> {
  if (!reading.settings.storage) return { services: null, storageFailure: null };
  try {
    return { services: await createServices(reading, silent, { credential }), storageFailure: null };
  } catch (caught) {
    return { services: null, storageFailure: errorCodeOf(caught) };
  }
}

/** One for all checks, loaded with the first question. */
function clientOf(settings: NonNullable<Settings['twilio']>): () => Promise<Twilio> {
  let loading: Promise<Twilio> | null = null;
  return () => {
    loading ??= createTwilioClient(settings, TWILIO_TIMEOUT_MS);
    return loading;
  };
}
