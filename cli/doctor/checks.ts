import { appPermissionCheck } from './appPermissionCheck.ts';
import { azureRolesCheck } from './azureRolesCheck.ts';
import { azureSignInCheck } from './azureSignInCheck.ts';
import type { Check } from './check.ts';
import { clockCheck } from './clockCheck.ts';
import { doorsCheck } from './doorsCheck.ts';
import { expiryCheck } from './expiryCheck.ts';
import { hubCheck } from './hubCheck.ts';
import { keyVaultCheck } from './keyVaultCheck.ts';
import { rosterCheck } from './rosterCheck.ts';
import { settingsCheck } from './settingsCheck.ts';
import { signInCheck } from './signInCheck.ts';
import { siteTestsCheck } from './siteTestsCheck.ts';
import { storageCheck } from './storageCheck.ts';
import { subscriptionsCheck } from './subscriptionsCheck.ts';
import { teamsCheck } from './teamsCheck.ts';
import { twilioAccountCheck } from './twilioAccountCheck.ts';
import { twilioRegistrationCheck } from './twilioRegistrationCheck.ts';
import { twilioSenderCheck } from './twilioSenderCheck.ts';

/** Every part, on the way of a call: the settings of all, from Graph through the hub and the storage to the phones. */
export const CHECKS: readonly Check[] = [
  settingsCheck,
  azureSignInCheck,
  keyVaultCheck,
  signInCheck,
  appPermissionCheck,
  subscriptionsCheck,
  doorsCheck,
  hubCheck,
  azureRolesCheck,
  storageCheck,
  rosterCheck,
  siteTestsCheck,
  twilioAccountCheck,
  twilioSenderCheck,
  twilioRegistrationCheck,
  expiryCheck,
  clockCheck,
  teamsCheck,
];
