import { errorCodeOf } from '../errors.ts';
import type { Told } from '../watch/alarmPlan.ts';
import type { Recipient } from './deliver.ts';
import type { Services } from './services.ts';

/** How far our clock and the provider's may differ. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Sends one message to one administrator. Never throws. */
export async function sendAlarm(services: Services, recipient: Recipient, body: string): Promise<Told> {
  const { now, log } = services;
  const channel = services.channels.sms;
  if (!channel) {
    log.error('An alarm cannot be told: there is no channel', { recipient: recipient.id });
    return { outcome: 'later' };
  }
  const since = now().toISOString();
  const result = await channel.send({ to: recipient.phone, body });
  switch (result.outcome) {
    case 'accepted':
      return { outcome: 'told' };
    case 'permanent':
      return { outcome: 'refused', failure: `${result.code}: ${result.reason}` };
    case 'temporary':
      log.error('An alarm could not be told yet', { recipient: recipient.id, code: result.code });
      return { outcome: 'later' };
    case 'doubtful':
      log.error('An alarm may not have been told', { recipient: recipient.id, code: result.code });
      return { outcome: 'doubtful', body, since };
  }
}

/** Whether the provider took words of which that is not known. Never throws. */
export async function wasTaken(
  { channels, log }: Services,
  recipient: Recipient,
  { body, since }: { body: string; since: string },
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    const from = new Date(Date.parse(since) - CLOCK_TOLERANCE_MS);
    return (await channels.sms?.find({ to: recipient.phone, body }, from)) ? 'yes' : 'no';
  } catch (caught) {
    log.warn('The provider cannot be asked for an earlier alarm', { error: errorCodeOf(caught) });
    return 'unknown';
  }
}
