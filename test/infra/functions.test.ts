import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import routes from '../../shared/routes.json';
import layout from '../../shared/store/layout.json';
import { bicepOf, blockAfter, changed, type Infra, parametersOf, readInfra, textOf } from './infraFiles.ts';
import { type RegisteredFunction, recordFunctions } from './registeredFunctions.ts';

jest.mock('@azure/functions', () => recordFunctions());

const infra = readInfra();
let registered: RegisteredFunction[];
beforeAll(async () => {
  ({ registered } = (await import('@azure/functions')) as unknown as ReturnType<typeof recordFunctions>);
  await import('../../functions/main.ts');
});

const ofKind = (...kinds: string[]) => registered.filter(({ kind }) => kinds.includes(kind));

// ---- instances

function alwaysReady(tree: Infra): string[] {
  const block = blockAfter(textOf(tree, 'modules/functionApp.bicep'), 'alwaysReady: [');
  return [...block.matchAll(/name: 'function:(\w+)', instanceCount: [1-9]/g)].map(([, name = '']) => name);
}

test('what stands between a call and its first SMS is always ready, under the names of registered functions', () => {
  const between = ofKind('eventHub', 'storageQueue').map(({ name }) => name);
  expect(between).toHaveLength(2);
  expect(alwaysReady(infra).sort()).toEqual(between.sort());
});

test.each([
  ['a name that nothing is registered under', "'function:notifyOnCall'", "'function:notify'"],
  [
    'a count of none',
    "'function:ingestNotifications', instanceCount: 1",
    "'function:ingestNotifications', instanceCount: 0",
  ],
  ['another prefix', "'function:ingestNotifications'", "'ingestNotifications'"],
])('%s would be noticed', (_, from, to) => {
  const names = registered.map(({ name }) => name);
  const tree = changed(infra, 'modules/functionApp.bicep', from, to);
  expect(alwaysReady(tree).filter((name) => names.includes(name))).toHaveLength(1);
});

test('there may be an instance for each function that scales by itself, and one for all HTTP functions', () => {
  const groups = ofKind('eventHub', 'storageQueue', 'timer').length + 1;
  const least = /@minValue\((\d+)\)\n.*\nparam maximumInstances int/.exec(textOf(infra, 'main.bicep'));
  expect(Number(least?.[1])).toBeGreaterThanOrEqual(groups);
});

// ---- routes

test('the open routes are exactly the HTTP functions that anybody may call, and each says who calls and what proves it', () => {
  const anonymous = ofKind('http').filter(({ options }) => (options.authLevel ?? 'anonymous') === 'anonymous');
  const listed = [...routes.open, ...routes.signedIn].map(({ route }) => route);
  expect(listed.sort()).toEqual(anonymous.map(({ options }) => options.route).sort());
  expect(routes.open.map(({ caller, proof }) => `${caller}: ${proof}`)).toEqual([
    'Microsoft Graph: validation tokens',
    'Microsoft Graph: clientState',
    'who was told: token of the link',
    'Twilio: signature',
    'Twilio: signature',
    'Twilio: signature',
  ]);
});

/** How the code looks at each kind of proof; that it refuses what lacks it is shown in test/pipeline. */
const CHECKS: Readonly<Record<string, string>> = {
  'validation tokens': 'await validationTokens.check(',
  clientState: 'checkClientState(',
  'token of the link': 'readAnswerToken(',
  signature: 'await readTwilioRequest(',
};

test.each(routes.open)('the function behind $route checks its $proof', ({ route, proof }) => {
  const name = ofKind('http').find(({ options }) => options.route === route)?.name;
  const [, file] =
    /from '\.\.\/(shared\/pipeline\/(?:receive\w+|answerPage)\.ts)'/.exec(
      readFileSync(`functions/${name}.ts`, 'utf8'),
    ) ?? [];
  expect(CHECKS[proof]).toBeDefined();
  expect(readFileSync(file ?? '', 'utf8')).toContain(CHECKS[proof]);
});

/** What the authentication of App Service lets through without a sign-in, as Bicep writes it. */
function openPaths(tree: Infra): string[] {
  const text = textOf(tree, 'modules/authentication.bicep');
  const loaded = /^var (\w+) = loadJsonContent\('\.\.\/\.\.\/shared\/routes\.json', 'open'\)$/m.exec(text);
  const loop = /excludedPaths: \[for (\w+) in (\w+): '(.+)'\]/.exec(text);
  if (!loaded || !loop || loop[2] !== loaded[1]) return [];
  const [, item = '', , template = ''] = loop;
  return routes.open.map(({ route }) => template.replace(`\${${item}.route}`, route));
}

test('no route that needs a principal is let through without a sign-in', () => {
  const open = openPaths(infra).join('\n');
  expect(routes.signedIn.length).toBeGreaterThan(0);
  for (const { route } of routes.signedIn) expect(open).not.toContain(`/api/${route.replace(/\/?\{.*/, '')}`);
});

test('no setting of ours pretends that the platform checks who comes in', () => {
  const texts = bicepOf(infra).map(({ text }) => text);
  const settings = readFileSync('infra/appSettings.json', 'utf8');
  for (const text of [...texts, settings]) expect(text).not.toContain('WEBSITE_AUTH');
});

test('App Service asks everyone to sign in but for these routes', () => {
  const { routePrefix = 'api' } = JSON.parse(readFileSync('host.json', 'utf8')).extensions.http ?? {};
  expect(openPaths(infra)).toEqual(routes.open.map(({ route }) => `/${routePrefix}/${route}`));
  expect(openPaths(infra)).toHaveLength(routes.open.length);
  const file = 'modules/authentication.bicep';
  expect(openPaths(changed(infra, file, "'/api/$", "'/$"))).not.toEqual(openPaths(infra));
  expect(
    openPaths(changed(infra, file, /\[for route in open: .*\]/, "['/api/graph/notifications', '/api/*']")),
  ).toEqual([]);
});

test('lifecycle notifications are sent to an open route', () => {
  const [, path] =
    /lifecycleNotificationUrl: .*'https:\/\/\$\{functionAppHostName\}(.+)'/.exec(textOf(infra, 'main.bicep')) ?? [];
  expect(openPaths(infra)).toContain(path);
});

// ---- hub, tables, queues

const quoted = (text: string) => [...text.matchAll(/'([^'$]+)'/g)].map(([, word]) => word);

test('the hub has the name that trigger and canary use', () => {
  const hub = /^var hubName = '(.+)'$/m.exec(textOf(infra, 'modules/eventHubs.bicep'))?.[1];
  expect(ofKind('eventHub').map(({ options }) => options.eventHubName)).toEqual([hub]);
  expect(readFileSync('shared/pipeline/canarySender.ts', 'utf8')).toContain(`const HUB_NAME = '${hub}';`);
});

const sources = readdirSync('shared/store').map((file) => readFileSync(join('shared/store', file), 'utf8'));
const named = (method: string) =>
  [
    ...new Set(
      sources.flatMap((text) =>
        [...text.matchAll(new RegExp(`\\.${method}\\('([\\w-]+)'`, 'g'))].map(([, name]) => name),
      ),
    ),
  ].sort();

test('the layout names every table and queue that the code uses, and no other', () => {
  expect([...layout.tables].sort()).toEqual(named('table'));
  expect([...layout.queues].sort()).toEqual(named('queue'));
  const triggers = ofKind('storageQueue').map(({ options }) => String(options.queueName));
  expect(layout.queues).toEqual(triggers.flatMap((queue) => [queue, `${queue}-poison`]));
});

/** `null`: storage.bicep makes them from the layout. Else what is wrong. */
function storageFault(tree: Infra): string | null {
  const text = textOf(tree, 'modules/storage.bicep');
  if (!text.includes("var layout = loadJsonContent('../../shared/store/layout.json')"))
    return 'does not load the layout';
  for (const kind of ['tables', 'queues']) {
    const loop = new RegExp(
      `resource ${kind} '${kind}' = \\[\\s+for name in layout\\.${kind}: \\{\\s+name: name\\s+\\}\\s+\\]`,
    );
    if (!loop.test(text)) return `does not make the ${kind} of the layout`;
  }
  const own = bicepOf(tree).flatMap((one) =>
    quoted(one.text).filter((word) => [...layout.tables, ...layout.queues].includes(word ?? '')),
  );
  return own.length === 0 ? null : `names ${own.join()} itself`;
}

test('Bicep makes the tables and queues of the layout', () => {
  expect(storageFault(infra)).toBeNull();
});

test.each([
  ['for name in layout.tables', "for name in ['Work']", 'does not make the tables of the layout'],
  ['for name in layout.queues', 'for name in take(layout.queues, 1)', 'does not make the queues of the layout'],
  ['../../shared/store/layout.json', '../layout.json', 'does not load the layout'],
  ["name: 'deployed-package'", "name: 'alert-work'", 'names alert-work itself'],
])('%s replaced would be noticed', (from, to, fault) => {
  expect(storageFault(changed(infra, 'modules/storage.bicep', from, to))).toBe(fault);
});

// ---- what azd deploys, and how it is sampled

test('azd finds the function app by the service of azure.yaml', () => {
  const service = /^services:\n {2}(\w+):/m.exec(readFileSync('azure.yaml', 'utf8'))?.[1];
  expect(/serviceName: '(.+)'/.exec(textOf(infra, 'main.bicep'))?.[1]).toBe(service);
});

test('requests, exceptions and log lines are never sampled away', () => {
  const { excludedTypes } = JSON.parse(readFileSync('host.json', 'utf8')).logging.applicationInsights.samplingSettings;
  expect(excludedTypes.split(';')).toEqual(expect.arrayContaining(['Request', 'Exception', 'Trace']));
  expect(textOf(infra, 'modules/monitoring.bicep')).toMatch(/SamplingPercentage: 100$/m);
});

test('every module that main.bicep calls has the parameters that it is given', () => {
  const main = textOf(infra, 'main.bicep');
  const calls = [...main.matchAll(/^module (\w+) '(.+)' = .*\{$/gm)];
  expect(calls.length).toBeGreaterThan(8);
  for (const [line, , file = ''] of calls) {
    const given = [...blockAfter(blockAfter(main, line), 'params: {').matchAll(/^ {4}(\w+): /gm)].map(
      ([, name]) => name,
    );
    const parameters = parametersOf(textOf(infra, file));
    const needed = parameters.filter(({ standard }) => standard === null).map(({ name }) => name);
    expect([file, ...needed.filter((name) => !given.includes(name))]).toEqual([file]);
    expect([file, ...given.filter((name) => !parameters.some((one) => one.name === name))]).toEqual([file]);
  }
});
