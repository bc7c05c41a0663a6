import { setTimeout as sleep } from 'node:timers/promises';
import { fromTwilioStatus } from '../messaging/deliveryStatus.ts';
import { reasonOfError, resultOfFailure } from '../messaging/twilio/twilioErrors.ts';
import type { Delivery } from '../oncall/delivery.ts';
import type { OptOut } from '../store/inboundStore.ts';
import type { Alarm } from '../watch/alarm.ts';
import { DAY_MS } from '../watch/duration.ts';
import type { Attempt, ChannelState, PeopleState } from '../watch/observations.ts';
import type { Services } from './services.ts';

/** Whoever failed and was not tried since stays a finding for this long. */
const LOOK_BACK_MS = 30 * DAY_MS;
const MOST_DELIVERIES = 2_000;
/** What an alarm could not tell is tried again within a day, for as long as the alarm lasts. */
const REFUSAL_COUNTS_MS = DAY_MS + DAY_MS / 24;
/** A single failure of the network is none of the provider. */
const SECOND_TRY_AFTER_MS = 1_000;

/** Who is told, and how the last attempts to reach each of them ended. */
export async function observePeople(services: Services): Promise<PeopleState> {
  const { store, now } = services;
  const [deliveries, alarms, optOuts] = await Promise.all([
    store.deliveries.listSince(new Date(now().getTime() - LOOK_BACK_MS), MOST_DELIVERIES),
    store.alarms.list(),
    store.inbound.listOptOuts(),
  ]);
  const lastResort = new Set(services.lastResort().map(({ id }) => id));
  const numbers = new Map([...services.recipients(), ...services.administrators()].map(({ id, phone }) => [id, phone]));
  return {
    recipients: services.recipients().map(({ id }) => ({ id, isLastResort: lastResort.has(id) })),
    administrators: services.administrators().map(({ id }) => id),
    attempts: [
      ...deliveries.flatMap((delivery) => fromDelivery(delivery, numbers)),
      ...alarms.flatMap(({ value }) => fromAlarm(value, now())),
      ...optOuts.map((optOut) => fromOptOut(optOut, numbers)),
    ],
  };
}

function fromDelivery(delivery: Delivery, numbers: ReadonlyMap<string, string>): Attempt[] {
  const { recipientId, state, settledAt, to } = delivery;
  if (settledAt === null || (state !== 'accepted' && state !== 'failed')) return [];
  const failure = state === 'failed' ? (delivery.lastError ?? 'unknown') : lostByCarrier(delivery);
  return [{ recipientId, at: new Date(settledAt), failure, isCurrentNumber: numbers.get(recipientId) === to }];
}

/** Taken by the provider, and not delivered after all. */
function lostByCarrier({ providerMessages }: Delivery): string | null {
  const lost = providerMessages.find(({ status }) =>
    ['undelivered', 'failed'].includes(fromTwilioStatus(status) ?? 'none'),
  );
  return lost ? `the provider reports ${lost.status}` : null;
}

/** The carrier refuses the next message, so this one is as good as tried; START undoes it as a message would that arrives. */
function fromOptOut({ recipientId, phone, isOut, at }: OptOut, numbers: ReadonlyMap<string, string>): Attempt {
  const failure = isOut ? `21610: ${reasonOfError(21610)}` : null;
  return { recipientId, at: new Date(at), failure, isCurrentNumber: numbers.get(recipientId) === phone };
}

function fromAlarm({ refused, history }: Alarm, now: Date): Attempt[] {
  const refusals = refused.map(({ recipientId, failure, at }) => ({ recipientId, failure, at: new Date(at) }));
  const told = history.flatMap(({ at, to }) =>
    to.map((recipientId) => ({ recipientId, failure: null, at: new Date(at) })),
  );
  return [...refusals, ...told]
    .filter(({ at }) => now.getTime() - at.getTime() < REFUSAL_COUNTS_MS)
    .map((attempt) => ({ ...attempt, isCurrentNumber: true }));
}

/** Asks the provider for messages, which sends nothing and needs the credentials that sending needs. */
export async function observeChannel(services: Services): Promise<ChannelState> {
  const { now } = services;
  const channel = services.channels.sms;
  const [someone] = [...services.administrators(), ...services.recipients()];
  if (!channel) return { name: null, failure: null };
  if (!someone) return { name: channel.name, failure: null };
  const ask = () => channel.find({ to: someone.phone, body: '' }, now());
  try {
    await ask().catch(async () => {
      await sleep(SECOND_TRY_AFTER_MS);
      return ask();
    });
    return { name: channel.name, failure: null };
  } catch (caught) {
    const result = resultOfFailure(caught);
    return { name: channel.name, failure: result.outcome === 'accepted' ? null : `${result.code}: ${result.reason}` };
  }
}
