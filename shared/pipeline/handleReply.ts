import { setTimeout as sleep } from 'node:timers/promises';
import { errorCodeOf } from '../errors.ts';
import { type ReplyAnswer, replyWords } from '../messaging/replyWords.ts';
import type { ReceivedMessage } from '../messaging/twilio/twilioReader.ts';
import { mayAnswer } from '../oncall/answerLimit.ts';
import { chooseCall } from '../oncall/chooseCall.ts';
import { type Reply, readReply } from '../oncall/replies.ts';
import { answerCall } from './answerCall.ts';
import { type ReplySender, whoWrote } from './replySender.ts';
import type { Services } from './services.ts';

/** Somebody whom we know, and what they wrote. */
interface Letter {
  sender: ReplySender;
  message: ReceivedMessage;
}

/** As many as the limit of helpful answers looks at, and a few more. */
const REMEMBERED_ANSWERS = 10;
/** An answer that Twilio does not take at once is tried once more; nothing depends on it. */
const SECOND_TRY_AFTER_MS = 1_000;
/** How far our clock and Twilio's may differ, beside the time that reading and typing takes. */
const CLOCKS_MS = 5_000;

/**
 * What somebody texted. An answer to a call is recorded before its sender hears that it is. What is not understood gets
 * a helpful answer, within its limit. A stranger gets none: what they wrote is kept for an administrator to look into.
 * Neither numbers nor words go to the log. Throws when it could not be recorded; doing it again does no harm.
 */
export async function handleReply(services: Services, message: ReceivedMessage): Promise<void> {
  const sender = await whoWrote(services, message.from);
  if (sender === null) return keepStrangers(services, message);
  const letter = { sender, message };
  const codes = sender.told.map(({ call }) => call.code);
  const reply = readReply(message.body, { languages: [services.languageOf(sender.recipientId)], codes });
  if ('action' in reply) return takeAction(services, letter, reply);
  await noteReply(services, letter, sender.told[0]?.call.id);
  const keyword = 'unclear' in reply ? reply.carrierKeyword : null;
  if (keyword !== null && (await obeyKeyword(services, letter, keyword))) return;
  const open = sender.told.filter(({ call }) => call.response.state !== 'resolved');
  const code = (open.length === 1 ? open[0]?.call.code : null) ?? null;
  await help(services, letter, { kind: 'help' in reply ? 'help' : 'unclear', code });
}

async function takeAction(
  services: Services,
  letter: Letter,
  reply: Extract<Reply, { action: unknown }>,
): Promise<void> {
  const { told } = letter.sender;
  const { action } = reply;
  // Read late from the list of Twilio, it may be older than a call that is open now.
  const writtenBy = letter.message.receivedAt.getTime() + CLOCKS_MS;
  const known = told.filter(({ call }) => reply.code !== null || Date.parse(call.recordedAt) <= writtenBy);
  const choice = chooseCall(
    known.map(({ asTold }) => asTold),
    reply,
    services.now(),
  );
  const chosen = 'call' in choice ? told.find(({ call }) => call.id === choice.call.id) : undefined;
  if (!chosen) {
    await noteReply(services, letter, told[0]?.call.id);
    await help(services, letter, 'which' in choice ? { kind: 'which', choice, action } : { kind: 'noneOpen' });
    return;
  }
  const { messageSid: key } = letter.message;
  const { id: callId } = chosen.call;
  const answered = { callId, by: chosen.recipientId, action, via: 'sms', at: services.now(), key } as const;
  const { call, verdict } = await answerCall(services, answered);
  await noteReply(services, letter, callId);
  const { holder } = call.response;
  const holderName = holder === null ? null : services.nameOf(holder);
  await send(services, letter, { kind: 'verdict', verdict, action, call, holderName }, callId);
}

async function keepStrangers({ store, log, now }: Services, message: ReceivedMessage): Promise<void> {
  const { messageSid, from, body } = message;
  await store.inbound.keepStrangers({ messageSid, from, body, receivedAt: now().toISOString() });
  log.warn('Message of a stranger refused', { messageSid });
}

/** The words go on the record of the call that is meant, or of the newest one that their sender was told of. */
async function noteReply({ store, now }: Services, { sender, message }: Letter, callId?: string): Promise<void> {
  if (callId === undefined) return;
  await store.timeline.append(callId, {
    at: now().toISOString(),
    clock: 'ours',
    kind: 'reply',
    key: message.messageSid,
    detail: { by: sender.recipientId, messageSid: message.messageSid, body: message.body },
  });
}

/**
 * Whoever texts STOP gets no message any more until they text START: no answer of ours either. True when there is nothing
 * to answer. The watch tells of it, and the next alert takes another way.
 */
async function obeyKeyword(
  { store, log, now }: Services,
  { sender: { recipientId }, message }: Letter,
  keyword: 'stop' | 'start',
): Promise<boolean> {
  const isOut = keyword === 'stop';
  const before = (await store.inbound.listOptOuts()).find((optOut) => optOut.recipientId === recipientId);
  // "Yes" is one of the words that mean START, and says nothing when nobody had said STOP.
  if (!isOut && !before?.isOut) return false;
  await store.inbound.noteOptOut({ recipientId, phone: message.from, isOut, at: now().toISOString() });
  if (isOut) log.error('A recipient has opted out of messages', { recipient: recipientId });
  else log.info('A recipient takes messages again', { recipient: recipientId });
  return true;
}

/** Within the limit, so that two machines never text each other all night. */
async function help(services: Services, letter: Letter, answer: ReplyAnswer): Promise<void> {
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
  await send(services, letter, answer, told[0]?.call.id);
}

/** Never throws: what was answered is recorded by then. */
async function send(services: Services, letter: Letter, answer: ReplyAnswer, callId?: string): Promise<void> {
  const { settings, channels, store, log, now } = services;
  const { sender, message } = letter;
  try {
    const language = services.languageOf(sender.recipientId);
    const style = { detail: settings.smsDetail, timeZone: services.timeZone(), language, now: now() };
    const body = replyWords(answer, style);
    let result = await channels.sms?.send({ to: message.from, body });
    if (result?.outcome === 'temporary') {
      await sleep(SECOND_TRY_AFTER_MS);
      result = await channels.sms?.send({ to: message.from, body });
    }
    const outcome = result?.outcome ?? 'no channel';
    log.info('Reply answered', { recipient: sender.recipientId, answer: answer.kind, outcome });
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
