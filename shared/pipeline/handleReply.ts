import type { ReceivedMessage } from '../messaging/twilio/twilioReader.ts';
import { chooseCall } from '../oncall/chooseCall.ts';
import { type Reply, readReply } from '../oncall/replies.ts';
import { readTestReply } from '../oncall/testReply.ts';
import { answerCall } from './answerCall.ts';
import { help, type Letter, noteReply, sendAnswer, toAnswer } from './answerReply.ts';
import { whoWrote } from './replySender.ts';
import type { Services } from './services.ts';
import { takeTestReply } from './takeTestReply.ts';

/** How far our clock and Twilio's may differ, beside the time that reading and typing takes. */
const CLOCKS_MS = 5_000;

/**
 * What somebody texted. An answer to a call is recorded before its sender hears that it is. What is not understood gets
 * a helpful answer, within its limit; what it says of a test of a site goes there. A stranger gets none: what they wrote is kept for an administrator to look into.
 * Neither numbers nor words go to the log. Throws when it could not be recorded; doing it again does no harm.
 */
export async function handleReply(services: Services, message: ReceivedMessage): Promise<void> {
  const sender = await whoWrote(services, message.from);
  if (sender === null) return keepStrangers(services, message);
  const letter = { sender, message };
  const codes = sender.told.map(({ call }) => call.code);
  const languages = [services.languageOf(sender.recipientId)];
  const reply = readReply(message.body, { languages, codes });
  if ('action' in reply) return takeAction(services, letter, reply);
  const testReply =
    'unclear' in reply && reply.carrierKeyword === null ? readTestReply(message.body, { languages }) : null;
  if (testReply !== null && (await takeTestReply(services, letter, testReply))) return;
  await noteReply(services, letter, sender.told[0]?.call.id);
  const keyword = 'unclear' in reply ? reply.carrierKeyword : null;
  if (keyword !== null && (await obeyKeyword(services, letter, keyword))) return;
  const open = sender.told.filter(({ call }) => call.response.state !== 'resolved');
  const code = (open.length === 1 ? open[0]?.call.code : null) ?? null;
  await help(services, letter, toAnswer(services, letter, { kind: 'help' in reply ? 'help' : 'unclear', code }));
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
    const answer = 'which' in choice ? ({ kind: 'which', choice, action } as const) : ({ kind: 'noneOpen' } as const);
    await help(services, letter, toAnswer(services, letter, answer));
    return;
  }
  const { messageSid: key } = letter.message;
  const { id: callId } = chosen.call;
  const answered = { callId, by: chosen.recipientId, action, via: 'sms', at: services.now(), key } as const;
  const { call, verdict } = await answerCall(services, answered);
  await noteReply(services, letter, callId);
  const { holder } = call.response;
  const holderName = holder === null ? null : services.nameOf(holder);
  const answer = toAnswer(services, letter, { kind: 'verdict', verdict, action, call, holderName });
  await sendAnswer(services, letter, answer, callId);
}

async function keepStrangers({ store, log, now }: Services, message: ReceivedMessage): Promise<void> {
  const { messageSid, from, body } = message;
  await store.inbound.keepStrangers({ messageSid, from, body, receivedAt: now().toISOString() });
  log.warn('Message of a stranger refused', { messageSid });
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
