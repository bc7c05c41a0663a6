import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '../../shared/log.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { watch } from '../../shared/pipeline/watch.ts';

interface LogRule {
  name: string;
  severity: number;
  description: string;
  everyMinutes: number;
  overMinutes: number;
  repeatMinutes: number;
  lines: string[];
  linesAtLeast: number;
  findings: string[];
}

interface Rules {
  metric: Pick<LogRule, 'name' | 'severity' | 'everyMinutes' | 'overMinutes'>;
  activity: Pick<LogRule, 'name' | 'severity'>;
  log: LogRule[];
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
const all = [rules.metric, rules.activity, ...rules.log];
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

describe('rules and runbooks', () => {
  test('every rule has a page, and every page a rule', () => {
    expect(pageNames.sort()).toEqual(all.map(({ name }) => `${name}.md`).sort());
  });

  test('no two rules have the same name, which Azure would take for one', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  test.each(all)('the page of $name names the rule and its severity, and answers the five questions', (rule) => {
    const page = read(PAGES, `${rule.name}.md`);
    expect(page.startsWith(`# ${rule.name}\n\n**Severity ${rule.severity}`)).toBe(true);
    expect(matches([page], /^## (.+)$/gm)).toEqual(['What happened', 'How bad', 'Look first', 'Do', 'Over when']);
    expect(index).toContain(`| [${rule.name}](${rule.name}.md) | ${rule.severity} |`);
  });

  test.each(rules.log)('the page of $name says how often is looked, over which time', (rule) => {
    const page = read(PAGES, `${rule.name}.md`);
    expect(page).toContain(`every ${rule.everyMinutes} minutes`);
    if (rule.repeatMinutes > 0) expect(page).toContain(`told again every ${rule.repeatMinutes}`);
    else expect(page).toContain(`over the last ${rule.overMinutes}`);
  });

  test.each(rules.log)('the page of $name explains all that its mail may name', (rule) => {
    const page = read(PAGES, `${rule.name}.md`);
    const named = [...rule.lines, ...rule.findings.filter((id) => id !== '*').map((id) => id.replace('*', ''))];
    expect(named.filter((what) => !page.includes(what))).toEqual([]);
  });

  test('the index adds up what the rules cost', () => {
    const prices = rules.log.map(({ everyMinutes }) => QUERY_PRICES[everyMinutes] ?? Number.NaN);
    const total = prices.reduce((sum, price) => sum + price, METRIC_PRICE);
    const listed = matches([index], /^\| \[.*\| ([\d.]+) \|$/gm).map(Number);
    expect(listed.reduce((sum, price) => sum + price, 0)).toBeCloseTo(total, 10);
    expect(index).toContain(`Together ${total.toFixed(2)} USD a month`);
    expect(total).toBeLessThanOrEqual(6);
  });
});

describe('what the queries look for', () => {
  test.each(rules.log.flatMap(({ name, lines }) => lines.map((line) => [line, name])))(
    'the line "%s" of %s is logged by the code',
    (line) => expect(loggedLines).toContain(line),
  );

  test.each(rules.log.flatMap(({ name, findings }) => findings.filter((id) => id !== '*').map((id) => [id, name])))(
    'the finding "%s" of %s is one of the watch',
    (id) => expect(findingIds).toContain(id),
  );

  test('a line or finding belongs to one rule', () => {
    const claims = rules.log.flatMap(({ lines, findings }) => [...lines, ...findings]);
    expect(claims.filter((one, at) => claims.indexOf(one) !== at)).toEqual([]);
  });

  test('what is critical and has no rule of its own comes to exactly one that takes the rest', () => {
    expect(rules.log.filter(({ findings }) => findings.includes('*')).map(({ name }) => name)).toEqual([
      'critical-finding',
    ]);
  });

  test('a rule that looks for no line has a query of its own, and every query is used', () => {
    const own = rules.log.filter(({ lines, findings }) => lines.length + findings.length === 0).map(({ name }) => name);
    expect(queries.sort()).toEqual([...own.map((name) => `${name}.kql`), 'lines.kql'].sort());
    for (const name of own) expect(bicep).toContain(`'${name}': loadTextContent('alarms/${name}.kql')`);
  });

  test('every placeholder of a query is filled', () => {
    const filled = matches([bicep], /^ {8}(\w+): (?:toLower|contains|string)\(/gm);
    expect(filled.length).toBeGreaterThan(0);
    expect(new Set(matches([kql], /\{(\w+)\}/g))).toEqual(new Set(filled));
  });

  test('every function that a query names is registered', () => {
    const named = matches([kql], /(?:OperationName|What) =?= '(\w+)'/g);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !functionNames.includes(name))).toEqual([]);
  });

  test('a finding that the watch logs begins as the queries expect, and is named by its id', async () => {
    const { lines, log } = recorder();
    const refuse = () => Promise.reject(new Error('down'));
    const store = new Proxy({}, { get: () => new Proxy({}, { get: () => refuse }) });
    const services = {
      store,
      log,
      settings: { eventHub: null, graph: null, eventSource: null },
      faults: [],
      signIn: null,
      appSignIn: null,
      chats: null,
      channel: null,
      certificates: null,
      now: () => new Date('2026-03-01T03:00:00Z'),
      timeZone: () => 'America/New_York',
      recipients: () => [],
      administrators: () => [],
      lastResort: () => [],
    } as unknown as Services;
    await expect(watch(services)).rejects.toThrow('The storage does not answer');
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

  test.each(rules.log.flatMap(({ lines }) => lines))('the mail names the line "%s" without its fields', (line) => {
    const { lines, log } = recorder();
    log.error(line);
    log.error(line, { callId: 'c1', recipients: 0 });
    expect(lines.map(whatOf)).toEqual([line, line]);
  });

  test.each(rules.log)(
    '$name sees a line that reaches the log five minutes late, and two runs of the watch',
    (rule) => {
      expect(rule.overMinutes).toBeGreaterThanOrEqual(rule.everyMinutes + 5);
      expect(rule.overMinutes).toBeGreaterThanOrEqual(10);
    },
  );
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

/** What `lines.kql` makes of a line: its patterns are RE2, and these mean the same here. */
function whatOf(line: string): string | undefined {
  const [finding = '', other = ''] = matches([read(MODULES, 'alarms', 'lines.kql')], /extract\('([^']+)'/g);
  return new RegExp(line.startsWith('The watch found ') ? finding : other).exec(line)?.[1];
}
