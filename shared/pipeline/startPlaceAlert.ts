import { placeAlertOf, placesOf } from '../oncall/place.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Services } from './services.ts';
import { startAlert } from './startAlert.ts';

/**
 * Places hear beside the people, by an alert of their own: what becomes of it changes nothing for anybody. With the first
 * try of an alert that comes to its end.
 */
export async function startPlaceAlert(
  services: Services,
  { callId, alertKey, isBegun = false }: AlertWork,
): Promise<void> {
  const placeAlert = placeAlertOf(alertKey);
  if (isBegun || placeAlert === null || placesOf(services.channels).length === 0) return;
  await startAlert(services, callId, placeAlert);
}
