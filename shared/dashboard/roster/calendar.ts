import type { Override, Roster } from '../../oncall/roster.ts';
import { momentOf, type Rotation, shiftAt } from '../../oncall/rotations.ts';
import type { RosterOfPage } from '../contract.ts';

type Shift = RosterOfPage['rotations'][number]['shifts'][number];
type NameOf = (id: string) => string;

/** An hourly rotation over the longest time that can be asked for. */
const MOST_SHIFTS = 62 * 24;

/** Who is on call in a rotation, from one moment until another without a gap; neighbours of one person are one. */
export function shiftsOf(
  rotation: Rotation,
  overrides: readonly Override[],
  { from, until }: { from: Date; until: Date },
  nameOf: NameOf,
): Shift[] {
  const shifts: Shift[] = [];
  for (let at = from; at < until && shifts.length < MOST_SHIFTS; ) {
    const { person: id, until: next } = shiftAt(rotation, overrides, at);
    const end = next < until ? next : until;
    const person = id === null ? null : { id, name: nameOf(id) };
    const isOverride = isStoodIn(rotation, overrides, at);
    const last = shifts.at(-1);
    if (last && last.person?.id === id && last.isOverride === isOverride) last.until = end.toISOString();
    else shifts.push({ from: at.toISOString(), until: end.toISOString(), person, isOverride });
    at = end;
  }
  return shifts;
}

function isStoodIn(rotation: Rotation, overrides: readonly Override[], at: Date): boolean {
  return overrides.some(
    ({ rotation: id, from, until }) =>
      id === rotation.id && momentOf(from, rotation.timeZone) <= at && at < momentOf(until, rotation.timeZone),
  );
}

/** Those that name a rotation there is, with the moments that they mean. */
export function overridesOf({ overrides, rotations }: Roster, nameOf: NameOf): RosterOfPage['overrides'] {
  return overrides.flatMap(({ rotation: id, from, until, person }) => {
    const rotation = rotations.find((one) => one.id === id);
    if (!rotation) return [];
    const fromAt = momentOf(from, rotation.timeZone).toISOString();
    const untilAt = momentOf(until, rotation.timeZone).toISOString();
    return [{ rotation: id, from, until, fromAt, untilAt, person: { id: person, name: nameOf(person) } }];
  });
}
