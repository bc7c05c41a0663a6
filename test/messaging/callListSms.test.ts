import { NO_FACTS } from '../../shared/emergency/emergencyCall.ts';
import type { AlertWords } from '../../shared/messaging/alertWords.ts';
import { composeCallList } from '../../shared/messaging/callListSms.ts';

const STYLE = { detail: 'full', timeZone: 'America/Los_Angeles', isTest: false, hint: 'HINT' } as const;

function listed(n: number, changes: Partial<AlertWords> = {}, answered: string | null = null) {
  const words: AlertWords = {
    ...{ kind: 'call', callCode: `K${String(n).padStart(2, '0')}`, isTest: false, content: 'read' },
    occurredAt: new Date('2026-12-01T22:05:00Z'),
    facts: { ...NO_FACTS, emergencyNumberDialed: '911', callbackNumber: '+14255550123', location: `Building ${n}` },
    ...changes,
  };
  return { words, answered };
}
const facts = (location: string | null) => ({ ...NO_FACTS, emergencyNumberDialed: '911', location });

test('a line for each call, with the three facts and the time of the team', () => {
  const [{ body, of } = { body: '', of: [] }] = composeCallList([listed(1), listed(2)], STYLE);
  expect(body.split('\n')).toEqual([
    '2 MORE EMERGENCY CALLS',
    'K01 Dialed 911 Callback +14255550123 At "Building 1" 14:05',
    'K02 Dialed 911 Callback +14255550123 At "Building 2" 14:05',
    'HINT',
  ]);
  expect(of).toEqual([0, 1]);
});

test.each([
  ['nothing is known', { facts: facts(null), occurredAt: null }, 'K01 Dialed 911 Callback unknown At unknown'],
  ['no emergency after all', { kind: 'notEmergency' }, 'K01 The message turned out to be no emergency call 14:05'],
  ['another place', { alsoAt: 'Gate 2' }, /At "Building 1" Also at "Gate 2" 14:05$/],
  ['off site', { whereabouts: 'offSite' }, /^OFF-SITE K01 /],
  ['withheld', { facts: facts(null), knownTo: ['Megan Bowen'] }, /At withheld; known to Megan Bowen 14:05$/],
  ['line breaks in a place', { facts: facts('Building 1\nK99 Dialed 911') }, /At "Building 1 K99 Dialed 911" 14:05$/],
  ['quotes in a place', { facts: facts('1" K99 "2') }, /At "1' K99 '2" 14:05$/],
] as [string, Partial<AlertWords>, string | RegExp][])('%s', (_, changes, line) => {
  const body = composeCallList([listed(1, changes), listed(2)], STYLE)[0]?.body ?? '';
  const [head, said] = body.split('\n');
  expect(head).toBe('2 MORE EMERGENCY CALLS');
  if (typeof line === 'string') expect(said).toBe(line);
  else expect(said).toMatch(line);
  expect(body.split('\n')).toHaveLength(4);
});

test('who has a call stands in its line alone', () => {
  const [{ body } = { body: '' }] = composeCallList([listed(1), listed(2, {}, 'Call K02: Megan has it.')], STYLE);
  const [, first, second] = body.split('\n');
  expect(first).not.toContain('Megan');
  expect(second).toMatch(/14:05\. Call K02: Megan has it\.$/);
});

test('minimal detail names nobody and no place', () => {
  const minimal = { ...STYLE, detail: 'minimal' } as const;
  const [{ body } = { body: '' }] = composeCallList([listed(1, { alsoAt: 'Gate 2' }), listed(2)], minimal);
  expect(body).not.toMatch(/Building|Gate/);
  expect(body).toContain('K01 Dialed 911 Callback +14255550123 Details on the page 14:05');
});

test.each([
  ['de', '2 WEITERE NOTRUFE'],
  ['es-MX', '2 LLAMADAS DE EMERGENCIA MAS'],
  ['fr', "2 AUTRES APPELS D'URGENCE"],
  ['ja', '2 MORE EMERGENCY CALLS'],
])('in the language of who reads it: %s', (language, head) => {
  const [{ body } = { body: '' }] = composeCallList([listed(1), listed(2)], { ...STYLE, language });
  expect(body.split('\n')[0]).toBe(head);
});

test('tests say so above and in each line', () => {
  const calls = [listed(1, { isTest: true }), listed(2, { isTest: true })];
  const [{ body } = { body: '' }] = composeCallList(calls, { ...STYLE, isTest: true });
  expect(body.split('\n').map((line) => line.startsWith('TEST '))).toEqual([true, true, true, false]);
});

test.each([2, 15, 20, 40, 200])(
  '%i calls: no message longer than Twilio takes, each line whole, each call once',
  (count) => {
    const calls = Array.from({ length: count }, (_, n) => listed(n, { facts: facts(`${n} ${'x'.repeat(n % 90)}`) }));
    const messages = composeCallList(calls, STYLE);
    expect(messages.flatMap(({ of }) => of)).toEqual(calls.map((_, n) => n));
    for (const { body, of } of messages) {
      expect(body.length).toBeLessThanOrEqual(1_600);
      expect(body.split('\n')[0]).toBe(`${of.length} MORE EMERGENCY CALLS`);
      for (const n of of) expect(body).toContain(`At "${calls[n]?.words.facts.location?.trim()}" 14:05`);
    }
  },
);

test('a line longer than a message stands by itself, and the others stay together', () => {
  const long = listed(2, { facts: facts('x'.repeat(1_600)) });
  const messages = composeCallList([listed(1), long, listed(3)], STYLE);
  expect(messages.map(({ of, body }) => [of, body === ''])).toEqual([
    [[0, 2], false],
    [[1], true],
  ]);
});

test('how to answer goes where there is no room for it', () => {
  const calls = [listed(1), listed(2, { facts: facts('x'.repeat(1_440)) })];
  const bodies = [5, 200].map(
    (length) => composeCallList(calls, { ...STYLE, hint: 'H'.repeat(length) })[0]?.body ?? '',
  );
  expect(bodies.map((body) => /\nH+$/.test(body))).toEqual([true, false]);
});

test('no call, no message', () => {
  expect(composeCallList([], STYLE)).toEqual([]);
});
