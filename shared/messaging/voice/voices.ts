import { GERMAN } from './words/de.ts';
import { ENGLISH } from './words/en.ts';
import { SPANISH } from './words/es.ts';
import { FRENCH } from './words/fr.ts';
import type { VoiceWords } from './words/voiceWords.ts';

/** One way to speak. The voices are Amazon Polly's standard ones: they know the SSML by which the facts are slow. */
export interface Voice {
  /** As Twilio names it: https://www.twilio.com/docs/voice/twiml/say#attributes-language */
  language: keyof typeof VOICES;
  voice: (typeof VOICES)[keyof typeof VOICES]['voice'];
  words: VoiceWords;
}

const VOICES = {
  'en-US': { voice: 'Polly.Joanna', words: ENGLISH },
  'en-GB': { voice: 'Polly.Amy', words: ENGLISH },
  'es-US': { voice: 'Polly.Lupe', words: SPANISH },
  'es-ES': { voice: 'Polly.Lucia', words: SPANISH },
  'es-MX': { voice: 'Polly.Mia', words: SPANISH },
  'fr-FR': { voice: 'Polly.Lea', words: FRENCH },
  'fr-CA': { voice: 'Polly.Chantal', words: FRENCH },
  'de-DE': { voice: 'Polly.Vicki', words: GERMAN },
} as const;

const LANGUAGES = Object.keys(VOICES) as (keyof typeof VOICES)[];

/**
 * The voice for a language (BCP 47): its own, else the first of the same language; English where there is no
 * translation, or no language is named.
 */
export function voiceFor(tag: string | null | undefined): Voice {
  const wanted = (tag ?? '').toLowerCase();
  const [primary] = wanted.split('-');
  const language =
    LANGUAGES.find((known) => known.toLowerCase() === wanted) ??
    LANGUAGES.find((known) => known.split('-')[0] === primary) ??
    'en-US';
  return { language, ...VOICES[language] };
}
