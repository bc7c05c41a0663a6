import fc from 'fast-check';
import {
  type Assigned,
  assignNumber,
  EMPTY_LEDGER,
  KEPT_DISAGREEMENTS,
  recordSeenNumber,
  releaseNumber,
  type SharedCallingLedger,
} from '../../shared/tenant/sharedCallingLedger.ts';

const A = '+14255550111';
const B = '+14255550112';
const C = '+14255550113';
const MAIN = '+14255550110';
const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 21, 12);

const at = (minutes: number) => new Date(START_MS + minutes * MINUTE_MS);

/** A ledger that is called one after another. */
function ledgerOf(emergencyNumbers: string[], resourceAccountNumber: string | null = MAIN) {
  let ledger: SharedCallingLedger = EMPTY_LEDGER;
  return {
    call(callId: string, minutes: number): Assigned {
      const answer = assignNumber(ledger, { emergencyNumbers, resourceAccountNumber }, callId, at(minutes));
      ledger = answer.ledger;
      return answer.assigned;
    },
    seen(number: string, callId: string, minutes: number) {
      ledger = recordSeenNumber(ledger, number, callId, at(minutes));
    },
    release(callId: string) {
      ledger = releaseNumber(ledger, callId);
    },
    read: () => ledger,
  };
}

const short = ({ number, how }: Assigned) => [number, how];

test('each call gets the next free number, and keeps it for 60 minutes', () => {
  const numbers = ledgerOf([A, B]);
  expect(numbers.call('one', 0)).toEqual({ number: A, how: 'free', until: at(60).toISOString(), basis: 'predicted' });
  expect(short(numbers.call('two', 1))).toEqual([B, 'free']);
  expect(short(numbers.call('one', 59))).toEqual([A, 'kept']);
  expect(short(numbers.call('three', 60))).toEqual([A, 'free']);
});

test('a minute less and it is still taken: the one reserved longest ago is reused', () => {
  const numbers = ledgerOf([A, B]);
  numbers.call('one', 0);
  numbers.call('two', 1);
  expect(short(numbers.call('three', 59))).toEqual([A, 'reused']);
  // By its last reservation: A has been given again meanwhile.
  expect(short(numbers.call('four', 59))).toEqual([B, 'reused']);
});

test.each<[string, string[], string | null, [string | null, string]]>([
  ["an empty list: the resource account's number", [], MAIN, [MAIN, 'resourceAccount']],
  ['no number at all', [], null, [null, 'none']],
])('%s, and nothing is reserved', (_, list, main, expected) => {
  const numbers = ledgerOf(list, main);
  expect(short(numbers.call('one', 0))).toEqual(expected);
  expect(short(numbers.call('two', 0))).toEqual(expected);
  expect(numbers.read()).toBe(EMPTY_LEDGER);
});

test('the number that the call named holds, and the disagreement is kept', () => {
  const numbers = ledgerOf([A, B]);
  numbers.call('one', 0);
  numbers.seen(B, 'one', 2);
  expect(numbers.call('one', 3)).toEqual({ number: B, how: 'kept', until: at(60).toISOString(), basis: 'seen' });
  expect(short(numbers.call('two', 3))).toEqual([A, 'free']);
  expect(numbers.read().disagreements).toEqual([{ callId: 'one', predicted: A, seen: B, at: at(2).toISOString() }]);
});

test('a number as predicted is no disagreement, and is told once', () => {
  const numbers = ledgerOf([A]);
  numbers.call('one', 0);
  numbers.seen(A, 'one', 1);
  const before = numbers.read();
  numbers.seen(A, 'one', 2);
  expect(numbers.read()).toBe(before);
  expect(before.disagreements).toEqual([]);
});

test('of disagreements the last are kept', () => {
  const numbers = ledgerOf([A]);
  for (let i = 0; i < KEPT_DISAGREEMENTS + 5; i += 1) numbers.seen(C, `call ${i}`, i);
  const { disagreements } = numbers.read();
  expect(disagreements).toHaveLength(KEPT_DISAGREEMENTS);
  expect(disagreements[0]).toMatchObject({ callId: 'call 5', predicted: null });
});

test('a call that was none gives its number back', () => {
  const numbers = ledgerOf([A, B]);
  numbers.call('one', 0);
  numbers.release('one');
  numbers.release('never made');
  expect(short(numbers.call('two', 1))).toEqual([A, 'free']);
});

const EVENT = fc.record({
  kind: fc.constantFrom('call', 'call', 'call', 'seen', 'release'),
  id: fc.integer({ min: 0, max: 6 }).map((id) => `call ${id}`),
  minutes: fc.integer({ min: 0, max: 25 }),
  number: fc.constantFrom(A, B, C),
});

test('no number has two callers while another is free, in whatever order calls and releases come', () => {
  fc.assert(
    fc.property(fc.subarray([A, B, C], { minLength: 1 }), fc.array(EVENT, { maxLength: 40 }), (list, events) => {
      const numbers = ledgerOf(list);
      // What is whose, written down beside it: the number of each call, and until when.
      const holders = new Map<string, { number: string; until: number }>();
      let time = 0;
      for (const { kind, id, minutes, number } of events) {
        time += minutes;
        for (const [holder, { until }] of holders) if (until <= time) holders.delete(holder);
        if (kind === 'release') {
          numbers.release(id);
          holders.delete(id);
        } else if (kind === 'seen') {
          numbers.seen(number, id, time);
          holders.set(id, { number, until: holders.get(id)?.until ?? time + 60 });
        } else {
          const taken = new Set([...holders].filter(([holder]) => holder !== id).map(([, held]) => held.number));
          const isAnyFree = list.some((each) => !taken.has(each));
          const had = holders.get(id);
          const assigned = numbers.call(id, time);
          if (had) expect(assigned.number).toBe(had.number);
          else if (isAnyFree) expect(taken.has(assigned.number ?? '')).toBe(false);
          else expect([assigned.how, list.includes(assigned.number ?? '')]).toEqual(['reused', true]);
          if (!had) holders.set(id, { number: assigned.number ?? '', until: time + 60 });
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
