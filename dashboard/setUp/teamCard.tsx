import type { RosterOfPage } from '../../shared/dashboard/contract.ts';
import { texts } from '../texts.ts';

interface TeamCardProps {
  team: RosterOfPage['teams'][number];
  people: RosterOfPage['people'];
}

/** Who of a team would be told of a call now, step by step. */
export function TeamCard({ team, people }: TeamCardProps) {
  const channelsOf = (id: string) => people.find((person) => person.id === id)?.channels.join(', ') ?? '';
  return (
    <section class="card" aria-label={team.name}>
      <h2>{team.name}</h2>
      <ol class="team-steps">
        {team.steps.map((step, i) => (
          <li key={i}>
            <h3>{texts.roster.step(i + 1)}</h3>
            {step.toldNow.length === 0 && <p class="told-none">{texts.roster.nobody}</p>}
            <ul>
              {step.toldNow.map(({ id, name }) => (
                <li key={id}>
                  <strong>{name}</strong> <span class="muted small">{channelsOf(id)}</span>
                </li>
              ))}
            </ul>
            {i + 1 < team.steps.length && (
              <p class="muted small">{texts.roster.escalates(step.escalateAfterMinutes)}</p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
