import { attemptAll } from '../errors.ts';
import { callStatusOf, fromTwilioStatus } from '../messaging/deliveryStatus.ts';
import { TwilioRefusal } from '../messaging/twilio/twilioHttp.ts';
import { leastSecondsOf, readVoiceScript } from '../messaging/voice/script.ts';
import { createTwilioCalls } from '../messaging/voice/twilioCalls.ts';
import type { Delivery } from '../oncall/delivery.ts';
import { HOUR_MS, MINUTE_MS } from '../watch/duration.ts';
import { noteDeliveryStatus } from './noteDeliveryStatus.ts';
import type { Services } from './services.ts';

/** Where Twilio has an address of ours, it gets as long as a call rings and is listened to. */
const GRACE_MS = 2 * MINUTE_MS;
/** No call of ours lasts so long; what is not over by then is not asked for any more. */
const LOOK_BACK_MS = 30 * MINUTE_MS;
/** How old an emergency can be about which somebody is still called. */
const CALLS_SINCE_MS = 6 * HOUR_MS;
const MOST_DELIVERIES = 2_000;
/** In one run; a burst of more is gone through by the next ones, the oldest first. */
const MOST_ASKED = 50;
const TIMEOUT_MS = 8_000;

/**
 * Asks Twilio what became of calls about which it has told nothing: all of them where it has no address of ours, so that
 * an answering machine or a busy phone is noticed there too. Attempts all, then throws for those that failed.
 */
export async function pollCalls(services: Services): Promise<void> {
  const { settings, store, now } = services;
  if (!settings.twilio) return;
  const deliveries = await store.deliveries.listSince(new Date(now().getTime() - CALLS_SINCE_MS), MOST_DELIVERIES);
  const graceMs = settings.publicUrl === null ? 0 : GRACE_MS;
  const open = deliveries
    .filter((delivery) => isOpen(delivery, graceMs, now()))
    .sort((a, b) => (a.settledAt ?? '').localeCompare(b.settledAt ?? ''))
    .slice(0, MOST_ASKED);
  if (open.length === 0) return;
  const calls = await createTwilioCalls(settings.twilio, TIMEOUT_MS);
  await attemptAll(
    open,
    async (delivery) => {
      const sid = delivery.providerMessages[0]?.id ?? '';
      try {
        await note(services, delivery, await calls.get(sid).fetch());
      } catch (caught) {
        if (!(caught instanceof TwilioRefusal && caught.status === 404)) throw caught;
        services.log.warn('Twilio knows nothing of a call that it had accepted', { callId: delivery.callId });
      }
    },
    'What became of calls could not be read',
  );
}

function isOpen({ channel, state, settledAt, providerMessages }: Delivery, graceMs: number, now: Date): boolean {
  if (channel !== 'voice' || state !== 'accepted' || settledAt === null) return false;
  const ageMs = now.getTime() - Date.parse(settledAt);
  const status = providerMessages[0]?.status ?? '';
  return (
    ageMs >= graceMs && ageMs <= LOOK_BACK_MS && ['accepted', 'sent'].includes(fromTwilioStatus(status) ?? 'accepted')
  );
}

async function note(
  services: Services,
  { callId, alertKey, recipientId, bodies }: Delivery,
  call: { sid: string; status: string; answeredBy: string; duration: string; dateUpdated: Date },
): Promise<void> {
  const seconds = call.duration ? Number(call.duration) : null;
  const least = leastSecondsOf(readVoiceScript(bodies[0] ?? ''));
  await noteDeliveryStatus(
    services,
    { callId, alertKey, recipientId, channel: 'voice' },
    {
      messageSid: call.sid,
      status: callStatusOf({ status: call.status, answeredBy: call.answeredBy, seconds }, least),
      errorCode: null,
      at: new Date(call.dateUpdated),
      clock: 'twilio',
    },
  );
}
