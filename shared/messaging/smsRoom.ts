/** What a message has room for. */
export type Room = Record<'seconds' | 'upn' | 'date' | 'longWords' | 'zone' | 'told', boolean>;

export const ALL_ROOM: Room = { seconds: true, upn: true, date: true, longWords: true, zone: true, told: true };
/**
 * What goes, one after the other, before a message may take another segment: the seconds; the UPN where there is a
 * name; the date; long words; the zone; and in an update, what was told before and the law does not ask for.
 */
const LEAVE_OUT: readonly (keyof Room)[] = ['seconds', 'upn', 'date', 'longWords', 'zone', 'told'];
const ROOMS = [ALL_ROOM, ...LEAVE_OUT.map((_, index) => roomWithout(LEAVE_OUT.slice(0, index + 1)))];
/** How many of them a hint is tried with: the longest, the next one, and any other. */
const KEPT = [1, 1 + LEAVE_OUT.indexOf('date') + 1];

/**
 * From the most words to the fewest, with a hint how to answer and then without. A long hint is said only where nothing
 * goes for it, its middle form in place of the seconds, the UPN and the date; the shortest goes last of all, since facts
 * are what an alert is for.
 */
export function layoutsOf(hints: readonly string[]): [Room, string | undefined][] {
  const withHints = hints.flatMap((hint, index) =>
    ROOMS.slice(0, KEPT[index] ?? ROOMS.length).map((room): [Room, string] => [room, hint]),
  );
  return [...withHints, ...ROOMS.map((room): [Room, undefined] => [room, undefined])];
}

function roomWithout(names: readonly (keyof Room)[]): Room {
  return { ...ALL_ROOM, ...Object.fromEntries(names.map((name) => [name, false])) };
}
