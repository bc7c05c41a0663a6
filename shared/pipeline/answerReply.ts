import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodeOf } from '../errors.ts';
import { type ReplyAnswer, replyWords } from '../messaging/replyWords.ts';
import type { ReceivedMessage } from '../messaging/twilio/twilioReader.ts';
import { mayAnswer } from '../oncall/answerLimit.ts';
import type { ReplySender } from './replySender.ts';
import type { Services } from './services.ts';

/** Somebody whom we know, and what they wrote. */
export interface Letter {
  sender: ReplySender;
  message: ReceivedMessage;
}

/** What they read. `kind` may be logged. */
export interface Answer {
  kind: string;
  body: string;
}

/** As many as the limit of helpful answers looks at, and a few more. */
const REMEMBERED_ANSWERS = 10;
/** An answer that Twilio does not take at once is tried once more; nothing depends on it. */
const SECOND_TRY_AFTER_MS = 1_000;

/** In the words of who wrote. */
export function toAnswer(services: Services, { sender }: Letter, answer: ReplyAnswer): Answer {
  const { settings, now } = services;
  const language = services.languageOf(sender.recipientId);
  const style = { detail: settings.smsDetail, timeZone: services.timeZone(), language, now: now() };
  return { kind: answer.kind, body: replyWords(answer, style) };
}

/** The words go on the record of the call that is meant, or of the newest one that their sender was told of. */
export async function noteReply({ store, now }: Services, { sender, message }: Letter, callId?: string): Promise<void> {
  if (callId === undefined) return;
  await store.timeline.append(callId, {
    at: now().toISOString(),
    clock: 'ours',
    kind: 'reply',
    key: message.messageSid,
    detail: { by: sender.recipientId, messageSid: message.messageSid, body: message.body },
  });
}

/** Within the limit, so that two machines never text each other all night. */
export async function help(services: Services, letter: Letter, answer: Answer): Promise<void> {
  const { inbound } = services.store;
  const { recipientId, told } = letter.sender;
  const { messageSid: messageId } = letter.message;
  const history = await inbound.helpfulAnswers(recipientId);
  const now = services.now();
  if (!mayAnswer(history, messageId, now)) {
    services.log.warn('No more helpful answers to this recipient for now', { recipient: recipientId });
    return;
  }
  const answers = [...history, { messageId, at: now.toISOString() }].slice(-REMEMBERED_ANSWERS);
  await inbound.noteHelpfulAnswers(recipientId, answers);
  await sendAnswer(services, letter, answer, told[0]?.call.id);
}

/** Never throws: what was answered is recorded by then. */
export async function sendAnswer(
  services: Services,
  { sender, message }: Letter,
  { kind, body }: Answer,
  callId?: string,
): Promise<void> {
  const { channels, store, log, now } = services;
  try {
    let result = await channels.sms?.send({ to: message.from, body });
    if (result?.outcome === 'temporary') {
      await sleep(SECOND_TRY_AFTER_MS);
      result = await channels.sms?.send({ to: message.from, body });
    }
    const outcome = result?.outcome ?? 'no channel';
    log.info('Reply answered', { recipient: sender.recipientId, answer: kind, outcome });
    if (callId === undefined) return;
    await store.timeline.append(callId, {
      at: now().toISOString(),
      clock: 'ours',
      kind: 'reply.answered',
      key: message.messageSid,
      detail: { to: sender.recipientId, body, outcome },
    });
  } catch (caught) {
    log.error('A reply could not be answered', { recipient: sender.recipientId, error: errorCodeOf(caught) });
  }
}
