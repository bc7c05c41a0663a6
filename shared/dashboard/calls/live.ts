import type { EmergencyCall } from '../../emergency/emergencyCall.ts';
import type { Delivery } from '../../oncall/delivery.ts';
import type { Services } from '../../pipeline/services.ts';
import type { Store } from '../../store/store.ts';
import type { Live } from '../contract.ts';
import type { Visitor } from '../visitor.ts';
import { toSummary } from './summary.ts';
import { toldOf } from './told.ts';
import { isSeenBy } from './visible.ts';

const DAY_MS = 24 * 60 * 60_000;
const NEWEST = 50;
/** More in one day is no day in which somebody reads a list. */
const MOST_OF_A_DAY = 500;
/** Who polls at the same moment shares one look at the storage. Half of what the page waits between two polls would be too old. */
const SHARED_MS = 500;

interface Looked {
  calls: EmergencyCall[];
  deliveries: ReadonlyMap<string, Delivery[]>;
}

const looks = new WeakMap<Store, { begunAt: number; looked: Promise<Looked> }>();

/** What is not resolved of the last day, open ones first, with who has been told; and the newest calls. */
export async function liveCalls(services: Services, visitor: Visitor): Promise<Live> {
  const { calls, deliveries } = await look(services);
  const seen = calls.filter((call) => isSeenBy(visitor, call));
  const active = seen.filter((call) => isActive(call, services.now()));
  const newest = seen.slice(0, NEWEST);
  const isMore = calls.length >= NEWEST;
  return {
    active: active.sort(openFirst).map((call) => ({
      ...toSummary(services, visitor, call),
      told: toldOf(services, deliveries.get(call.id) ?? []),
    })),
    newest: newest.map((call) => toSummary(services, visitor, call)),
    // Who sees none of them goes on behind them all.
    continuation: isMore ? ((newest.length === NEWEST ? newest : calls).at(-1)?.id ?? null) : null,
  };
}

/** What was changed by this process is seen by the next look. */
export function forgetLook({ store }: Pick<Services, 'store'>): void {
  looks.delete(store);
}

function look(services: Services): Promise<Looked> {
  const known = looks.get(services.store);
  const now = performance.now();
  if (known && now - known.begunAt < SHARED_MS) return known.looked;
  const looked = lookAnew(services);
  looks.set(services.store, { begunAt: now, looked });
  looked.catch(() => forgetLook(services));
  return looked;
}

async function lookAnew({ store, now, log }: Services): Promise<Looked> {
  const onUnreadable = (callId: string) => log.warn('The record of a call cannot be read', { callId });
  const page = (after: string | null, limit: number, from: Date | null) =>
    store.calls.listPage({ from, until: null, after }, limit, onUnreadable);
  const calls = await page(null, NEWEST, null);
  const dayAgo = new Date(now().getTime() - DAY_MS);
  const last = calls.at(-1);
  // All of a busy day: an open call must not hide behind fifty others.
  if (calls.length === NEWEST && last && last.recordedAt > dayAgo.toISOString()) {
    calls.push(...(await page(last.id, MOST_OF_A_DAY, dayAgo)));
  }
  const active = calls.filter((call) => isActive(call, now()));
  const told = await Promise.all(
    active.map(async ({ id }) => [id, (await store.deliveries.listOfCall(id)).map(({ value }) => value)] as const),
  );
  return { calls, deliveries: new Map(told) };
}

/** Of a message that turned out to be none nobody has to do anything any more. */
function isActive({ response, content, recordedAt }: EmergencyCall, now: Date): boolean {
  const isYoung = now.getTime() - Date.parse(recordedAt) < DAY_MS;
  return response.state !== 'resolved' && content !== 'notEmergency' && isYoung;
}

/** Nobody has it: first. Of the same kind real calls before tests, the newest first. */
function openFirst(a: EmergencyCall, b: EmergencyCall): number {
  const rank = ({ response, isTest }: EmergencyCall) => (response.state === 'open' ? 0 : 2) + (isTest ? 1 : 0);
  return rank(a) - rank(b) || (a.id < b.id ? -1 : 1);
}
