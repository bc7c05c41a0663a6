import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { signInCommand } from '../../cli/signInCommand.ts';
import type { GraphSettings } from '../../shared/settings.ts';
import { ACCOUNT, type SignInWorld, startSignInWorld } from '../graph/signInWorld.ts';

let world: SignInWorld;
beforeEach(async () => {
  world = await startSignInWorld({ signInApproval: 'manual' });
});
afterEach(() => world.stop());

const POLL = 'signIn.token.deviceCode';
/** The person at the browser, as soon as the code is asked for. */
type Person = (userCode: string) => void;
const approves: Person = (userCode) => world.graph.devices.approve(userCode, ACCOUNT.userPrincipalName);

/** The command in this process, with what it wrote. */
interface RunOptions {
  isTTY?: boolean;
  settings?: Partial<GraphSettings>;
  signal?: AbortSignal;
  replaceUnreadable?: boolean;
}
async function run(person: Person, { isTTY = false, settings = {}, ...options }: RunOptions = {}) {
  const written = { out: '', err: '' };
  const terminal = {
    write: (text: string) => {
      written.out += text;
      for (const { userCode } of world.graph.devices.pendingSignIns()) person(userCode);
    },
    writeError: (text: string) => {
      written.err += text;
    },
    isTTY,
    now: world.now,
  };
  const account = settings.serviceAccount ?? world.settings.serviceAccount;
  const code = await signInCommand(world.instance(settings), account, terminal, options);
  return { code, ...written };
}

describe('in the browser', () => {
  test('approved: code, link and time are shown, then who signed in', async () => {
    const { code, out, err } = await run(approves);
    const [open, enter, as] = out.split('\n');
    expect(open).toBe(`Open   ${world.graph.authorityHost}/devicelogin`);
    expect(enter).toMatch(/^Enter {2}\w{9}$/);
    expect(as).toContain('nestorw@contoso.com');
    expect(out).toContain('Waiting; the code is valid for 15 minutes.\n');
    expect(out.match(/Waiting/g)).toHaveLength(1);
    expect(out).toMatch(/Signed in: NestorW@contoso\.com\n$/);
    expect([code, err]).toEqual([0, '']);
    expect(await world.instance().account()).toMatchObject({ username: ACCOUNT.userPrincipalName });
  });

  test('on a terminal the remaining time counts down in its place', async () => {
    const { code, out } = await run(approves, { isTTY: true });
    expect(out).toMatch(/\rWaiting; the code is valid for (15:00|14:59) /);
    expect(code).toBe(0);
  });

  test('another account: both are named, nothing is kept', async () => {
    const { code, out, err } = await run((userCode) => world.graph.devices.approve(userCode, 'AlexW@contoso.com'));
    expect(err).toBe(
      'AlexW@contoso.com signed in, but SERVICE_ACCOUNT is nestorw@contoso.com. Nothing of it is kept.\n',
    );
    expect([code, out.includes('Signed in')]).toEqual([1, false]);
    expect(await world.store.read()).toBeNull();
  });

  test('declined', async () => {
    const { code, err } = await run((userCode) => world.graph.devices.decline(userCode));
    expect([code, err]).toEqual([1, 'The sign-in was declined in the browser. (declined)\n']);
  });

  test('not approved in time', async () => {
    const { code, err } = await run(() => world.advance(15 * 60_000));
    expect([code, err]).toEqual([1, 'The code was not entered in time. Start again for a new one. (expired)\n']);
  });

  test('interrupted', async () => {
    const interrupted = new AbortController();
    const { code, err } = await run(() => interrupted.abort(), { signal: interrupted.signal });
    expect([code, err]).toEqual([1, 'The sign-in was cancelled. (cancelled)\n']);
  });
});

describe('what Microsoft answers is told in words for an administrator', () => {
  test.each([
    [53003, /A policy of the tenant blocks this sign-in, such as Conditional Access.*\(AADSTS53003\)/],
    [50097, /A policy of the tenant blocks.*managed device.*\(AADSTS50097\)/],
    [7000218, /does not allow public client flows.*\(AADSTS7000218\)/],
    [65001, /grant admin consent.*\(AADSTS65001\)/],
    [90033, /cannot be reached or is out of order: try again.*\(AADSTS90033\)/],
  ] as const)('AADSTS%d', async (aadsts, words) => {
    world.graph.faults.add({ operation: POLL, effect: { kind: 'aadsts', code: aadsts } });
    const { code, err } = await run(() => undefined);
    expect(err).toMatch(words);
    expect(code).toBe(1);
  });
});

test('a stored sign-in of another key is not replaced, unless that is wanted', async () => {
  await run(approves);
  const settings = { tokenCacheKey: randomBytes(32) };
  const before = await world.store.read();
  const refused = await run(approves, { settings });
  expect(refused.code).toBe(1);
  expect(refused.out).toBe('');
  expect(refused.err).toMatch(/TOKEN_CACHE_KEY is not the key .* sign in with --replace\.\n$/s);
  expect(await world.store.read()).toEqual(before);
  expect(await run(approves, { settings, replaceUnreadable: true })).toMatchObject({ code: 0 });
});

describe('npm run sign-in', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sign-in-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const values = () => ({
    TENANT_ID: world.settings.tenantId,
    CLIENT_ID: world.settings.clientId,
    SERVICE_ACCOUNT: world.settings.serviceAccount,
    TOKEN_CACHE_KEY: world.settings.tokenCacheKey.toString('base64'),
    GRAPH_BASE_URL: world.settings.graphBaseUrl,
    AUTHORITY_HOST: world.settings.authorityHost,
    AlertStorage: world.connectionString,
  });

  function npmRunSignIn(env: Record<string, string>, person: Person = () => undefined) {
    const tsx = pathToFileURL(createRequire(__filename).resolve('tsx')).href;
    const child = spawn(process.execPath, ['--import', tsx, resolve('cli/sign-in.ts')], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      written.out += chunk.toString();
      for (const { userCode } of world.graph.devices.pendingSignIns()) person(userCode);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      written.err += chunk.toString();
    });
    return new Promise<{ code: number | null; out: string; err: string }>((done) => {
      child.on('close', (code) => done({ code, ...written }));
    });
  }

  test('takes its settings from local.settings.json and the environment, which comes first', async () => {
    const Values = { ...values(), SERVICE_ACCOUNT: 'alexw@contoso.com' };
    await writeFile(join(folder, 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Values }));
    const ended = await npmRunSignIn({ SERVICE_ACCOUNT: world.settings.serviceAccount }, approves);
    expect(ended).toMatchObject({ code: 0, err: '' });
    expect(ended.out).toMatch(/Signed in: NestorW@contoso\.com\n$/);
    expect(await world.instance().account()).not.toBeNull();
  });

  test('refuses bad settings, names every fault, asks nobody, and exits with 2', async () => {
    const ended = await npmRunSignIn({ ...values(), TENANT_ID: 'contoso', TOKEN_CACHE_KEY: 'c2hvcnQ=', CLIENT_ID: '' });
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toMatch(/TENANT_ID must be a GUID/);
    expect(ended.err).toMatch(/CLIENT_ID is missing/);
    expect(ended.err).toMatch(/TOKEN_CACHE_KEY must be 32 bytes in Base64/);
    expect(world.graph.requests()).toEqual([]);
  });

  test('a local.settings.json that is not JSON is a bad setting', async () => {
    await writeFile(join(folder, 'local.settings.json'), '{');
    expect(await npmRunSignIn(values())).toMatchObject({
      code: 2,
      err: 'local.settings.json cannot be read as JSON\n',
    });
  });

  test('exits with 1 when Microsoft refuses', async () => {
    const ended = await npmRunSignIn(values(), (userCode) => world.graph.devices.decline(userCode));
    expect(ended).toMatchObject({ code: 1, err: 'The sign-in was declined in the browser. (declined)\n' });
  });
});
