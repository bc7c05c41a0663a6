import { randomUUID } from 'node:crypto';
import { errorCodeOf } from '../errors.ts';
import { type CanaryRecord, WHOLE_HUB } from '../store/canaryStore.ts';
import { type CanarySender, openCanarySender } from './canarySender.ts';
import type { Services } from './services.ts';

/** Enough to see how long they have been missing; the next are five minutes apart. */
const REMEMBERED = 4;

/**
 * Puts a canary into each partition of the hub, by the way that Graph's notifications come. That it was sent is on record
 * before it is. Never throws: what cannot be sent is on record and in the log.
 */
export async function sendCanaries(
  services: Services,
  open: (services: Services) => Promise<CanarySender> = openCanarySender,
): Promise<void> {
  if (services.settings.eventHub === null) return;
  try {
    const sender = await open(services);
    try {
      const partitionIds = await sender.partitionIds();
      await noteFailure(services, WHOLE_HUB, null);
      await forgetOthers(services, partitionIds);
      await Promise.all(partitionIds.map((partitionId) => sendOne(services, sender, partitionId)));
    } finally {
      await sender.close();
    }
  } catch (caught) {
    await noteFailure(services, WHOLE_HUB, caught);
  }
}

/** A hub that was made anew may have fewer partitions: the last canary of one that is gone would be missing for ever. */
async function forgetOthers({ store, log }: Services, partitionIds: readonly string[]): Promise<void> {
  if (partitionIds.length === 0) return;
  try {
    const known = new Set([...partitionIds, WHOLE_HUB]);
    for (const { partitionId } of await store.canaries.list()) {
      if (known.has(partitionId)) continue;
      await store.canaries.remove(partitionId);
      log.warn('The hub no longer has this partition: its canaries are forgotten', { partitionId });
    }
  } catch (caught) {
    log.error('Canaries of former partitions could not be forgotten', { error: errorCodeOf(caught) });
  }
}

async function sendOne(services: Services, sender: CanarySender, partitionId: string): Promise<void> {
  const canary = { id: `${partitionId}.${randomUUID()}`, sentAt: services.now().toISOString() };
  const without = (record: CanaryRecord) => record.sent.filter(({ id }) => id !== canary.id);
  try {
    await services.store.canaries.update(partitionId, (record) => ({
      ...record,
      sent: [...without(record), canary].slice(-REMEMBERED),
    }));
    await sender.send(partitionId, { value: [{ canary }] });
    await noteFailure(services, partitionId, null);
  } catch (caught) {
    await noteFailure(services, partitionId, caught, (record) => ({ ...record, sent: without(record) }));
  }
}

/** `caught` is `null` when it went well. */
async function noteFailure(
  { store, now, log }: Services,
  partitionId: string,
  caught: unknown,
  change: (record: CanaryRecord) => CanaryRecord = (record) => record,
): Promise<void> {
  const code = caught === null ? null : errorCodeOf(caught);
  if (code !== null) log.error('A canary could not be sent', { partitionId, error: code });
  try {
    await store.canaries.update(partitionId, (record) => {
      if (code === null) return record.failure === null ? null : { ...record, failure: null };
      return { ...change(record), failure: { code, since: record.failure?.since ?? now().toISOString() } };
    });
  } catch (failure) {
    log.error('What became of a canary could not be noted', { error: errorCodeOf(failure) });
  }
}

/**
 * Notes that a canary came out of the hub. One that was not sent by us, or came before, changes nothing. Never throws:
 * a canary must not hold up a call.
 */
export async function noteCanary(services: Services, { id }: { id: string; sentAt: string }): Promise<void> {
  const { store, now, log } = services;
  const partitionId = /^(\d{1,5})\./.exec(id)?.[1];
  if (partitionId === undefined) {
    log.info('A canary of others arrived');
    return;
  }
  try {
    await store.canaries.update(partitionId, (record) => {
      const sent = record.sent.find((one) => one.id === id);
      const isNews = sent && (record.arrived === null || record.arrived.sentAt < sent.sentAt);
      return isNews ? { ...record, arrived: { ...sent, arrivedAt: now().toISOString() } } : null;
    });
  } catch (caught) {
    log.error('That a canary arrived could not be noted', { error: errorCodeOf(caught) });
  }
}
