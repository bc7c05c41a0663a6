import fc from 'fast-check';
import { correlate, correlateEnd, type Opening, type Told } from '../../shared/emergency/correlation.ts';

const AT = Date.parse('2026-03-02T09:00:00.000Z');
const at = (seconds: number) => new Date(AT + seconds * 1_000).toISOString();

const told = (source: 'chat' | 'event', key: string, seconds = 0, changes: Partial<Told> = {}): Told => ({
  source,
  key,
  callId: `call of ${key}`,
  at: at(seconds),
  numberDialed: null,
  callbackNumber: null,
  ...changes,
});

/** What becomes of these, one after the other. */
function calls(...list: Told[]): string[] {
  let openings: readonly Opening[] = [];
  return list.map((one) => {
    const result = correlate(openings, one);
    ({ openings } = result);
    return result.callId;
  });
}

describe('one call', () => {
  test.each([
    ['the chat first', told('chat', 'm1'), told('event', 'e1', 3)],
    ['the event first', told('event', 'e1'), told('chat', 'm1', 3)],
    ['two minutes apart', told('chat', 'm1'), told('event', 'e1', 120)],
    ['the later one told first', told('chat', 'm1', 120), told('event', 'e1', 0)],
    ['a test that only one knows', told('chat', 'm1'), told('event', 'e1', 30, { numberDialed: '933', isTest: true })],
    ['a number that only one knows', told('chat', 'm1', 0, { numberDialed: '911' }), told('event', 'e1', 1)],
    [
      'the same numbers',
      told('chat', 'm1', 0, { numberDialed: '911', callbackNumber: '+14255550123' }),
      told('event', 'e1', 1, { numberDialed: '911', callbackNumber: '+14255550123' }),
    ],
  ])('%s', (_, first, second) => {
    expect(calls(first, second)).toEqual([first.callId, first.callId]);
  });

  test('the same message or event again, also after the other source', () => {
    const [m, e] = [told('chat', 'm1'), told('event', 'e1')];
    expect(new Set(calls(m, m, e, e, m))).toEqual(new Set([m.callId]));
  });

  test('a duplicate that comes with another time and number is the same all the same', () => {
    expect(calls(told('event', 'e1'), told('event', 'e1', 9_999, { numberDialed: '112' }))).toEqual([
      'call of e1',
      'call of e1',
    ]);
  });
});

describe('two calls', () => {
  test.each([
    ['two messages: a redial', told('chat', 'm1'), told('chat', 'm2', 1)],
    ['two events: a redial', told('event', 'e1'), told('event', 'e2', 1)],
    ['more than two minutes apart', told('chat', 'm1'), told('event', 'e1', 120.001)],
    ['more than two minutes before', told('chat', 'm1', 120.001), told('event', 'e1')],
    [
      'another number dialled',
      told('chat', 'm1', 0, { numberDialed: '911' }),
      told('event', 'e1', 1, { numberDialed: '933' }),
    ],
    [
      'another callback number',
      told('chat', 'm1', 0, { callbackNumber: '+14255550123' }),
      told('event', 'e1', 1, { callbackNumber: '+14255550124' }),
    ],
    [
      'a test, and a minute later one that may be real',
      told('event', 'e1', 0, { numberDialed: '933', isTest: true }),
      told('chat', 'm1', 31),
    ],
    [
      'one that may be real, and a minute later a test',
      told('chat', 'm1'),
      told('event', 'e1', 31, { numberDialed: '933', isTest: true }),
    ],
  ])('%s', (_, first, second) => {
    expect(calls(first, second)).toEqual([first.callId, second.callId]);
  });

  test('a third telling never joins two that are matched', () => {
    expect(calls(told('chat', 'm1'), told('event', 'e1', 1), told('event', 'e2', 2), told('chat', 'm2', 3))).toEqual([
      'call of m1',
      'call of m1',
      'call of e2',
      'call of e2',
    ]);
  });

  test('a redial: each event finds the message nearest to it, in whatever order they come', () => {
    const [m1, m2] = [told('chat', 'm1', 0), told('chat', 'm2', 40)];
    const [e1, e2] = [told('event', 'e1', 1), told('event', 'e2', 41)];
    for (const order of [
      [m1, m2, e1, e2],
      [m1, m2, e2, e1],
      [e2, e1, m1, m2],
      [m1, e1, m2, e2],
      [m2, e2, e1, m1],
    ]) {
      const ids = calls(...order);
      const idOf = (one: Told) => ids[order.indexOf(one)];
      expect(idOf(m1)).toBe(idOf(e1));
      expect(idOf(m2)).toBe(idOf(e2));
      expect(idOf(m1)).not.toBe(idOf(m2));
    }
  });
});

test('of two that may be one, the one at the same place is, though the other is nearer in time', () => {
  const [m1, m2] = [
    told('chat', 'm1', 0, { location: 'Building 34, Room 1' }),
    told('chat', 'm2', 20, { location: 'Building 34, Room 2' }),
  ];
  expect(calls(m1, m2, told('event', 'e1', 19, { location: 'building 34,  Room 1' }))[2]).toBe('call of m1');
  expect(calls(m1, m2, told('event', 'e1', 19, { location: 'Elsewhere' }))[2]).toBe('call of m2');
});

describe('the end of a call', () => {
  const open = (...list: Told[]) => {
    let openings: readonly Opening[] = [];
    for (const one of list) ({ openings } = correlate(openings, one));
    return openings;
  };
  const end = (eventId: string, seconds: number) => ({ key: `${eventId}|${seconds}`, eventId, at: at(seconds) });

  test.each([
    ['under the id of its beginning', [told('event', 'e1'), told('event', 'e2', 60)], end('e1', 90), 'call of e1'],
    ['under the id of its beginning, half a day later', [told('event', 'e1')], end('e1', 43_200), 'call of e1'],
    ['under an id of its own: the newest', [told('event', 'e1'), told('event', 'e2', 60)], end('x', 90), 'call of e2'],
    ['of a call that only the chat told of', [told('chat', 'm1')], end('x', 300), 'call of m1'],
    ['before a call that came later', [told('event', 'e1'), told('event', 'e2', 60)], end('x', 30), 'call of e1'],
    ['by a clock that is a little behind', [told('event', 'e1', 5)], end('x', 0), 'call of e1'],
  ])('%s', (_, list, ending, callId) => {
    expect(correlateEnd(open(...list), ending).callId).toBe(callId);
  });

  test.each([
    ['of a caller nobody heard of', [], end('x', 0)],
    ['before the only call', [told('event', 'e1', 60)], end('x', 0)],
    ['half a day after the only call', [told('chat', 'm1')], end('x', 43_200)],
  ])('%s: there is none', (_, list, ending) => {
    expect(correlateEnd(open(...list), ending).callId).toBeNull();
  });

  test('an end is one end, however often it comes; a second one ends another call, or none', () => {
    const first = correlateEnd(open(told('event', 'e1'), told('event', 'e2', 60)), end('x', 90));
    expect(correlateEnd(first.openings, end('x', 90))).toEqual({ callId: 'call of e2', openings: first.openings });
    const second = correlateEnd(first.openings, end('y', 95));
    expect(second.callId).toBe('call of e1');
    expect(correlateEnd(second.openings, end('z', 99)).callId).toBeNull();
  });
});

test('whatever is told, in whatever order: no call holds two of one source, and none is lost', () => {
  const one = fc.record({
    source: fc.constantFrom('chat' as const, 'event' as const),
    n: fc.integer({ min: 0, max: 6 }),
    seconds: fc.integer({ min: 0, max: 400 }),
    numberDialed: fc.constantFrom(null, '911', '933'),
    callbackNumber: fc.constantFrom(null, '+14255550123', '+14255550124'),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), (list) => {
      let openings: readonly Opening[] = [];
      const callOf = new Map<string, string>();
      for (const { source, n, seconds, ...numbers } of list) {
        const key = `${source}${n}`;
        const result = correlate(openings, told(source, key, seconds, numbers));
        ({ openings } = result);
        expect(callOf.get(key) ?? result.callId).toBe(result.callId);
        callOf.set(key, result.callId);
      }
      for (const source of ['chat', 'event']) {
        const ids = [...callOf].filter(([key]) => key.startsWith(source)).map(([, id]) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('a caller who calls without end is remembered within bounds', () => {
  let openings: readonly Opening[] = [];
  for (let n = 0; n < 500; n += 1) ({ openings } = correlate(openings, told('event', `e${n}`, n)));
  expect(openings.length).toBeLessThanOrEqual(60);
  ({ openings } = correlate(openings, told('event', 'next day', 3 * 86_400)));
  expect(openings).toHaveLength(1);
});
