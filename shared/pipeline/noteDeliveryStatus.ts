import { setTimeout as sleep } from 'node:timers/promises';
import { attemptAll } from '../errors.ts';
import type { DeliveryReference } from '../messaging/channel.ts';
import { type DeliveryState, fromTwilioStatus, laterState } from '../messaging/deliveryStatus.ts';
import { reasonOfError } from '../messaging/twilio/twilioErrors.ts';
import { type ChannelName, type Delivery, deliveryKeyOf, type ListedCall } from '../oncall/delivery.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import type { Services } from './services.ts';
import { alertWork, startAlert } from './startAlert.ts';

/** What Twilio says of one message. */
export interface StatusReport {
  messageSid: string;
  /** In Twilio's words. */
  status: string;
  errorCode: number | null;
  /** When, and by whose clock: a callback carries no time, so it is that of its arrival. */
  at: Date;
  clock: 'ours' | 'twilio';
}

/** `noted`: the record has moved on. `known`: it was there already, or further. `unknown`: no such message on record. */
export type Noted = 'noted' | 'known' | 'unknown';

/** While a message is being sent, Twilio may report sooner than its answer is on record. Milliseconds. */
const WAITS_MS = [250, 500, 1_000];
/** Longer than it takes to write what was learned, and then to wake the notifier. */
const WAKE_AT_LATEST_MS = 15_000;

type Reference = DeliveryReference & { channel: ChannelName };

/**
 * Writes what became of a message onto its delivery and the timeline, in whichever order the reports come: never
 * backwards. When a message of the newest attempt is lost, the delivery has failed, and the alert is woken, so that the
 * next way or person is tried at once. A message that lists several calls is reported once: each of them goes on by
 * itself. Attempts all, then throws when the storage did not take it; whoever reports again brings it to the rest.
 */
export async function noteDeliveryStatus(
  services: Services,
  reference: Reference,
  report: StatusReport,
): Promise<Noted> {
  const state = fromTwilioStatus(report.status);
  if (state === null) return 'unknown';
  const { noted, listed } = await noteOne(services, reference, report, state);
  const others = listed.filter(
    ({ callId, alertKey }) => callId !== reference.callId || alertKey !== reference.alertKey,
  );
  let isNoted = noted === 'noted';
  await attemptAll(
    others,
    async (other) => {
      const one = await noteOne(services, { ...reference, ...other }, report, state);
      isNoted ||= one.noted === 'noted';
    },
    'What became of a list was not recorded for each of its calls',
  );
  return isNoted ? 'noted' : noted;
}

/** For one call, with all calls that the message lists. */
async function noteOne(
  services: Services,
  reference: Reference,
  report: StatusReport,
  state: DeliveryState,
): Promise<{ noted: Noted; listed: readonly ListedCall[] }> {
  const waits = [...WAITS_MS];
  for (;;) {
    const row = await services.store.deliveries.get(reference.callId, deliveryKeyOf(reference));
    const message = row?.value.providerMessages.find(({ id }) => id === report.messageSid);
    const listed = row?.value.listed ?? [];
    if (row && message) {
      if (!isNews(message.status, state)) return { noted: 'known', listed };
      if (await write(services, row, report, state)) return { noted: 'noted', listed };
    } else {
      const waitMs = waits.shift();
      if (row?.value.state !== 'claimed' || waitMs === undefined) return { noted: 'unknown', listed };
      await sleep(waitMs);
    }
  }
}

function isNews(known: string, later: DeliveryState): boolean {
  const before = fromTwilioStatus(known) ?? 'accepted';
  return before !== later && laterState(before, later) === later;
}

/** False when somebody else wrote meanwhile. The timeline comes first: what is on the row is not looked at again. */
async function write(
  services: Services,
  row: Row<Delivery>,
  report: StatusReport,
  state: DeliveryState,
): Promise<boolean> {
  const { store, log } = services;
  const { callId, alertKey, recipientId } = row.value;
  const isLost = state === 'undelivered' || state === 'failed';
  const wasTaken = row.value.state === 'accepted';
  if (isLost && wasTaken) {
    // Should this process die between the two, the alert is looked at all the same.
    const atLatest = new Date(services.now().getTime() + WAKE_AT_LATEST_MS);
    await store.work.insert({ ...alertWork(callId, alertKey, atLatest), ...stepOf(row.value) });
  }
  await store.timeline.append(callId, {
    at: report.at.toISOString(),
    clock: report.clock,
    kind: `message.${state}`,
    key: `${deliveryKeyOf(row.value)}|${report.messageSid}`,
    detail: { ...detailOf(row.value), messageSid: report.messageSid, status: report.status, code: report.errorCode },
  });
  const written = await store.deliveries.replace(row, afterReport(row.value, report, isLost, services.now()));
  if (written === 'changed') return false;
  const fields = { callId, alert: alertKey, recipient: recipientId, status: report.status, code: report.errorCode };
  if (isLost) log.error('Message not delivered', fields);
  else log.info('Message status', fields);
  if (isLost && wasTaken) await startAlert(services, callId, alertKey, stepOf(row.value));
  return true;
}

/** Of a step that was told long ago only its deliveries know whom it was for. */
function stepOf({ alertKey, recipientId, to, isForced = false }: Delivery): Pick<AlertWork, 'recipients' | 'isForced'> {
  return alertKey.startsWith('step-') ? { recipients: [{ id: recipientId, phone: to }], isForced } : {};
}

function detailOf({ recipientId, channel, alertKey, attempts }: Delivery) {
  return { recipientId, channel, alertKey, attempts };
}

/** A newer attempt, or one that waits for its time, is not touched: it tells the person anyway. */
function afterReport(before: Delivery, report: StatusReport, isLost: boolean, now: Date): Delivery {
  const { messageSid, status, errorCode } = report;
  const providerMessages = before.providerMessages.map((one) => (one.id === messageSid ? { ...one, status } : one));
  if (!isLost || (before.state !== 'accepted' && before.state !== 'failed')) return { ...before, providerMessages };
  const lastError =
    errorCode === null ? `${status}: Twilio gave no reason` : `${errorCode}: ${reasonOfError(errorCode)}`;
  const settledAt = before.state === 'failed' ? before.settledAt : now.toISOString();
  return { ...before, providerMessages, state: 'failed', lastError, settledAt };
}
