import { shortenLimits } from './shortLimits.ts';
import {
  type Failure,
  graph,
  liveThrough,
  type Outcome,
  type Position,
  processLost,
  type Scenario,
  type Source,
  signIn,
  storage,
  twilio,
  twilioRefuses,
  vault,
} from './singleFailure.ts';
import { startWorld, type World } from './world.ts';

/**
 * Promise 1, one part of the way at a time. A stage is one request that a process which knows nothing yet sends about
 * one call. By default every stage and position of storage and Twilio is tried for a chat message, and a third of the
 * storage's for an event; `ALL=1` tries everything.
 */
const ALL = process.env.ALL === '1';
/** Scenarios at once: most of the time they wait for a limit to pass. */
const LANES = 5;
/** The state of a look-alike has an end. */
const WORLD_LIVES = 10;
const MINUTE_MS = 60_000;
const SHORT_MS = 20_000;
/** That of storage is longer than the promise: nobody waits for its end. */
const LONG_MS = { storage: 180_000, others: 90_000 };
const MOST_MESSAGES = 3;

const status = (code: number, retryAfterSeconds?: number) =>
  ({ kind: 'status', status: code, ...(retryAfterSeconds ? { retryAfterSeconds } : {}) }) as const;

const STORAGE = (['refuse', 'hang', 'busy', 'lose', 'cut'] as const).map(storage);
const GRAPH = [
  graph('answers 503', status(503)),
  graph('hangs', { kind: 'hang' }),
  graph('answers 429', status(429, 15)),
  signIn('answers 503', status(503), 'graph'),
  signIn('is lost', { kind: 'aadsts', code: 50173 }, 'graph'),
];
const VAULT = [
  vault('answers 503', status(503)),
  vault('hangs', { kind: 'hang' }),
  vault('breaks off', { kind: 'reset' }),
  signIn('of the identity fails', status(503), 'vault'),
];
const TWILIO = [
  twilio('answers 500', { ...status(500), on: 'every' }),
  twilio('answers 503', { ...status(503), on: 'every' }),
  twilio('hangs', { kind: 'hang', on: 'every' }),
  twilio('loses answers', { kind: 'acceptThenReset' }),
  twilioRefuses,
];
const FAILURES: Record<Source, readonly Failure[]> = {
  chat: [...STORAGE, ...GRAPH, ...TWILIO, processLost],
  event: [...STORAGE, ...VAULT, ...TWILIO, processLost],
};

type Result = Scenario & { outcome: Outcome };

/** All that this source's way is tried with, one test for each failure, and a table of what it came to. */
export function describeSingleFailures(source: Source): void {
  let results: Result[] = [];
  let restoreLimits: () => void;
  beforeAll(async () => {
    restoreLimits = shortenLimits();
    results = await runAll(source);
  }, 1_800_000);
  afterAll(() => {
    restoreLimits();
    process.stdout.write(`${tableOf(source, results)}\n`);
  });

  test.each(FAILURES[source].map((failure) => [failure.name, failure] as const))(
    '%s: somebody is told in time, and all is settled in the end',
    (_, failure) => {
      const own = results.filter((result) => result.failure === failure);
      expect(own.length).toBeGreaterThan(1);
      expect(own.flatMap(violationsOf)).toEqual([]);
    },
  );
}

async function runAll(source: Source): Promise<Result[]> {
  const results: Result[] = [];
  const scenarios = scenariosOf(source, await stagesOf(source));
  const lane = async () => {
    while (scenarios.length > 0) {
      const world = await openWorld(source);
      try {
        for (const scenario of scenarios.splice(0, WORLD_LIVES)) {
          results.push({ ...scenario, outcome: await liveThrough(world, scenario) });
        }
      } finally {
        await world.stop();
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

async function openWorld(source: Source): Promise<World> {
  const world = await startWorld({}, { events: source === 'event' });
  await world.openChat();
  return world;
}

/** The requests of a call that nothing happens to, until its work is done. */
async function stagesOf(source: Source): Promise<Outcome['requests']> {
  const world = await openWorld(source);
  try {
    const call = { source, failure: null, stage: 1, position: 'before', lastsMs: 0 } as const;
    const { requests, messages } = await liveThrough(world, call);
    expect(messages).toEqual([1, 1]);
    return requests.slice(0, 1 + requests.findIndex(({ what }) => /^DELETE .*Work\(/.test(what)));
  } finally {
    await world.stop();
  }
}

function scenariosOf(source: Source, way: Outcome['requests']): Scenario[] {
  return FAILURES[source].flatMap((failure, nth) => {
    const last = way.filter(({ service }) => failure.service === 'any' || failure.service === service).length;
    const each = Array.from({ length: last }, (_, i) => i + 1).flatMap((stage) =>
      positionsOf(failure, stage === last).map((position) => ({ stage, position })),
    );
    const isThinned = !ALL && (source === 'event' ? failure.service === 'storage' : failure === processLost);
    const short = each.filter((_, i) => !isThinned || (i + nth) % 3 === 0);
    return [
      ...short.map((where) => ({ source, failure, ...where, lastsMs: SHORT_MS })),
      {
        source,
        failure,
        stage: Math.ceil(last / 2),
        position: 'before' as const,
        lastsMs: failure.service === 'storage' ? LONG_MS.storage : LONG_MS.others,
      },
    ];
  });
}

/** After one request is before the next, unless they overlap. */
function positionsOf({ name }: Failure, isLast: boolean): Position[] {
  const isMiddleItself = /storage (lose|cut)|loses answers/.test(name);
  return ['before', ...(isMiddleItself ? [] : (['middle'] as const)), ...(isLast || ALL ? (['after'] as const) : [])];
}

function violationsOf({ failure, stage, position, lastsMs, outcome }: Result): string[] {
  const { toldAfterMs, toldAfterEndMs, messages, calls, openWork, isCheckpointed, deadLetters, beganAfterMs } = outcome;
  // A busy machine may reach a stage late, and a long failure then ends late.
  const waits = lastsMs > MINUTE_MS ? (beganAfterMs ?? 0) : 0;
  const isInTime =
    toldAfterMs !== null &&
    (failure.service === 'twilio' ? (toldAfterEndMs ?? 0) <= MINUTE_MS : toldAfterMs <= 2 * MINUTE_MS + waits);
  const wrong = [
    beganAfterMs === null ? 'did not begin' : null,
    isInTime ? null : `told after ${toldAfterMs} ms, ${toldAfterEndMs} ms after the end`,
    Math.min(...messages) > 0 ? null : `messages ${messages}`,
    Math.max(...messages) <= MOST_MESSAGES ? null : `messages ${messages}`,
    calls === 1 ? null : `${calls} calls`,
    openWork === 0 && isCheckpointed ? null : `${openWork} pieces of work open, checkpointed: ${isCheckpointed}`,
    deadLetters.length === 0 ? null : `dead letters: ${deadLetters}`,
  ].flatMap((fault) => fault ?? []);
  return wrong.map((fault) => `${position} ${stage} for ${lastsMs / 1_000} s: ${fault}`);
}

function tableOf(source: Source, results: readonly Result[]): string {
  const rows = FAILURES[source].map((failure) => {
    const own = results.filter((result) => result.failure === failure).map(({ outcome }) => outcome);
    return [
      failure.name,
      own.length,
      own.filter(({ toldAfterMs }) => toldAfterMs !== null).length,
      Math.max(...own.map(({ toldAfterMs }) => Math.round((toldAfterMs ?? Number.NaN) / 100) / 10)),
      own.reduce((sum, { doubles }) => sum + doubles, 0),
      Math.max(...own.flatMap(({ messages }) => messages)),
    ];
  });
  const lines = [[source, 'tried', 'told', 'slowest (s)', 'doubles', 'most for one person'], ...rows];
  return lines.map((line) => line.map((cell, i) => String(cell).padEnd(i === 0 ? 32 : 13)).join('')).join('\n');
}
