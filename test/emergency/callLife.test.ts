import { absorb, callWithoutContent, told } from '../../shared/emergency/callLife.ts';
import { callCodeOf, callIdOf, type EmergencyCall, NO_FACTS } from '../../shared/emergency/emergencyCall.ts';

const CHAT = '19:emergency@thread.v2';
const NOW = new Date('2026-03-01T08:00:05Z');
const arrival = { chatId: CHAT, messageId: '1772352000000', hubEnqueuedAt: null, receivedAt: NOW.toISOString() };
const pending = callWithoutContent(
  arrival,
  callIdOf(CHAT, '1772352000000', NOW),
  'pending',
  { recipients: [], escalation: null },
  NOW,
);
const read: EmergencyCall = {
  ...pending,
  content: 'read',
  facts: { ...NO_FACTS, callbackNumber: '+14255550101', location: 'Building 34' },
  occurredAt: '2026-03-01T08:00:00.000Z',
};

describe('the id of a call', () => {
  test('is the same for the same message, whenever it arrives', () => {
    expect(callIdOf(CHAT, '1772352000000', new Date(0))).toBe(callIdOf(CHAT, '1772352000000', NOW));
  });

  test.each([
    ['another message', CHAT, '1772352000001'],
    ['another chat', '19:other@thread.v2', '1772352000000'],
  ])('differs for %s', (_, chatId, messageId) => {
    expect(callIdOf(chatId, messageId, NOW)).not.toBe(callIdOf(CHAT, '1772352000000', NOW));
  });

  test('sorts the newer call first', () => {
    expect(callIdOf(CHAT, '1772352030000', NOW) < callIdOf(CHAT, '1772352000000', NOW)).toBe(true);
  });

  test.each(['', 'AAMk=', '1', '9999999999999', '0000000000001', '__proto__'])(
    'of a message whose id "%s" tells no time is made of the time given',
    (messageId) => {
      expect(callIdOf(CHAT, messageId, NOW).slice(0, 13)).toBe(String(9_999_999_999_999 - NOW.getTime()));
    },
  );

  test('gives a code of three characters that cannot be mistaken for each other or read as a word', () => {
    const codes = Array.from({ length: 500 }, (_, i) => callCodeOf(`call-${i}`));
    for (const code of codes) expect(code).toMatch(/^[34679CDFGHJKMNPQRTVWXY]{3}$/);
    expect(new Set(codes).size).toBeGreaterThan(450);
  });
});

describe('the same message read again', () => {
  test('changes nothing when nothing is new', () => {
    expect(absorb(read, read)).toBe(read);
    expect(absorb(read, pending)).toBe(read);
  });

  test('fills in what was unknown, and people hear of it', () => {
    expect(absorb(pending, read)).toMatchObject({ content: 'read', facts: read.facts, factsVersion: 2 });
  });

  test('never loses a known fact to an unknown one', () => {
    const later = { ...read, facts: { ...NO_FACTS, location: 'Building 35' } };
    expect(absorb(read, later).facts).toMatchObject({ callbackNumber: '+14255550101', location: 'Building 35' });
  });

  test('is a test as soon as the number dialled says so, and never stops being one for an unknown number', () => {
    const test933 = { ...read, isTest: true, facts: { ...read.facts, emergencyNumberDialed: '933' } };
    expect(absorb(pending, test933).isTest).toBe(true);
    expect(absorb(test933, read).isTest).toBe(true);
  });

  test('is a test no longer once another number was dialled', () => {
    const dialed = (emergencyNumberDialed: string) => ({ ...read.facts, emergencyNumberDialed });
    const corrected = absorb({ ...read, isTest: true, facts: dialed('933') }, { ...read, facts: dialed('911') });
    expect(corrected).toMatchObject({ isTest: false, facts: { emergencyNumberDialed: '911' }, factsVersion: 2 });
  });

  test('that came to be no emergency withdraws a call of which nothing was known, never one that was read', () => {
    const none: EmergencyCall = { ...pending, content: 'notEmergency' };
    expect(absorb(pending, none)).toMatchObject({ content: 'notEmergency', factsVersion: 2 });
    expect(absorb(read, none)).toBe(read);
  });
});

describe('a reading of the message from before its last change', () => {
  const newer: EmergencyCall = {
    ...read,
    facts: { ...NO_FACTS, callbackNumber: '+14255550101', location: 'Building 35' },
    contentModifiedAt: '2026-03-01T08:01:00.000Z',
  };
  const older: EmergencyCall = { ...read, contentModifiedAt: '2026-03-01T08:00:00.000Z' };

  test.each<[string, EmergencyCall]>([
    ['an older one', older],
    ['one that names no time', { ...older, contentModifiedAt: null }],
  ])('undoes nothing, and is no news: %s', (_, late) => {
    expect(absorb(newer, late)).toBe(newer);
  });

  test('fills in what is still unknown, and only that', () => {
    const late = { ...older, facts: { ...older.facts, callerDisplayName: 'Alex Wilber' } };
    expect(absorb(newer, late)).toMatchObject({
      facts: { callbackNumber: '+14255550101', location: 'Building 35', callerDisplayName: 'Alex Wilber' },
      factsVersion: 2,
      changedFacts: ['callerDisplayName'],
      contentModifiedAt: '2026-03-01T08:01:00.000Z',
    });
  });

  test('gives way to the newer one that comes after it', () => {
    expect(absorb(older, newer)).toMatchObject({
      facts: { location: 'Building 35' },
      factsVersion: 2,
      changedFacts: ['location'],
      contentModifiedAt: '2026-03-01T08:01:00.000Z',
    });
  });

  test('leaves the same facts in whatever order the two come', () => {
    const [newerFirst, olderFirst] = [absorb(absorb(pending, newer), older), absorb(absorb(pending, older), newer)];
    expect(newerFirst.facts).toEqual(newer.facts);
    expect(olderFirst.facts).toEqual(newer.facts);
  });

  test('of a message that is deleted by now takes nothing away', () => {
    const deleted: EmergencyCall = {
      ...pending,
      content: 'unavailable',
      contentModifiedAt: '2026-03-01T08:02:00.000Z',
    };
    expect(absorb(newer, deleted)).toEqual({ ...newer, contentModifiedAt: '2026-03-01T08:02:00.000Z' });
  });
});

describe('the time people were told', () => {
  test.each([
    ['10 s after the call is in time', '2026-03-01T08:00:10.000Z', false],
    ['10.001 s after the call is late', '2026-03-01T08:00:10.001Z', true],
  ])('%s', (_, at, late) => {
    expect(told(read, new Date(at))).toMatchObject({ firstToldAt: at, late });
  });

  test('is the first one, in whatever order it is noted', () => {
    const second = told(read, new Date('2026-03-01T08:00:20Z'));
    const first = told(second, new Date('2026-03-01T08:00:03Z'));
    expect(first).toMatchObject({ firstToldAt: '2026-03-01T08:00:03.000Z', late: false });
    expect(told(first, new Date('2026-03-01T08:00:20Z'))).toBe(first);
  });

  test('is not called late when the time of the call is unknown', () => {
    expect(told(pending, new Date('2026-03-01T09:00:00Z')).late).toBe(false);
  });
});
