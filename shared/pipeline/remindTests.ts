import { randomUUID } from 'node:crypto';
import { callCodeOf, type EmergencyCall } from '../emergency/emergencyCall.ts';
import { attemptAll } from '../errors.ts';
import {
  afterTelling,
  neverTested,
  nextTelling,
  noteCalls,
  type SiteTest,
  type TestCall,
  type TestedSite,
  type TestTelling,
  type TestTold,
  takeUp,
} from '../oncall/siteTest.ts';
import type { Row } from '../store/jsonTable.ts';
import type { Recipient } from './deliver.ts';
import { sendTestMessage, type TestMessage } from './sendTestMessage.ts';
import type { Services } from './services.ts';
import { busyWithCalls, newestCalls, testCallsOf } from './siteTestCalls.ts';

/** What all sites are looked at with. */
interface Round {
  rows: ReadonlyMap<string, Row<SiteTest>>;
  calls: readonly EmergencyCall[];
  busy: ReadonlySet<string>;
}

/**
 * Reminds those who test a site that a test of its emergency address is due, and asks about a test call whether the
 * right address was read back. Claimed before it is sent, so that of several runs one sends it; what a run that died
 * left behind is sent by a later one. Whoever was told of a real call that is open gets neither until it is closed, a
 * day at most. Attempts all sites, then throws for those that failed. Without sites it asks nothing of the storage.
 */
export async function remindTests(services: Services): Promise<void> {
  const sites = services.sites();
  if (sites.length === 0) return;
  const [rows, calls] = await Promise.all([services.store.siteTests.list(), newestCalls(services)]);
  const busy = await busyWithCalls(services, calls);
  const round = { rows: new Map(rows.map((row) => [row.value.siteId, row])), calls, busy };
  await attemptAll(sites, (site) => lookAfter(services, site, round), 'Not every test of a site could be seen to');
}

async function lookAfter(services: Services, site: TestedSite, { rows, calls, busy }: Round): Promise<void> {
  const { store, now, log } = services;
  const row = rows.get(site.id) ?? null;
  const known = row?.value ?? neverTested(site.id);
  const noted = noteCalls(known, testCallsOf(services, site, calls));
  const kind = nextTelling(noted, site, { now: now(), timeZone: services.timeZone() });
  const recipients = kind === null ? [] : recipientsFor(services, site, noted, kind);
  const isAnyoneFree = recipients.some(({ id }) => !busy.has(id));
  if (kind === null || !isAnyoneFree) {
    if (noted !== known) await store.siteTests.write(row, noted);
    return;
  }
  const owner = randomUUID();
  const taken = takeUp(noted, kind, {
    recipients: recipients.map(({ id }) => id),
    owner,
    now: now(),
    newCode: callCodeOf(`test|${site.id}|${now().toISOString()}`),
  });
  if (!(await store.siteTests.write(row, taken))) {
    log.info('Another run looks after this site', { site: site.id });
    return;
  }
  const isTakenOver = taken.round?.telling?.startedAt === noted.round?.telling?.startedAt;
  const message = messageOf(site, taken, kind);
  if (message === null) return;
  const results = await tellAll(services, recipients, busy, { ...message, isTakenOver });
  await store.siteTests.update(site.id, (tests) => afterTelling(tests, owner, results, now()));
  await noteOnTimeline(services, site, taken, results);
}

/** Of what was begun, those who wait; of a call its caller; else those who test the site, and without any, whoever looks after the product. */
function recipientsFor(
  services: Services,
  { test }: TestedSite,
  { round }: SiteTest,
  kind: TestTelling['kind'],
): Recipient[] {
  const onRoster = (ids: readonly string[]) =>
    services.people().flatMap(({ id, phone }) => (ids.includes(id) ? [{ id, phone }] : []));
  if (round?.telling?.kind === kind) {
    const known = new Map(services.administrators().map((one) => [one.id, one]));
    return round.telling.waiting.flatMap((id) => onRoster([id])[0] ?? known.get(id) ?? []);
  }
  const caller = kind === 'ask' ? (round?.calls.at(-1)?.callerId ?? null) : null;
  const [found] = [onRoster(caller === null ? [] : [caller]), onRoster(test?.tell ?? [])].filter(
    ({ length }) => length > 0,
  );
  return found ?? (test === null ? [] : services.administrators());
}

function messageOf(
  { name, directRouting }: TestedSite,
  { round }: SiteTest,
  kind: TestTelling['kind'],
): Omit<TestMessage, 'isTakenOver'> | null {
  if (!round?.telling) return null;
  const subject = { siteName: name, code: round.code, directRouting };
  const since = round.telling.startedAt;
  if (kind === 'remind') return { since, words: { kind, ...subject, reminder: round.reminders } };
  const call = round.calls.at(-1);
  return call ? { since, words: { kind, ...subject, call: call.code } } : null;
}

async function tellAll(
  services: Services,
  recipients: readonly Recipient[],
  busy: ReadonlySet<string>,
  message: TestMessage,
): Promise<Map<string, TestTold>> {
  const results = await Promise.all(
    recipients.map(async (recipient): Promise<[string, TestTold]> => {
      const told = busy.has(recipient.id) ? 'later' : await sendTestMessage(services, recipient, message);
      return [recipient.id, told];
    }),
  );
  return new Map(results);
}

/** Who was asked stands on the record of the call. */
async function noteOnTimeline(
  { store, now }: Services,
  site: TestedSite,
  { round }: SiteTest,
  results: ReadonlyMap<string, TestTold>,
): Promise<void> {
  const call: TestCall | undefined = round?.telling?.kind === 'ask' ? round.calls.at(-1) : undefined;
  if (!call || !round) return;
  await store.timeline.append(call.id, {
    at: now().toISOString(),
    clock: 'ours',
    kind: 'test.asked',
    key: String(round.questions),
    detail: { site: site.id, code: round.code, to: Object.fromEntries(results) },
  });
}
