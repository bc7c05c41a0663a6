import { randomBytes } from 'node:crypto';
import { answerKeyOf, createAnswerToken, readAnswerToken } from '../../shared/oncall/answerToken.ts';

const KEY = answerKeyOf(Buffer.alloc(32, 7));
const NOW = new Date('2026-11-21T22:05:09.000Z');
const after = (ms: number) => new Date(NOW.getTime() + ms);
const HOUR_MS = 3_600_000;
const TICKET = { callId: '8236281290998-0123456789abcdef', recipientId: 'adele' };
const TOKEN = createAnswerToken(KEY, TICKET, NOW);

test('names its call and its recipient for 60 minutes, and stands in an address as it is', () => {
  expect(readAnswerToken(KEY, TOKEN, NOW)).toEqual(TICKET);
  expect(readAnswerToken(KEY, TOKEN, after(HOUR_MS - 1))).toEqual(TICKET);
  expect(encodeURIComponent(TOKEN)).toBe(TOKEN);
});

test('and not a moment longer', () => {
  expect(readAnswerToken(KEY, TOKEN, after(HOUR_MS))).toBe('expired');
});

const [payload = '', mac = ''] = TOKEN.split('.');
const forged = (callId: string) => Buffer.from(JSON.stringify([callId, 'adele', Date.now() * 2])).toString('base64url');

test.each<[string, string]>([
  ['nothing', ''],
  ['no MAC', payload],
  ['an empty MAC', `${payload}.`],
  ['a MAC alone', `.${mac}`],
  ['a MAC cut short', `${payload}.${mac.slice(0, -2)}`],
  ['a MAC with one byte changed', `${payload}.${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`],
  ['something behind it', `${TOKEN}.x`],
  ['another call under the MAC', `${forged('another')}.${mac}`],
  ['a later end under the MAC', `${forged(TICKET.callId)}.${mac}`],
  ['what is no JSON', `${Buffer.from('not json').toString('base64url')}.${mac}`],
  ['another key', createAnswerToken(answerKeyOf(randomBytes(32)), TICKET, NOW)],
  ['the secret itself as the key', createAnswerToken(Buffer.alloc(32, 7), TICKET, NOW)],
])('%s is refused', (_, token) => {
  expect(readAnswerToken(KEY, token, NOW)).toBe('invalid');
});
