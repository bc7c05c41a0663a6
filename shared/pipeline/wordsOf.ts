import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { errorCodeOf } from '../errors.ts';
import { type AlertWords, composeAlertSms } from '../messaging/alertSms.ts';
import type { Channel } from '../messaging/channel.ts';
import type { Delivery } from '../oncall/delivery.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Services } from './services.ts';

const KIND_OF_CONTENT: Record<EmergencyCall['content'], AlertWords['kind']> = {
  read: 'call',
  pending: 'detailsPending',
  unavailable: 'detailsUnavailable',
  notEmergency: 'notEmergency',
};

/** The words for this moment as a channel carries them, and the version of the facts that they tell. */
export function wordsOf(
  services: Services,
  { call, work, channel }: { call: EmergencyCall; work: AlertWork; channel?: Channel },
): Pick<Delivery, 'bodies' | 'factsVersion'> {
  const isUpdate = work.alertKey.startsWith('update-') && call.content === 'read';
  const words: AlertWords = {
    kind: isUpdate ? 'update' : KIND_OF_CONTENT[call.content],
    callCode: call.code,
    isTest: call.isTest,
    occurredAt: call.occurredAt === null ? null : new Date(call.occurredAt),
    facts: call.facts,
    alsoAt: call.alsoAt,
    changed: call.changedFacts,
    content: call.content,
  };
  const { factsVersion } = call;
  try {
    const style = { detail: services.settings.smsDetail, timeZone: services.timeZone() };
    const compose = channel?.compose ?? composeAlertSms;
    return { bodies: compose(words, style), factsVersion };
  } catch (caught) {
    services.log.error('Words could not be composed, sent without details', { error: errorCodeOf(caught) });
    const test = call.isTest ? 'TEST ' : '';
    return { bodies: [`${test}EMERGENCY CALL ${call.code}. Details are on the record.`], factsVersion };
  }
}
