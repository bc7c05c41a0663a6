import fc from 'fast-check';
import { chooseCall, type ToldCall } from '../../shared/oncall/chooseCall.ts';
import type { CallResponse, ResponseAction } from '../../shared/oncall/response.ts';

const NOW = new Date('2026-11-21T22:30:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

function told(code: string, minutes: number, changes: Partial<ToldCall> = {}): ToldCall {
  const at = minutesAgo(minutes);
  const response = { state: 'open', since: null } as const;
  return { id: `${code}-${minutes}`, code, clock: at.slice(11, 19), toldAt: at, response, ...changes };
}
const held = (state: CallResponse['state'], minutes: number) => ({ response: { state, since: minutesAgo(minutes) } });

const ACKNOWLEDGE: ResponseAction = { kind: 'acknowledge' };
function choose(calls: ToldCall[], code: string | null = null, rest: { action?: ResponseAction; time?: string } = {}) {
  const choice = chooseCall(calls, { action: ACKNOWLEDGE, code, time: null, ...rest }, NOW);
  if ('call' in choice) return choice.call.id;
  return 'none' in choice ? 'none' : `${choice.why}: ${choice.which.map(({ id }) => id).join(' ')}`;
}

describe('no call is chosen', () => {
  const K7M = told('K7M', 2);
  const P4X = told('P4X', 5);
  test.each([
    ['nobody told the sender of any', [], null, 'none'],
    ['none is open', [told('K7M', 5, held('resolved', 1))], null, 'none'],
    ['none is open, and none has the code', [told('K7M', 5, held('resolved', 1))], 'P4X', 'none'],
    ['several are open', [P4X, K7M], null, 'several: K7M-2 P4X-5'],
    [
      'one of two has just been taken by somebody else',
      [P4X, told('K7M', 2, held('acknowledged', 1))],
      null,
      'several: K7M-2 P4X-5',
    ],
    ['the code is of none, though only one is open', [K7M], 'K7N', 'unknownCode: K7M-2'],
    ['two have the code', [K7M, told('K7M', 4), P4X], 'K7M', 'sameCode: K7M-2 K7M-4'],
  ])('%s', (_, calls, code, expected) => {
    expect(choose(calls, code)).toBe(expected);
  });

  test('the time is of neither of two that have the code', () => {
    expect(choose([told('K7M', 4), told('K7M', 2)], 'K7M', { time: '22:29' })).toMatch(/^unknownCode/);
  });

  test('the time is that of both', () => {
    const twins = [told('K7M', 2, { id: 'a' }), told('K7M', 2, { id: 'b' })];
    expect(choose(twins, 'K7M', { time: '22:28' })).toBe('sameCode: a b');
  });

  test('closing one that nobody has takes its code, though it is the only one', () => {
    const action: ResponseAction = { kind: 'resolve', reason: 'misdial' };
    expect(choose([told('K7M', 2)], null, { action })).toBe('unheld: K7M-2');
    expect(choose([told('K7M', 2)], 'K7M', { action })).toBe('K7M-2');
    expect(choose([told('K7M', 2, held('acknowledged', 1))], null, { action })).toBe('K7M-2');
  });

  test('who closes, hands back or arrives without a code is asked even where a call has long been held', () => {
    for (const { kind } of [{ kind: 'onScene' }, { kind: 'handBack' }, { kind: 'escalate' }] as const) {
      expect(choose([told('K7M', 2), told('P4X', 300, held('acknowledged', 290))], null, { action: { kind } })).toMatch(
        /^several/,
      );
    }
    const action: ResponseAction = { kind: 'resolve', reason: 'real' };
    expect(choose([told('K7M', 2), told('P4X', 300, held('onScene', 290))], null, { action })).toMatch(/^several/);
  });
});

test.each([
  ['the only open one', [told('K7M', 2), told('P4X', 5, held('resolved', 1))], null, 'K7M-2'],
  [
    'the only open one, which somebody else has: they are told who',
    [told('K7M', 2, held('acknowledged', 1))],
    null,
    'K7M-2',
  ],
  ['the one with the code', [told('K7M', 2), told('P4X', 5)], 'P4X', 'P4X-5'],
  ['the open one of two with the code', [told('K7M', 2), told('K7M', 600, held('resolved', 500))], 'K7M', 'K7M-2'],
  [
    'a closed one with the code: they are told that it is closed',
    [told('P4X', 2), told('K7M', 5, held('resolved', 1))],
    'K7M',
    'K7M-5',
  ],
  [
    'the new one, when what nobody closed was told more than a day ago',
    [told('K7M', 2), told('P4X', 24 * 60)],
    null,
    'K7M-2',
  ],
  [
    'the new one, when somebody has had the other for two hours',
    [told('K7M', 2), told('P4X', 130, held('onScene', 120))],
    null,
    'K7M-2',
  ],
  ['the only one, however long ago it was told', [told('P4X', 3_000)], null, 'P4X-3000'],
])('%s', (_, calls, code, expected) => {
  expect(choose(calls, code)).toBe(expected);
});

test('the time tells two with the same code apart, by the minute or the second', () => {
  const calls = [told('K7M', 4), told('K7M', 2), told('K7M', 2, { id: 'later', clock: '22:28:31' })];
  expect(choose(calls, 'K7M', { time: '22:26' })).toBe('K7M-4');
  expect(choose(calls, 'K7M', { time: '22:28:31' })).toBe('later');
  expect(choose(calls, 'K7M', { time: '22:28' })).toBe('sameCode: K7M-2 later');
});

test('for any calls: what is chosen has the code that was given, and without one no other open call of today could be meant', () => {
  const calls = fc.array(
    fc.record({
      code: fc.constantFrom('K7M', 'P4X', 'THX'),
      minutes: fc.integer({ min: 0, max: 3_000 }),
      state: fc.constantFrom('open', 'acknowledged', 'onScene', 'resolved'),
      since: fc.integer({ min: 0, max: 400 }),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(calls, fc.option(fc.constantFrom('K7M', 'P4X', 'W3W')), (drawn, code) => {
      const list = drawn.map(({ code, minutes, state, since }, index) =>
        told(code, minutes, { id: String(index), ...(state === 'open' ? {} : held(state, since)) }),
      );
      const choice = chooseCall(list, { action: ACKNOWLEDGE, code, time: null }, NOW);
      if (!('call' in choice)) return;
      if (code !== null) expect(choice.call.code).toBe(code);
      const rivals = list.filter(
        (call, index) => call !== choice.call && call.response.state === 'open' && (drawn[index]?.minutes ?? 0) < 1_440,
      );
      if (code === null) expect(rivals).toEqual([]);
    }),
  );
});
