export type MessageStatus =
  | 'accepted'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'received';

/** A message as Twilio keeps it. */
export interface TwilioMessage {
  sid: string;
  direction: 'outbound-api' | 'outbound-reply' | 'inbound';
  to: string;
  /** `null` until a messaging service has chosen a sender. */
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  /** 0 until there is a sender. */
  numSegments: number;
  status: MessageStatus;
  /** Every status it had, the first one first. */
  statuses: MessageStatus[];
  errorCode: number | null;
  errorMessage: string | null;
  statusCallback: string | null;
  validityPeriodSeconds: number;
  createdAt: Date;
  updatedAt: Date;
  /** `null` until it was sent. */
  sentAt: Date | null;
}

export const API_VERSION = '2010-04-01';

/** The message as the API gives it: the documented Message resource. */
export function toMessageResource(message: TwilioMessage, accountSid: string): Record<string, unknown> {
  const uri = `/${API_VERSION}/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    body: message.body,
    date_created: toRfc2822(message.createdAt),
    date_sent: message.sentAt === null ? null : toRfc2822(message.sentAt),
    date_updated: toRfc2822(message.updatedAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorMessage,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: '0',
    num_segments: String(message.numSegments),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

/** `Thu, 24 Aug 2023 05:01:45 +0000`, always in GMT. */
function toRfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
