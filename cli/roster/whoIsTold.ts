import type { ChannelName } from '../../shared/messaging/channel.ts';
import { type Roster, recipientsOfStep, type Team } from '../../shared/oncall/roster.ts';
import { timeText } from './rosterTimes.ts';

/** Who is told of a call that comes at a moment, as one document. Steps count from 1. */
export interface ToldReport {
  /** ISO 8601, UTC. */
  at: string;
  teams: {
    id: string;
    name: string;
    timeZone: string;
    rounds: number;
    steps: {
      step: number;
      /** After the beginning of the call's first alert. */
      afterMinutes: number;
      /** When that is; ISO 8601, UTC. */
      at: string;
      people: { id: string; name: string; phone: string; channels: ChannelName[] }[];
    }[];
  }[];
}

/** Whom the first round tells, each step at its own time: a hand-over may come between two of them. */
export function whoIsTold(roster: Roster, teams: readonly Team[], at: Date): ToldReport {
  const people = new Map(roster.people.map((person) => [person.id, person]));
  return {
    at: at.toISOString(),
    teams: teams.map((team) => {
      let afterMinutes = 0;
      const steps = team.steps.map(({ channel, escalateAfterMinutes }, index) => {
        const begins = new Date(at.getTime() + afterMinutes * 60_000);
        const step = {
          step: index + 1,
          afterMinutes,
          at: begins.toISOString(),
          people: recipientsOfStep(roster, team, index, begins).map(({ id, phone }) => {
            const person = people.get(id);
            const channels = channel === null ? (person?.channels ?? []) : [channel];
            return { id, name: person?.name ?? id, phone, channels };
          }),
        };
        afterMinutes += escalateAfterMinutes;
        return step;
      });
      return { id: team.id, name: team.name, timeZone: team.timeZone, rounds: team.rounds, steps };
    }),
  };
}

/** The same as lines. */
export function showWhoIsTold({ at, teams }: ToldReport): string[] {
  return teams.flatMap(({ name, timeZone, rounds, steps }, index) => [
    ...(index === 0 ? [] : ['']),
    `${name}, for a call at ${timeText(new Date(at), timeZone)} (${timeZone}):`,
    ...steps.flatMap(({ afterMinutes, people }) =>
      people.map((person, order) => {
        const when = order > 0 ? '' : afterMinutes === 0 ? 'at once' : `after ${afterMinutes} min`;
        return `  ${when.padEnd(13)}  ${person.name}  ${person.phone}  ${person.channels.join(', then ')}`;
      }),
    ),
    `  until somebody acknowledges${rounds > 1 ? `, ${rounds} times over` : ''}`,
  ]);
}
