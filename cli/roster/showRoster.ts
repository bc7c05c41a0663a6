import type { Person, Roster, Route, Team } from '../../shared/oncall/roster.ts';
import { ROTATION_PREFIX } from '../../shared/oncall/rosterDocument.ts';
import { momentOf, type Override, type Rotation, shiftAt } from '../../shared/oncall/rotations.ts';
import { timeText } from './rosterTimes.ts';
import { showSites } from './whereIsPlace.ts';

/** More hand-overs than this are not looked through for the next other person. */
const MOST_CHANGES = 100;

/** A roster as lines for a person: each team with its steps, each rotation with who has it now and who is next. */
export function showRoster(roster: Roster, now: Date): string[] {
  const nameOf = namesOf(roster);
  const teamName = (id: string) => roster.teams.find((team) => team.id === id)?.name ?? id;
  return [
    ...roster.teams.flatMap((team) => teamLines(team, roster, nameOf)),
    ...roster.rotations.flatMap((rotation) => rotationLines(rotation, roster.overrides, nameOf, now)),
    ...showSites(roster),
    'Calls',
    ...roster.routes.map((route) => `  ${routeText(route)}: ${teamName(route.team)}`),
    ...(roster.remoteTeam === null ? [] : [`  off site: ${teamName(roster.remoteTeam)}`]),
    `  ${roster.routes.length > 0 ? 'all others' : 'all'}: ${teamName(roster.defaultTeam)}`,
    `  tests: the ${roster.tests.tell}, ${roster.tests.escalate ? 'escalated like a call' : 'not escalated'}`,
    '',
    'People',
    ...peopleLines(roster.people),
    '',
    `Administrators  ${roster.administrators.map(nameOf).join(', ') || 'none: the team is told of faults'}`,
    `Last resort     ${roster.lastResort.join(', ') || 'none in the roster'}`,
  ];
}

function namesOf({ people }: Roster): (id: string) => string {
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

function teamLines(team: Team, { defaultTeam }: Roster, nameOf: (id: string) => string): string[] {
  const rounds = team.rounds === 1 ? 'once' : `${team.rounds} rounds`;
  const onScene = team.onSceneMinutes === null ? '' : `, on scene within ${team.onSceneMinutes} min`;
  let minutes = 0;
  const steps = team.steps.map(({ tell, channel, escalateAfterMinutes }, index) => {
    const when = minutes === 0 ? 'at once' : `after ${minutes} min`;
    minutes += escalateAfterMinutes;
    const whom = tell.map((entry) =>
      entry.startsWith(ROTATION_PREFIX) ? `whoever has ${entry.slice(ROTATION_PREFIX.length)}` : nameOf(entry),
    );
    return `  ${index + 1}  ${when.padEnd(13)}  ${whom.join(', ')}${channel === null ? '' : ` (by ${channel})`}`;
  });
  return [
    `Team ${team.name} (${team.id})${team.id === defaultTeam ? ', the default' : ''}: ${rounds}${onScene}, ${team.timeZone}`,
    ...steps,
    '',
  ];
}

function rotationLines(
  rotation: Rotation,
  overrides: readonly Override[],
  nameOf: (id: string) => string,
  now: Date,
): string[] {
  const { id, timeZone, startsAt, shift, people } = rotation;
  const text = (at: Date) => timeText(at, timeZone);
  const unit = shift.every === 1 ? shift.unit.slice(0, -1) : `${shift.every} ${shift.unit}`;
  const { person } = shiftAt(rotation, overrides, now);
  const next = nextChange(rotation, overrides, now);
  const follows = next ? `${person === null ? '; from' : ' until'} ${text(next.at)}, then ${nameOf(next.person)}` : '';
  const coming = overrides.filter((one) => one.rotation === id && momentOf(one.until, timeZone) > now);
  return [
    `Rotation ${id}: each ${unit} since ${text(momentOf(startsAt, timeZone))} (${timeZone}), ${people.map(nameOf).join(', ')}`,
    `  now ${person === null ? 'nobody' : nameOf(person)}${follows}`,
    ...coming.map(
      (one) =>
        `  ${text(momentOf(one.from, timeZone))} to ${text(momentOf(one.until, timeZone))}: ${nameOf(one.person)} stands in`,
    ),
    '',
  ];
}

/** When somebody else has it, and who; `null` where that is not soon. */
function nextChange(rotation: Rotation, overrides: readonly Override[], now: Date) {
  const first = shiftAt(rotation, overrides, now);
  let at = first.until;
  for (let i = 0; i < MOST_CHANGES; i += 1) {
    const shift = shiftAt(rotation, overrides, at);
    if (shift.person !== null && shift.person !== first.person) return { at, person: shift.person };
    at = shift.until;
  }
  return null;
}

function routeText({ policy, place, site }: Route): string {
  const named = [
    policy === undefined ? null : `policy ${policy}`,
    site === undefined ? null : `site ${site}`,
    place === undefined ? null : `place ${place}`,
  ];
  return named.filter((one) => one !== null).join(' and ');
}

function peopleLines(people: readonly Person[]): string[] {
  const width = Math.max(...people.map(({ name }) => name.length));
  return people.map(({ id, name, phone, channels, email, language, mayKnowHomeAddress }) => {
    const more = [
      channels.join(', then '),
      ...(email === null ? [] : [email]),
      ...(language === 'en' ? [] : [language]),
      ...(mayKnowHomeAddress ? ['may know home addresses'] : []),
    ];
    return `  ${name.padEnd(width)}  ${phone.padEnd(16)}  ${more.join('; ')}  [${id}]`;
  });
}
