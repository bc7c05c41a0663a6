import { randomUUID } from 'node:crypto';
import { attemptAll } from '../errors.ts';
import { composeAlarmSms } from '../messaging/alarmSms.ts';
import type { Row } from '../store/jsonTable.ts';
import type { Alarm } from '../watch/alarm.ts';
import { type AlarmStep, afterTelling, planAlarms, type Told } from '../watch/alarmPlan.ts';
import type { WatchedPart } from '../watch/finding.ts';
import type { Recipient } from './deliver.ts';
import { sendAlarm, wasTaken } from './sendAlarm.ts';
import type { Services } from './services.ts';

/** An alarm that this run holds. */
interface Held {
  row: Row<Alarm>;
  /** By recipient. */
  results: Map<string, Told>;
}

/**
 * Tells the administrators what is new: all of it in one message to each. An alarm is claimed before it is told and
 * what came of it is recorded after; whoever could not be told is told by a later run. Throws when alarms cannot be
 * read. Returns what could not be stored: the ids of alarms that are therefore not told, and every failure.
 */
export async function tellAlarms(
  services: Services,
  parts: readonly WatchedPart[],
): Promise<{ untold: Set<string>; errors: unknown[] }> {
  const { store, now } = services;
  const rows = new Map((await store.alarms.list()).map((row) => [row.value.id, row]));
  const administrators = services.administrators();
  const steps = planAlarms(
    parts,
    [...rows.values()].map(({ value }) => value),
    { administrators: administrators.map(({ id }) => id), owner: randomUUID(), now: now() },
  );
  const held: Held[] = [];
  const untold = new Set<string>();
  const errors: unknown[] = [];
  await Promise.all(
    steps.map(async (step) => {
      try {
        const row = await claim(services, rows.get(step.after.id) ?? null, step);
        if (row?.value.telling) held.push({ row, results: new Map() });
      } catch (caught) {
        errors.push(caught);
        if (step.after.telling && step.after.telling.kind !== 'over') untold.add(step.after.id);
      }
    }),
  );
  await tellHeld(services, administrators, held).catch((caught: unknown) => errors.push(caught));
  return { untold, errors };
}

/** `null` where another run was faster. */
async function claim(
  { store, log }: Services,
  row: Row<Alarm> | null,
  { after }: AlarmStep,
): Promise<Row<Alarm> | null> {
  const written = await store.alarms.write(row, after);
  if (!written) log.info('Another run looks after this alarm', { alarm: after.id });
  return written;
}

async function tellHeld(
  services: Services,
  administrators: readonly Recipient[],
  held: readonly Held[],
): Promise<void> {
  if (held.length === 0) return;
  if (administrators.length === 0) services.log.error('Alarms can be told to nobody', { alarms: held.length });
  await Promise.all(
    administrators.map((administrator) =>
      tellOne(
        services,
        administrator,
        held.filter(({ row }) => row.value.telling?.waiting.includes(administrator.id)),
      ),
    ),
  );
  await attemptAll(held, (one) => record(services, one), 'It could not be recorded what was told');
}

async function tellOne(services: Services, recipient: Recipient, held: readonly Held[]): Promise<void> {
  const open: Held[] = [];
  for (const one of held) {
    const earlier = await earlierResult(services, recipient, one.row.value);
    if (earlier === null) open.push(one);
    else one.results.set(recipient.id, earlier);
  }
  if (open.length === 0) return;
  const body = composeAlarmSms(
    open.map(({ row: { value } }) => ({ kind: value.telling?.kind ?? 'begins', alarm: value })),
    { timeZone: services.timeZone(), now: services.now() },
  );
  const result = await sendAlarm(services, recipient, body);
  const alarms = open.map(({ row }) => row.value.id).join(' ');
  services.log.info('Alarms told', { recipient: recipient.id, outcome: result.outcome, alarms });
  for (const { results } of open) results.set(recipient.id, result);
}

/** Words of an earlier run of which it is not known whether the provider took them are looked for before any are sent. */
async function earlierResult(services: Services, recipient: Recipient, { telling }: Alarm): Promise<Told | null> {
  const doubt = telling?.doubts.find(({ recipientId }) => recipientId === recipient.id);
  if (!doubt) return null;
  const taken = await wasTaken(services, recipient, doubt);
  if (taken === 'unknown') return { outcome: 'doubtful', body: doubt.body, since: doubt.since };
  return taken === 'yes' ? { outcome: 'told' } : null;
}

async function record({ store, now, log }: Services, { row, results }: Held): Promise<void> {
  const after = afterTelling(row.value, results, now());
  if (!(await store.alarms.write(row, after))) log.warn('Alarm was taken over while telling', { alarm: after.id });
}
