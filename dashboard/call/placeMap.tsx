import { useEffect, useRef, useState } from 'preact/hooks';
import type { CallDetail, Me } from '../../shared/dashboard/contract.ts';
import { Notice } from '../parts/notice.tsx';
import { texts } from '../texts.ts';

interface PlaceMapProps {
  map: NonNullable<Me['map']>;
  coordinates: NonNullable<CallDetail['coordinates']>;
  label: string;
}

const CLOSE_ENOUGH = 17;

/** The place on a map. Leaflet comes only now, so that no call waits for it; without pictures the page says so. */
export function PlaceMap({ map, coordinates: { latitude, longitude }, label }: PlaceMapProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    let remove: (() => void) | null = null;
    let isGone = false;
    const draw = async () => {
      const { drawMap } = await import('./drawMap.ts');
      if (isGone || !box.current) return;
      remove = drawMap(box.current, map, [latitude, longitude], CLOSE_ENOUGH, () => setBroken(true));
    };
    draw().catch(() => setBroken(true));
    return () => {
      isGone = true;
      remove?.();
    };
  }, [map, latitude, longitude]);
  return (
    <>
      {isBroken && (
        <Notice tone="warn" isSpoken>
          <p>{texts.call.mapBroken}</p>
        </Notice>
      )}
      <section class={`map ${isBroken ? 'broken' : ''}`} ref={box} aria-label={label} />
    </>
  );
}
