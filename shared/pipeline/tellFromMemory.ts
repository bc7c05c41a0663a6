import { composeAlarmSms } from '../messaging/alarmSms.ts';
import type { Store } from '../store/store.ts';
import type { TellingKind } from '../watch/alarm.ts';
import { HOUR_MS } from '../watch/duration.ts';
import type { Finding } from '../watch/finding.ts';
import type { Recipient } from './deliver.ts';
import { sendAlarm } from './sendAlarm.ts';
import type { Services } from './services.ts';

/** What this process told while nothing could be stored. */
interface Remembered {
  finding: Finding;
  since: Date;
  lastToldAt: Date | null;
  toldTo: Map<string, Recipient>;
}

/** One for each set of services, that is for each process. */
const memories = new WeakMap<Store, Map<string, Remembered>>();

function memoryOf({ store }: Services): Map<string, Remembered> {
  const memory = memories.get(store) ?? new Map<string, Remembered>();
  memories.set(store, memory);
  return memory;
}

/**
 * Tells the administrators of what is critical when alarms cannot be stored, each at most once an hour and process. What
 * the provider did not take for sure is told again with the next run: in doubt twice. Never throws.
 */
export async function tellFromMemory(services: Services, findings: readonly Finding[]): Promise<void> {
  const memory = memoryOf(services);
  const now = services.now();
  const critical = findings.filter(({ severity }) => severity === 'critical');
  const due = critical.filter(({ id }) => {
    const known = memory.get(id);
    return known === undefined || !isRecent(known, now);
  });
  if (due.length === 0) return;
  const alarms = due.map((finding) => remember(memory, finding, now));
  const body = wordsOf(
    services,
    alarms.map((alarm) => ({ kind: alarm.lastToldAt === null ? 'begins' : 'lasts', alarm })),
  );
  const told = await tellAll(services, services.administrators(), body);
  for (const alarm of alarms) {
    for (const recipient of told) alarm.toldTo.set(recipient.id, recipient);
    if (told.length > 0) alarm.lastToldAt = now;
  }
}

function remember(memory: Map<string, Remembered>, finding: Finding, now: Date): Remembered {
  const known = memory.get(finding.id);
  // Nobody is left who was told that it began: it begins anew.
  const lasting = known && known.toldTo.size > 0 ? known : undefined;
  const alarm = lasting ?? { finding, since: finding.since ?? now, lastToldAt: null, toldTo: new Map() };
  alarm.finding = finding;
  memory.set(finding.id, alarm);
  return alarm;
}

/** What comes and goes is told no more than hourly either. */
function isRecent({ lastToldAt }: Remembered, now: Date): boolean {
  return lastToldAt !== null && now.getTime() - lastToldAt.getTime() < HOUR_MS;
}

/**
 * Alarms can be stored again: what is over is told to those who were told from memory, and the rest is forgotten, since
 * the stored alarms tell it from here on. Never throws.
 */
export async function endMemory(services: Services, lasting: readonly Finding[]): Promise<void> {
  const memory = memoryOf(services);
  const ids = new Set(lasting.map(({ id }) => id));
  for (const [id, alarm] of memory) {
    const recipients = [...alarm.toldTo.values()];
    if (!ids.has(id) && recipients.length > 0) {
      const told = await tellAll(services, recipients, wordsOf(services, [{ kind: 'over', alarm }]));
      for (const recipient of told) alarm.toldTo.delete(recipient.id);
    } else {
      alarm.toldTo.clear();
    }
    if (alarm.toldTo.size === 0 && !isRecent(alarm, services.now())) memory.delete(id);
  }
}

function wordsOf(services: Services, news: readonly { kind: TellingKind; alarm: Remembered }[]): string {
  const now = services.now();
  return composeAlarmSms(
    news.map(({ kind, alarm: { finding, since } }) => ({
      kind,
      alarm: { ...finding, since: since.toISOString(), overAt: now.toISOString() },
    })),
    { timeZone: services.timeZone(), now },
  );
}

/** Returns those who were told, and those whom the provider refuses for good: to ask it again would change nothing. */
async function tellAll(services: Services, recipients: readonly Recipient[], body: string): Promise<Recipient[]> {
  const results = await Promise.all(
    recipients.map(async (recipient) => ({ recipient, ...(await sendAlarm(services, recipient, body)) })),
  );
  services.log.error('Alarms told without a record', { recipients: results.length });
  return results.filter(({ outcome }) => outcome === 'told' || outcome === 'refused').map(({ recipient }) => recipient);
}
