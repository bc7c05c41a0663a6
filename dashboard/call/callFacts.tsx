import type { CallDetail } from '../../shared/dashboard/contract.ts';
import { texts } from '../texts.ts';
import { CallBack } from './callBack.tsx';

/** The three facts that the law names, large: that it was dialled, the callback number, the place. */
export function CallFacts({ call }: { call: CallDetail }) {
  return (
    <dl class="big-facts">
      <div class={`card place-fact ${call.whereabouts === 'offSite' ? 'off-site' : ''}`}>
        <dt>{texts.call.location}</dt>
        <dd>{call.location ?? call.locationWithheld ?? texts.unknown}</dd>
        {call.whereabouts === 'offSite' && <dd class="small">{texts.call.offSiteMeans}</dd>}
        {call.alsoAt !== null && (
          <dd class="small">
            {texts.call.alsoAt}: <strong>{call.alsoAt}</strong>
          </dd>
        )}
        {call.site && <dd class="muted small">{call.site.name}</dd>}
      </div>
      <div class="card">
        <dt>{texts.call.callback}</dt>
        <dd class="number">{call.callbackNumber ?? texts.unknown}</dd>
        <CallBack callback={call.callback} number={call.callbackNumber} />
      </div>
      <div class="card">
        <dt>{texts.call.caller}</dt>
        <dd>{call.caller.name ?? call.caller.upn ?? texts.unknown}</dd>
        <dd class="muted small">
          {call.caller.name !== null && call.caller.upn} {texts.call.dialed(call.numberDialed)}
        </dd>
        {call.links.chat !== null && (
          <dd>
            <a href={call.links.chat} target="_blank" rel="noreferrer">
              {texts.call.openChat}
            </a>
          </dd>
        )}
      </div>
    </dl>
  );
}
