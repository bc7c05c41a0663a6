import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const price = z.object({
  usd: z.number().positive(),
  unit: z.string().min(3),
  /** Units a month that cost nothing, once for a subscription: whatever else runs there shares them. */
  free: z.number().positive().optional(),
  /** The day of which the price is known. */
  asOf: z.iso.date(),
  where: z.string().min(3),
  source: z.url(),
  /** Where the figure was read; the source itself says it only to a browser. */
  seenIn: z.string().min(3),
});

const count = z.int().nonnegative();

const schema = z.object({
  hoursInMonth: z.number().positive(),
  prices: z.record(z.string(), price),
  /** Held by tests: `test/docs/cost.test.ts`. */
  counted: z.object({
    requests: z.record(z.string(), z.object({ table: count, queue: count, vault: count })),
  }),
  /** What only a deployment can measure. */
  assumed: z.object({
    secondsOfRun: z.record(z.string(), z.number().positive()),
    ingestRunsOfCall: z.number().positive(),
    notifierRunsOfCall: z.number().positive(),
    hubEventsOfCall: z.number().positive(),
    instancesOfTimers: z.number().positive(),
    telemetryRecordsOfRun: z.number().positive(),
    telemetryBytesOfRecord: z.number().positive(),
    storedGigabytes: z.number().positive(),
    peopleOfTeam: z.number().positive(),
    messagesOfCall: z.number().positive(),
    segmentsOfMessage: z.number().positive(),
  }),
});

export type CostInputs = z.infer<typeof schema>;
export type Price = z.infer<typeof price>;

/** What `docs/cost.json` of the project in that folder says. Throws what is wrong with it. */
export function readCostInputs(folder: string): CostInputs {
  const result = schema.safeParse(JSON.parse(readFileSync(join(folder, 'docs/cost.json'), 'utf8')));
  if (!result.success) throw new Error(`docs/cost.json: ${z.prettifyError(result.error)}`);
  return result.data;
}
