import type { Finding, WatchedPart } from './finding.ts';
import type { Observations } from './observations.ts';
import { judge } from './watchedPart.ts';

/** The way by which people are told. Its provider is asked, so that wrong credentials show before the next call. */
export function checkChannel({ channel }: Observations): WatchedPart {
  return judge('channel', channel, ({ name, failure }) => {
    if (name === null) return { detail: 'none', findings: [noChannel()] };
    if (failure !== null) return { detail: `${name}: no answer (${failure})`, findings: [silentProvider(failure)] };
    return { detail: `${name}: the provider answers`, findings: [] };
  });
}

function noChannel(): Finding {
  return {
    id: 'noChannel',
    severity: 'critical',
    since: null,
    title: 'no channel',
    what: 'Nobody can be told of an emergency call: SMS is not set up.',
    todo: 'Set the TWILIO_ settings of the function app.',
  };
}

function silentProvider(code: string): Finding {
  return {
    id: 'channel',
    severity: 'critical',
    since: null,
    title: 'Twilio unusable',
    what: `Twilio refuses us or does not answer (${code}): people may not be told of a call.`,
    todo: 'Look at status.twilio.com, the balance and state of the account, and the TWILIO_ settings.',
  };
}
