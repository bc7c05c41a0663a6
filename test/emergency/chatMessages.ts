import { readFileSync } from 'node:fs';
import { BUILT_IN_PHRASES } from '../../shared/emergency/phrases.ts';
import { readEmergencyMessage } from '../../shared/emergency/readEmergencyMessage.ts';
import type { EmergencyReading, ReaderOptions } from '../../shared/emergency/reading.ts';

export const READER: ReaderOptions = { phrases: BUILT_IN_PHRASES, testNumbers: ['933'], defaultCountry: 'US' };
export const PHRASE = 'has placed an Emergency Call';
export const ALEX = {
  id: '8ea0e38b-efb3-4757-924a-5f94061cf8c2',
  displayName: 'Alex Wilber',
  userIdentityType: 'aadUser',
};

/** A chat message as Graph gives it, from Alex Wilber, important, with an HTML body; `changes` go over it. */
export function chatMessage(content: unknown, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '1772352000000',
    messageType: 'message',
    createdDateTime: '2026-03-01T08:00:00Z',
    lastEditedDateTime: null,
    deletedDateTime: null,
    subject: null,
    importance: 'high',
    eventDetail: null,
    from: { application: null, device: null, user: ALEX },
    body: { contentType: 'html', content },
    attachments: [],
    mentions: [],
    ...changes,
  };
}

export function read(message: unknown, options: Partial<ReaderOptions> = {}): EmergencyReading {
  return readEmergencyMessage(message, { ...READER, ...options });
}

/** The reading of a message with the confirmed phrase and these lines below it. */
export function readLines(...lines: string[]): EmergencyReading {
  return read(chatMessage([`Alex Wilber ${PHRASE}`, ...lines].map((line) => `<p>${line}</p>`).join('')));
}

export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(`test/fixtures/chat-messages/${name}.json`, 'utf8'));
}
