import type { EscalationPlan } from './escalation.ts';
import { matches } from './placePattern.ts';
import { LAST_RESORT_ID, ROTATION_PREFIX, type Roster, type Route, type Team } from './rosterDocument.ts';
import { shiftAt } from './rotations.ts';
import type { Whereabouts } from './sites.ts';

export interface Recipient {
  id: string;
  /** E.164. */
  phone: string;
}

/** What a call is routed by; `null` for what is not known of it. */
export interface RoutedCall {
  policyName: string | null;
  location: string | null;
  /** Id of the site. */
  site: string | null;
  whereabouts: Whereabouts;
}

/** The team of the first route that fits; without one that of remote workers for a caller off site, else the default one. */
export function teamFor(roster: Roster, call: RoutedCall): Team {
  const route = roster.routes.find((one) => fits(one, call));
  const remoteTeam = call.whereabouts === 'offSite' ? roster.remoteTeam : null;
  return teamOf(roster, route?.team ?? remoteTeam ?? roster.defaultTeam);
}

function fits({ policy, place, site }: Route, call: RoutedCall): boolean {
  const pairs = [
    [policy, call.policyName],
    [place, call.location],
    [site, call.site],
  ] as const;
  return pairs.every(([pattern, value]) => pattern === undefined || (value !== null && matches(pattern, value)));
}

/** How a team is told, as it is stamped on a call. */
export function planOf({ id, steps, rounds, onSceneMinutes }: Team): EscalationPlan {
  return {
    teamId: id,
    steps: steps.map(({ tell, channel, escalateAfterMinutes }) => ({
      tell,
      channel,
      escalateAfterSeconds: Math.round(escalateAfterMinutes * 60),
    })),
    rounds,
    onSceneWithinSeconds: onSceneMinutes === null ? null : Math.round(onSceneMinutes * 60),
  };
}

/**
 * Whom a step tells at a moment, in order of duty, each person once. Never nobody, as long as there is such a step:
 * where a rotation has not begun, all its people; where the roster knows nobody of the step any more, whoever the
 * first step of the default team tells.
 */
export function recipientsOfStep(
  roster: Roster,
  { steps }: Pick<Team | EscalationPlan, 'steps'>,
  step: number,
  at: Date,
): Recipient[] {
  const tell = steps[step]?.tell;
  if (tell === undefined) return [];
  const standard = teamOf(roster, roster.defaultTeam).steps[0]?.tell ?? [];
  const choices = [
    () => onDuty(roster, tell, at),
    () => everybodyOf(roster, tell),
    () => onDuty(roster, standard, at),
    () => everybodyOf(roster, standard),
  ];
  for (const choice of choices) {
    const recipients = choice();
    if (recipients.length > 0) return recipients;
  }
  return [];
}

/** Who of a step is on duty at a moment, in order of duty; nobody where its rotations have not begun. */
export function onDuty(roster: Roster, tell: readonly string[], at: Date): Recipient[] {
  return withNumbers(
    roster,
    tell.flatMap((entry) => (isRotation(entry) ? (onCallIn(roster, rotationIdOf(entry), at) ?? []) : [entry])),
  );
}

/** Id of who is on call in a rotation; `null` before its first hand-over, and for a rotation that is none. */
export function onCallIn(roster: Roster, rotationId: string, at: Date): string | null {
  const rotation = roster.rotations.find(({ id }) => id === rotationId);
  return rotation ? shiftAt(rotation, roster.overrides, at).person : null;
}

/** Whoever the first step of the default team may tell, whatever the time; in order of duty. */
export function recipientsOf(roster: Roster): Recipient[] {
  return everybodyOf(roster, teamOf(roster, roster.defaultTeam).steps[0]?.tell ?? []);
}

function everybodyOf(roster: Roster, tell: readonly string[]): Recipient[] {
  const peopleIn = (rotationId: string) => roster.rotations.find(({ id }) => id === rotationId)?.people ?? [];
  return withNumbers(
    roster,
    tell.flatMap((entry) => (isRotation(entry) ? peopleIn(rotationIdOf(entry)) : [entry])),
  );
}

/** Who is told of faults of the product itself. */
export function administratorsOf(roster: Roster): Recipient[] {
  return withNumbers(roster, roster.administrators);
}

/** The numbers with ids of their own, `last-resort-1` and so on: they are nobody of the roster. */
export function lastResortRecipients(numbers: readonly string[]): Recipient[] {
  return numbers.map((number, index) => ({ id: `${LAST_RESORT_ID}${index + 1}`, phone: number }));
}

function withNumbers({ people }: Roster, ids: readonly string[]): Recipient[] {
  const phones = new Map(people.map(({ id, phone }) => [id, phone]));
  return [...new Set(ids)].flatMap((id) => {
    const phone = phones.get(id);
    return phone === undefined ? [] : [{ id, phone }];
  });
}

function teamOf({ teams }: Roster, teamId: string): Team {
  const team = teams.find(({ id }) => id === teamId) ?? teams[0];
  if (!team) throw new RangeError('The roster has no team');
  return team;
}

function isRotation(entry: string): boolean {
  return entry.startsWith(ROTATION_PREFIX);
}

function rotationIdOf(entry: string): string {
  return entry.slice(ROTATION_PREFIX.length);
}
