import type { Twilio } from 'twilio';
import type { TwilioSettings } from '../../shared/settings.ts';

/** A number that sends. */
export interface Sender {
  /** E.164. */
  number: string;
  /** `PN…`. */
  sid: string;
  canSms: boolean;
}

/** What sends for us, as Twilio knows it. */
export type Senders =
  | { kind: 'number'; sender: Sender | null }
  /** `numbers`: those of its pool. `others`: short codes and alphanumeric ones, which have rules of their own. */
  | { kind: 'service'; sid: string; numbers: Sender[]; others: number };

const MOST = 200;

/** Throws what Twilio's client throws, 404 for a messaging service that is not there. */
export async function readSenders(client: Twilio, { sender }: TwilioSettings): Promise<Senders> {
  if (sender.kind === 'number') {
    const found = await client.incomingPhoneNumbers.list({ phoneNumber: sender.from, limit: 5 });
    const own = found.find(({ phoneNumber }) => phoneNumber === sender.from);
    return {
      kind: 'number',
      sender: own ? { number: own.phoneNumber, sid: own.sid, canSms: isSms(own.capabilities) } : null,
    };
  }
  const service = client.messaging.v1.services(sender.messagingServiceSid);
  await service.fetch();
  const [numbers, shortCodes, alphaSenders] = await Promise.all([
    service.phoneNumbers.list({ limit: MOST }),
    service.shortCodes.list({ limit: MOST }),
    service.alphaSenders.list({ limit: MOST }),
  ]);
  return {
    kind: 'service',
    sid: sender.messagingServiceSid,
    numbers: numbers.map(({ phoneNumber, sid, capabilities }) => ({
      number: phoneNumber,
      sid,
      canSms: isSms(capabilities),
    })),
    others: shortCodes.length + alphaSenders.length,
  };
}

/** An object of flags in one API of Twilio, a list of words in the other. */
function isSms(capabilities: unknown): boolean {
  if (Array.isArray(capabilities)) return capabilities.some((one) => String(one).toUpperCase() === 'SMS');
  const { sms, SMS } = (capabilities ?? {}) as { sms?: unknown; SMS?: unknown };
  return sms === true || SMS === true;
}

/** The messaging service in whose pool a number is, since a campaign belongs to a service; `null` for none. */
export async function findServiceOf(client: Twilio, number: string): Promise<string | null> {
  for (const { sid } of await client.messaging.v1.services.list({ limit: 20 })) {
    const pool = await client.messaging.v1.services(sid).phoneNumbers.list({ limit: MOST });
    if (pool.some(({ phoneNumber }) => phoneNumber === number)) return sid;
  }
  return null;
}
