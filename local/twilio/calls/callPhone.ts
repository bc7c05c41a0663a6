import type { SpokenVerb } from './voiceTwiml.ts';

/** How the phone with a number takes a call. */
export type CallBehaviour =
  | { takes: 'busy' | 'noAnswer' | 'failed' }
  /** Refused when the call is created, with this error of Twilio's. */
  | { takes: 'refused'; code: 13224 | 13227 | 21211 | 21214 | 21215 | 21216 | 21217 | 21219 }
  | Answering;

/** Somebody, or something, picks up. */
export interface Answering {
  takes: 'answered';
  by: 'human' | 'machine' | 'fax' | 'unknown';
  /** One for each time that a key is waited for, once all is said; `null` or none at all: no key. */
  keys?: readonly (string | null)[];
  /** Without it, the phone listens to the end. */
  hangsUpAfterSeconds?: number;
}

export const LISTENS: Answering = { takes: 'answered', by: 'human' };

/** What comes of listening: the end, or a request for more TwiML. */
export type Heard = { end: 'hungUp' | 'endOfTwiml' } | { request: { url: string; digits: string | null } };

/** Slower than most voices; with the pauses of the document itself. */
const CHARACTERS_PER_SECOND = 15;

/** The listening end of one call: what it has heard, how long it has been on the line, the keys it has left. */
export interface Listener {
  behaviour: Answering;
  heard: string[];
  seconds: number;
  keysLeft: (string | null)[];
}

export function createListener(behaviour: Answering): Listener {
  return { behaviour, heard: [], seconds: 0, keysLeft: [...(behaviour.keys ?? [])] };
}

/** Walks the verbs as a phone does, until it hangs up, the document ends, or Twilio has to ask for another one. */
export function listen(listener: Listener, verbs: readonly SpokenVerb[]): Heard {
  for (const verb of verbs) {
    if (typeof verb === 'string') continue;
    if (verb.name === 'Hangup') return { end: 'hungUp' };
    if (verb.name === 'Redirect') return { request: { url: textOf(verb), digits: null } };
    if (!hear(listener, verb)) return { end: 'hungUp' };
    if (verb.name !== 'Gather') continue;
    const digits = listener.keysLeft.shift() ?? null;
    if (digits !== null) return { request: { url: verb.attributes.action ?? '', digits } };
    if (!wait(listener, Number(verb.attributes.timeout ?? 5))) return { end: 'hungUp' };
  }
  return { end: 'endOfTwiml' };
}

/** False when the phone hung up before it was said. */
function hear(listener: Listener, verb: SpokenVerb): boolean {
  if (typeof verb === 'string') return true;
  if (verb.name === 'Gather') return verb.children.every((child) => hear(listener, child));
  if (verb.name === 'Pause') return wait(listener, Number(verb.attributes.length ?? 1));
  for (let time = Number(verb.attributes.loop ?? 1); time > 0; time -= 1) {
    for (const sentence of sentencesOf(verb)) {
      if (!wait(listener, sentence.length / CHARACTERS_PER_SECOND)) return false;
      listener.heard.push(sentence);
    }
  }
  return true;
}

function wait(listener: Listener, seconds: number): boolean {
  const { hangsUpAfterSeconds = Number.POSITIVE_INFINITY } = listener.behaviour;
  listener.seconds = Math.min(listener.seconds + seconds, hangsUpAfterSeconds);
  return listener.seconds < hangsUpAfterSeconds;
}

function sentencesOf(verb: SpokenVerb): string[] {
  return typeof verb === 'string' ? [verb] : verb.children.flatMap(sentencesOf);
}

function textOf(verb: SpokenVerb): string {
  return sentencesOf(verb).join('');
}
