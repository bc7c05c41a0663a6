import type { TableTexts } from './tableTexts.ts';

export const ENGLISH: TableTexts = {
  heads: {
    call: 'EMERGENCY CALL to {number}',
    update: 'UPDATE, EMERGENCY CALL',
    detailsPending: 'EMERGENCY MESSAGE, details not yet available',
    detailsUnavailable: 'EMERGENCY MESSAGE, details not available',
    notEmergency: 'NO EMERGENCY',
  },
  callToUnknown: 'EMERGENCY CALL',
  labels: {
    dialed: 'Dialed',
    code: 'Call',
    callback: 'Callback number',
    location: 'Location',
    alsoAt: 'Also reported at',
    coordinates: 'Coordinates',
    caller: 'Caller',
    time: 'Time',
  },
  unknown: 'unknown',
  onThePage: 'on the page',
  isNew: '(new)',
  noEmergency: 'The message turned out to be no emergency call',
};
