import { absorb, type CallOrigin, callWithoutContent } from '../emergency/callLife.ts';
import type { CallContent, EmergencyCall } from '../emergency/emergencyCall.ts';
import type { Services } from './services.ts';
import { alertWork, startAlert, wake } from './startAlert.ts';
import { rememberUntold } from './untoldCalls.ts';

/** Insert-if-absent with its work, then the wake-up: a duplicate wakes the notifier as well, since its first may be lost. */
export async function recordCall(services: Services, call: EmergencyCall): Promise<void> {
  const { store, log } = services;
  const first = alertWork(call.id, 'first', services.now());
  const [inserted] = await Promise.all([store.calls.insert(call), store.work.insert(first)]);
  if (inserted) {
    const { id: callId, isTest, content, source } = call;
    rememberUntold(services, call);
    log.info('Emergency call recorded', { callId, isTest, content, source });
  }
  await wake(services, first);
  if (!inserted) {
    await updateCall(services, call.id, (known) => absorb(known, call));
  }
}

/** Records a call of which only the name of what told of it is known, so that people are told of it. */
export async function recordCallWithoutContent(
  services: Services,
  origin: CallOrigin,
  callId: string,
  content: CallContent,
): Promise<void> {
  await recordCall(services, callWithoutContent(origin, callId, content, services.recipients(), services.now()));
}

/** Changes the record; whoever was told of less gets an update. */
export async function updateCall(
  services: Services,
  callId: string,
  change: (call: EmergencyCall) => EmergencyCall,
): Promise<void> {
  const { store } = services;
  const call = await store.calls.update(callId, change);
  if (call.factsVersion > 1) {
    // Also when it was somebody else who raised the version: they may have died before this line.
    await startAlert(services, callId, `update-${call.factsVersion}`);
  }
}
