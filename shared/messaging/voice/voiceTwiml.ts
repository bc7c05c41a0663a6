import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import type { VoiceScript } from './script.ts';
import type { Voice } from './voices.ts';

/** What can say something: a response, or a `<Gather>` within it. */
type Speaker = Pick<VoiceResponse, 'say' | 'pause'>;

/** How long after the last word a key is waited for. */
const WAIT_SECONDS = 10;

/** Twilio's own library for TwiML; it is loaded with the first call. */
export async function loadVoiceResponse(): Promise<typeof VoiceResponse> {
  const { default: loaded } = await import('twilio/lib/twiml/VoiceResponse.js');
  return loaded;
}

/**
 * The TwiML of a call: the facts slowly and twice, the warning, and the keys that answer. Without an address to which a
 * key could be reported it says how else to answer. News are only said.
 */
export function callTwiml(
  Response: typeof VoiceResponse,
  { voice, kind, lines }: VoiceScript,
  answerUrl: string | null,
): string {
  const { words } = voice;
  const response = new Response();
  const speaker = kind === 'call' && answerUrl !== null ? gatherIn(response, answerUrl) : response;
  if (kind === 'call') say(speaker, voice, words.opening);
  saySlowly(speaker, voice, lines);
  if (kind === 'call') {
    say(speaker, voice, words.warning);
    say(speaker, voice, answerUrl === null ? words.answerByText : words.menu);
  }
  if (speaker !== response) say(response, voice, words.noKey);
  return response.toString();
}

/** What is said to a pressed key; the next one is waited for where there is an address for it. */
export function answerTwiml(
  Response: typeof VoiceResponse,
  { voice, sentence, nextUrl, hasMenu }: { voice: Voice; sentence: string; nextUrl: string | null; hasMenu: boolean },
): string {
  const response = new Response();
  const speaker = nextUrl === null ? response : gatherIn(response, nextUrl);
  say(speaker, voice, sentence);
  if (nextUrl !== null && hasMenu) say(speaker, voice, voice.words.menu);
  response.hangup();
  return response.toString();
}

/** One key, also `*` or `#`, at any time while it speaks: https://www.twilio.com/docs/voice/twiml/gather */
function gatherIn(response: VoiceResponse, action: string): Speaker {
  return response.gather({
    input: ['dtmf'],
    numDigits: 1,
    finishOnKey: '',
    timeout: WAIT_SECONDS,
    action,
    method: 'POST',
  });
}

function say(speaker: Speaker, { language, voice }: Voice, sentence: string): void {
  speaker.say({ language, voice }, sentence);
}

/** Twice, slowly, with a second of silence behind each line: https://www.twilio.com/docs/voice/twiml/say#attributes-loop */
function saySlowly(speaker: Speaker, { language, voice }: Voice, lines: readonly string[]): void {
  const prosody = speaker.say({ language, voice, loop: 2 }, '').prosody({ rate: 'slow' }, '');
  for (const line of lines) {
    prosody.addText(line);
    prosody.break({ time: '1s' });
  }
}
