import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AfterOptions, readyAfterDeployment } from '../../cli/deployment/after.ts';
import { exitCodeAfter, renderAfter } from '../../cli/deployment/afterReport.ts';
import { lookAtAppSecrets } from '../../cli/deployment/appSecrets.ts';
import { ProgramError, type RunProgram } from '../../cli/deployment/runProgram.ts';
import type { StatusReport } from '../../cli/statusReport.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { TENANT } from '../../local/tenant.ts';
import { bundle } from '../../scripts/bundle.ts';
import { createLogger } from '../../shared/log.ts';
import { createServices } from '../../shared/pipeline/createServices.ts';
import type { Services } from '../../shared/pipeline/services.ts';
import { readSettings } from '../../shared/settings.ts';
import { takeProductStorage, takeStorageAccount } from '../harness/storage.ts';

jest.setTimeout(90_000);

const silent = createLogger({ log: () => undefined, warn: () => undefined, error: () => undefined });
const ACCOUNT = TENANT.serviceAccount.userPrincipalName;

let folder: string;
let stack: Stack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deployment-after-'));
  await bundle(folder);
  const storage = { host: takeStorageAccount(), product: await takeProductStorage() };
  stack = await startStack({ appDir: folder, env: {}, storage, deliverAfterMs: 1 });
  // The timers have run once; nobody is signed in, so the one for chats is not content.
  for (const timer of ['renewSubscriptions', 'sweep', 'reconcileChats', 'watch', 'purge']) await stack.host.fire(timer);
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (changes: Record<string, string> = {}): Promise<Services> =>
  createServices(readSettings({ ...stack.settings, ...changes }), silent);

/** As App Service answers, of settings that stand in the vault. */
const appSecrets =
  (...statuses: [string, string][]): RunProgram =>
  async () =>
    JSON.stringify({
      value: statuses.map(([name, status]) => ({ name, properties: { reference: '@Microsoft.KeyVault(…)', status } })),
    });
const RESOLVED = appSecrets(['TOKEN_CACHE_KEY', 'Resolved'], ['TWILIO_AUTH_TOKEN', 'Resolved']);
const APP_ID = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Web/sites/func';

interface Run {
  services?: Services;
  /** What the person at the browser does with the code. */
  person?: (userCode: string) => void;
  run?: RunProgram;
  onWait?: () => Promise<unknown>;
  options?: Partial<AfterOptions>;
}

async function ready({
  services,
  person = () => undefined,
  run = RESOLVED,
  onWait = async () => undefined,
  options = {},
}: Run = {}) {
  let out = '';
  // Real waiting is short; the clock of the command goes on as if it had waited.
  let skippedMs = 0;
  const now = () => new Date(Date.now() + skippedMs);
  const sleep = async (ms: number) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    skippedMs += 15_000;
    await onWait();
  };
  const terminal = {
    write(text: string) {
      out += text;
      for (const { userCode } of stack.graph?.devices.pendingSignIns() ?? []) person(userCode);
    },
    writeError: (text: string) => terminal.write(text),
    isTTY: false,
    now,
  };
  const used = services ?? (await start());
  const result = await readyAfterDeployment(used, terminal, {
    isSignInWanted: true,
    lookAtAppSecrets: () => lookAtAppSecrets(run, APP_ID),
    pauseMs: 50,
    sleep,
    ...options,
  });
  const style = { columns: 100, hasColours: false, zone: 'UTC', timeText: (iso: string) => iso.slice(11, 16) };
  return { out, ...result, text: renderAfter(result, style) };
}

const stateOf = ({ parts }: StatusReport, name: string) => parts.find(({ part }) => part === name)?.state;
const badParts = ({ parts }: StatusReport) =>
  parts.filter(({ findings }) => findings.length > 0).map(({ part }) => part);
const approves = (userCode: string) => stack.graph?.devices.approve(userCode, ACCOUNT);

test('without a terminal the sign-in is left out, the rest is tried, and the last word says what to do', async () => {
  const { out, signIn, report, text } = await ready({ options: { isSignInWanted: false } });
  expect(out).toContain(`Sign-in: left out. ${ACCOUNT} is not signed in. Later: npm run sign-in\n`);
  // Events need no sign-in: their subscription is there, and so is the way through the hub.
  expect(out).toMatch(
    /Subscriptions: 1 there\.\n(Waiting for .*\n)?Canary: came through both partitions of the Event Hub, \d+\.\d s at most\.\n$/,
  );
  expect([signIn, stateOf(report, 'sign-in'), stateOf(report, 'canary')]).toEqual(['open', 'critical', 'ok']);
  expect(text).toMatch(/\nNext: npm run sign-in\. Until then no call is read from the chats\. Then: npm run status\n$/);
});

test.each<[string, (userCode: string) => void, RegExp]>([
  ['declined', (userCode) => stack.graph?.devices.decline(userCode), /The sign-in was declined in the browser/],
  [
    'by somebody else',
    (userCode) => stack.graph?.devices.approve(userCode, 'alex@contoso.com'),
    /alex@contoso\.com signed in, but SERVICE_ACCOUNT is/,
  ],
])('a sign-in that is %s: it goes on, and the last word says what to do', async (_, person, words) => {
  const { out, signIn, text } = await ready({ person });
  expect(out).toMatch(words);
  expect([signIn, text.includes('Next: npm run sign-in')]).toEqual(['open', true]);
});

test('Ctrl-C leaves the sign-in and the waiting out, and still shows the table, without a word of what was not tried', async () => {
  const interrupted = new AbortController();
  const { out, signIn, report } = await ready({
    person: () => interrupted.abort(),
    options: { signal: interrupted.signal },
  });
  expect(out).toMatch(/Ctrl-C leaves it out.*Canary: left out\.\n$/s);
  expect([signIn, stateOf(report, 'canary')]).toEqual(['open', 'ok']);
  expect(report.parts.length).toBeGreaterThan(10);
});

test('signed in: link and code are shown, the subscriptions are waited for, and everything works', async () => {
  let waits = 0;
  const { out, signIn, report, text } = await ready({
    person: approves,
    onWait: async () => {
      waits += 1;
      // As its timer does each five minutes.
      if (waits === 2) await stack.host.fire('renewSubscriptions');
    },
  });
  expect(out).toContain(`Open   ${stack.settings.AUTHORITY_HOST}/devicelogin\n`);
  expect(out).toMatch(/Enter {2}\w{9}\n/);
  expect(out).toContain(`Signed in: ${ACCOUNT}\n`);
  expect(out.match(/Waiting for the subscriptions; the functions look after them each five minutes …/g)).toHaveLength(
    1,
  );
  expect(out).toContain('Subscriptions: 2 there.\n');
  expect([signIn, badParts(report)]).toEqual(['done', []]);
  // What cannot be had of a deployment: minutes and shares of a life.
  expect(
    text
      .replaceAll(/\d+\.\d s|\d+ (s\b|%|min)|\d\d:\d\d/g, '…')
      .replace('… behind', '… ahead of')
      .split('\nLeft to')[0],
  ).toMatchInlineSnapshot(`
"
Teams Emergency Alerts at … (UTC)
OK: everything that is watched is well.

PART           STATE     SINCE  DETAIL
app secrets    OK               2 of 2 read by the function app
calls          OK               0 in the last 24 h, 0 told to nobody
channel        OK               sms: the provider answers
people         OK               2 of 2 on call can be reached
storage        OK               answers
subscriptions  OK               chat: … of its life used; event:Global: … of its life used
sign-in        OK               signed in, refreshed … ago
app identity   OK               as the watch found it … ago
chats          OK               never read back
canary         OK               came through both partitions of the Event Hub, … at most
work           OK               0 open
poison queue   OK               empty
dead letters   OK               none
timers         OK               the watch ran … ago
certificates   OK               as the watch found it … ago
tenant         OK               none imported
site tests     OK               1 site; never tested: Headquarters
settings       OK               all can be used
clock          OK               … ahead of the storage's
"
`);
});

test('a second run says who is signed in, and asks for nothing', async () => {
  const { out, signIn } = await ready({ person: () => Promise.reject(new Error('nobody is asked')) });
  expect(out).toMatch(new RegExp(`^Sign-in: ${ACCOUNT} is signed in\\.\\nSubscriptions: 2 there\\.\\n`, 'i'));
  expect([signIn, stack.graph?.devices.pendingSignIns()]).toEqual(['done', []]);
});

describe('what does not work is named, and what follows from it', () => {
  test('a secret that the app cannot read', async () => {
    const { report, text } = await ready({
      run: appSecrets(['TOKEN_CACHE_KEY', 'SecretNotFound'], ['TWILIO_AUTH_TOKEN', 'Resolved']),
    });
    expect(badParts(report)).toEqual(['app secrets']);
    expect(text).toMatch(/app secrets +CRITICAL +1 of 2 read by the function app/);
    expect(text).toContain('The function app cannot read TOKEN_CACHE_KEY from the Key Vault (SecretNotFound)');
    expect(text).toMatch(/Next: mend what is CRITICAL above/);
  });

  test('an Azure CLI that does not answer: unknown, and nothing else', async () => {
    const run: RunProgram = () => Promise.reject(new ProgramError('missing', 'The Azure CLI (az) is not installed.'));
    const { report, text } = await ready({ run });
    expect([stateOf(report, 'app secrets'), badParts(report)]).toEqual(['unknown', []]);
    expect(text).toMatch(/app secrets +UNKNOWN +The Azure CLI \(az\) is not installed\./);
  });

  test('Twilio refuses the credentials', async () => {
    const { report } = await ready({ services: await start({ TWILIO_AUTH_TOKEN: 'revoked' }) });
    expect(badParts(report)).toEqual(['channel']);
  });

  test('a canary that may not be sent from here: one of the app’s own is waited for', async () => {
    const refused = async () => {
      throw Object.assign(new Error('no'), { code: 'UnauthorizedError' });
    };
    let waits = 0;
    const { out, report } = await ready({
      options: { openCanarySender: refused },
      onWait: async () => {
        waits += 1;
        if (waits === 2) await stack.host.fire('watch');
      },
    });
    expect(out).toMatch(/Waiting for a canary to come through the Event Hub …\nCanary: came through both partitions/);
    expect(badParts(report)).toEqual([]);
  });

  test('a hub that nobody reads', async () => {
    await stack.host.kill();
    const { out, report, text } = await ready();
    expect(out).toMatch(/ {2}still waiting, 1 min …\n.*Canary: none came through the Event Hub\.\n$/s);
    expect(badParts(report)).toContain('canary');
    expect(text).toMatch(/canary +CRITICAL .* none came through/);
    expect(text).toMatch(/Next: mend what is CRITICAL above/);
  });

  test('a storage that lets nobody in: said with its code, and nothing is waited for in vain', async () => {
    const services = await start();
    const denied = () => Promise.reject(Object.assign(new Error('no'), { name: 'RestError', statusCode: 403 }));
    const { subscriptions } = services.store;
    const { out, signIn, report } = await ready({
      services: { ...services, store: { ...services.store, subscriptions: { ...subscriptions, records: denied } } },
    });
    expect(out).toMatch(
      /Waiting for the storage to let you in; new rights can take ten minutes …\n(.*\n)+Storage: it does not let you in \(RestError 403\)\.\n$/,
    );
    expect([signIn, stateOf(report, 'subscriptions')]).toEqual(['off', 'warning']);
  });
});

test.each<[StatusReport['state'], 'done' | 'open' | 'off', number]>([
  ['ok', 'done', 0],
  ['warning', 'done', 0],
  ['critical', 'done', 1],
  ['critical', 'off', 1],
  // Everything that follows from a missing sign-in is critical: azd is not stopped by what only a person can do.
  ['critical', 'open', 0],
])('%s, and the sign-in %s: the exit code is %d', (state, signIn, code) => {
  expect(exitCodeAfter({ report: { at: '2026-03-01T00:00:00.000Z', state, parts: [] }, signIn })).toBe(code);
});
