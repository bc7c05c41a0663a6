import type { DeviceCode } from '../shared/graph/deviceCodeSignIn.ts';
import { SIGN_IN_SCOPES } from '../shared/graph/msalApplication.ts';
import type { SignIn } from '../shared/graph/signIn.ts';
import { SignInError } from '../shared/graph/signInError.ts';

/** Where a command speaks. */
export interface Terminal {
  write(text: string): void;
  writeError(text: string): void;
  /** Whether a line can be written over. */
  isTTY: boolean;
  now(): Date;
}

/**
 * Signs the service account in: shows code, address and remaining time, then who signed in. Returns the exit code: 0,
 * or 1 with what Microsoft answered, in an administrator's words.
 */
export async function signInCommand(
  signIn: Pick<SignIn, 'startDeviceCode'>,
  serviceAccount: string,
  terminal: Terminal,
  options: { signal?: AbortSignal; replaceUnreadable?: boolean } = {},
): Promise<0 | 1> {
  let stopCounting: () => void = () => undefined;
  const onCode = (code: DeviceCode) => {
    terminal.write(textFor(code, serviceAccount));
    stopCounting = terminal.isTTY ? countDown(code, terminal) : sayOnce(code, terminal);
  };
  try {
    const { account } = await signIn.startDeviceCode({ ...options, onCode }).finally(() => stopCounting());
    terminal.write(`Signed in: ${account.username}\n`);
    return 0;
  } catch (caught) {
    terminal.writeError(`${failureText(caught, serviceAccount)}\n`);
    return 1;
  }
}

function textFor({ userCode, verificationUri }: DeviceCode, serviceAccount: string): string {
  const width = Math.max(...SIGN_IN_SCOPES.map(({ scope }) => scope.length));
  const scopes = SIGN_IN_SCOPES.map(({ scope, reason }) => `  ${scope.padEnd(width)}  ${reason}`);
  return [
    `Open   ${verificationUri}`,
    `Enter  ${userCode}`,
    `and sign in as ${serviceAccount}. What it grants:`,
    ...scopes,
    '',
  ].join('\n');
}

function sayOnce({ expiresAt }: DeviceCode, { write, now }: Terminal): () => void {
  const minutes = Math.round((expiresAt.getTime() - now().getTime()) / 60_000);
  write(`Waiting; the code is valid for ${minutes} minutes.\n`);
  return () => undefined;
}

/** Writes the remaining time over itself each second. */
function countDown({ expiresAt }: DeviceCode, { write, now }: Terminal): () => void {
  const show = () => write(`\rWaiting; the code is valid for ${remaining(expiresAt, now())} `);
  show();
  const timer = setInterval(show, 1_000);
  return () => {
    clearInterval(timer);
    write('\n');
  };
}

function remaining(expiresAt: Date, now: Date): string {
  const seconds = Math.max(0, Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function failureText(caught: unknown, serviceAccount: string): string {
  if (!(caught instanceof SignInError)) return caught instanceof Error ? caught.message : String(caught);
  if (caught.code === 'wrongAccount' && caught.signedInAs) {
    return `${caught.signedInAs} signed in, but SERVICE_ACCOUNT is ${serviceAccount}. Nothing of it is kept.`;
  }
  if (caught.code === 'TOKEN_CACHE_KEY') {
    return `${caught.message}\nIf the key was changed on purpose, sign in with --replace.`;
  }
  return caught.message;
}
