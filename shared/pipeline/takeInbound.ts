import type { ReceivedMessage } from '../messaging/twilio/twilioReader.ts';
import { handleReply } from './handleReply.ts';
import type { Services } from './services.ts';

/**
 * Deals with a message once, whoever brings it and however often. False when it is dealt with already, or somebody is
 * at it. Throws when it could not be dealt with: it is then open to whoever meets it next.
 */
export async function takeInbound(services: Services, message: ReceivedMessage): Promise<boolean> {
  const { inbound } = services.store;
  const claim = await inbound.claim(message.messageSid, services.now());
  if (!claim) return false;
  try {
    await handleReply(services, message);
  } catch (caught) {
    await inbound.release(claim);
    throw caught;
  }
  await inbound.finish(claim, services.now());
  return true;
}
