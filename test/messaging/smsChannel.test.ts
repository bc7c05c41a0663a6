import { createTwilioChannel } from '../../shared/messaging/twilio/twilioChannel.ts';
import { describeChannel } from './channelSuite.ts';
import { respond } from './postServer.ts';
import { twilioAt } from './twilioAt.ts';

describeChannel({
  name: 'sms',
  to: '+14255550111',
  create: (origin, timeoutMs) => createTwilioChannel(twilioAt(origin), { timeoutMs }),
  takes: respond(201, { sid: `SM${'0'.repeat(32)}`, status: 'queued' }),
  refuses: respond(400, { code: 21610, message: 'echo of the request' }),
  shown: ({ body }) => ({ texts: [new URLSearchParams(body).get('Body') ?? ''], markup: [] }),
  markup: [],
  languages: ['en', 'de', 'es', 'fr'],
});
