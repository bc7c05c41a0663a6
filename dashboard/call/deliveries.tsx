import type { CallDetail } from '../../shared/dashboard/contract.ts';
import { ClockTime } from '../parts/times.tsx';
import { texts } from '../texts.ts';

const LOOKS = { sending: '', waiting: '', sent: 'taken', delivered: 'ok', failed: 'bad' } as const;

/** Each message that went out, how far it got, and its words. */
export function Deliveries({ call }: { call: CallDetail }) {
  return (
    <section class="card" aria-labelledby="deliveries">
      <h2 id="deliveries">{texts.call.told}</h2>
      {call.deliveries.length === 0 && <p class="told-none">{texts.call.nobodyTold}</p>}
      <ul class="deliveries">
        {call.deliveries.map((delivery) => (
          <li key={`${delivery.alert}${delivery.person.id}${delivery.channel}`}>
            <div class="row apart">
              <span>
                <strong>{delivery.person.name}</strong>{' '}
                <span class="muted small">{texts.call.alertNamed(delivery.alert)}</span>
              </span>
              <span class={`badge ${LOOKS[delivery.state]}`}>
                {texts.channels[delivery.channel]} {texts.deliveryStates[delivery.state]}
              </span>
            </div>
            <p class="muted small">
              <ClockTime at={delivery.settledAt ?? delivery.claimedAt} />
              {delivery.attempts > 1 && ` · ${texts.call.attempts(delivery.attempts)}`}
              {delivery.lastError !== null && ` · ${delivery.lastError}`}
            </p>
            {delivery.words.length > 0 && (
              <details>
                <summary>{texts.call.words}</summary>
                {delivery.words.map((words, i) => (
                  <p key={i} class="words">
                    {words}
                  </p>
                ))}
              </details>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
