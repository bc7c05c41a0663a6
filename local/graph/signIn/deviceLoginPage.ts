import { timingSafeEqual } from 'node:crypto';
import { escapeHtml } from '../html.ts';
import type { Reply, WireRequest } from '../http.ts';
import type { State } from '../state.ts';
import { approveSignIn } from './deviceCode.ts';

/** `GET /devicelogin`: where a person enters the code. */
export function showDeviceLogin(state: State): Reply {
  return page(state, 200, '');
}

/** `POST /devicelogin`: approves the sign-in, or says why not. */
export function submitDeviceLogin(state: State, request: WireRequest): Reply {
  const form = new URLSearchParams(request.body);
  if (state.password !== null && !isSame(form.get('password') ?? '', state.password)) {
    return page(state, 401, 'The password is not correct.');
  }
  try {
    approveSignIn(state, form.get('code') ?? '', form.get('account') ?? state.serviceAccountId);
  } catch (caught) {
    return page(state, 400, caught instanceof Error ? caught.message : 'The code could not be used.');
  }
  return page(state, 200, 'You have signed in. You may close this window.');
}

function page(state: State, status: number, notice: string): Reply {
  const accounts = [...state.users.values()].map(
    ({ id, userPrincipalName }) =>
      `<option value="${escapeHtml(id)}"${id === state.serviceAccountId ? ' selected' : ''}>${escapeHtml(userPrincipalName)}</option>`,
  );
  const password =
    state.password === null
      ? ''
      : '<p><label for="password">Password</label><br><input id="password" name="password" type="password" required></p>';
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Enter code (local look-alike)</title></head>
<body>
<main>
<h1>Enter code</h1>
<p>This is the local look-alike of Microsoft's sign-in page. Never enter a real password here.</p>
${notice === '' ? '' : `<p role="alert">${escapeHtml(notice)}</p>`}
<form method="post" action="/devicelogin">
<p><label for="code">Code</label><br><input id="code" name="code" autocomplete="off" required></p>
<p><label for="account">Account</label><br><select id="account" name="account">${accounts.join('')}</select></p>
${password}
<p><button type="submit">Sign in</button></p>
</form>
</main>
</body>
</html>`;
  return { status, html, headers: { 'content-security-policy': "default-src 'none'; form-action 'self'" } };
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
