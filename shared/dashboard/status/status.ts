import { createHash } from 'node:crypto';
import type { EmergencyCall } from '../../emergency/emergencyCall.ts';
import { observe } from '../../pipeline/observe.ts';
import type { Services } from '../../pipeline/services.ts';
import type { Store } from '../../store/store.ts';
import { earliest } from '../../watch/duration.ts';
import { bySeverity, stateOf, type WatchedPart, worstOf } from '../../watch/finding.ts';
import { watchedParts } from '../../watch/findings.ts';
import type { Observations, Observed } from '../../watch/observations.ts';
import { siteOf } from '../calls/summary.ts';
import { withheldFrom } from '../calls/visible.ts';
import type { Monitor, Status } from '../contract.ts';
import type { Visitor } from '../visitor.ts';

/** A look asks Microsoft and Twilio: who asks again so soon is told what was seen. */
const LOOK_AGAIN_MS = 15_000;
/** A token of Graph is renewed within the hour, whether anybody needs it or not: the watch does, each 5 minutes. */
const REFRESHED_WITHIN_MS = 5 * 60_000;

interface Look {
  at: Date;
  observations: Observations;
  parts: Status['parts'];
}

const looks = new WeakMap<Store, Promise<Look>>();

/** How everything stands that is watched, as the watch itself sees it; without the places that are withheld from who asks. */
export async function readStatus(services: Services, visitor: Visitor): Promise<Status> {
  const { at, observations, parts } = await look(services);
  return {
    at: at.toISOString(),
    state: worst(parts),
    parts,
    signIn: await signInOf(services),
    subscriptions: subscriptionsOf(observations),
    lastTests: await lastTests(services, visitor),
    expiries:
      seenOf(observations.certificates)?.expiring.map(({ name, expiresAt }) => ({
        name,
        expiresAt: expiresAt.toISOString(),
      })) ?? [],
    deadLetters: seenOf(observations.deadLetters)?.count ?? 0,
  };
}

/** The same for monitors: states, times and what to do, in words that name nobody. */
export async function readMonitor(services: Services): Promise<Monitor> {
  const { at, parts } = await look(services);
  return {
    at: at.toISOString(),
    state: worst(parts),
    parts: parts.map(({ part, state, since, findings }) => ({
      ...{ part, state, since },
      findings: findings.map(({ severity, since: begun, todo, ...named }) => ({
        ...withoutPerson(named),
        ...{ severity, since: begun, todo },
      })),
    })),
  };
}

/** Findings name people by their roster id, which is mostly their name: the same hash for as long as it lasts. */
function withoutPerson({ id, title }: { id: string; title: string }): { id: string; title: string } {
  const [, person] = /^unreachable:(.+)$/s.exec(id) ?? [];
  if (person === undefined) return { id, title };
  const hash = createHash('sha256').update(person).digest('hex').slice(0, 8);
  return { id: `unreachable:${hash}`, title: 'somebody unreachable' };
}

function worst(parts: Status['parts']): Status['state'] {
  return worstOf(parts.flatMap(({ state }) => (state === 'unknown' ? [] : [state])));
}

async function look(services: Services): Promise<Look> {
  const known = looks.get(services.store);
  if (known) {
    const { at } = await known;
    if (Math.abs(services.now().getTime() - at.getTime()) < LOOK_AGAIN_MS) return known;
  }
  const anew = lookAnew(services);
  looks.set(services.store, anew);
  anew.catch(() => looks.delete(services.store));
  return anew;
}

async function lookAnew(services: Services): Promise<Look> {
  const at = services.now();
  const [observations, alarms] = await Promise.all([observe(services), services.store.alarms.list().catch(() => [])]);
  const begun = new Map(alarms.map(({ value: { id, since } }) => [id, new Date(since)]));
  return { at, observations, parts: watchedParts(observations, at).map((part) => toPart(part, begun)) };
}

/** A condition whose beginning is not seen has lasted since its alarm. */
function toPart(part: WatchedPart, begun: ReadonlyMap<string, Date>): Status['parts'][number] {
  const findings = [...part.findings].sort(bySeverity).map(({ id, severity, title, since, what, todo }) => ({
    ...{ id, severity, title, what, todo },
    since: (since ?? begun.get(id) ?? null)?.toISOString() ?? null,
  }));
  const since = earliest(findings.map((finding) => (finding.since === null ? null : new Date(finding.since))));
  const isKnown = part.isSeen || findings.length > 0;
  return {
    part: part.name,
    state: isKnown ? stateOf(part) : 'unknown',
    since: since?.toISOString() ?? null,
    detail: part.detail,
    findings,
  };
}

async function signInOf({ settings, signIn, store }: Services): Promise<Status['signIn']> {
  const [row, account] = await Promise.all([
    store.signIn.read().catch(() => null),
    signIn?.account().catch(() => null) ?? null,
  ]);
  const refreshedAt = row?.value.refreshedAt ?? null;
  return {
    serviceAccount: settings.graph?.serviceAccount ?? null,
    signedInAs: account?.username ?? null,
    signedInAt: row?.value.signedInAt ?? null,
    refreshedAt,
    nextRefreshAt: refreshedAt === null ? null : new Date(Date.parse(refreshedAt) + REFRESHED_WITHIN_MS).toISOString(),
  };
}

function subscriptionsOf({ subscriptions }: Observations): Status['subscriptions'] {
  const seen = seenOf(subscriptions);
  return {
    mode: seen?.mode?.name ?? null,
    modeSince: seen?.mode?.since.toISOString() ?? null,
    sources: [...(seen?.sources ?? []), ...(seen?.singleChats ?? [])].map(({ source, grant, failure }) => ({
      kind: source.startsWith('chat:') ? 'one chat' : source,
      renewedAt: grant?.from.toISOString() ?? null,
      expiresAt: grant?.until.toISOString() ?? null,
      failure: failure === null ? null : `${failure.action}: ${failure.code}`,
    })),
  };
}

function seenOf<T>(observed: Observed<T>): T | null {
  return 'value' in observed ? observed.value : null;
}

const TESTS_LOOKED_AT = 500;
const DAY_MS = 24 * 60 * 60_000;

/** The last 933 test of each site, and of each place that is of none, the longest ago first. */
async function lastTests(services: Services, visitor: Visitor): Promise<Status['lastTests']> {
  const { store, now, log } = services;
  const from = new Date(now().getTime() - 400 * DAY_MS);
  const calls = await store.calls.listPage({ from, until: null, after: null }, TESTS_LOOKED_AT, (callId) =>
    log.warn('The record of a call cannot be read', { callId }),
  );
  const last = new Map<string, Status['lastTests'][number]>();
  for (const call of calls.filter(({ isTest }) => isTest)) {
    const place = placeOf(services, visitor, call);
    if (last.has(place)) continue;
    const { state, resolvedAs } = call.response;
    const outcome = state === 'resolved' ? `seen and closed as ${resolvedAs ?? 'other'}` : `told, ${state}`;
    last.set(place, { place, at: call.recordedAt, outcome: call.firstToldAt === null ? 'nobody was told' : outcome });
  }
  return [...last.values()].reverse();
}

/** Who tests from home has a home as well. */
function placeOf(services: Services, visitor: Visitor, call: EmergencyCall): string {
  if (call.site !== null) return siteOf(services, call.site).name;
  if (withheldFrom(services, visitor, call) !== null) return 'a place that is withheld';
  return call.facts.location ?? 'no place conveyed';
}
