import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { FOLDER, readKnown } from './pages.ts';

const step = z.strictObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const permissions = z.record(z.string(), z.enum(['read', 'write']));
const job = z.strictObject({
  name: z.string().optional(),
  'runs-on': z.string(),
  'timeout-minutes': z.number().max(60),
  environment: z.string().optional(),
  permissions: permissions.optional(),
  env: z.record(z.string(), z.string()).optional(),
  strategy: z.unknown().optional(),
  steps: z.array(step).min(1),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.record(z.string(), job),
});
type Workflow = z.infer<typeof workflow>;

const WORKFLOWS = join(FOLDER, '.github/workflows');
const files = readdirSync(WORKFLOWS);
const textOf = (file: string) => readFileSync(join(WORKFLOWS, file), 'utf8');
const read = (file: string): Workflow => workflow.parse(parse(textOf(file)));
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

/** What the commands of a step name and this project does not have. */
function missingIn(command: string): string[] {
  const { scripts } = readKnown();
  const named = [...command.matchAll(/npm (?:run (?:-s )?)?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
  const paths = [...command.matchAll(/(?<![\w/.$-])((?:test|scripts|infra|cli)(?:\/[\w.-]+)*)(?:\/\*\.\w+)?/g)].map(
    ([, path = '']) => path,
  );
  return [
    ...named.filter((name) => name !== 'ci' && !scripts.has(name)).map((name) => `script ${name}`),
    ...paths.filter((path) => !scripts.has(path) && !existsSync(join(FOLDER, path))).map((path) => `file ${path}`),
  ];
}

test('there is a workflow for the tests, for the infrastructure and for the deployment', () => {
  expect(files.sort()).toEqual(['azd.yml', 'infrastructure.yml', 'tests.yml']);
});

test.each(files)('%s is a workflow whose commands name what is there', (file) => {
  const steps = stepsOf(read(file));
  expect(steps.flatMap(({ run = '' }) => missingIn(run))).toEqual([]);
  expect(steps.filter(({ uses, run }) => (uses === undefined) === (run === undefined))).toEqual([]);
});

test.each(files)('%s takes actions by their major version', (file) => {
  const actions = stepsOf(read(file)).flatMap(({ uses }) => (uses ? [uses] : []));
  expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@v\d+$/.test(action))).toEqual([]);
});

test.each(files)('%s may read the code and no more; only a deployment proves itself to Entra', (file) => {
  const { permissions: common, jobs } = read(file);
  expect(common).toEqual({ contents: 'read' });
  const more = Object.values(jobs).flatMap((one) => (one.permissions ? [one.permissions] : []));
  expect(more).toEqual(file === 'azd.yml' ? [{ contents: 'read', 'id-token': 'write' }] : []);
});

test.each(files)('%s puts nothing that somebody else wrote into a command', (file) => {
  // An expression in a command becomes part of it; in `env` it stays a value.
  expect(stepsOf(read(file)).filter(({ run }) => run?.includes('${{'))).toEqual([]);
});

test('the tests run on each version of Node that is supported, and on each system', () => {
  const text = textOf('tests.yml').replaceAll('"', "'");
  for (const wanted of ["'20.19'", "'22'", "'24'", 'ubuntu-latest', 'macos-latest', 'windows-latest']) {
    expect(text).toContain(wanted);
  }
});

test('a deployment starts by hand only, and is given every input of azd', () => {
  const { on, jobs } = read('azd.yml');
  expect(Object.keys(on)).toEqual(['workflow_dispatch']);
  const { deploy } = jobs;
  const given = [deploy?.env ?? {}, ...(deploy?.steps ?? []).map(({ env = {} }) => env)].flatMap((env) =>
    Object.entries(env),
  );
  const names = given.map(([name]) => name);
  const parameters = readFileSync(join(FOLDER, 'infra/main.parameters.json'), 'utf8');
  const inputs = [...parameters.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
  expect(inputs.filter((name) => !names.includes(name))).toEqual([]);
  // Each is the variable or the secret of its own name.
  expect(
    given.filter(([name, value]) => !/^\$\{\{ (vars|secrets)\.\w+ \}\}$/.test(value) || !value.includes(`.${name} `)),
  ).toEqual([]);
  const secrets = given.filter(([, value]) => value.includes('secrets.')).map(([name]) => name);
  expect(secrets.sort()).toEqual(['ROSTER_JSON', 'TWILIO_API_KEY_SECRET', 'TWILIO_AUTH_TOKEN']);
  expect(names.filter((name) => /TOKEN|SECRET/.test(name)).sort()).toEqual([
    'TWILIO_API_KEY_SECRET',
    'TWILIO_AUTH_TOKEN',
  ]);
});

test.each([
  ['npm run nothing', ['script nothing']],
  ['npm nothing', ['script nothing']],
  ['npx jest test/nothing test/docs', ['file test/nothing']],
  ['shellcheck scripts/nothing/*.sh', ['file scripts/nothing']],
  ['npm ci && npm test && npx jest test/docs', []],
])('of `%s` is missing: %j', (command, missing) => {
  expect(missingIn(command)).toEqual(missing);
});
