import { createSubscriptions } from '../graph/subscriptions.ts';
import { type EventSource, eventSourceOf, eventTarget, isEvent, policyNameOf } from '../graph/subscriptionTargets.ts';
import type { SubscriptionRecord } from '../store/subscriptionStore.ts';
import { type SourceReport, untouched } from './renewalReport.ts';
import type { RenewalRound } from './renewalRound.ts';
import type { RenewalServices } from './renewalServices.ts';
import { certificateOf, type LifecycleWord, renewSource, retireSource, type SourceKind } from './renewSource.ts';

/** A bad setting switches the source off, and is no wish to end it. */
const OWN_SETTINGS = ['EMERGENCY_CALLING_POLICIES', 'EVENT_NOTIFICATION_URL', 'NOTIFICATION_URL'];

/**
 * Sees to it that Graph tells of the emergency call events of each policy that the settings name, with the app's own
 * token, and ends what they name no longer.
 */
export async function renewEvents(services: RenewalServices, round: RenewalRound): Promise<void> {
  const { settings, store, faults, log } = services;
  const wanted = (settings.eventSource?.policyNames ?? []).map(eventSourceOf);
  const isInDoubt = !settings.eventSource && faults.some(({ name }) => OWN_SETTINGS.includes(name));
  const kind = eventKind(services);
  if (!kind) {
    if (wanted.length > 0) log.error('There is no subscription to emergency call events: settings are missing');
    for (const source of wanted) round.add(untouched(source, 'off'));
    return;
  }
  const records = isInDoubt ? [] : await store.subscriptions.records();
  const isUnwanted = ({ source }: SubscriptionRecord) => isEvent(source) && !wanted.some((one) => one === source);
  // First, for a name that was only written another way may be the same at Graph.
  await round.attemptAll(records.filter(isUnwanted), (record) => retireSource(kind, record));
  await round.attemptAll(wanted, (source) => renewEvent(kind, source, null));
}

/** The same for one policy, on Graph's word; `null` when the settings do not name it. */
export async function renewEventOnWord(
  services: RenewalServices,
  source: EventSource,
  word: LifecycleWord,
): Promise<SourceReport | null> {
  const isWanted = services.settings.eventSource?.policyNames.includes(policyNameOf(source)) ?? false;
  const kind = eventKind(services);
  if (!isWanted) return null;
  return kind ? renewEvent(kind, source, word) : untouched(source, 'off');
}

async function renewEvent(kind: SourceKind, source: EventSource, word: LifecycleWord | null): Promise<SourceReport> {
  const { eventSource } = kind.services.settings;
  if (!eventSource) return untouched(source, 'off');
  return renewSource(kind, source, eventTarget(policyNameOf(source), eventSource), word);
}

function eventKind(services: RenewalServices): SourceKind | null {
  const { settings, appSignIn, now, log } = services;
  if (!settings.tenant || !appSignIn) return null;
  const startedAt = now();
  return {
    services,
    subscriptions: createSubscriptions(settings.tenant, appSignIn),
    certificate: certificateOf(services),
    withoutCertificate: 'wait',
    onRefusal: 'fail',
    canReadBack: false,
    async onGap(from, record) {
      if (from >= startedAt) return;
      const lastGap = { from: from.toISOString(), until: now().toISOString() };
      log.error('Emergency call events may be missing, and cannot be read back', lastGap);
      await record.save({ lastGap });
    },
  };
}
