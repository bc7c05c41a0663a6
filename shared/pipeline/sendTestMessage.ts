import { errorCodeOf } from '../errors.ts';
import type { Channel, OutgoingMessage } from '../messaging/channel.ts';
import { testQuestionWords, testReminderWords } from '../messaging/testWords.ts';
import type { Way } from '../oncall/delivery.ts';
import type { TestTold } from '../oncall/siteTest.ts';
import type { Recipient } from './deliver.ts';
import type { Services } from './services.ts';

/** What is said about a test of a site, put into words for each who reads it. */
export interface TestMessage {
  words:
    | ({ kind: 'remind' } & Parameters<typeof testReminderWords>[0])
    | ({ kind: 'ask' } & Parameters<typeof testQuestionWords>[0]);
  /** When it was begun. ISO 8601, UTC. */
  since: string;
  /** Somebody else may have sent it before: the provider is asked first. */
  isTakenOver: boolean;
}

/** How far our clock and the provider's may differ. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Sends it by the first of the person's own channels that takes it. It rings nobody's phone: in the place of a voice call
 * stands an SMS. Never throws.
 */
export async function sendTestMessage(
  services: Services,
  recipient: Recipient,
  message: TestMessage,
): Promise<TestTold> {
  const body = bodyFor(services, recipient, message);
  const { log } = services;
  for (const { channel: name, to } of waysWithoutVoice(services, recipient)) {
    const channel = services.channels[name];
    if (!channel) continue;
    if (message.isTakenOver) {
      const earlier = await wasSent(services, channel, { to, body }, message.since);
      if (earlier !== 'no') return earlier === 'yes' ? 'told' : 'later';
    }
    const result = await channel.send({ to, body });
    const { outcome } = result;
    const code = 'code' in result ? result.code : null;
    log.info('Message about a test sent', {
      recipient: recipient.id,
      kind: message.words.kind,
      channel: name,
      outcome,
      code,
    });
    if (outcome === 'accepted') return 'told';
    // In doubt a later run looks for it.
    if (outcome !== 'permanent') return 'later';
  }
  return 'refused';
}

function bodyFor({ languageOf }: Services, { id }: Recipient, { words }: TestMessage): string {
  const language = languageOf(id);
  return words.kind === 'remind' ? testReminderWords(words, language) : testQuestionWords(words, language);
}

function waysWithoutVoice(services: Services, recipient: Recipient): Way[] {
  const ways = services
    .waysOf(recipient)
    .map((way): Way => (way.channel === 'voice' ? { ...way, channel: 'sms' } : way));
  return ways.filter(({ channel }, index) => ways.findIndex((other) => other.channel === channel) === index);
}

async function wasSent(
  { log }: Services,
  channel: Channel,
  message: OutgoingMessage,
  since: string,
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    const from = new Date(Date.parse(since) - CLOCK_TOLERANCE_MS);
    return (await channel.find(message, from)) ? 'yes' : 'no';
  } catch (caught) {
    log.warn('The provider cannot be asked for an earlier message', { error: errorCodeOf(caught) });
    return 'unknown';
  }
}
