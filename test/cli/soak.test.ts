import { accountOf } from '../../cli/soak/account.ts';
import { generateBatch } from '../../cli/soak/events.ts';
import { watchLog } from '../../cli/soak/logWatch.ts';
import { runSoak, type SoakOptions, type SoakResult } from '../../cli/soak/run.ts';
import { createRandom } from '../../local/faults/random.ts';
import { ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { takeProductStorage } from '../harness/storage.ts';

type Ingest = NonNullable<SoakOptions['ingest']>;

/** Two batches through a door of the test's own. */
async function soakThrough(ingest: Ingest): Promise<SoakResult> {
  return runSoak({ storage: await takeProductStorage(), events: 64, seed: 1, ingest });
}

function badLinesOf(result: SoakResult): string[] {
  return accountOf(result).flatMap(({ name, isBad }) => (isBad ? [name.trim()] : []));
}

/** The product's door, with something done before it to the services of its batches. */
function withServices(change: (services: Services) => Partial<Services>): Ingest {
  return (services, events) => ingestNotifications({ ...services, ...change(services) }, events);
}

test('the product takes in 1,600 damaged events without losing or throwing anything', async () => {
  const result = await runSoak({ storage: await takeProductStorage(), events: 1_600, seed: 1 });
  expect(result.failures).toEqual([]);
  expect([...result.log.personal(), ...result.log.tooLong()]).toEqual([]);
  expect(badLinesOf(result)).toEqual([]);
  expect(result.events).toBe(1_600);
  // Enough of each kind that the account says something.
  const { announced, ordinaryAnnounced, damagedAnnounced, fromDamage, deadLetters } = result.tally;
  expect(Math.min(announced, ordinaryAnnounced, damagedAnnounced, fromDamage, deadLetters)).toBeGreaterThan(100);
}, 120_000);

describe('the account tells of a door that', () => {
  test('loses one neighbour in one event', async () => {
    const result = await soakThrough((services, events) =>
      ingestNotifications(
        services,
        events.map((event) => (event.source.endsWith(' 57') ? { ...event, body: withoutLast(event.body) } : event)),
      ),
    );
    expect(badLinesOf(result)).toEqual(['recorded as calls, found by their id', 'lost']);
    expect(result.tally.lost).toBe(1);
    expect(result.failures).toEqual([
      {
        batch: 1,
        problem: expect.stringMatching(/^emergency message \d{13} was announced without damage, and is missing$/),
      },
    ]);
  });

  test('throws for one event, with its batch and the event', async () => {
    const result = await soakThrough(async (services, events) => {
      await ingestNotifications(services, events);
      if (events.some(({ source }) => source.endsWith(' 40'))) throw new TypeError('one event too many');
    });
    expect(badLinesOf(result)).toEqual(['throws']);
    expect(result.failures).toEqual([
      { batch: 1, problem: 'the batch threw: TypeError: one event too many' },
      { batch: 1, problem: expect.stringMatching(/^event 8 \(.+\) alone: TypeError: one event too many: /) },
    ]);
  });

  test('puts every message off', async () => {
    const result = await soakThrough(withServices(() => ({ chats: null })));
    expect(badLinesOf(result)).toEqual([
      'recorded as calls, found by their id',
      'only kept as work to fetch them',
      'ordinary messages kept',
    ]);
  });

  test('takes ordinary messages for calls', async () => {
    const asCall = { language: 'en', phrase: 'Lunch at the food trucks', isConfirmed: true };
    const result = await soakThrough(
      withServices(({ reader }) => ({ reader: { ...reader, phrases: [...reader.phrases, asCall] } })),
    );
    expect(badLinesOf(result)).toEqual(['calls of messages that are none', 'ordinary messages kept']);
  });

  test('gives no reasons, writes other work than it should, and logs whom it told', async () => {
    const result = await soakThrough(async (services, events) => {
      const { store, log } = services;
      await ingestNotifications(services, events);
      const dueAt = services.now().toISOString();
      await store.deadLetters.add({ reason: ' ', raw: null, at: dueAt, source: 'Alex' });
      await store.work.insert({ kind: 'replayDeadLetter', deadLetterId: dueAt, dueAt, attempts: 0 });
      log.info('Told', { to: '+14255550111' });
    });
    expect(badLinesOf(result)).toEqual([
      'without a reason',
      'of a kind that is not expected',
      'with a number, a name or words of a message',
    ]);
  });
});

describe('the log', () => {
  test.each([
    ['a number', 'told number="+14255550142"'],
    ['a number as people write it', 'told (425 555-0142)'],
    ['a UPN', 'caller=adele.vance@contoso.com'],
    ['a display name, in any case', 'caller="Adele Vance"'],
    ['words of a message', 'text="Minutes of the"'],
  ])('is found to hold %s', (_what, line) => {
    const log = watchLog();
    log.add(line);
    expect(log.personal()).toEqual([line]);
  });

  test('is found to hold a line that somebody else wrote', () => {
    const log = watchLog();
    log.add('x'.repeat(1_001));
    expect(log.tooLong()).toEqual([expect.stringContaining('(1001)')]);
  });

  test('may hold ids of calls', () => {
    const log = watchLog();
    log.add('Emergency call recorded callId="8232396399999-0123456789abcdef" isTest=false');
    expect([log.count(), log.personal(), log.tooLong()]).toEqual([1, [], []]);
  });
});

test.each([
  [1.5, []],
  [1.6, ['grown to']],
  [Number.NaN, ['grown to']],
])('a heap that grew to %p of what it was: %p', async (ratio, bad) => {
  const result = await cleanResult();
  expect(badLinesOf({ ...result, heap: { early: 50_000_000, late: 50_000_000 * ratio } })).toEqual(bad);
});

async function cleanResult(): Promise<SoakResult> {
  const { NO_TALLY } = await import('../../cli/soak/tally.ts');
  return {
    ...{ events: 1, seconds: 1, tally: NO_TALLY, reasons: {}, throws: 0, slowestBatchMs: 1, isPrototypeClean: true },
    ...{ heap: { early: 1, late: 1 }, log: watchLog(), failures: [] },
  };
}

describe('the events', () => {
  const next = () => ({ key: 'alex', notification: '{"resource":"chats(\'a\')/messages(\'b\')","tenantId":"t"}' });

  test('of the same seed are the same', () => {
    expect(generateBatch(createRandom(7, 3), 200, next)).toEqual(generateBatch(createRandom(7, 3), 200, next));
  });

  test.each([
    ['seed', createRandom(8, 3)],
    ['batch', createRandom(7, 4)],
  ])('of another %s are others', (_what, random) => {
    expect(generateBatch(random, 200, next)).not.toEqual(generateBatch(createRandom(7, 3), 200, next));
  });
});

function withoutLast(body: unknown): unknown {
  const { value } = body as { value: unknown[] };
  if (value.length < 2) throw new Error('This event has no neighbours');
  return { value: value.slice(0, -1) };
}
