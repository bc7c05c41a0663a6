import { randomUUID } from 'node:crypto';
import { errorCodeOf } from '../../errors.ts';
import type { DeviceCode } from '../../graph/deviceCodeSignIn.ts';
import type { SignIn } from '../../graph/signIn.ts';
import { SignInError } from '../../graph/signInError.ts';
import type { Services } from '../../pipeline/services.ts';
import type { StoredAttempt } from '../../store/signInAttemptStore.ts';
import type { SignInAttempt } from '../contract.ts';
import { PageProblem } from '../problem.ts';

/** How often the process that waits for Microsoft says that it lives, and after how long without it the attempt is lost. */
const ALIVE_EVERY_MS = 5_000;
const LOST_AFTER_MS = 30_000;

/**
 * Begins to sign the service account in by a device code, and goes on with it when this has been answered: Microsoft is
 * asked by this process until somebody has signed in, and what comes of it is stored, for whichever process is asked.
 * When Microsoft gives no code, the attempt has failed and says why.
 */
export async function startDeviceCode(services: Services, replaceUnreadable: boolean): Promise<SignInAttempt> {
  const { store, now, log } = services;
  const signIn = signInOf(services);
  const attempts = store.signInAttempts;
  const id = randomUUID();
  const startedAt = now().toISOString();
  const base = { id, way: 'deviceCode', startedAt, sealed: null } as const;
  let timer: NodeJS.Timeout | undefined;
  let begun: Promise<void> | null = null;
  const keepAlive = () => {
    attempts.change(id, { aliveAt: now().toISOString() }).catch((caught: unknown) => {
      log.warn('The sign-in could not be said to go on', { error: errorCodeOf(caught) });
    });
  };
  const attempt = await new Promise<StoredAttempt>((resolve, reject) => {
    const onCode = ({ userCode, verificationUri, expiresAt }: DeviceCode) => {
      const given = { userCode, url: verificationUri, expiresAt: expiresAt.toISOString() };
      const waiting: StoredAttempt = { ...base, ...given, state: 'waiting', failure: null, aliveAt: startedAt };
      begun = attempts.begin(waiting);
      begun.then(() => resolve(waiting), reject);
      timer = setInterval(keepAlive, ALIVE_EVERY_MS).unref();
    };
    const end = async (result: Pick<StoredAttempt, 'state' | 'failure'>) => {
      clearInterval(timer);
      // Somebody may be quicker than the storage.
      if (begun !== null) await begun.then(() => attempts.change(id, { ...result, aliveAt: null }));
      else {
        const ended = { ...base, ...result, expiresAt: startedAt, userCode: null, url: '', aliveAt: null };
        await attempts.begin(ended);
        resolve(ended);
      }
    };
    signIn
      .startDeviceCode({ onCode, replaceUnreadable })
      .then(
        () => end({ state: 'signedIn', failure: null }),
        (caught: unknown) => end({ state: 'failed', failure: failureOf(caught, services) }),
      )
      .catch((caught: unknown) => {
        log.error('What became of the sign-in could not be stored', { error: errorCodeOf(caught) });
        reject(caught);
      });
  });
  return toAttempt(attempt, now());
}

/** A browser is not waited for longer than a device code lives. */
const BROWSER_MS = 15 * 60_000;

/** Begins to sign the service account in in a browser. */
export async function startInBrowser(services: Services, replaceUnreadable: boolean): Promise<SignInAttempt> {
  const { store, now } = services;
  const signIn = signInOf(services);
  const startedAt = now().toISOString();
  const expiresAt = new Date(now().getTime() + BROWSER_MS).toISOString();
  const base = { id: randomUUID(), way: 'authorizationCode', startedAt, userCode: null, aliveAt: null } as const;
  const attempt: StoredAttempt = await signIn.beginAuthorizationCode({ replaceUnreadable }).then(
    ({ url, sealed }) => ({ ...base, state: 'waiting', expiresAt, url, sealed, failure: null }),
    (caught: unknown) => ({
      ...base,
      ...{ state: 'failed', expiresAt: startedAt, url: '', sealed: null, failure: failureOf(caught, services) },
    }),
  );
  await store.signInAttempts.begin(attempt);
  return toAttempt(attempt, now());
}

/** Ends it with the address on which the browser ended. An address of something else leaves the attempt as it is. */
export async function finishInBrowser(services: Services, id: string, address: string): Promise<SignInAttempt> {
  const { store, now } = services;
  const attempt = await store.signInAttempts.read();
  const sealed = attempt?.id === id ? attempt.sealed : null;
  if (!attempt || sealed === null || toAttempt(attempt, now()).state !== 'waiting') {
    throw new PageProblem('changedMeanwhile', 'This sign-in is over, or another one has begun: begin anew.');
  }
  const end = await signInOf(services)
    .finishAuthorizationCode({ sealed, address })
    .then(
      () => ({ state: 'signedIn' as const, failure: null }),
      (caught: unknown) => ({ state: 'failed' as const, failure: failureOf(caught, services) }),
    );
  if (end.failure?.code === 'otherAddress') throw new PageProblem('badRequest', end.failure.message);
  await store.signInAttempts.change(id, { ...end, sealed: null });
  return toAttempt({ ...attempt, ...end }, now());
}

function signInOf({ signIn }: Services): SignIn {
  if (signIn) return signIn;
  throw new PageProblem('notSetUp', 'The service account is not set up: npm run doctor says which setting is missing.');
}

/** The latest attempt; one whose process is gone, or whose time is over, has failed. */
export async function latestAttempt({ store, now }: Services): Promise<SignInAttempt | null> {
  const attempt = await store.signInAttempts.read();
  return attempt && toAttempt(attempt, now());
}

function toAttempt({ aliveAt, sealed: _, ...attempt }: StoredAttempt, now: Date): SignInAttempt {
  if (attempt.state !== 'waiting') return attempt;
  const isOver = now.toISOString() > attempt.expiresAt;
  const isLost = aliveAt !== null && now.getTime() - Date.parse(aliveAt) > LOST_AFTER_MS;
  if (!isOver && !isLost) return attempt;
  const code = isOver ? 'expired' : 'interrupted';
  const message = isOver
    ? 'Nobody signed in before the code expired: begin anew.'
    : 'The process that waited for the sign-in has ended: begin anew.';
  return { ...attempt, state: 'failed', failure: { code, message, signedInAs: null, isBlockedByPolicy: false } };
}

/** What Microsoft answered, in an administrator's words. */
function failureOf(caught: unknown, { settings, log }: Services): NonNullable<SignInAttempt['failure']> {
  if (!(caught instanceof SignInError)) {
    log.error('The sign-in failed', { error: errorCodeOf(caught) });
    return {
      code: 'failed',
      message: 'The sign-in could not be stored: try again.',
      signedInAs: null,
      isBlockedByPolicy: false,
    };
  }
  const { code, kind, signedInAs, message } = caught;
  log.warn('The sign-in failed', { code, kind });
  const wrong = `Another account than ${settings.graph?.serviceAccount} signed in. Nothing of it is kept.`;
  return {
    code,
    message: code === 'wrongAccount' ? wrong : message,
    signedInAs,
    isBlockedByPolicy: kind === 'blockedByPolicy',
  };
}
