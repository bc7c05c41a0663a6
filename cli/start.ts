import { mkdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { placeCall, startControl } from '../local/control.ts';
import { type Stack, startStack } from '../local/stack.ts';
import { PAGE_BASE } from '../scripts/buildPage.ts';
import { bundle } from '../scripts/bundle.ts';
import { createServices } from '../shared/pipeline/createServices.ts';
import type { Services } from '../shared/pipeline/services.ts';
import { readSettings } from '../shared/settings.ts';
import { type CallReport, reportCall } from './callReport.ts';
import { quietLog } from './quietLog.ts';
import { STACK_FILE } from './stackFile.ts';
import { signInToStack } from './stackSignIn.ts';
import { renderPhone, renderStages } from './terminal.ts';

/** A call that is not delivered by then is a failure. */
const DELIVERY_TIMEOUT_MS = 30_000;
/** Twilio's last words on a message. */
const FINAL = new Set(['delivered', 'undelivered', 'failed']);
const TEST_CALL = { number: '933', caller: 'alex@contoso.com', place: 'Building 34, Room 2210' };

const program = new Command('npm start --')
  .description('Starts the product with everything it needs on this machine, and places one test call to 933.')
  .option('--once', 'exit after the test call: 0 when its message was delivered, else 1')
  .option('--json', 'one JSON document on standard output, all else on standard error')
  .option('--verbose', 'show the log of the functions')
  .parse();
const options = program.opts<{ once?: boolean; json?: boolean; verbose?: boolean }>();

const say = (line = '') => process.stderr.write(`${line}\n`);
const show = (line = '') => (options.json ? say(line) : process.stdout.write(`${line}\n`));

let stop = async (): Promise<void> => undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say(`\nStopping …`);
    stop().then(
      () => process.exit(options.once ? 1 : 0),
      () => process.exit(1),
    );
  });
}

try {
  process.exitCode = await run();
} catch (caught) {
  say(`\nFailed: ${caught instanceof Error ? caught.message : String(caught)}`);
  process.exitCode = 1;
  await stop();
}
if (options.once) {
  await stop();
}

async function run(): Promise<number> {
  const began = performance.now();
  say('Teams Emergency Alerts on the embedded stack: everything runs on this machine, nothing leaves it.\n');
  await step('Build', async () => {
    await bundle();
    return 'dist';
  });
  const stack = await startStack({
    appDir: 'dist',
    env: process.env,
    storageProxies: true,
    onReady: (part, detail, ms) => say(line(part, ms, detail)),
    ...(options.verbose ? { onLog: ({ level, message }) => say(`    ${level}: ${message}`) } : {}),
  });
  const control = await startControl(stack);
  stop = async () => {
    stop = async () => undefined;
    await rm(STACK_FILE, { force: true });
    await control.close();
    await stack.stop();
  };
  await mkdir('.local', { recursive: true });
  await writeFile(STACK_FILE, JSON.stringify({ control: control.url, pid: process.pid, settings: stack.settings }));

  const services = await createServices(readSettings(stack.settings), quietLog);
  await step('Sign-in', () =>
    signInToStack(stack, services, ({ userCode, verificationUri }) =>
      say(`  Open ${verificationUri} and enter ${userCode}`),
    ),
  );

  say(`\nReady after ${((performance.now() - began) / 1_000).toFixed(1)} s.`);
  const report = await testCall(stack, services);
  const isDelivered = report.messages.length > 0 && report.messages.every(({ status }) => status === 'delivered');
  show(`\nThe way of the call\n\n${renderStages(report)}\n`);
  for (const message of report.messages) show(`${renderPhone(message)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (!isDelivered) say('The message was not delivered: see the status under it.');
  if (!options.once) showAddresses(stack, control.url);
  return isDelivered ? 0 : 1;
}

async function testCall(stack: Stack, services: Services): Promise<CallReport> {
  say(`Test call: ${TEST_CALL.caller} dials ${TEST_CALL.number} in ${TEST_CALL.place}`);
  const placed = await placeCall(stack, TEST_CALL);
  const endsAt = performance.now() + DELIVERY_TIMEOUT_MS;
  for (;;) {
    const report = await reportCall(services, placed);
    const isSettled = report?.messages.length && report.messages.every(({ status }) => FINAL.has(status));
    if (report && isSettled) return report;
    if (performance.now() > endsAt) {
      if (report) return report;
      throw new Error(`The call was not recorded within ${DELIVERY_TIMEOUT_MS / 1_000} s`);
    }
    await sleep(50);
  }
}

function showAddresses(stack: Stack, controlUrl: string): void {
  const rows = [
    ['Dashboard', stack.frontDoor.url + PAGE_BASE],
    ['Functions host', stack.host.httpUrl],
    ['Graph and sign-in', stack.settings.GRAPH_BASE_URL],
    ['Twilio', stack.settings.TWILIO_BASE_URL],
    ['Control', controlUrl],
  ];
  for (const [name, address] of rows) show(`  ${name?.padEnd(20)}${address}`);
  show('\nPlace another call from a second terminal:');
  show('  npm run simulate -- call --number 911 --caller alex@contoso.com --place "Building 34, Room 2210"');
  show('\nCtrl-C stops everything.');
}

async function step(name: string, task: () => Promise<string>): Promise<void> {
  const began = performance.now();
  const detail = await task();
  say(line(name, Math.round(performance.now() - began), detail));
}

function line(name: string, ms: number, detail: string): string {
  return `  ${name.padEnd(16)}${String(ms).padStart(6)} ms   ${detail}`;
}
