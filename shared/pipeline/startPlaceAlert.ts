import { placeAlertOf, placesOf } from '../oncall/place.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Services } from './services.ts';
import { startAlert } from './startAlert.ts';

/**
 * Places hear beside the people, by an alert of their own: what becomes of it changes nothing for anybody. With the first
 * try of an alert, or with one whose process died.
 */
export async function startPlaceAlert(services: Services, { callId, alertKey, attempts }: AlertWork): Promise<void> {
  const placeAlert = placeAlertOf(alertKey);
  if (attempts > 0 || placeAlert === null || placesOf(services.channels).length === 0) return;
  await startAlert(services, callId, placeAlert);
}
