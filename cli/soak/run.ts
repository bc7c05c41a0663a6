import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../local/faults/random.ts';
import { type HubEvent, ingestNotifications } from '../../shared/pipeline/ingestNotifications.ts';
import { generateBatch, type SoakBody } from './events.ts';
import { heapAfterCollection } from './heap.ts';
import { type LogWatch, watchLog } from './logWatch.ts';
import { FIRST_MESSAGE_AT } from './messages.ts';
import { type Scene, startScene } from './scene.ts';
import { emptyTables } from './storage.ts';
import { addTallies, NO_TALLY, type Tally, tallyRound } from './tally.ts';

export interface SoakOptions {
  /** Connection string of an account of Azurite with the product's tables and queues, for this run alone. */
  storage: string;
  events: number;
  seed: number;
  /** Where in the run of this seed to begin: 0 when left out. */
  firstBatch?: number;
  /** The door; the product's own when left out. */
  ingest?: typeof ingestNotifications;
  onProgress?: (done: number) => void;
}

/** Something that must not be, and the batch that it was seen in. */
export interface Failure {
  batch: number;
  problem: string;
}

export interface SoakResult {
  events: number;
  seconds: number;
  tally: Tally;
  /** How many dead letters had each reason. */
  reasons: Record<string, number>;
  throws: number;
  slowestBatchMs: number;
  /** Bytes after a collection, when a fifth of the run was done and at its end. */
  heap: { early: number; late: number };
  isPrototypeClean: boolean;
  log: LogWatch;
  /** The first of them. */
  failures: Failure[];
}

/** As `maxEventBatchSize` in `host.json`. */
export const BATCH_SIZE = 32;
const BATCHES_IN_A_ROUND = 10;
/** Messages that one batch announces, about; the next begins behind them. */
const MESSAGES_OF_A_BATCH = 60;
const BATCH_TIMEOUT_MS = 60_000;
const KEPT_FAILURES = 20;

/**
 * Sends events through the door, batch after batch, and reads back after each round of batches what it wrote. The same
 * seed sends the same events. Rejects only when the run itself cannot go on.
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const log = watchLog();
  const scene = await startScene(options.storage, options.seed, log.add);
  const result: SoakResult = {
    ...{ events: 0, seconds: 0, tally: NO_TALLY, reasons: {}, throws: 0, slowestBatchMs: 0 },
    ...{ heap: { early: 0, late: 0 }, isPrototypeClean: true, log, failures: [] },
  };
  const onStray = (why: unknown) => noteThrow(result, scene.clock.batch, 'nobody waited for', why);
  process.on('unhandledRejection', onStray);
  const began = performance.now();
  try {
    for (let batch = options.firstBatch ?? 0; result.events < options.events; batch += BATCHES_IN_A_ROUND) {
      await runRound(options, scene, result, batch);
      options.onProgress?.(result.events);
      if (result.heap.early === 0 && result.events >= options.events / 5) {
        result.heap.early = await heapAfterCollection();
      }
    }
    result.seconds = (performance.now() - began) / 1_000;
    result.heap.late = await heapAfterCollection();
    result.isPrototypeClean = Object.keys(Object.prototype).length === 0 && !('polluted' in {});
    return result;
  } finally {
    process.off('unhandledRejection', onStray);
    await scene.graph.close();
  }
}

/** A few batches in a row over empty tables; then what they wrote is read back. */
async function runRound(options: SoakOptions, scene: Scene, result: SoakResult, first: number): Promise<void> {
  await emptyTables(options.storage);
  scene.woken.clear();
  const announcedIn = new Map<string, number>();
  for (let batch = first; batch < first + BATCHES_IN_A_ROUND && result.events < options.events; batch += 1) {
    const bodies = generate(options, scene, batch, Math.min(BATCH_SIZE, options.events - result.events));
    bodies.forEach(({ intact }) => {
      intact.forEach((key) => {
        announcedIn.set(key, batch);
      });
    });
    await runBatch(options, scene, result, batch, bodies);
    result.events += bodies.length;
  }
  const round = await tallyRound(scene, new Set(announcedIn.keys()));
  result.tally = addTallies(result.tally, round.counts);
  for (const reason of round.reasons) {
    const alike = reason.replace(/\d{3,}/g, '#');
    result.reasons[alike] = (result.reasons[alike] ?? 0) + 1;
  }
  for (const { key, kind, messageId } of round.missing) {
    note(
      result,
      announcedIn.get(key) ?? first,
      `${kind} message ${messageId} was announced without damage, and is missing`,
    );
  }
}

/** Each batch by itself, so that one that fails can be made again without those before it. */
function generate({ seed }: SoakOptions, { messages }: Scene, batch: number, size: number): SoakBody[] {
  let position = batch * MESSAGES_OF_A_BATCH;
  return generateBatch(createRandom(seed, batch), size, () => {
    const message = messages[position % messages.length];
    if (message === undefined) throw new Error('There is no message to announce');
    position += 1;
    return message;
  });
}

async function runBatch(
  { ingest = ingestNotifications }: SoakOptions,
  scene: Scene,
  result: SoakResult,
  batch: number,
  bodies: readonly SoakBody[],
): Promise<void> {
  scene.clock.batch = batch;
  const events = bodies.map(({ body }, index) => toHubEvent(body, batch * BATCH_SIZE + index));
  const began = performance.now();
  const failure = await attempt(() => ingest(scene.services, events));
  result.slowestBatchMs = Math.max(result.slowestBatchMs, performance.now() - began);
  if (failure === null) return;
  noteThrow(result, batch, 'the batch', failure.why);
  // Once more, each event alone: which one was it?
  for (const [index, event] of events.entries()) {
    const alone = await attempt(() => ingest(scene.services, [event]));
    const { kind = '' } = bodies[index] ?? {};
    if (alone)
      note(result, batch, `event ${index} (${kind}) alone: ${describe(alone.why)}: ${beginningOf(event.body)}`);
  }
}

async function attempt(task: () => Promise<void>): Promise<{ why: unknown } | null> {
  const timeout = new AbortController();
  try {
    await Promise.race([task(), tooLong(timeout.signal)]);
    return null;
  } catch (why) {
    return { why };
  } finally {
    timeout.abort();
  }
}

async function tooLong(signal: AbortSignal): Promise<never> {
  await sleep(BATCH_TIMEOUT_MS, undefined, { signal });
  throw new Error(`not done after ${BATCH_TIMEOUT_MS / 1_000} s`);
}

function toHubEvent(body: unknown, number: number): HubEvent {
  const enqueuedAt = number % 40 === 0 ? null : new Date(FIRST_MESSAGE_AT + 3_600_000 + number).toISOString();
  return { body, enqueuedAt, source: `partition 0, sequence number ${number}` };
}

function noteThrow(result: SoakResult, batch: number, what: string, why: unknown): void {
  result.throws += 1;
  note(result, batch, `${what} threw: ${describe(why)}`);
}

function note(result: SoakResult, batch: number, problem: string): void {
  if (result.failures.length < KEPT_FAILURES) result.failures.push({ batch, problem });
}

/** The errors at the bottom of those that gather others. */
function describe(why: unknown): string {
  if (why instanceof AggregateError) return [...new Set(why.errors.map(describe))].join('; ');
  return why instanceof Error ? `${why.name}: ${why.message}` : `no error but ${typeof why}`;
}

function beginningOf(body: unknown): string {
  if (body instanceof Uint8Array) return beginningOf(Buffer.from(body).toString('latin1'));
  try {
    return (typeof body === 'string' ? body : String(JSON.stringify(body))).slice(0, 300);
  } catch {
    return 'nested too deep to be shown';
  }
}
