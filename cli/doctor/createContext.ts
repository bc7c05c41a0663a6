import type { TokenCredential } from '@azure/identity';
import type { Twilio } from 'twilio';
import { createCredential } from '../../shared/azureCredential.ts';
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
  const credential = options.credential ?? createCredential(settings.managedIdentityClientId, env);
  const graphBaseUrl = settings.tenant?.graphBaseUrl ?? 'https://graph.microsoft.com';
  const resourceManager = options.resourceManager ?? cloudOf(graphBaseUrl).resourceManager;
  return {
    reading,
    services: settings.storage ? await createServices(reading, silent, { credential }) : null,
    deployment: source.kind === 'deployment' ? source.environment.values : null,
    isApp: Boolean(env.IDENTITY_ENDPOINT),
    credential,
    azure: createAzureRest(credential, { resourceManager, graphBaseUrl }),
    twilio: settings.twilio && clientOf(settings.twilio),
    machineNow: options.machineNow ?? Date.now,
  };
}

/** One for all checks, loaded with the first question. */
function clientOf(settings: NonNullable<Settings['twilio']>): () => Promise<Twilio> {
  let loading: Promise<Twilio> | null = null;
  return () => {
    loading ??= createTwilioClient(settings, TWILIO_TIMEOUT_MS);
    return loading;
  };
}
