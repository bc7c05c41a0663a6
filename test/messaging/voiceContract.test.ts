import { createVoiceChannel } from '../../shared/messaging/voice/voiceChannel.ts';
import { describeChannel } from './channelSuite.ts';
import { seenOf } from './markup.ts';
import { respond } from './postServer.ts';
import { twilioAt } from './twilioAt.ts';

describeChannel({
  name: 'voice',
  to: '+14255550111',
  create: (origin, timeoutMs) =>
    createVoiceChannel(twilioAt(origin), { timeoutMs, publicUrl: 'https://alerts.contoso.com' }),
  takes: respond(201, { sid: `CA${'0'.repeat(32)}`, status: 'queued' }),
  refuses: respond(400, { code: 21214, message: 'echo of the request' }),
  shown: ({ body }) => {
    const { text, elements } = seenOf(new URLSearchParams(body).get('Twiml') ?? '', { isXml: true });
    return { texts: [text], markup: elements };
  },
  markup: ['Response', 'Gather', 'Say', 'Pause', 'prosody', 'break', 's', 'p'],
  languages: ['en', 'de', 'es', 'fr'],
});
