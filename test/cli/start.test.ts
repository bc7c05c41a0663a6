import { execFileSync, spawn } from 'node:child_process';

interface Run {
  code: number | null;
  out: string;
  err: string;
  /** True when nothing of what it started is left. */
  isGone: boolean;
}

/** Runs `npm start -- …` in a process group of its own. */
async function npmStart(
  args: string[],
  env: Record<string, string> = {},
  onErr?: (text: string, pid: number) => void,
): Promise<Run> {
  const child = spawn('npm', ['start', '--silent', '--', ...args], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('npm could not be started');
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    onErr?.(err, pid);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out, err, isGone: !isGroupAlive(pid) };
}

/** A process that has ended and that nobody has asked about since is not running, though the system still lists it. */
function isGroupAlive(group: number): boolean {
  const rows = execFileSync('ps', ['-eo', 'pgid=,stat=']).toString().trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/))
    .some(([pgid, stat]) => pgid === String(group) && !stat?.startsWith('Z'));
}

test('npm start -- --once --json: one document on standard output, the test call delivered, nothing left running', async () => {
  const { code, out, err, isGone } = await npmStart(['--once', '--json']);
  expect(err).toContain('Teams Emergency Alerts');
  const report = JSON.parse(out);
  expect(report).toMatchObject({
    call: { isTest: true, content: 'read', late: false },
    stages: expect.arrayContaining([{ name: 'accepted by Twilio', at: expect.any(String), ms: expect.any(Number) }]),
  });
  expect(report.messages.length).toBeGreaterThan(0);
  for (const message of report.messages) {
    expect(message).toEqual({
      to: expect.stringMatching(/^\+1425555/),
      body: expect.stringMatching(/^TEST /),
      status: 'delivered',
      segments: 1,
    });
  }
  expect(code).toBe(0);
  expect(isGone).toBe(true);
}, 60_000);

test('when the SMS cannot be sent it says why and exits with 1, nothing left running', async () => {
  const { code, out, isGone } = await npmStart(['--once'], {
    TWILIO_BASE_URL: 'http://127.0.0.1:1',
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'none',
    TWILIO_FROM: '+14255550100',
  });
  expect(out).toMatch(/not accepted: ECONNREFUSED/);
  expect(code).toBe(1);
  expect(isGone).toBe(true);
}, 90_000);

test('a part that does not start is named, exit 1, nothing left running', async () => {
  const { code, err, isGone } = await npmStart(['--once'], { AzureWebJobsStorage: 'nonsense' });
  expect(err).toContain('Failed: Storage did not start: ');
  expect(code).toBe(1);
  expect(isGone).toBe(true);
}, 60_000);

test('Ctrl-C stops everything that was started', async () => {
  let isSent = false;
  const { err, isGone } = await npmStart([], {}, (text, pid) => {
    if (!isSent && text.includes('Test call:')) {
      isSent = true;
      process.kill(-pid, 'SIGINT');
    }
  });
  expect(err).toContain('Stopping');
  expect(isGone).toBe(true);
}, 60_000);
