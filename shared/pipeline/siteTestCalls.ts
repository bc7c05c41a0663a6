import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { locate } from '../oncall/roster.ts';
import type { TestCall, TestedSite } from '../oncall/siteTest.ts';
import type { Services } from './services.ts';

/** Of more calls than this since the last run the newest count. */
const MOST_CALLS = 500;
/** Somebody told of an open call may answer it without its code for as long. */
const CURRENT_FOR_MS = 24 * 60 * 60_000;
/** The number of Microsoft's test bot: https://learn.microsoft.com/microsoftteams/emergency-calling-dispatchable-location. */
const TEST_BOT = '933';

export function newestCalls({ store }: Services): Promise<EmergencyCall[]> {
  return store.calls.listNewest(MOST_CALLS);
}

/**
 * The test calls that came from a site. A call to another test number has met no bot that reads an address back, unless
 * the site has Direct Routing, where every test goes to a number of the provider's.
 */
export function testCallsOf(services: Services, site: TestedSite, calls: readonly EmergencyCall[]): TestCall[] {
  const sites = services.sites();
  // A call from before the roster knew the site does not name it.
  const siteOf = (call: EmergencyCall) => call.site ?? locate({ sites: [...sites] }, call.facts.location).site;
  const isOfSite = (call: EmergencyCall) =>
    call.isTest && siteOf(call) === site.id && (site.directRouting || call.facts.emergencyNumberDialed === TEST_BOT);
  const now = services.now();
  return calls.filter(isOfSite).map((call) => {
    const { id, code, occurredAt, recordedAt } = call;
    // A source whose clock is ahead must not put off the next test.
    const at = new Date(Math.min(Date.parse(occurredAt ?? recordedAt), now.getTime())).toISOString();
    return { id, code, at, callerId: callerOf(services, call) };
  });
}

/** Who called, where the roster knows them by their address or their own number. */
function callerOf(services: Services, { facts: { callerUpn, callbackNumber } }: EmergencyCall): string | null {
  const upn = callerUpn?.toLowerCase() ?? null;
  const people = services.people();
  const byAddress = people.find(({ email }) => upn !== null && email?.toLowerCase() === upn);
  const byNumber = people.find(({ phone }) => phone === callbackNumber);
  return (byAddress ?? byNumber)?.id ?? null;
}

/** A call that is no test, lately recorded and not closed. */
export function isOpenRealCall({ isTest, content, response, recordedAt }: EmergencyCall, now: Date): boolean {
  const isLate = now.getTime() - Date.parse(recordedAt) >= CURRENT_FOR_MS;
  return !isTest && content !== 'notEmergency' && response.state !== 'resolved' && !isLate;
}

/** Ids of those who were told of a real call that is still open: what they are sent and answer now is about that call. */
export async function busyWithCalls(services: Services, calls: readonly EmergencyCall[]): Promise<Set<string>> {
  const open = calls.filter((call) => isOpenRealCall(call, services.now()));
  const deliveries = await Promise.all(open.map(({ id }) => services.store.deliveries.listOfCall(id)));
  return new Set([
    ...open.flatMap(({ recipients }) => recipients.map(({ id }) => id)),
    ...deliveries.flat().map(({ value }) => value.recipientId),
  ]);
}
