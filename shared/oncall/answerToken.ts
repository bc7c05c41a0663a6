import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** For whom a link is, and about which call. */
export interface AnswerTicket {
  callId: string;
  recipientId: string;
}

/** A link that is forwarded, or found in an old mailbox, shall be of no use to anybody. */
const LIFETIME_MS = 60 * 60_000;

/** The key of the links, of another one that is a secret of this deployment. */
export function answerKeyOf(secret: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'links that answer a call', 32));
}

/** A token for one recipient and one call, good for 60 minutes. Of letters, digits, `-`, `_` and one dot. */
export function createAnswerToken(key: Buffer, { callId, recipientId }: AnswerTicket, now: Date): string {
  const payload = Buffer.from(JSON.stringify([callId, recipientId, now.getTime() + LIFETIME_MS])).toString('base64url');
  return `${payload}.${macOf(key, payload).toString('base64url')}`;
}

/** What a token is good for, or why it is good for nothing. Nothing of it is believed before its MAC is right. */
export function readAnswerToken(key: Buffer, token: string, now: Date): AnswerTicket | 'invalid' | 'expired' {
  const [payload, mac, ...more] = token.split('.');
  if (!payload || !mac || more.length > 0) return 'invalid';
  const expected = macOf(key, payload);
  const given = Buffer.from(mac, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'invalid';
  const [callId, recipientId, endsAt] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as [
    string,
    string,
    number,
  ];
  return now.getTime() < endsAt ? { callId, recipientId } : 'expired';
}

function macOf(key: Buffer, payload: string): Buffer {
  return createHmac('sha256', key).update(payload).digest();
}
