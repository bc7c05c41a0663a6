import type { TokenCredential } from '@azure/identity';
import { createEmailChannel } from '../messaging/email/emailChannel.ts';
import { createTeamsChannel } from '../messaging/teams/teamsChannel.ts';
import { createTwilioChannel } from '../messaging/twilio/twilioChannel.ts';
import { createVoiceChannel } from '../messaging/voice/voiceChannel.ts';
import { createWebhookChannel } from '../messaging/webhook/webhookChannel.ts';
import { type AnswerTicket, answerKeyOf, createAnswerToken } from '../oncall/answerToken.ts';
import type { Settings } from '../settings.ts';
import type { Services } from './services.ts';

interface Surroundings {
  credential: TokenCredential;
  languageOf: Services['languageOf'];
  now: () => Date;
}

/** Every way to reach people and places for which all is set that it needs. A messaging service has no number to call with. */
export function createChannels(
  { graph, twilio, publicUrl, email, teamsWorkflowUrl, webhook }: Settings,
  { credential, languageOf, now }: Surroundings,
): Services['channels'] {
  const linkOf = graph && publicUrl !== null ? linksTo(publicUrl, answerKeyOf(graph.tokenCacheKey), now) : null;
  return {
    ...(twilio ? { sms: createTwilioChannel(twilio, { publicUrl }) } : {}),
    ...(twilio?.sender.kind === 'number' ? { voice: createVoiceChannel(twilio, { publicUrl }) } : {}),
    ...(email
      ? {
          email: createEmailChannel(
            email,
            credential,
            linkOf ? { linkOf: (ticket) => ({ url: linkOf(ticket), language: languageOf(ticket.recipientId) }) } : {},
          ),
        }
      : {}),
    ...(teamsWorkflowUrl ? { teams: createTeamsChannel(teamsWorkflowUrl) } : {}),
    ...(webhook ? { webhook: createWebhookChannel(webhook) } : {}),
  };
}

/** Where one recipient answers to one call. */
function linksTo(publicUrl: string, key: Buffer, now: () => Date) {
  return (ticket: AnswerTicket) => `${publicUrl}/api/answer?t=${createAnswerToken(key, ticket, now())}`;
}
