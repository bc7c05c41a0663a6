import type { CallResponse } from './response.ts';
import type { AlertWork } from './work.ts';

/** Something that was on its way when somebody answered, and is no longer so. */
export function isOvertaken(
  response: Pick<CallResponse, 'state' | 'version'>,
  { alertKey, isForced = false }: Pick<AlertWork, 'alertKey' | 'isForced'>,
): boolean {
  if (alertKey === 'ended') return response.state === 'resolved';
  // What was answered since is told by an alert of its own.
  if (alertKey.startsWith('response-')) return alertKey !== `response-${response.version}`;
  if (alertKey.startsWith('reminder-')) return response.state !== 'acknowledged';
  if (!alertKey.startsWith('step-')) return false;
  return response.state === 'resolved' || (response.state !== 'open' && !isForced);
}
