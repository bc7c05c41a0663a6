import type { ChannelName } from './delivery.ts';
import type { Roster } from './roster.ts';

/** What a channel needs, for whoever set none of it up. That SMS is not set up has a fault of its own. */
const NEEDS = {
  voice: 'nothing can call (TWILIO_FROM must be a number that can call, not a messaging service)',
  email: 'no mail can be sent (EMAIL_ENDPOINT)',
} as const;

/**
 * What the roster counts on and is not set up, in sentences without names: those ways are left out, and whoever has no
 * other is texted. `isSetUp` says whether a channel is there.
 */
export function missingChannels(
  { people, teams }: Pick<Roster, 'people' | 'teams'>,
  isSetUp: (channel: ChannelName) => boolean,
): string[] {
  return (['voice', 'email'] as const)
    .filter((channel) => !isSetUp(channel))
    .flatMap((channel) => {
      const persons = people.filter(({ channels }) => channels.includes(channel)).length;
      const steps = teams.flatMap((team) => team.steps).filter((step) => step.channel === channel).length;
      const named = [persons > 0 ? count(persons, 'person') : [], steps > 0 ? count(steps, 'step') : []].flat();
      return named.length === 0 ? [] : [`names ${channel} for ${named.join(' and ')}, and ${NEEDS[channel]}`];
    });
}

function count(n: number, what: string): string {
  return n === 1 ? `1 ${what}` : `${n} ${what === 'person' ? 'people' : `${what}s`}`;
}
