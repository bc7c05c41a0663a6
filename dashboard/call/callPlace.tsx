import type { CallDetail } from '../../shared/dashboard/contract.ts';
import { me } from '../live/session.ts';
import { CopyButton } from '../parts/copyButton.tsx';
import { texts } from '../texts.ts';
import { PlaceMap } from './placeMap.tsx';

/** Where it is: a map where one can be drawn, and the address in any case. */
export function CallPlace({ call }: { call: CallDetail }) {
  const map = me.value?.map ?? null;
  return (
    <section class="card" aria-labelledby="place">
      <h2 id="place">{texts.call.place}</h2>
      {map && call.coordinates ? (
        <PlaceMap map={map} coordinates={call.coordinates} label={texts.call.mapOf(call.location)} />
      ) : (
        <p class="muted small">{call.coordinates ? texts.call.noTiles : texts.call.noCoordinates}</p>
      )}
      <p>{call.location ?? call.locationWithheld ?? texts.call.locationUnknown}</p>
      {call.coordinates && (
        <p class="muted small number">
          {call.coordinates.latitude.toFixed(5)}, {call.coordinates.longitude.toFixed(5)}
        </p>
      )}
      <div class="row">
        {call.links.map !== null && (
          <a class="button" href={call.links.map} target="_blank" rel="noreferrer">
            {texts.call.openMap}
          </a>
        )}
        {call.location !== null && <CopyButton text={call.location} label={texts.call.copyAddress} />}
      </div>
    </section>
  );
}
