import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { composeCallList } from '../messaging/callListSms.ts';
import { type ReplyStyle, replyWords, responseWords } from '../messaging/replyWords.ts';
import type { Audience, Delivery } from '../oncall/delivery.ts';
import type { Services } from './services.ts';
import { factsRead, homeAddressIn } from './wordsOf.ts';

/** One SMS of a list: its words, and for each call in it, by its place among those that were given, what they say. */
export interface ListBody {
  body: string;
  of: { index: number; said: Required<Pick<Delivery, 'factsVersion' | 'homeAddress'>> }[];
}

/**
 * The list of these calls for one person, as they stand now, without what this reader may not know. Whoever was held when
 * somebody answered reads here who has the call, since news of an answer go only to those who were told.
 */
export function listWordsOf(
  services: Services,
  calls: readonly { call: EmergencyCall; held: Delivery }[],
  { isTest, recipientId }: { isTest: boolean; recipientId: string },
): ListBody[] {
  const [first] = calls;
  if (!first) return [];
  const style: ReplyStyle = {
    detail: services.settings.smsDetail,
    timeZone: services.timeZone(),
    language: services.languageOf(recipientId, first.call),
    now: services.now(),
  };
  const lines = calls.map(({ call, held }) => ({
    words: factsRead(services, {
      call,
      alertKey: held.alertKey,
      recipientId,
      audience: audienceOfHeld(services, call, held),
    }),
    answered: answeredOf(services, call, style),
  }));
  const hint = replyWords({ kind: 'help', code: null }, style);
  return composeCallList(lines, { ...style, isTest, hint }).map(({ body, of }) => ({
    body,
    of: of.map((index) => ({
      index,
      said: {
        factsVersion: calls[index]?.call.factsVersion ?? 0,
        homeAddress: lines[index] ? homeAddressIn(lines[index].words, style) : null,
      },
    })),
  }));
}

/** Who hears of a call that is held: also whoever came to it since, who may be the one to know where it is. */
export function audienceOfHeld(
  services: Services,
  call: EmergencyCall,
  { alertKey, held }: Delivery,
): Audience | undefined {
  if (held === undefined || alertKey !== 'first') return held?.audience;
  const { told, know } = held.audience;
  const newcomers = call.recipients.filter((one) => !told.includes(one.id) && services.waysOf(one).length > 0);
  return { told: [...told, ...newcomers.map(({ id }) => id)], know };
}

function answeredOf(services: Services, call: EmergencyCall, style: ReplyStyle): string | null {
  const { holder, state } = call.response;
  if (state === 'open') return null;
  return responseWords({ call, holderName: holder === null ? null : services.nameOf(holder) }, style);
}
