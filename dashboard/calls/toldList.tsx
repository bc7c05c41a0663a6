import type { Live } from '../../shared/dashboard/contract.ts';
import { texts } from '../texts.ts';

type Told = Live['active'][number]['told'];

const LOOKS = { sending: '', waiting: '', sent: 'taken', delivered: 'ok', failed: 'bad' } as const;

/** Who has been told, and how far it got. */
export function ToldList({ told }: { told: Told }) {
  if (told.length === 0) return <p class="told-none">{texts.call.nobodyTold}</p>;
  return (
    <ul class="told" aria-label={texts.call.told}>
      {told.map(({ person, channel, state }) => (
        <li key={person.id}>
          {person.name}{' '}
          <span class={`badge ${LOOKS[state]}`}>
            {texts.channels[channel]} {texts.deliveryStates[state]}
          </span>
        </li>
      ))}
    </ul>
  );
}
