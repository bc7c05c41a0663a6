import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import type { Store } from '../store/store.ts';
import type { Services } from './services.ts';

/** So long a call that is recorded is left to the notifier, whose storage may only have stumbled. */
const TELL_AFTER_MS = 25_000;
/** What is older has been told, or is waiting for the provider. */
const FORGET_AFTER_MS = 15 * 60_000;

/** Calls that this process recorded, and of which it has not sent a message. One for each process. */
const memories = new WeakMap<Store, Map<string, EmergencyCall>>();

function memoryOf({ store }: Services): Map<string, EmergencyCall> {
  const memory = memories.get(store) ?? new Map<string, EmergencyCall>();
  memories.set(store, memory);
  return memory;
}

/** Once a call is recorded the hub lets go of it: should the storage fail now, only this process knows of it. */
export function rememberUntold(services: Services, call: EmergencyCall): void {
  memoryOf(services).set(call.id, call);
}

/** Somebody has a message about it. */
export function forgetUntold(services: Services, callId: string): void {
  memoryOf(services).delete(callId);
}

/** Those that the notifier should have told of by now. */
export function untoldCalls(services: Services): EmergencyCall[] {
  return callsOlderThan(services, TELL_AFTER_MS);
}

/** For when the storage answers: forgets what others have told. Throws what the storage throws. */
export async function forgetTold(services: Services): Promise<void> {
  for (const call of callsOlderThan(services, FORGET_AFTER_MS)) forgetUntold(services, call.id);
  for (const { id } of untoldCalls(services)) {
    const known = await services.store.calls.get(id);
    if (known === null || known.value.firstToldAt !== null) forgetUntold(services, id);
  }
}

function callsOlderThan(services: Services, ageMs: number): EmergencyCall[] {
  const before = services.now().getTime() - ageMs;
  return [...memoryOf(services).values()].filter(({ recordedAt }) => Date.parse(recordedAt) <= before);
}
