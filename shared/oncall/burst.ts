/** Tests have places of their own, so that an exercise never delays a call. */
export type BurstKind = 'real' | 'test';

/** Calls that each person was told of in a message of their own, within the last minute. Times are ISO 8601 in UTC. */
export type ToldAlone = Readonly<Record<string, readonly { callId: string; at: string }[]>>;

/** Somebody who is to be told of a call by SMS, in order of duty. `tried`: has a message, or is being sent one. */
export interface PlaceSeeker {
  id: string;
  standing: 'new' | 'held' | 'tried';
}

const PLACE_LASTS_MS = 60_000;
/** By how much the clocks of two instances may differ: what lies further ahead is no time that any of them wrote. */
const CLOCKS_MS = 5_000;
/** The list goes out at whole and half minutes, to everybody: else one person's would be out of order with another's. */
const LIST_EVERY_MS = 30_000;

/** When whoever is held now is told: within the next 30 s. */
export function nextListAt(now: Date): Date {
  return new Date((Math.floor(now.getTime() / LIST_EVERY_MS) + 1) * LIST_EVERY_MS);
}

/** What is stored of it; `null` for what this product did not write. */
export function readToldAlone(stored: unknown): ToldAlone | null {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return null;
  const isPlace = (place: unknown) => {
    const { callId, at } = (place ?? {}) as { callId?: unknown; at?: unknown };
    return typeof callId === 'string' && typeof at === 'string' && !Number.isNaN(Date.parse(at));
  };
  const isGood = Object.values(stored).every((places) => Array.isArray(places) && places.every(isPlace));
  return isGood ? (stored as ToldAlone) : null;
}

/**
 * Who of those that are new is told of the call in a message of their own: while fewer than `most` other calls were told
 * to them so within the last minute. Once somebody is held, so is everybody after them: within a call the order is that
 * of duty. A call that has a place keeps it, so that asking again changes nothing.
 */
export function givePlaces(
  known: ToldAlone,
  { callId, seekers, most, now }: { callId: string; seekers: readonly PlaceSeeker[]; most: number; now: Date },
): { after: ToldAlone; isChanged: boolean; held: ReadonlySet<string> } {
  const recent = recentOf(known, now);
  const held = new Set<string>();
  let isAnybodyHeld = false;
  let isChanged = false;
  for (const { id, standing } of seekers) {
    isAnybodyHeld ||= standing === 'held';
    if (standing !== 'new') continue;
    const places = recent.get(id) ?? [];
    const hasPlace = places.some((place) => place.callId === callId);
    isAnybodyHeld ||= !hasPlace && places.length >= most;
    if (isAnybodyHeld) held.add(id);
    else if (!hasPlace) {
      recent.set(id, [...places, { callId, at: now.toISOString() }]);
      isChanged = true;
    }
  }
  return { after: Object.fromEntries(recent), isChanged, held };
}

function recentOf(known: ToldAlone, now: Date): Map<string, ToldAlone[string]> {
  const age = (at: string) => now.getTime() - Date.parse(at);
  return new Map(
    Object.entries(known).flatMap(([id, places]) => {
      const recent = places.filter(({ at }) => age(at) < PLACE_LASTS_MS && age(at) > -CLOCKS_MS);
      return recent.length > 0 ? [[id, recent]] : [];
    }),
  );
}
