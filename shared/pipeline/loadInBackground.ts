import { loadTwilio } from '../messaging/twilio/twilioMessages.ts';

/** An instance that was started for an event serves that first, and loads for it what it needs. */
const AFTER_MS = 1_000;

/** What a call needs beside what starts with the app, in the order of how long it takes to load. */
const LIBRARIES: readonly (() => Promise<unknown>)[] = [
  loadTwilio,
  () => import('../emergency/readEmergencyMessage.ts'),
  () => import('@azure/identity'),
  () => import('@azure/msal-node'),
  () => import('@azure/keyvault-secrets'),
  () => import('jsonwebtoken'),
  () => import('../graph/graphLibrary.ts'),
];

/**
 * Loads, one after the other, what the app did not need to start and a call will need. One that does not load fails
 * where it is used, as it would have without this.
 */
export function loadInBackground(): void {
  setTimeout(() => void loadAll(), AFTER_MS).unref();
}

async function loadAll(): Promise<void> {
  for (const load of LIBRARIES) {
    await load().catch(() => undefined);
  }
}
