import { errorCodeOf } from '../errors.ts';
import { MINUTE_MS } from '../watch/duration.ts';
import { type Finding, stateOf, type WatchedPart, worstOf } from '../watch/finding.ts';
import { watchedParts } from '../watch/findings.ts';
import { sendCanaries } from './canary.ts';
import type { CanarySender } from './canarySender.ts';
import { type ObserveOptions, observe } from './observe.ts';
import { remindTests } from './remindTests.ts';
import type { Services } from './services.ts';
import { tellAlarms } from './tellAlarms.ts';
import { endMemory, tellFromMemory } from './tellFromMemory.ts';
import { RAN, ran, WATCHED_SINCE } from './timers.ts';

export interface WatchOptions extends ObserveOptions {
  openCanarySender?: (services: Services) => Promise<CanarySender>;
}

/** Three periods of the watch: after that everything has to come to life again first. */
const GAP_MS = 15 * MINUTE_MS;
const OWN_NAME = 'watch';

/**
 * Looks at everything, tells the administrators what is new, and sends the canaries that the next run looks for. Then it
 * reminds of tests: one timer does both, since each costs more than what it does. With the
 * storage down it tells from memory. Throws when alarms could not be stored, after what is critical was told all the same.
 */
export async function watch(services: Services, options: WatchOptions = {}): Promise<void> {
  await noteGap(services);
  const observations = await observe(services, options);
  const parts = watchedParts(observations, services.now()).map(withoutOwnTimer);
  const findings = parts.flatMap((part) => part.findings);
  for (const { id, severity, since } of findings) {
    const fields = { id, severity, since: since?.toISOString() ?? null };
    if (severity === 'critical') services.log.error('The watch found', fields);
    else services.log.warn('The watch found', fields);
  }
  try {
    await tell(services, parts, findings);
    await services.store.alarms.noteWatch({
      at: services.now().toISOString(),
      state: worstOf(parts.map(stateOf)),
    });
  } finally {
    await sendCanaries(services, options.openCanarySender);
    // Also when it could not store alarms: else each run would seem the first after a gap, and nothing would be late.
    await ran(services, OWN_NAME);
    // Behind everything that cannot wait. A test that nobody is reminded of is found to be missing.
    await remindTests(services).catch((caught: unknown) => {
      services.log.error('Tests could not be seen to', { error: errorCodeOf(caught) });
    });
  }
}

async function tell(services: Services, parts: readonly WatchedPart[], findings: readonly Finding[]): Promise<void> {
  if (findings.some(({ id }) => id === 'storage')) {
    await tellFromMemory(services, findings);
    throw new Error('The storage does not answer, alarms were told from memory');
  }
  const { untold, errors } = await tellAlarms(services, parts).catch((caught: unknown) => ({
    untold: new Set(findings.map(({ id }) => id)),
    errors: [caught],
  }));
  if (errors.length === 0) return endMemory(services, findings);
  await tellFromMemory(
    services,
    findings.filter(({ id }) => untold.has(id)),
  );
  throw new AggregateError(errors, `Alarms could not be stored (${[...new Set(errors.map(errorCodeOf))].join(', ')})`);
}

/** That it runs at this moment is plain; that it did not for a while is for the heartbeat to tell. */
function withoutOwnTimer(part: WatchedPart): WatchedPart {
  return { ...part, findings: part.findings.filter(({ id }) => id !== `timer:${OWN_NAME}`) };
}

/** After a time without a watch, all that is late is judged from here on. */
async function noteGap({ store, now, log }: Services): Promise<void> {
  try {
    const last = await store.watermarks.get(`${RAN}${OWN_NAME}`);
    const isGap = last === null || now().getTime() - last.getTime() > GAP_MS;
    const isFirst = isGap && (last !== null || (await store.watermarks.get(WATCHED_SINCE)) === null);
    if (isFirst) await store.watermarks.set(WATCHED_SINCE, now());
  } catch (caught) {
    log.warn('It cannot be read when the watch ran last', { error: errorCodeOf(caught) });
  }
}
