import type { TwilioSettings } from '../../settings.ts';
import type { Channel, OutgoingMessage, SendResult } from '../channel.ts';
import { resultOfCallFailure } from './callErrors.ts';
import { composeVoiceScript, leastSecondsOf, readVoiceScript, type VoiceScript } from './script.ts';
import { createTwilioCalls } from './twilioCalls.ts';
import { voiceAddressOf } from './voiceAddress.ts';
import { callTwiml, loadVoiceResponse } from './voiceTwiml.ts';

export interface VoiceChannelOptions {
  /** For one request, with its answer. */
  timeoutMs?: number;
  /** Origin at which Twilio reaches this app; `null`: no keys are taken, and Twilio reports nothing by itself. */
  publicUrl?: string | null;
  /** The number that calls, E.164. Needed where messages are sent by a messaging service, which cannot call. */
  from?: string | null;
}

const TIMEOUT_MS = 10_000;
/** Twilio's most for TwiML within the request: https://www.twilio.com/docs/voice/api/call-resource */
const MOST_TWIML = 4_000;
/** About six times; the next way or person is tried sooner than after Twilio's own minute. */
const RING_SECONDS = 30;

/**
 * https://www.twilio.com/docs/voice/answering-machine-detection: a person is spoken to as soon as they have said their
 * hello, a machine after its greeting, so that the facts are on its tape.
 */
const MACHINE_DETECTION = {
  machineDetection: 'DetectMessageEnd',
  machineDetectionTimeout: 20,
  machineDetectionSilenceTimeout: 3_000,
};

/** Voice calls through Twilio. Calls nobody twice by itself. */
export function createVoiceChannel(settings: TwilioSettings, options: VoiceChannelOptions = {}): Channel {
  const { timeoutMs = TIMEOUT_MS, publicUrl = null } = options;
  const from = options.from ?? (settings.sender.kind === 'number' ? settings.sender.from : null);
  return {
    name: 'voice',
    compose: composeVoiceScript,
    send: async (message) => {
      if (from === null) return { outcome: 'permanent', code: 'noCallerNumber', reason: 'no number is set that calls' };
      try {
        const request = await requestOf(message, publicUrl);
        const { sid, status } = await (await createTwilioCalls(settings, timeoutMs)).create({ ...request, from });
        return acceptedAs(sid, status);
      } catch (caught) {
        return resultOfCallFailure(caught);
      }
    },
    // A call on Twilio's list names neither its words nor its alert, only number and time (`To`, `StartTime`), and when
    // several people dial at once there is one for another alert: taking it for this one would leave an alert untold.
    find: async () => null,
  };
}

async function requestOf({ to, body, reference }: OutgoingMessage, publicUrl: string | null) {
  const script = readVoiceScript(body);
  const { language } = script.voice;
  const addressOf = (more?: Record<string, string>) =>
    publicUrl === null || reference === undefined ? null : voiceAddressOf(publicUrl, reference, language, more);
  const statusCallback = addressOf({ event: 'status', least: String(leastSecondsOf(script)) });
  return {
    to,
    twiml: await twimlWithin(script, addressOf()),
    timeout: RING_SECONDS,
    ...MACHINE_DETECTION,
    ...(statusCallback === null
      ? {}
      : { statusCallback, statusCallbackEvent: ['initiated', 'answered', 'completed'], statusCallbackMethod: 'POST' }),
  };
}

/** Rather without keys, and then without a warning, than no call at all. */
async function twimlWithin(script: VoiceScript, answerUrl: string | null): Promise<string> {
  const Response = await loadVoiceResponse();
  const attempts = [
    callTwiml(Response, script, answerUrl),
    callTwiml(Response, script, null),
    callTwiml(Response, { ...script, kind: 'news' }, null),
  ];
  return attempts.find((twiml) => twiml.length <= MOST_TWIML) ?? attempts[0] ?? '';
}

/** Success without a SID is the word of something that is not Twilio. */
function acceptedAs(sid: unknown, status: unknown): SendResult {
  return typeof sid === 'string' && sid !== ''
    ? { outcome: 'accepted', providerMessageId: sid, status: String(status) }
    : { outcome: 'doubtful', code: 'unreadable answer', reason: 'the answer names no call' };
}
