import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '../../shared/log.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { watch } from '../../shared/pipeline/watch.ts';

interface LogRule {
  name: string;
  severity: number;
  everyMinutes: number;
  overMinutes: number;
  linesOverMinutes: number;
  repeatMinutes: number;
}

interface Alarm {
  name: string;
  severity: number;
  lines: string[];
  linesAtLeast: number;
  findings: string[];
}

interface Rules {
  metric: Pick<LogRule, 'name' | 'severity' | 'everyMinutes' | 'overMinutes'>;
  activity: Pick<LogRule, 'name' | 'severity'>;
  log: LogRule[];
  alarms: Alarm[];
}

const ROOT = process.cwd();
const MODULES = join(ROOT, 'infra', 'modules');
const PAGES = join(ROOT, 'docs', 'runbooks');
/** US dollars a month, https://azure.microsoft.com/pricing/details/monitor/: a metric; a query by its frequency. */
const METRIC_PRICE = 0.1;
const QUERY_PRICES: Readonly<Record<number, number>> = { 5: 1.5, 10: 1, 15: 0.5 };

const read = (...path: string[]) => readFileSync(join(...path), 'utf8');
const rules: Rules = JSON.parse(read(MODULES, 'alarms', 'rules.json'));
const bicep = read(MODULES, 'alarms.bicep');
const { alarms } = rules;
const all = [rules.metric, rules.activity, ...alarms];
const pageNames = readdirSync(PAGES).filter((name) => name !== 'README.md');
const index = read(PAGES, 'README.md');
const queries = readdirSync(join(MODULES, 'alarms')).filter((name) => name.endsWith('.kql'));
const kql = queries.map((name) => read(MODULES, 'alarms', name)).join('\n');
const source = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(ROOT, folder, name));
const matches = (texts: readonly string[], pattern: RegExp) =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));

const functionNames = matches(source('functions'), /app\.\w+\('(\w+)'/g);
const loggedLines = matches(source('shared'), /\blog\.(?:info|warn|error)\(\s*'([^']+)'/g);
/** What stands behind `id:` in the checks of the watch: `untold`, or `timer:*` for a template. */
const findingIds = matches(source('shared/watch'), /\bid: ([^\n]+)/g).flatMap((text) => [
  ...matches([text], /'([\w:]+)'/g),
  ...matches([text], /`(\w+:)\$/g).map((start) => `${start}*`),
]);

/** What a function logs, as one line each. */
function recorder(): { lines: string[]; log: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  const keep = (...args: unknown[]) => lines.push(args.join(' '));
  return { lines, log: createLogger({ log: keep, warn: keep, error: keep }) };
}

describe('alarms and runbooks', () => {
  test('every alarm has a page, and every page an alarm', () => {
    expect(pageNames.sort()).toEqual(all.map(({ name }) => `${name}.md`).sort());
  });

  test('no two alarms or rules have the same name, which would be one', () => {
    const names = [...all, ...rules.log].map(({ name }) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test('each severity of an alarm on the log has one rule, and each rule an alarm', () => {
    const severities = [...new Set(alarms.map(({ severity }) => severity))].sort();
    expect(rules.log.map(({ severity }) => severity).sort()).toEqual(severities);
  });

  test.each(all)('the page of $name names it and its severity, and answers the five questions', (alarm) => {
    const page = read(PAGES, `${alarm.name}.md`);
    expect(page.startsWith(`# ${alarm.name}\n\n**Severity ${alarm.severity}`)).toBe(true);
    expect(matches([page], /^## (.+)$/gm)).toEqual(['What happened', 'How bad', 'Look first', 'Do', 'Over when']);
    expect(index).toContain(`| [${alarm.name}](${alarm.name}.md) | ${alarm.severity} |`);
  });

  test.each(alarms)('the page of $name says how often is looked, over which time, and whether it repeats', (alarm) => {
    const page = read(PAGES, `${alarm.name}.md`);
    const rule = ruleOf(alarm);
    expect(page).toContain(`every ${rule.everyMinutes} minutes over the last ${minutesOf(alarm)}`);
    if (rule.repeatMinutes > 0) expect(page).toContain(`told again every ${rule.repeatMinutes}`);
    else expect(page).toContain('*Resolved*');
  });

  test.each(alarms)('the page of $name explains all that its mail may name', (alarm) => {
    const page = read(PAGES, `${alarm.name}.md`);
    const named = [...alarm.lines, ...alarm.findings.filter((id) => id !== '*').map((id) => id.replace('*', ''))];
    expect(named.filter((what) => !page.includes(what))).toEqual([]);
  });

  test('the index says what the rules cost', () => {
    const prices = rules.log.map(({ everyMinutes }) => QUERY_PRICES[everyMinutes] ?? Number.NaN);
    const total = prices.reduce((sum, price) => sum + price, METRIC_PRICE);
    expect(index).toContain(`Together ${total.toFixed(2)} USD a month`);
    expect(total).toBeLessThanOrEqual(3);
  });
});

describe('what the queries look for', () => {
  test.each(alarms.flatMap(({ name, lines }) => lines.map((line) => [line, name])))(
    'the line "%s" of %s is logged by the code',
    (line) => expect(loggedLines).toContain(line),
  );

  test.each(alarms.flatMap(({ name, findings }) => findings.filter((id) => id !== '*').map((id) => [id, name])))(
    'the finding "%s" of %s is one of the watch',
    (id) => expect(findingIds).toContain(id),
  );

  test('a line or finding belongs to one alarm', () => {
    const claims = alarms.flatMap(({ lines, findings }) => [...lines, ...findings]);
    expect(claims.filter((one, at) => claims.indexOf(one) !== at)).toEqual([]);
  });

  test('what is critical and has no alarm of its own comes to exactly one that takes the rest', () => {
    expect(alarms.filter(({ findings }) => findings.includes('*')).map(({ name }) => name)).toEqual([
      'critical-finding',
    ]);
  });

  test('an alarm that looks for no line has a query that names it, and every query is used', () => {
    const own = alarms.filter(hasOwnQuery).map(({ name }) => name);
    expect(queries.sort()).toEqual([...own.map((name) => `${name}.kql`), 'lines.kql'].sort());
    for (const name of own) {
      expect(bicep).toContain(`{ alarm: '${name}', query: loadTextContent('alarms/${name}.kql') }`);
      expect(read(MODULES, 'alarms', `${name}.kql`)).toContain(`Alarm = '${name}'`);
    }
  });

  test('every placeholder of a query is filled', () => {
    const filled = matches([bicep], /^ {6}(\w+): (?:toLower|join|string)\(/gm);
    expect(filled.length).toBeGreaterThan(0);
    expect(new Set(matches([kql], /\{(\w+)\}/g))).toEqual(new Set(filled));
  });

  test('every query gives what a mail is made of', () => {
    for (const name of queries) {
      const columns = matches([read(MODULES, 'alarms', name)], /^\| project (.+)\n$/gm)[0]?.split(', ');
      expect(columns?.map((column) => column.split(' ')[0])).toEqual(['Alarm', 'What', 'Times']);
    }
    expect(matches([bicep], /\{ name: '(\w+)', operator: 'Include'/g)).toEqual(['Alarm', 'What']);
    expect(bicep).toContain("metricMeasureColumn: 'Times'");
  });

  test('every function that a query names is registered', () => {
    const named = matches([kql], /(?:OperationName|What) ==? '(\w+)'/g);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !functionNames.includes(name))).toEqual([]);
  });

  test('a finding that the watch logs begins as the queries expect, and is named by its id', async () => {
    const { lines, log } = recorder();
    await expect(watch(withoutStorage(log))).rejects.toThrow('The storage does not answer');
    const line = lines.find((one) => one.includes('"storage"')) ?? '';
    expect(line).toBe('The watch found id="storage" severity="critical" since=null');
    expect(bicep).toContain(`'The watch found id="\${id}"'`);
    expect(bicep).toContain('severity="critical"');
    expect(whatOf(line)).toBe('storage');
  });

  test.each([
    [{ id: 'subscriptionLife:event:Main "Office"' }, 'subscriptionLife:event:Main \\"Office\\"'],
    [{ id: 'unreachable:alex' }, 'unreachable:alex'],
  ])('the mail names the finding %j in full', (fields, what) => {
    const { lines, log } = recorder();
    log.warn('The watch found', { ...fields, severity: 'warning', since: null });
    expect(whatOf(lines[0] ?? '')).toBe(what);
  });

  test.each(alarms.flatMap(({ lines }) => lines))('the mail names the line "%s" without its fields', (line) => {
    const { lines, log } = recorder();
    log.error(line);
    log.error(line, { callId: 'c1', recipients: 0 });
    expect(lines.map(whatOf)).toEqual([line, line]);
  });

  test.each(alarms)('$name sees what reaches the log five minutes late, and every run of the watch', (alarm) => {
    expect(minutesOf(alarm)).toBeGreaterThanOrEqual(ruleOf(alarm).everyMinutes + 5);
    expect(ruleOf(alarm).overMinutes).toBeGreaterThanOrEqual(minutesOf(alarm));
  });

  test('what is told again is not told twice for one line', () => {
    for (const { repeatMinutes, linesOverMinutes } of rules.log.filter((rule) => rule.repeatMinutes > 0)) {
      expect(repeatMinutes).toBeGreaterThan(linesOverMinutes);
    }
  });
});

describe('what Azure is told to do', () => {
  const rulesOf = bicep
    .split(/^resource /m)
    .filter((part) => /Alerts?' |(?:metric|activityLog)Alerts@|QueryRules@/.test(part));

  test('every rule is on, and calls the action group', () => {
    expect(rulesOf).toHaveLength(3);
    for (const rule of rulesOf) {
      expect(rule).toMatch(/^ +enabled: true$/m);
      expect(rule).toMatch(/actionGroup(?:s|Id): (?:\[?\{ actionGroupId: )?\[?actionGroup\.id/);
    }
  });

  test('the action group is on, and writes to every address', () => {
    expect(bicep).toMatch(
      /groupShortName: 'alarms'\n +enabled: true\n +emailReceivers: \[\n +for \(email, index\) in emails: \{/,
    );
    expect(bicep).toMatch(/^ +emailAddress: email$/m);
  });

  test('the hub is silent when less than one message was read in the window', () => {
    const words = [
      "metricNamespace: 'Microsoft.EventHub/namespaces'",
      "metricName: 'OutgoingMessages'",
      "timeAggregation: 'Total'",
      "operator: 'LessThan'",
      'threshold: 1',
    ];
    expect(matches([bicep], /^ {10}(metric\w+: .+|timeAggregation: .+|operator: .+|threshold: .+)$/gm)).toEqual(words);
  });

  test('one row of a query is enough', () => {
    expect(bicep).toMatch(/^ +operator: 'GreaterThan'\n +threshold: 0$/m);
    expect(bicep).toContain('failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }');
  });
});

describe('what the pages name', () => {
  const pages = [...pageNames, 'README.md'].map((name): [string, string] => [name, read(PAGES, name)]);

  test.each(pages)('%s names only functions and findings that are there', (_name, page) => {
    const named = matches([page], /`([a-z]+[A-Z]\w*):?`/g);
    const known = new Set([...functionNames, ...findingIds.map((id) => id.replace(':*', ''))]);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test.each(pages)('%s names only queues that are there', (_name, page) => {
    const { queues } = JSON.parse(read(ROOT, 'shared', 'store', 'layout.json')) as { queues: string[] };
    expect(matches([page], /\b(alert-[\w-]+)/g).filter((name) => !queues.includes(name))).toEqual([]);
  });

  test.each(pages)('%s names only commands of the product', (_name, page) => {
    const { scripts } = JSON.parse(read(ROOT, 'package.json')) as { scripts: Record<string, string> };
    expect(matches([page], /npm run ([\w-]+)/g).filter((name) => !(name in scripts))).toEqual([]);
  });

  test('canaries come as often as the page of the hub says', () => {
    const [schedule] = matches([read(ROOT, 'functions', 'watch.ts')], /schedule: '([^']+)'/g);
    expect(schedule).toBe('30 */5 * * * *');
    expect(read(PAGES, 'hub-silent.md')).toContain('every five minutes');
  });
});

function ruleOf({ severity }: Alarm): LogRule {
  const rule = rules.log.find((one) => one.severity === severity);
  if (!rule) throw new Error(`No rule has severity ${severity}`);
  return rule;
}

function hasOwnQuery({ lines, findings }: Alarm): boolean {
  return lines.length + findings.length === 0;
}

function minutesOf(alarm: Alarm): number {
  const { overMinutes, linesOverMinutes } = ruleOf(alarm);
  return hasOwnQuery(alarm) ? overMinutes : linesOverMinutes;
}

/** Whatever the watch asks the storage for fails at once. */
function withoutStorage(log: Services['log']): Services {
  const refuse = () => Promise.reject(new Error('down'));
  const nobody = () => [];
  return {
    store: new Proxy({}, { get: () => new Proxy({}, { get: () => refuse }) }),
    log,
    settings: { eventHub: null, graph: null, eventSource: null },
    faults: [],
    rosterProblems: () => [],
    signIn: null,
    appSignIn: null,
    chats: null,
    channel: null,
    certificates: null,
    now: () => new Date('2026-03-01T03:00:00Z'),
    timeZone: () => 'America/New_York',
    recipients: nobody,
    administrators: nobody,
    lastResort: nobody,
  } as unknown as Services;
}

/** What `lines.kql` makes of a line: its patterns are RE2, and these mean the same here. */
function whatOf(line: string): string | undefined {
  const [finding = '', other = ''] = matches([read(MODULES, 'alarms', 'lines.kql')], /extract\('([^']+)'/g);
  return new RegExp(line.startsWith('The watch found ') ? finding : other).exec(line)?.[1];
}
