import { type CostLine, costBeside, DEFAULT_DEPLOYMENT, type Deployment, monthlyCost, totalOf } from './monthlyCost.ts';
import type { Pace } from './pace.ts';
import type { CostInputs } from './prices.ts';

/** Calls in a busy month. */
const BUSY = 1_000;
const MINUTES_OF_DAY = 1_440;
const CASES: readonly (Partial<Deployment> & { title: string })[] = [
  { title: 'Basic, quiet', tier: 'Basic' },
  { title: 'Basic, 1,000 calls', tier: 'Basic', calls: BUSY },
  { title: 'Standard, quiet', tier: 'Standard' },
  { title: 'Standard, 1,000 calls', tier: 'Standard', calls: BUSY },
];

/** What `docs/cost.md` says of sums, in Markdown: the totals, the bill meter by meter, what is paid to others, and what each choice changes. */
export function costTables(inputs: CostInputs, pace: Pace): string {
  const parts = [summary(inputs, pace), billTable(inputs, pace), besideTable(inputs), choicesTable(inputs, pace)];
  return `${parts.join('\n\n')}\n`;
}

function summary(inputs: CostInputs, pace: Pace): string {
  const [basic, basicBusy, standard] = CASES.map((choice) =>
    Math.round(totalOf(monthlyCost(inputs, pace, { ...DEFAULT_DEPLOYMENT, ...choice }))),
  );
  const busy = basicBusy === basic ? 'with 1,000 calls no more than that' : `${basicBusy} with 1,000 calls`;
  const beside = Math.round(totalOf(costBeside(inputs, 0)));
  return (
    `About ${basic} US dollars of Azure a month in the Basic tier, ${busy}; ${standard} in the Standard tier. ` +
    `Beside that about ${beside} a month for Twilio and the licence of the service account, and what each SMS costs.`
  );
}

function billTable(inputs: CostInputs, pace: Pace): string {
  const bills = CASES.map((choice) => monthlyCost(inputs, pace, { ...DEFAULT_DEPLOYMENT, ...choice }));
  const [quiet = [], busy = []] = bills;
  const rows = quiet.map((line, index) => [
    line.meter,
    quantityText(line, busy[index] ?? line),
    ...bills.map((bill) => dollars(bill[index]?.usd ?? 0)),
  ]);
  return tableOf(
    ['meter', 'quantity in a quiet month (with 1,000 calls)', ...CASES.map(({ title }) => title)],
    [...rows, ['**Azure, a month**', '', ...bills.map((bill) => `**${dollars(totalOf(bill))}**`)]],
  );
}

function besideTable(inputs: CostInputs): string {
  const [quiet, busy] = [costBeside(inputs, 0), costBeside(inputs, BUSY)];
  const rows = busy.map((line, index) => [
    line.meter,
    `${rounded(line.quantity)} × ${line.unit}`,
    dollars(quiet[index]?.usd ?? 0),
    dollars(line.usd),
  ]);
  const totals = [quiet, busy].map((lines) => `**${dollars(totalOf(lines))}**`);
  return tableOf(
    ['beside Azure', 'quantity with 1,000 calls', 'quiet', '1,000 calls'],
    [...rows, ['**a month**', '', ...totals]],
  );
}

function choicesTable(inputs: CostInputs, pace: Pace): string {
  const standard = totalOf(monthlyCost(inputs, pace, DEFAULT_DEPLOYMENT));
  const rows = choices(inputs, pace)
    .filter(({ total }) => total !== standard)
    .map(({ what, total, price }) => [what, signed(total - standard), price]);
  return tableOf(['choice, against Basic in a quiet month', 'a month', 'what it costs beside money'], rows);
}

function choices(inputs: CostInputs, pace: Pace) {
  const withDeployment = (changes: Partial<Deployment>) =>
    totalOf(monthlyCost(inputs, pace, { ...DEFAULT_DEPLOYMENT, ...changes }));
  const withPace = (changes: Partial<Pace>) =>
    totalOf(monthlyCost(inputs, { ...pace, ...changes }, DEFAULT_DEPLOYMENT));
  return [
    {
      what: '`EVENT_HUBS_TIER=Standard`',
      total: withDeployment({ tier: 'Standard' }),
      price: 'nothing: up to seven days in the hub instead of one, other readers',
    },
    { what: '`INSTANCE_MEMORY_MB=2048`', total: withDeployment({ memoryMegabytes: 2_048 }), price: 'nothing' },
    {
      what: 'no instance kept ready for `notifyOnCall`',
      total: withDeployment({ alwaysReady: 1 }),
      price: 'a call waits for a cold start',
    },
    {
      what: '`loadBalancingUpdateInterval` of 5 s instead of 8',
      total: withPace({ partitionBalanceMs: 5_000 }),
      price: 'nothing: partitions of a lost host are taken over up to 3 s earlier',
    },
    {
      what: '`maxPollingInterval` of 0.5 s instead of 1',
      total: withPace({ queuePollMs: 500 }),
      price: 'nothing: a call is told up to half a second earlier',
    },
    {
      what: '`listenerLockPeriod` of 15 s instead of 20',
      total: withPace({ timerLockMs: 15_000 }),
      price: 'nothing: timers of a lost host, the sweep among them, are taken over up to 5 s earlier',
    },
    {
      what: '`HEARTBEAT_URL`, which switches the timer `heartbeat` on',
      total: withPace(withTimer(pace, 'heartbeat', MINUTES_OF_DAY)),
      price: 'nothing: somebody outside Azure notices when the product falls silent',
    },
    {
      what: 'a screen that shows the page day and night',
      total: withDeployment({ screens: 1 }),
      price: 'nothing; more of them cost less each, and a page that is closed costs nothing',
    },
    {
      what: 'one alert rule on logs in place of all that look each 15 min',
      total: withPace({ alertRules: mergedRules(pace) }),
      price: 'one severity for all of them',
    },
    { what: 'the free amounts are used up by others', total: withoutGrants(inputs, pace), price: '' },
  ];
}

function withTimer({ runsADay, notedTimers }: Pace, name: string, runs: number): Partial<Pace> {
  return { runsADay: { ...runsADay, [name]: runs }, notedTimers: [...notedTimers, name] };
}

function mergedRules({ alertRules }: Pace): Pace['alertRules'] {
  const often = alertRules.onLogs.filter(({ everyMinutes }) => everyMinutes < 15);
  return { ...alertRules, onLogs: [...often, { everyMinutes: 15 }] };
}

/** Free amounts are given once to a subscription, or to a billing account. */
function withoutGrants(inputs: CostInputs, pace: Pace): number {
  const prices = Object.fromEntries(
    Object.entries(inputs.prices).map(([name, { free: _, ...price }]) => [name, price] as const),
  );
  return totalOf(monthlyCost({ ...inputs, prices }, pace, DEFAULT_DEPLOYMENT));
}

function quantityText(quiet: CostLine, busy: CostLine): string {
  const [alone, withCalls] = [quiet, busy].map(({ quantity }) => rounded(quantity));
  const free = quiet.free > 0 ? `, ${rounded(quiet.free)} of them free` : '';
  return `${alone}${alone === withCalls ? '' : ` (${withCalls})`} × ${quiet.unit}${free}`;
}

/** Three digits that count. */
function rounded(quantity: number): string {
  return Number(quantity.toPrecision(quantity >= 100 ? 4 : 3)).toLocaleString('en-US', { maximumFractionDigits: 4 });
}

const dollars = (usd: number) => usd.toFixed(2);

function signed(usd: number): string {
  return `${usd < 0 ? '−' : '+'}${dollars(Math.abs(usd))}`;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
