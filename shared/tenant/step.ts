/** A question that is asked on the way from a client to what becomes of its call. */
export type StepName =
  | 'clientSupport'
  | 'trustedIpAddress'
  | 'networkSite'
  | 'emergencyCallingPolicy'
  | 'emergencyCallRoutingPolicy'
  | 'wirelessAccessPoint'
  | 'switchPort'
  | 'switch'
  | 'subnet'
  | 'userAddress'
  | 'suggestedAddress'
  | 'staticAddress'
  | 'emergencyNumber'
  | 'route'
  | 'locationOnRoute'
  | 'callbackNumber'
  | 'notification';

/**
 * `matched`: it decides. `notMatched`: it was looked at and is not so. `notAsked`: it does not come to that.
 * `candidates`: several answers are possible. `unknown`: an export cannot tell.
 */
export type StepOutcome = 'matched' | 'notMatched' | 'notAsked' | 'candidates' | 'unknown';

export interface Step {
  name: StepName;
  outcome: StepOutcome;
  /** In plain words, for the administrator. */
  reason: string;
}

export function step(name: StepName, outcome: StepOutcome, reason: string): Step {
  return { name, outcome, reason };
}
