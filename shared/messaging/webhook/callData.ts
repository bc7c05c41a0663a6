import { type CallFacts, NO_FACTS } from '../../emergency/emergencyCall.ts';
import { type AlertStyle, type AlertWords, composeAlertSms } from '../alertSms.ts';
import type { CallNews } from '../channel.ts';
import { isDialedNumber, isPhoneNumber } from '../factText.ts';

/**
 * The `data` of an event about a call: facts by name, `null` where missing or, with `detail` minimal, where personal; and
 * a summary for people that says the three facts of 47 CFR 9.3 in any case.
 */
export function alertData(alert: AlertWords, { detail, timeZone, language = 'en' }: AlertStyle): object {
  const { kind, callCode, isTest, occurredAt, whereabouts = 'unknown', changed = [] } = alert;
  const isMinimal = detail === 'minimal';
  return {
    kind,
    callCode,
    isTest,
    whereabouts,
    site: isMinimal ? null : (alert.site ?? null),
    occurredAt: occurredAt === null || Number.isNaN(occurredAt.getTime()) ? null : occurredAt.toISOString(),
    ...(isMinimal ? impersonal(alert.facts) : alert.facts),
    locationKnownTo: isMinimal ? null : (alert.knownTo ?? null),
    alsoAt: isMinimal ? null : (alert.alsoAt ?? null),
    changed: kind === 'update' ? changed : [],
    // Without hints how to answer: nobody answers from here.
    summary: composeAlertSms(alert, { detail, timeZone, language }).join('\n'),
  };
}

/** The `data` of an event about an answer, or the end of the call. */
export function newsData({ text, ...news }: CallNews): object {
  return { ...news, summary: text };
}

/** What is not plainly a number could name somebody. */
function impersonal({ callbackNumber, emergencyNumberDialed }: CallFacts): CallFacts {
  return {
    ...NO_FACTS,
    callbackNumber: isPhoneNumber(callbackNumber ?? '') ? callbackNumber : null,
    emergencyNumberDialed: isDialedNumber(emergencyNumberDialed ?? '') ? emergencyNumberDialed : null,
  };
}
