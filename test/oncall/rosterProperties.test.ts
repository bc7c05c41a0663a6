import fc from 'fast-check';
import { firstGap, parseRoster, type Roster, recipientsOfStep, usableRosterOf } from '../../shared/oncall/roster.ts';
import { momentOf } from '../../shared/oncall/rotations.ts';
import { EXAMPLE, rosterOf } from './rosters.ts';

const PEOPLE = ['adele', 'alex', 'diego', 'lidia', 'megan', 'nestor'];
const ZONES = ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'UTC', 'Asia/Kolkata', 'America/St_Johns'];
const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

/** A time of 2026 as a local one: each half hour, so that changes of the clock are hit. */
const halfHour = fc.integer({ min: 0, max: 365 * 48 - 1 });
const toLocal = (half: number) => new Date(START + (half * HOUR_MS) / 2).toISOString().slice(0, 16);
const moment = fc.integer({ min: 0, max: 366 * 24 * 60 }).map((minutes) => new Date(START + minutes * 60_000));
/** Before most rotations begin. */
const early = fc.integer({ min: 0, max: 60 * 24 }).map((hours) => new Date(START + hours * HOUR_MS));

const rotation = fc.record({
  timeZone: fc.constantFrom(...ZONES),
  startsAt: halfHour.map(toLocal),
  shift: fc.record({ every: fc.integer({ min: 1, max: 30 }), unit: fc.constantFrom('hours', 'days', 'weeks') }),
  people: fc.array(fc.constantFrom(...PEOPLE), { minLength: 1, maxLength: 4 }),
});
const override = fc.record({
  from: halfHour,
  hours: fc.integer({ min: 1, max: 900 }),
  person: fc.constantFrom(...PEOPLE),
});
const entry = fc.oneof(fc.constantFrom(...PEOPLE), fc.constantFrom('rotation:r0', 'rotation:r1'));
const step = fc.record({ tell: fc.uniqueArray(entry, { minLength: 1, maxLength: 3 }) });

/** Rosters that are valid, rotations that have not begun among them. */
const validRoster: fc.Arbitrary<Roster> = fc
  .record({
    rotations: fc.tuple(rotation, rotation),
    overrides: fc.array(fc.tuple(fc.constantFrom('r0', 'r1'), override), { maxLength: 6 }),
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  })
  .map(({ rotations, overrides, steps }) =>
    rosterOf({
      people: PEOPLE.map((id, index) => ({ id, name: id, phone: `+1425555012${index}` })),
      rotations: rotations.map((one, index) => ({ ...one, id: `r${index}` })),
      overrides: overrides.map(([id, { from, hours, person }]) => ({
        rotation: id,
        from: toLocal(from),
        // Two hours are longer than any that a clock skips.
        until: toLocal(from + 4 + 2 * hours),
        person,
      })),
      teams: [{ id: 'desk', name: 'Desk', timeZone: 'UTC', steps }],
      defaultTeam: 'desk',
    }),
  );

const teamOf = (roster: Roster) => {
  const [team] = roster.teams;
  if (!team) throw new Error('no team');
  return team;
};

test('for any valid roster, step and moment: at least one recipient, nobody twice, in the order of duty', () => {
  fc.assert(
    fc.property(validRoster, moment, (roster, at) => {
      const team = teamOf(roster);
      team.steps.forEach(({ tell }, index) => {
        const told = recipientsOfStep(roster, team, index, at);
        expect(told.length).toBeGreaterThan(0);
        expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
        expect(new Set(told.map(({ phone }) => phone)).size).toBe(told.length);
        // Whoever is named comes in the order of the names; only one who is also on call in a rotation may come earlier.
        const named = tell.filter((one) => !one.startsWith('rotation:'));
        const first = tell.findIndex((one) => one.startsWith('rotation:'));
        const before = first < 0 ? named : tell.slice(0, first);
        expect(told.slice(0, before.length).map(({ id }) => id)).toEqual(before);
        for (const id of named) expect(told.map((one) => one.id)).toContain(id);
      });
    }),
    { numRuns: 80 },
  );
});

test('a gap is where it is said to be, and there is none before', () => {
  let found = 0;
  fc.assert(
    fc.property(validRoster, early, (roster, from) => {
      const gap = firstGap(roster, from);
      if (gap) found += 1;
      const begun = (at: Date) =>
        roster.teams.every(({ steps }) => steps.every(({ tell }) => tell.some((one) => isTold(roster, one, at))));
      if (gap) expect(begun(gap.at)).toBe(false);
      const end = gap?.at.getTime() ?? from.getTime() + 40 * 24 * HOUR_MS;
      for (let ms = from.getTime(); ms < end; ms += 31 * HOUR_MS) expect(begun(new Date(ms))).toBe(true);
    }),
    { numRuns: 50 },
  );
  // Else nothing would have been shown.
  expect(found).toBeGreaterThan(5);
});

/** By the rule as it is written: a rotation has somebody from its first hand-over on, and while somebody stands in. */
function isTold({ rotations, overrides }: Roster, entry: string, at: Date): boolean {
  const rotation = rotations.find(({ id }) => entry === `rotation:${id}`);
  if (!rotation) return true;
  const { timeZone } = rotation;
  return (
    momentOf(rotation.startsAt, timeZone) <= at ||
    overrides.some(
      (one) => one.rotation === rotation.id && momentOf(one.from, timeZone) <= at && at < momentOf(one.until, timeZone),
    )
  );
}

test('what can be used of any JSON is a roster without faults, but for two people with one number, and nobody remote who may know a home address', () => {
  const spoil = <T>(value: T) =>
    fc.oneof({ arbitrary: fc.constant(value), weight: 4 }, fc.jsonValue() as fc.Arbitrary<T>);
  const spoiled = (entries: Record<string, unknown>[]) =>
    fc.tuple(
      ...entries.map((one) =>
        spoil(one).chain((kept) =>
          fc.record(Object.fromEntries(Object.entries(kept ?? {}).map(([name, value]) => [name, spoil(value)])), {
            requiredKeys: [],
          }),
        ),
      ),
    );
  const near = fc.record(
    {
      ...Object.fromEntries(Object.entries(EXAMPLE).map(([name, value]) => [name, spoil(value)])),
      people: spoiled(EXAMPLE.people),
      rotations: spoiled(EXAMPLE.rotations),
      overrides: spoiled(EXAMPLE.overrides),
      teams: spoiled(EXAMPLE.teams),
      sites: spoiled(EXAMPLE.sites),
      routes: spoiled(EXAMPLE.routes),
    },
    { requiredKeys: [] },
  );
  let usable = 0;
  fc.assert(
    fc.property(fc.oneof({ arbitrary: near, weight: 9 }, fc.jsonValue()), (json) => {
      const roster = usableRosterOf(json);
      if (!roster) return;
      usable += 1;
      const result = parseRoster(JSON.parse(JSON.stringify(roster)));
      const fine = /phone: is the same|remoteTeam: nobody of this team may know/;
      expect('problems' in result ? result.problems.filter((one) => !fine.test(one)) : []).toEqual([]);
      const told = recipientsOfStep(roster, teamOf(roster), 0, new Date(START));
      expect(told.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
  expect(usable).toBeGreaterThan(50);
});
