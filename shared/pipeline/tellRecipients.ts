import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { attemptAll } from '../errors.ts';
import type { Audience, Delivery } from '../oncall/delivery.ts';
import { type DeliveryStep, planDeliveries, type Reachable } from '../oncall/deliveryPlan.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Row } from '../store/jsonTable.ts';
import { deliver, type WakeUp } from './deliver.ts';
import { type HeldBack, hold, holdBack, isHeld } from './holdBack.ts';
import type { Services } from './services.ts';
import { tellLists } from './tellLists.ts';
import { inTurns } from './turns.ts';

interface Alert {
  call: EmergencyCall;
  work: AlertWork;
  wake: WakeUp;
  audience: Audience;
}

interface Progress {
  /** The deliveries of the alert as they were read. */
  known: readonly Row<Delivery>[];
  /** The same as they stand, by {@link placeOf}, brought up to date. */
  settled: Map<string, Delivery>;
}

type Send = Extract<DeliveryStep<Reachable>, { kind: 'send' }>;

/** A recipient and a channel: there is one delivery of an alert for each. */
export const placeOf = ({ recipientId, channel }: Pick<Delivery, 'recipientId' | 'channel'>) =>
  `${recipientId}|${channel}`;

/**
 * Tells everybody at once, in order of duty, by the next way at once where one fails. Whose phone has had its fill of
 * calls waits for the list of further ones, and hears of this one there once it is due. Attempts all, then throws for
 * those that failed.
 */
export async function tellRecipients(
  services: Services,
  alert: Alert,
  recipients: readonly Reachable[],
  progress: Progress,
): Promise<void> {
  const tried = new Set<string>();
  const plan = () => planDeliveries(recipients, [...progress.settled.values()], services.now());
  const begun = { deliveries: [...progress.settled.values()], steps: plan() };
  const heldBack = await holdBack(services, alert, recipients, begun);
  for (;;) {
    const due = plan().flatMap((step) => (step.kind === 'send' && !tried.has(nameOf(step)) ? [step] : []));
    if (due.length === 0) return;
    for (const step of due) tried.add(nameOf(step));
    const isListed = (step: Send) => step.existing !== null && isHeld(step.existing);
    await attemptAll(
      [
        () =>
          tellEach(
            services,
            alert,
            due.filter((step) => !isListed(step)),
            { ...progress, recipients, heldBack },
          ),
        () => tellListed(services, alert, due.filter(isListed), progress),
      ],
      (tell) => tell(),
      'Not every recipient could be told',
    );
  }
}

const nameOf = ({ recipient, way }: Send) => placeOf({ recipientId: recipient.id, channel: way.channel });

/** Each in a message of their own, but for those who are held. */
async function tellEach(
  services: Services,
  alert: Alert,
  steps: readonly Send[],
  { known, settled, recipients, heldBack }: Progress & { recipients: readonly Reachable[]; heldBack: HeldBack },
): Promise<void> {
  await attemptAll(
    inTurns(steps.map((step) => ({ step }))),
    async ({ step, turn }) => {
      const { id } = step.recipient;
      const { channel: name, to } = step.way;
      try {
        const channel = services.channels[name];
        if (!channel) return;
        if (name === 'sms' && step.existing === null && heldBack.ids.has(id)) {
          turn.pass();
          const rank = recipients.findIndex((recipient) => recipient.id === id);
          settled.set(nameOf(step), await hold(services, alert, { id, to, rank }, heldBack.until));
          return;
        }
        const existing = known.find(({ value }) => placeOf(value) === nameOf(step)) ?? null;
        settled.set(nameOf(step), await deliver(services, { ...alert, channel, turn }, { id, to }, existing));
      } finally {
        turn.pass();
      }
    },
    'Not everybody could be told',
  );
}

async function tellListed(
  services: Services,
  alert: Alert,
  steps: readonly Send[],
  { known, settled }: Progress,
): Promise<void> {
  if (steps.length === 0) return;
  const rows = known.filter(({ value }) => steps.some((step) => nameOf(step) === placeOf(value)));
  for (const delivery of await tellLists(services, alert, rows)) settled.set(placeOf(delivery), delivery);
}
