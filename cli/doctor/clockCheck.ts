import type { Twilio } from 'twilio';
import { durationText, MINUTE_MS } from '../../shared/watch/duration.ts';
import { CannotLookError } from './cannotLook.ts';
import type { Check, DoctorContext, DoctorFinding } from './check.ts';

/** As the watch has it: two machines that keep time are never a minute apart. */
const MOST_OFFSET_MS = MINUTE_MS;
const TIMEOUT_MS = 4_000;

interface Offset {
  source: string;
  /** By how much this machine is ahead. */
  ms: number;
}

/** This machine's clock beside those of Graph, Twilio and the storage, by the `Date` of their answers. */
export const clockCheck: Check = {
  part: 'clock',
  async look(context) {
    const offsets = (
      await Promise.all(sourcesOf(context).map(([source, ask]) => offsetTo(context, source, ask)))
    ).flatMap((offset) => offset ?? []);
    if (offsets.length === 0)
      throw new CannotLookError('Neither Graph nor Twilio nor the storage says what time it is');
    const off = offsets.filter(({ ms }) => Math.abs(ms) > MOST_OFFSET_MS);
    const names = offsets.map(({ source }) => source).join(', ');
    return {
      detail: off.length === 0 ? `within a minute of ${names}` : off.map(textOf).join('; '),
      findings: off.length === 0 ? [] : [isOff(off, offsets)],
    };
  },
};

type Ask = () => Promise<Date | null>;

/** An answer that refuses has a date too. */
function sourcesOf({ services, reading, twilio }: DoctorContext): [source: string, ask: Ask][] {
  const { tenant } = reading.settings;
  const sources: [string, Ask | null][] = [
    ['Graph', tenant && (() => dateOfGraph(tenant.graphBaseUrl))],
    ['Twilio', twilio && (async () => dateOfTwilio(await twilio()))],
    ['the storage', services && (async () => (await services.store.poisonQueue.look()).storageTime)],
  ];
  return sources.flatMap(([source, ask]): [string, Ask][] => (ask === null ? [] : [[source, ask]]));
}

async function dateOfGraph(graphBaseUrl: string): Promise<Date | null> {
  const { headers } = await fetch(`${graphBaseUrl}/v1.0/me`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return toDate(headers.get('date'));
}

async function dateOfTwilio(client: Twilio): Promise<Date | null> {
  const { headers } = await client.balance.fetchWithHttpInfo();
  return toDate(headers.date);
}

function toDate(header: string | null | undefined): Date | null {
  const ms = Date.parse(header ?? '');
  return Number.isNaN(ms) ? null : new Date(ms);
}

/** `null` where it does not answer, which another part tells. The answer was written between question and arrival. */
async function offsetTo({ machineNow }: DoctorContext, source: string, ask: Ask): Promise<Offset | null> {
  const askedAt = machineNow();
  try {
    const theirs = await ask();
    return theirs && { source, ms: (askedAt + machineNow()) / 2 - theirs.getTime() };
  } catch {
    return null;
  }
}

function textOf({ source, ms }: Offset): string {
  // To the nearest minute: the way of the answer is in it.
  return `${durationText(Math.round(Math.abs(ms) / MINUTE_MS) * MINUTE_MS)} ${ms < 0 ? 'behind' : 'ahead of'} ${source}`;
}

function isOff(off: readonly Offset[], all: readonly Offset[]): DoctorFinding {
  const isThis = off.length === all.length;
  return {
    id: 'clock',
    severity: 'warning',
    what: `The clock of this computer is ${off.map(textOf).join(', ')}.`,
    why: 'What this computer says about times and expiries cannot be trusted, and its sign-ins may be refused.',
    todo: isThis
      ? 'Set the clock of this computer, by NTP.'
      : 'Run it again; if it lasts, one of these services is out of order.',
  };
}
