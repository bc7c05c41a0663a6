import type { EmergencyCall } from '../emergency/emergencyCall.ts';
import { errorCodeOf } from '../errors.ts';
import type { DeliveryReference } from '../messaging/channel.ts';
import type { FormParameters } from '../messaging/twilio/webhookSignature.ts';
import { actionOfKey } from '../messaging/voice/keypad.ts';
import { readVoiceScript } from '../messaging/voice/script.ts';
import { voiceAddressOf } from '../messaging/voice/voiceAddress.ts';
import { type Voice, voiceFor } from '../messaging/voice/voices.ts';
import { answerTwiml, callTwiml, loadVoiceResponse } from '../messaging/voice/voiceTwiml.ts';
import { deliveryKeyOf } from '../oncall/delivery.ts';
import type { ResponseAction, Verdict } from '../oncall/response.ts';
import { answerCall } from './answerCall.ts';
import { noteDeliveryStatus } from './noteDeliveryStatus.ts';
import type { Services } from './services.ts';
import { parameterOf } from './twilioRequest.ts';

/** A key that somebody pressed in a call of ours. */
export interface PressedKey {
  reference: DeliveryReference;
  callSid: string;
  parameters: FormParameters;
  /** Of the address that Twilio was given for this key: the language, and what was asked before. */
  query: { get(name: string): string | null };
}

/** Who goes on pressing keys after so many is a machine, or has a key that is stuck. */
const MOST_KEYS = 20;

/**
 * Does what a pressed key means and returns the TwiML that answers it. An answer is said to be recorded only once it is.
 * What a machine could have pressed, and what is final, counts with the second press of the same key.
 */
export async function takeKey(services: Services, key: PressedKey): Promise<string> {
  const { reference, parameters, query } = key;
  const voice = voiceFor(query.get('lang'));
  const { words } = voice;
  const digits = parameterOf(parameters, 'Digits') ?? '';
  const action = actionOfKey(digits);
  const isRepeated = query.get('sure') === digits;
  if (action === 'repeat') return (await repeat(services, key, voice)) ?? say(services, key, voice, words.noRepetition);
  if (action === null) return say(services, key, voice, words.wrongKey);
  if (!isRepeated && isMachine(parameters)) return say(services, key, voice, words.confirm, digits);
  if (!isRepeated && action.kind === 'resolve') return say(services, key, voice, words.confirmClosing, digits);
  try {
    const { callId, recipientId: by } = reference;
    const answered = {
      callId,
      by,
      action,
      via: 'voice',
      at: services.now(),
      key: `${key.callSid}|${countOf(key)}`,
    } as const;
    const { call, verdict } = await answerCall(services, answered);
    await notePressed(services, key);
    return say(services, key, voice, sentenceOf(services, { call, verdict, action, voice }));
  } catch (caught) {
    services.log.error('An answer by key could not be recorded', {
      callId: reference.callId,
      error: errorCodeOf(caught),
    });
    return say(services, key, voice, words.notRecorded);
  }
}

/** https://www.twilio.com/docs/voice/answering-machine-detection#answeredby */
function isMachine(parameters: FormParameters): boolean {
  return /^(machine|fax)/.test(parameterOf(parameters, 'AnsweredBy') ?? '');
}

/** Whoever answers has been reached. That the record of this fails changes nothing about the answer. */
async function notePressed(services: Services, { reference, callSid }: PressedKey): Promise<void> {
  const report = {
    messageSid: callSid,
    status: 'key-pressed',
    errorCode: null,
    at: services.now(),
    clock: 'ours',
  } as const;
  try {
    await noteDeliveryStatus(services, { ...reference, channel: 'voice' }, report);
  } catch (caught) {
    services.log.error('The status of a call could not be recorded', { error: errorCodeOf(caught) });
  }
}

function sentenceOf(
  services: Services,
  { call, verdict, action, voice }: { call: EmergencyCall; verdict: Verdict; action: ResponseAction; voice: Voice },
): string {
  const { words } = voice;
  switch (verdict) {
    case 'done':
      return words.recorded[action.kind];
    case 'yours':
      return words.isYours;
    case 'taken':
      return words.isTaken.replace('{}', () => services.nameOf(call.response.holder ?? ''));
    case 'notYours':
      return words.isNotYours;
    case 'resolved':
      return words.isResolved;
  }
}

/** The facts once more, as they were sent; `null` when they cannot be had. */
async function repeat(services: Services, key: PressedKey, voice: Voice): Promise<string | null> {
  const { reference } = key;
  try {
    const deliveryKey = deliveryKeyOf({ ...reference, channel: 'voice' });
    const row = await services.store.deliveries.get(reference.callId, deliveryKey);
    const body = row?.value.bodies[0];
    if (body === undefined) return null;
    return callTwiml(await loadVoiceResponse(), readVoiceScript(body), nextUrl(services, key, voice));
  } catch (caught) {
    services.log.error('Facts could not be repeated', { callId: reference.callId, error: errorCodeOf(caught) });
    return null;
  }
}

async function say(
  services: Services,
  key: PressedKey,
  voice: Voice,
  sentence: string,
  sure?: string,
): Promise<string> {
  const url = nextUrl(services, key, voice, sure);
  return answerTwiml(await loadVoiceResponse(), { voice, sentence, nextUrl: url, hasMenu: sure === undefined });
}

/** `null` when there have been enough. */
function nextUrl({ settings }: Services, key: PressedKey, { language }: Voice, sure?: string): string | null {
  const count = countOf(key) + 1;
  if (settings.publicUrl === null || count >= MOST_KEYS) return null;
  const more = { n: String(count), ...(sure === undefined ? {} : { sure }) };
  return voiceAddressOf(settings.publicUrl, key.reference, language, more);
}

function countOf({ query }: PressedKey): number {
  return Number(query.get('n') ?? 0);
}
