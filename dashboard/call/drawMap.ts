import { circleMarker, map as createMap, type LatLngTuple, tileLayer } from 'leaflet';
import 'leaflet/dist/leaflet.css';
import type { Me } from '../../shared/dashboard/contract.ts';

/** Draws the map into an element. `onBroken` is called when its pictures do not come. Returns how to take it away. */
export function drawMap(
  element: HTMLElement,
  { tileUrl, attribution }: NonNullable<Me['map']>,
  place: LatLngTuple,
  zoom: number,
  onBroken: () => void,
): () => void {
  const map = createMap(element, { scrollWheelZoom: false, attributionControl: true }).setView(place, zoom);
  map.attributionControl.setPrefix(false);
  // The attribution is a setting: its text is shown as text.
  const tiles = tileLayer(tileUrl, { attribution: asText(attribution), maxZoom: 19 });
  tiles.on('tileerror', onBroken);
  tiles.addTo(map);
  circleMarker(place, { radius: 11, weight: 4, color: '#ffffff', fillColor: '#b3261e', fillOpacity: 1 }).addTo(map);
  return () => map.remove();
}

function asText(words: string): string {
  const holder = document.createElement('span');
  holder.textContent = words;
  return holder.innerHTML;
}
