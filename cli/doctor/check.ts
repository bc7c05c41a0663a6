import type { TokenCredential } from '@azure/identity';
import type { Twilio } from 'twilio';
import type { Services } from '../../shared/pipeline/services.ts';
import type { Severity } from '../../shared/watch/finding.ts';
import type { CommandReading } from '../commandSettings.ts';
import type { AzureRest } from './azureRest.ts';

/** One thing that is wrong. It holds no secret, and names nobody but the service account, which the settings name. */
export interface DoctorFinding {
  /** The same for as long as the condition lasts. */
  id: string;
  severity: Severity;
  /** What is wrong: one sentence. */
  what: string;
  /** What comes of it when somebody dials 911. */
  why: string;
  /** How to mend it, with the exact command or place. */
  todo: string;
}

/** How one part stands: what there is to say of it in a few words, and what is wrong. */
export interface Looked {
  detail: string;
  findings?: readonly (DoctorFinding | null)[];
}

/** Nothing is known of it, and that is not its fault: it cannot be seen from here, or what hides it is told elsewhere. */
export interface Unseen {
  unseen: string;
}

export type CheckResult = Looked | Unseen;

/** One part that is looked at. What it throws is shown as "could not be looked at", and never stops the others. */
export interface Check {
  part: string;
  look(context: DoctorContext): Promise<CheckResult>;
}

export interface DoctorContext {
  reading: CommandReading;
  /** `null` where the settings name no storage, or none that can be used. */
  services: Services | null;
  /** Why the storage that the settings name cannot be used. May be shown. */
  storageFailure: string | null;
  /** The outputs of the deployment, by their names in azd; `null` where none is looked at. */
  deployment: Readonly<Record<string, string>> | null;
  /** Whether this process has the identity of the app, as on the embedded stack, or is an administrator. */
  isApp: boolean;
  /** Whose tokens Azure gives here. */
  credential: TokenCredential;
  azure: AzureRest;
  /** `null` where the settings of Twilio cannot be used. */
  twilio: (() => Promise<Twilio>) | null;
  /** This machine's own clock in milliseconds. */
  machineNow(): number;
}

/** What hides this part is told of another. */
export function seePart(part: string): Unseen {
  return { unseen: `not looked at: see "${part}"` };
}

/** The settings that this part needs have faults, which are told there. */
export const SEE_SETTINGS = seePart('settings');
export const SEE_STORAGE = seePart('storage');

export const NOT_USED: Looked = { detail: 'not used' };
