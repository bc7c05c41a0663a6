import { readdirSync } from 'node:fs';
import type { CallFacts } from '../../shared/emergency/emergencyCall.ts';
import type { EmergencyReading } from '../../shared/emergency/reading.ts';
import { fixture, read } from './chatMessages.ts';

const ALEX: Partial<CallFacts> = {
  callerDisplayName: 'Alex Wilber',
  callerUserId: '8ea0e38b-efb3-4757-924a-5f94061cf8c2',
};
const NOTHING: CallFacts = {
  emergencyNumberDialed: null,
  callerDisplayName: null,
  callerUserId: null,
  callerUpn: null,
  callbackNumber: null,
  location: null,
  coordinates: null,
};

type Expected = Pick<EmergencyReading, 'verdict' | 'confidence'> & {
  facts: Partial<CallFacts>;
  language?: string;
  isTest?: boolean;
  /** A piece of a reason that must be given. */
  reason: string;
};

function certain(facts: Partial<CallFacts>, language = 'en'): Expected {
  return {
    verdict: 'emergency',
    confidence: 'certain',
    language,
    reason: `phrase ${language} "`,
    facts: { ...ALEX, ...facts },
  };
}

function likely(reason: string, facts: Partial<CallFacts>): Expected {
  return { verdict: 'emergency', confidence: 'likely', language: 'en', reason, facts: { ...ALEX, ...facts } };
}

function possible(reason: string, facts: Partial<CallFacts>): Expected {
  return { verdict: 'emergency', confidence: 'possible', reason, facts: { ...ALEX, ...facts } };
}

function other(reason = 'nothing of an emergency call in it'): Expected {
  return { verdict: 'other', confidence: 'possible', reason, facts: {} };
}

/** What a person makes of each message of test/fixtures/chat-messages. */
const EXPECTED: Record<string, Expected> = {
  'english-paragraphs': certain({
    emergencyNumberDialed: '911',
    callbackNumber: '+14255550100',
    location: 'Building 34, Floor 3, One Microsoft Way, Redmond, WA 98052',
  }),
  'english-line-breaks': {
    ...certain({
      emergencyNumberDialed: '933',
      callerUpn: 'AlexW@contoso.com',
      callbackNumber: '+14255550101 ext. 17',
      location: 'Loc SOUTHAMPTON, 12 Dock Road, Southampton',
    }),
    isTest: true,
  },
  'english-one-line': certain({
    callbackNumber: '+14255550102',
    location: '1 Main Street, Suite 500, Seattle, WA 98101',
    coordinates: { latitude: 47.6062, longitude: -122.3321 },
  }),
  'english-table': certain({
    emergencyNumberDialed: '911',
    callbackNumber: '+14255550103',
    location: 'One Microsoft Way, Redmond, WA 98052, Loc REDMOND',
  }),
  'english-labels-alone': certain({
    callbackNumber: '+14255550104',
    location: 'Building 34, One Microsoft Way, Redmond, WA 98052',
  }),
  'english-phrase-over-tags': certain({}),
  'english-no-labels': certain({
    callbackNumber: '+14255550105',
    location: '12345 North Main Street, Redmond, WA 98052',
    coordinates: { latitude: 47.674, longitude: -122.1215 },
  }),
  'plain-text': certain({ callbackNumber: '+14255550106', location: 'Building 34, Redmond, WA 98052' }),
  german: certain(
    {
      emergencyNumberDialed: '112',
      callbackNumber: '+14255550107',
      location: 'Gebäude 34, Etage 3, Musterstraße 1, 80331 München',
    },
    'de',
  ),
  french: certain(
    { emergencyNumberDialed: '112', callbackNumber: '+14255550108', location: '1 rue de la Paix, 75002 Paris' },
    'fr',
  ),
  japanese: certain({ callbackNumber: '+14255550109', location: '34号館 3階' }, 'ja'),
  guest: certain({
    callerDisplayName: 'Lidia Holloway (Guest)',
    callerUserId: 'c2f1b0a4-6f1d-4f58-9c53-7a2e6a3f9d11',
    callbackNumber: '+14255550110',
  }),
  'common-area-phone': certain({
    callerDisplayName: 'Lobby Phone Building 34',
    callerUserId: '41a3b1b3-5c0e-4a41-9a0a-5d4b7c1e2f30',
    callbackNumber: '+14255550111',
    location: 'Loc LOBBY-34',
  }),
  device: certain({ callerDisplayName: 'Lobby Phone 35', callerUserId: null, location: 'Loc LOBBY-35' }),
  'adaptive-card': certain({
    callerUserId: null,
    emergencyNumberDialed: '911',
    callbackNumber: '+14255550112',
    location: 'Building 34, Redmond, WA 98052',
    coordinates: { latitude: 47.6423, longitude: -122.1368 },
  }),
  'connector-card': certain({ callbackNumber: '+14255550113', location: 'Building 35' }),
  'no-location': certain({ emergencyNumberDialed: '911', callbackNumber: '+14255550114' }),
  'phrase-only': certain({}),
  edited: likely('edited: ', { location: 'Building 36' }),
  forwarded: likely('forwarded: ', {
    callerDisplayName: 'Alex Wilber',
    callbackNumber: '+14255550115',
    location: 'Building 34',
  }),
  reply: likely('forwarded: ', { location: 'Building 34' }),
  'block-quote': likely('forwarded: ', { callerUserId: null }),
  'important-with-number': possible('important, with an emergency number', { emergencyNumberDialed: '911' }),
  'important-unknown-language': possible('important, with the details of a call', { callbackNumber: '+14255550116' }),
  'wording-changed': possible('words for an emergency call', {
    callbackNumber: '+14255550117',
    location: 'Building 34',
  }),
  deleted: { verdict: 'unreadable', confidence: 'possible', reason: 'deleted before it could be read', facts: ALEX },
  'no-content': { verdict: 'unreadable', confidence: 'possible', reason: 'no content', facts: ALEX },
  'system-event': other('a system event'),
  'call-event': other('a system event'),
  'ordinary-chat': other(),
  'mentions-911': other(),
  picture: other(),
  'hostile-markup': certain({ callbackNumber: '+14255550119', location: 'Building <34> & annex' }),
  'hostile-characters': certain({ location: 'Building 34😀\ufffd' }),
  'hostile-labels': certain({ callbackNumber: '+14255550120' }),
  'hostile-prototype': certain({}),
  conference: certain({}),
  contradiction: certain({ callbackNumber: '+14255550123' }),
};

const FIXTURES = readdirSync('test/fixtures/chat-messages').map((file) => file.replace(/\.json$/, ''));

describe('the message', () => {
  test.each(FIXTURES)('%s is read as a person reads it', (name) => {
    const expected = EXPECTED[name];
    if (expected === undefined) throw new Error(`No expected reading of ${name}`);
    const reading = read(fixture(name));
    expect(reading).toMatchObject({
      verdict: expected.verdict,
      confidence: expected.confidence,
      isTest: expected.isTest ?? false,
      language: expected.language ?? null,
      facts: { ...NOTHING, ...expected.facts },
    });
    expect(reading.reasons.join('\n')).toContain(expected.reason);
  });

  test('of every fixture is expected, and every expectation has its fixture', () => {
    expect(FIXTURES.sort()).toEqual(Object.keys(EXPECTED).sort());
  });
});

describe('a fact that the message does not give', () => {
  test.each(FIXTURES)('is null and is named, and no other is (%s)', (name) => {
    const { facts, unknown } = read(fixture(name));
    const missing = Object.entries(facts).flatMap(([fact, value]) => (value === null ? [fact] : []));
    expect([...unknown].sort()).toEqual(missing.sort());
  });

  test('has its reason where the message contradicts itself, and the reason does not hold the values', () => {
    const { reasons } = read(fixture('contradiction'));
    expect(reasons.join('\n')).toContain('different values');
    expect(reasons.join('\n')).not.toMatch(/Building|555/);
  });
});
