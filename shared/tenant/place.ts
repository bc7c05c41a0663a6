import type { LisLocation } from './lisConfig.ts';

/** Where a location of the LIS is found, in the order in which it is looked for. */
const LIS_SOURCES = ['wirelessAccessPoint', 'switchPort', 'switch', 'subnet'] as const;

export type LisSource = (typeof LIS_SOURCES)[number];

/** `none`: no location at all is conveyed. */
export type PlaceSource = LisSource | 'userAddress' | 'suggestedAddress' | 'staticAddress' | 'none';

/** A location that a call may convey. */
export interface Place {
  source: PlaceSource;
  /** `null` where an export cannot know it, or the location that is meant is not in it. */
  location: LisLocation | null;
  /** Id that a network or number names, even if no location has it. */
  locationId: string | null;
  /** What must be so for this one to be conveyed, beside that none before it is; `null`: nothing. */
  condition: string | null;
}

export function isLisSource(source: PlaceSource): source is LisSource {
  return LIS_SOURCES.some((known) => known === source);
}
