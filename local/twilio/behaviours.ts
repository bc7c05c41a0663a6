import type { ErrorCode } from './apiErrors.ts';

/**
 * What a number does with messages. `reachable` is what every number does until it is told otherwise; `noReceipt`
 * stays at `sent`, as carriers do that send no receipt.
 */
export type Behaviour =
  | 'reachable'
  | 'noReceipt'
  | 'invalid'
  | 'landline'
  | 'optedOut'
  | 'regionNotEnabled'
  | 'unreachable'
  | 'unknownHandset'
  | 'undetectedLandline'
  | 'carrierFiltered'
  | 'unknownError';

/** These are refused when the message is created. */
export const REFUSED_AT_CREATION: Partial<Record<Behaviour, ErrorCode>> = {
  invalid: 21211,
  landline: 21614,
  optedOut: 21610,
  regionNotEnabled: 21408,
};

export interface Undelivered {
  code: number;
  message: string;
}

/** These are taken and sent, and then reported undelivered. Codes and words of Twilio's error dictionary. */
export const UNDELIVERED: Partial<Record<Behaviour, Undelivered>> = {
  unreachable: { code: 30003, message: 'Unreachable destination handset' },
  unknownHandset: { code: 30005, message: 'Unknown destination handset' },
  undetectedLandline: { code: 30006, message: 'Landline or unreachable carrier' },
  carrierFiltered: { code: 30007, message: 'Message filtered' },
  unknownError: { code: 30008, message: 'Unknown error' },
};

/** A message that waited in the queue for longer than its validity period is never sent. */
export const VALIDITY_PERIOD_EXPIRED: Undelivered = { code: 30036, message: 'Validity Period Expired' };
