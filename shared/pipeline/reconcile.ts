import { attemptAll } from '../errors.ts';
import { pollTwilio } from './pollTwilio.ts';
import { reconcileChats } from './reconcileChats.ts';
import type { Services } from './services.ts';
import { runTimer } from './timers.ts';

/**
 * Reads back what nobody may have told us: calls from the chats, reports and answers from Twilio. At once, and neither
 * hinders the other. One timer does both, since each costs more than what it does.
 */
export async function reconcile(services: Services): Promise<void> {
  const parts = Object.entries({ reconcileChats, pollTwilio });
  await attemptAll(parts, ([name, run]) => runTimer(services, name, run), 'Not everything could be read back');
}
