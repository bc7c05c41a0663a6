import { errorCodeOf, isUnprocessable } from '../errors.ts';
import { DAY_MS, MINUTE_MS } from '../watch/duration.ts';
import type { Services } from './services.ts';
import { RAN } from './timers.ts';

export interface PurgeLimits {
  /** What one run removes at most, in rows; of calls, in calls. */
  rows: number;
  /** By the time of this process. */
  timeMs: number;
}

/** Well below the ten minutes of a function; what is left waits for the next day. */
const LIMITS: PurgeLimits = { rows: 20_000, timeMs: 4 * MINUTE_MS };
/** Calls and rows between two looks at the clock. */
const BATCH = 200;
/**
 * Chats are read back for up to three days, so what is younger must be known: a message that is not would be told as new.
 */
const SHORTEST_MEMORY_DAYS = 4;

/** Does a batch; returns how much of it there was, so that an incomplete one is the last. */
type Step = (limit: number) => Promise<number>;

/**
 * Removes what is older than it is kept: calls with all that hangs on them, raw events, the content of chat messages,
 * finished alarms, tests of sites that are gone. A call of which anything is still to be done stays, and so does a
 * row that cannot be read: it is counted, and named in the log. Goes on with the next run where the limits end
 * this one. Under a legal hold nothing is removed. Attempts all, then throws for what failed.
 */
export async function purge(services: Services, limits: PurgeLimits = LIMITS): Promise<void> {
  const { log, settings } = services;
  if (settings.retention.legalHold) {
    log.warn('Nothing is removed: a legal hold is set, or the settings of the retention cannot be read');
    return;
  }
  const endsAt = performance.now() + limits.timeMs;
  const counts: Record<string, number> = {};
  const errors: unknown[] = [];
  let left = limits.rows;
  const unreadable = new Set<string>();
  const onUnreadable = (rowKey: string) => {
    if (!unreadable.has(rowKey)) log.error('An old row stays: it cannot be read', { rowKey });
    unreadable.add(rowKey);
  };
  for (const [name, step] of Object.entries(stepsOf(services, onUnreadable))) {
    counts[name] = 0;
    try {
      for (let done = BATCH; done >= BATCH && left > 0 && performance.now() < endsAt; ) {
        done = await step(Math.min(BATCH, left));
        counts[name] += done;
        left -= done;
      }
    } catch (caught) {
      errors.push(caught);
    }
  }
  const isComplete = left > 0 && performance.now() < endsAt;
  log.info('Old records removed', { ...counts, unreadable: unreadable.size, isComplete });
  if (errors.length > 0) {
    throw new AggregateError(errors, `Not everything old could be removed (${errors.map(errorCodeOf).join(', ')})`);
  }
}

function stepsOf(services: Services, onUnreadable: (rowKey: string) => void): Record<string, Step> {
  const { store, settings } = services;
  const { retention } = store;
  const { callDays, rawDays, otherMessageDays } = settings.retention;
  const before = (days: number) => new Date(services.now().getTime() - days * DAY_MS);
  const memory = before(Math.max(callDays, SHORTEST_MEMORY_DAYS));
  return {
    calls: removeCalls(services, memory, onUnreadable),
    deadLetters: (limit) => retention.deadLettersBefore(before(rawDays), limit),
    emergencyMessages: (limit) => retention.stripMessagesBefore('emergency', before(rawDays), limit, onUnreadable),
    otherMessages: (limit) => retention.stripMessagesBefore('other', before(otherMessageDays), limit, onUnreadable),
    forgottenMessages: (limit) => retention.strippedMessagesBefore(memory, limit),
    claims: (limit) => retention.claimsBefore(memory, limit, onUnreadable),
    strangersMessages: (limit) => store.inbound.strangersBefore(before(rawDays), limit),
    inboundClaims: (limit) => store.inbound.claimsBefore(memory, limit),
    alarms: () => removeAlarms(services, before(rawDays)),
    watermarks: () => removeWatermarks(services, before(Math.max(rawDays, SHORTEST_MEMORY_DAYS))),
    subscriptions: () => removeSubscriptions(services, before(rawDays)),
    pageAudit: (limit) => retention.pageAuditBefore(memory, limit),
    siteTests: () => removeSiteTests(services, memory),
  };
}

/** Those with open work, or that cannot be read, are passed over, and not found again in this run. */
function removeCalls({ store, log }: Services, before: Date, onUnreadable: (rowKey: string) => void): Step {
  const skipped = new Set<string>();
  const remove = async (id: string) => {
    if (await store.work.isOpen(id)) {
      log.warn('An old call stays: work on it is open', { callId: id });
      skipped.add(id);
      return;
    }
    try {
      const call = await store.calls.get(id);
      await store.retention.removeCall(id, call?.value.chat ?? null);
    } catch (caught) {
      if (!isUnprocessable(caught)) throw caught;
      onUnreadable(id);
      skipped.add(id);
    }
  };
  return async (limit) => {
    const ids = (await store.retention.callsBefore(before, limit + skipped.size)).filter((id) => !skipped.has(id));
    for (const id of ids.slice(0, limit)) await remove(id);
    return Math.min(ids.length, limit);
  };
}

async function removeAlarms({ store }: Services, before: Date): Promise<number> {
  const finished = (await store.alarms.list()).filter(
    ({ value: { overAt, telling } }) => overAt !== null && telling === null && new Date(overAt) < before,
  );
  for (const row of finished) await store.alarms.remove(row);
  return finished.length;
}

/** Of timers that no longer exist, and of chats that have not been readable for so long. */
async function removeWatermarks({ store }: Services, before: Date): Promise<number> {
  const old = (await store.watermarks.list('')).filter(
    ({ name, time }) => (name.startsWith(RAN) || name.startsWith('chat:')) && time < before,
  );
  for (const { name } of old) await store.watermarks.remove(name);
  return old.length;
}

/** Of sites that have left the roster, as long ago as calls are kept. */
async function removeSiteTests(services: Services, before: Date): Promise<number> {
  const { store } = services;
  const current = new Set(services.sites().map(({ id }) => id));
  const old = (await store.siteTests.list()).filter(({ value: { siteId, lastTestAt, round } }) => {
    const times = [lastTestAt, round?.begunAt, round?.remindedAt, ...(round?.answers ?? []).map(({ at }) => at)];
    return !current.has(siteId) && times.every((at) => at == null || new Date(at) < before);
  });
  for (const row of old) await store.siteTests.remove(row);
  return old.length;
}

/** Of sources that are no longer wanted: nobody renews them, and their last notifications came long ago. */
async function removeSubscriptions(services: Services, before: Date): Promise<number> {
  const { store, settings } = services;
  const wanted = new Set([
    'chat',
    'chats',
    ...(settings.eventSource?.policyNames ?? []).map((name) => `event:${name}`),
  ]);
  const idle = (await store.subscriptions.records()).filter(
    ({ source, known, lease }) =>
      !wanted.has(source) &&
      // One that lapsed is what somebody left behind who was ended in the midst of it.
      (lease === null || new Date(lease.until) <= services.now()) &&
      known.every(({ confirmedAt, createdAt, expiresAt }) =>
        [confirmedAt, createdAt, expiresAt].every((at) => at === null || new Date(at) < before),
      ),
  );
  for (const { source } of idle) {
    const row = await store.subscriptions.read(source);
    if (row) await store.subscriptions.remove(row);
  }
  return idle.length;
}
