import type { AlertWork } from '../oncall/work.ts';
import type { Services } from './services.ts';

/** The work of one alert, due now. */
export function alertWork(callId: string, alertKey: string, now: Date): AlertWork {
  return { kind: 'alert', callId, alertKey, dueAt: now.toISOString(), attempts: 0 };
}

/** Writes the work of an alert if it is not written yet, and wakes the notifier. */
export async function startAlert(services: Services, callId: string, alertKey: string): Promise<void> {
  const work = alertWork(callId, alertKey, services.now());
  await services.store.work.insert(work);
  await services.store.work.enqueue(work);
}
