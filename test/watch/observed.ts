import type { Observations, TenantState } from '../../shared/watch/observations.ts';

export const NOW = new Date('2026-03-14T08:00:00Z');

const UNITS = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time before or, with a minus sign, after {@link NOW}: `ago('5 min')`. */
export function ago(text: string): Date {
  const [, number, unit] = /^(-?[\d.]+) (s|min|h|d)$/.exec(text) ?? [];
  if (number === undefined || unit === undefined) throw new Error(`${text} is no length of time`);
  return new Date(NOW.getTime() - Number(number) * UNITS[unit as keyof typeof UNITS]);
}

export type Source = Extract<Observations['subscriptions'], { value: unknown }>['value']['sources'][number];

export function source(name: string, change: Partial<Source> = {}): Source {
  const grant = { from: ago('1 h'), until: ago('-23 h') };
  return { source: name, grant, lastSeenAt: ago('5 min'), failure: null, gap: null, ...change };
}

export type SiteTestState = Extract<Observations['siteTests'], { value: unknown }>['value']['sites'][number];

/** A site that was tested ten days ago, and is to be within a month. */
export function siteTest(change: Partial<SiteTestState> = {}): SiteTestState {
  return {
    ...{ id: 'hq', name: 'Building 34', directRouting: false, isWanted: true, isUnreached: false },
    ...{ lastTestAt: ago('10 d'), missingSince: ago('-20 d') },
    verdict: { answer: 'right', code: 'K7M', at: ago('10 d') },
    ...change,
  };
}

/** Nothing is wrong, with everything in use. */
export function allWell() {
  return {
    watchedSince: ago('30 d'),
    storage: { value: { clockOffsetMs: 0 as number | null } },
    settings: { value: { faults: [] } },
    people: {
      value: {
        recipients: [
          { id: 'adele', isLastResort: false },
          { id: 'megan', isLastResort: false },
        ],
        administrators: ['nestor'],
        attempts: [],
      },
    },
    channel: { value: { name: 'sms', failure: null } },
    subscriptions: {
      value: {
        mode: { name: 'allChats', since: ago('9 d'), readBackOnly: 0 },
        sources: [source('chat'), source('event:Headquarters')],
        singleChats: [],
        refusedAt: null,
      },
    },
    signIn: { value: { isWanted: true, failure: null, refreshedAt: ago('5 min') } },
    appSignIn: { value: { isWanted: true, failure: null, refreshedAt: null } },
    chats: { value: { isWanted: true, readUpTo: ago('20 s'), lagging: [] } },
    calls: { value: { recorded: 0, untold: [] } },
    work: { value: { open: 0, oldestAlert: null, oldestOther: null, unreadable: 0 } },
    poison: { value: { messages: 0, oldest: null } },
    deadLetters: {
      value: { count: 0, isMore: false, newest: null, oldest: null, untold: { count: 0, since: null } },
    },
    canaries: {
      value: {
        isWanted: true,
        partitions: ['0', '1'].map((partitionId) => ({
          partitionId,
          sent: [ago('10 min'), ago('5 min')],
          arrived: { sentAt: ago('5 min'), arrivedAt: ago('4.99 min') },
        })),
        failure: null,
      },
    },
    timers: {
      value: {
        ranAt: {
          sweep: ago('20 s'),
          renewSubscriptions: ago('30 s'),
          pollTwilio: ago('20 s'),
          watch: ago('5 min'),
          purge: ago('20 h'),
        },
      },
    },
    certificates: { value: { isWanted: true, expiring: [], isInUseEnabled: true } },
    tenant: {
      value: {
        inForce: { version: 3, exportedAt: ago('9 d') } as TenantState['inForce'],
        damaged: null as number | null,
      },
    },
    siteTests: { value: { sites: [siteTest()] } },
  } satisfies Observations;
}

type Parts = Omit<Observations, 'watchedSince'>;
type Seen<Name extends keyof Parts> = Extract<Parts[Name], { value: unknown }>['value'];

/** All is well but this: `change` replaces properties of what was seen of a part. */
export function allWellBut<Name extends keyof Parts>(part: Name, change: Partial<Seen<Name>>): Observations {
  const well: Observations = allWell();
  const seen = well[part];
  if (!('value' in seen)) throw new Error(`${part} is seen when all is well`);
  return { ...well, [part]: { value: Object.assign({}, seen.value, change) } };
}
