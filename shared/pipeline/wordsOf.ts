import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { errorCodeOf } from '../errors.ts';
import { marksOf } from '../messaging/alertHead.ts';
import { type AlertWords, composeAlertSms } from '../messaging/alertSms.ts';
import type { Channel } from '../messaging/channel.ts';
import { endedWords, type ReplyStyle, reminderWords, replyHints, responseWords } from '../messaging/replyWords.ts';
import type { Audience, Delivery } from '../oncall/delivery.ts';
import { placeFor } from '../oncall/homeAddress.ts';
import { isToPlace } from '../oncall/place.ts';
import type { AlertWork } from '../oncall/work.ts';
import type { Services } from './services.ts';

const KIND_OF_CONTENT: Record<EmergencyCall['content'], AlertWords['kind']> = {
  read: 'call',
  pending: 'detailsPending',
  unavailable: 'detailsUnavailable',
  notEmergency: 'notEmergency',
};

/** What an alert is about that tells no facts, by the beginning of its key. */
const NEWS = [
  ['response-', 'response'],
  ['reminder-', 'reminder'],
  ['ended', 'ended'],
] as const;

/** An alert to one person by one channel. */
interface Telling {
  call: EmergencyCall;
  work: AlertWork;
  channel?: Channel;
  recipientId: string;
  /** Without it, the recipients of the call. */
  audience?: Audience;
}

/** What is claimed for one delivery. */
type Said = Required<Pick<Delivery, 'bodies' | 'factsVersion' | 'homeAddress'>>;

/**
 * The words for this moment as a channel carries them, in the language of who reads them, and without what they may not
 * know; and the version of the facts that they tell: 0 where they tell none.
 */
export function wordsOf(services: Services, { call, work, channel, recipientId, audience }: Telling): Said {
  const { factsVersion } = call;
  try {
    const language = services.languageOf(recipientId, call);
    const style: ReplyStyle = {
      detail: services.settings.smsDetail,
      timeZone: services.timeZone(),
      language,
      now: services.now(),
      // A place gets the built-in words: what reads them may be a program.
      templates: isToPlace({ recipientId }) ? {} : services.templatesOf(call, language),
    };
    const news = newsOf(services, call, work, style);
    if (news !== null) {
      return { bodies: newsAs(services, { call, work }, news, channel), factsVersion: 0, homeAddress: null };
    }
    const words = factsRead(services, { call, alertKey: work.alertKey, recipientId, audience });
    const isAnswerable = words.kind !== 'update' && words.kind !== 'notEmergency';
    const hints = isAnswerable ? replyHints(call.code, style.language) : [];
    const bodies = composed(services, channel?.compose ?? composeAlertSms, words, { ...style, hints });
    const isText = channel === undefined || channel.name === 'sms';
    // Whoever hears of a call late, since a phone or a provider was away, is not to run for what others have done.
    const isAnswered = isText && words.kind !== 'update' && call.response.state !== 'open';
    return {
      bodies: isAnswered ? [...bodies, responseWords(answeredCall(services, call), style)] : bodies,
      factsVersion,
      homeAddress: homeAddressIn(words, style),
    };
  } catch (caught) {
    services.log.error('Words could not be composed, sent without details', { error: errorCodeOf(caught) });
    const bodies = [`${marksOf(call)}EMERGENCY CALL ${call.code}. Details are on the record.`];
    return { bodies, factsVersion, homeAddress: null };
  }
}

/** Of a template that cannot be filled nothing is lost but its words. */
function composed({ log }: Services, compose: Channel['compose'], words: AlertWords, style: ReplyStyle): string[] {
  try {
    return compose(words, style);
  } catch (caught) {
    if (Object.keys(style.templates ?? {}).length === 0) throw caught;
    log.error('A template could not be filled, the built-in words are sent', { error: errorCodeOf(caught) });
    return compose(words, { ...style, templates: {} });
  }
}

/** What this reader is told of a call. Without an audience, the recipients of the call are told. */
export function factsRead(
  services: Services,
  {
    call,
    alertKey,
    recipientId,
    audience,
  }: { call: EmergencyCall; alertKey: string; recipientId: string; audience: Audience | undefined },
): AlertWords {
  return { ...alertOf(call, { alertKey }), ...placeRead(services, call, recipientId, audience) };
}

/** What of the place this reader is told, and by what names others are known who know it. */
function placeRead(
  services: Services,
  call: EmergencyCall,
  recipientId: string,
  audience: Audience = { told: call.recipients.map(({ id }) => id), know: [] },
): Pick<AlertWords, 'facts' | 'alsoAt' | 'knownTo'> {
  const { facts, alsoAt, knownTo } = placeFor(call, recipientId, audience, services.confidants());
  return { facts, alsoAt, knownTo: knownTo?.map((id) => services.nameOf(id)) ?? null };
}

/** Whether words of such detail say a home address. */
export function homeAddressIn(
  { kind, whereabouts, knownTo = null }: AlertWords,
  { detail }: Pick<ReplyStyle, 'detail'>,
): Said['homeAddress'] {
  if (whereabouts !== 'offSite' || detail === 'minimal' || kind === 'notEmergency') return null;
  return knownTo === null ? 'told' : 'withheld';
}

/** What somebody answered, that nobody is on scene yet, or that the emergency call itself is over. */
function newsOf(services: Services, call: EmergencyCall, { alertKey }: AlertWork, style: ReplyStyle): string | null {
  if (alertKey.startsWith('ended')) return endedWords(call, style);
  const answered = answeredCall(services, call);
  if (alertKey.startsWith('response-')) return responseWords(answered, style);
  return alertKey.startsWith('reminder-') ? reminderWords(answered, style) : null;
}

function answeredCall(services: Services, call: EmergencyCall) {
  const { holder } = call.response;
  return { call, holderName: holder === null ? null : services.nameOf(holder) };
}

function newsAs(
  services: Services,
  { call, work }: Pick<Telling, 'call' | 'work'>,
  text: string,
  channel: Channel | undefined,
): string[] {
  const { state, holder, since, resolvedAs } = call.response;
  const by = holder === null ? null : services.nameOf(holder);
  const { code: callCode, isTest, endedAt } = call;
  const [, kind] = NEWS.find(([beginning]) => work.alertKey.startsWith(beginning)) ?? NEWS[0];
  return channel?.composeNews?.({ kind, callCode, isTest, state, by, since, resolvedAs, endedAt, text }) ?? [text];
}

function alertOf(call: EmergencyCall, { alertKey }: Pick<AlertWork, 'alertKey'>): AlertWords {
  const isUpdate = alertKey.startsWith('update-') && call.content === 'read';
  return {
    kind: isUpdate ? 'update' : KIND_OF_CONTENT[call.content],
    callCode: call.code,
    isTest: call.isTest,
    whereabouts: call.whereabouts,
    site: call.site,
    occurredAt: call.occurredAt === null ? null : new Date(call.occurredAt),
    facts: call.facts,
    alsoAt: call.alsoAt,
    changed: call.changedFacts,
    content: call.content,
  };
}
