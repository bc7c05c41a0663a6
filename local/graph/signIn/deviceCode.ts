import { randomBytes, randomInt } from 'node:crypto';
import { requireUser } from '../directory.ts';
import type { Reply, WireRequest } from '../http.ts';
import type { DeviceSignIn } from '../model.ts';
import type { State } from '../state.ts';
import { requireTenant } from './discovery.ts';
import { SignInRefusal } from './signInRefusal.ts';
import { toScopeName } from './tokens.ts';

/** Microsoft's device codes are valid for 15 minutes. */
const DEVICE_CODE_SECONDS = 900;
const USER_CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ23456789';

/** `POST /{tenant}/oauth2/v2.0/devicecode`: begins a sign-in that someone must approve elsewhere. */
export function beginDeviceSignIn(state: State, request: WireRequest): Reply {
  requireTenant(state, request);
  const form = new URLSearchParams(request.body);
  requireClient(state, form);
  const signIn: DeviceSignIn = {
    deviceCode: randomBytes(64).toString('base64url'),
    userCode: Array.from({ length: 9 }, () => USER_CODE_LETTERS.charAt(randomInt(USER_CODE_LETTERS.length))).join(''),
    scopes: readScopes(state, form),
    expiresAt: new Date(state.now().getTime() + DEVICE_CODE_SECONDS * 1000),
    status: state.signInApproval === 'automatic' ? 'approved' : 'pending',
    userId: state.signInApproval === 'automatic' ? state.serviceAccountId : null,
  };
  state.deviceSignIns.set(signIn.deviceCode, signIn);
  return { status: 200, json: toWire(state, signIn) };
}

function toWire(state: State, signIn: DeviceSignIn): Record<string, unknown> {
  const page = `http://${state.host}/devicelogin`;
  return {
    user_code: signIn.userCode,
    device_code: signIn.deviceCode,
    verification_uri: page,
    expires_in: DEVICE_CODE_SECONDS,
    interval: state.devicePollSeconds,
    message: `To sign in, use a web browser to open the page ${page} and enter the code ${signIn.userCode} to authenticate.`,
  };
}

/** Throws unless the form names this app. */
export function requireClient(state: State, form: URLSearchParams): void {
  const clientId = form.get('client_id');
  if (clientId === null) {
    throw new SignInRefusal(90014, "'client_id'");
  }
  if (clientId.toLowerCase() !== state.clientId.toLowerCase()) {
    throw new SignInRefusal(700016, `Application with identifier '${clientId}' was not found in the directory.`);
  }
}

/**
 * The scopes of a request, spelt as the app asked for them. `.default` stands for all that were granted. Throws
 * AADSTS65001 for one that nobody consented to.
 */
export function readScopes(state: State, form: URLSearchParams): string[] {
  const asked = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  if (asked.length === 0) {
    throw new SignInRefusal(90014, "'scope'");
  }
  return asked.flatMap((scope) => {
    const name = toScopeName(scope);
    const prefix = scope.slice(0, scope.length - name.length);
    if (name === '.default') {
      return [scope, ...state.consentedScopes.map((granted) => `${isOfOpenId(granted) ? '' : prefix}${granted}`)];
    }
    const granted = state.consentedScopes.find((known) => known.toLowerCase() === name.toLowerCase());
    if (granted === undefined) {
      throw new SignInRefusal(65001, `Scope: ${name}.`);
    }
    return [`${prefix}${granted}`];
  });
}

function isOfOpenId(scope: string): boolean {
  return ['openid', 'profile', 'email', 'offline_access'].includes(scope);
}

/** Sign-ins that wait for someone to approve them. */
export function pendingSignIns(state: State): { userCode: string; expiresAt: string }[] {
  return [...state.deviceSignIns.values()]
    .filter((signIn) => signIn.status === 'pending' && state.now() < signIn.expiresAt)
    .map(({ userCode, expiresAt }) => ({ userCode, expiresAt: expiresAt.toISOString() }));
}

/** Approves a sign-in as the person at the browser would. Throws when no pending one has that code. */
export function approveSignIn(state: State, userCode: string, idOrUpn: string): void {
  const signIn = findPending(state, userCode);
  signIn.userId = requireUser(state, idOrUpn).id;
  signIn.status = 'approved';
}

export function declineSignIn(state: State, userCode: string): void {
  findPending(state, userCode).status = 'declined';
}

function findPending(state: State, userCode: string): DeviceSignIn {
  const wanted = userCode.trim().toUpperCase();
  const found = [...state.deviceSignIns.values()].find((signIn) => signIn.userCode === wanted);
  if (found === undefined || found.status !== 'pending' || state.now() >= found.expiresAt) {
    throw new Error('No sign-in waits under this code: it is unknown, used or expired');
  }
  return found;
}
