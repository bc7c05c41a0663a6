import type { ChannelName, Delivery } from './delivery.ts';

/** Ways to reach a place of the team's: it hears of every call, and nobody counts as told by it. */
const PLACE_CHANNELS = ['teams', 'webhook'] as const satisfies readonly ChannelName[];
/** No person's id holds a colon. */
const PLACE_ID = 'place:';
const SUFFIX = '.places';

/** A place, as a delivery names it; its address is known to the channel alone. */
export interface Place {
  id: string;
  channel: ChannelName;
}

/** The places of the channels that are set up. */
export function placesOf(channels: Partial<Record<ChannelName, unknown>>): Place[] {
  return PLACE_CHANNELS.flatMap((channel) => (channels[channel] ? [{ id: `${PLACE_ID}${channel}`, channel }] : []));
}

export function isToPlace({ recipientId }: Pick<Delivery, 'recipientId'>): boolean {
  return recipientId.startsWith(PLACE_ID);
}

/** The alert to places that goes beside one to people; `null` where places are not told: of later steps, of reminders. */
export function placeAlertOf(alertKey: string): string | null {
  return /^(first$|ended$|update-|response-)/.test(alertKey) ? `${alertKey}${SUFFIX}` : null;
}

export function isPlaceAlert({ alertKey }: { alertKey: string }): boolean {
  return alertKey.endsWith(SUFFIX);
}
