import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { SIGN_IN_SCOPES, scopesFor } from '../../shared/graph/msalApplication.ts';
import { openTokenCache, sealTokenCache } from '../../shared/graph/tokenCache.ts';
import type { SignInStore } from '../../shared/store/signInStore.ts';
import { ACCOUNT, failureOf, MINUTE_MS, REFRESH, type SignInWorld, startSignInWorld } from './signInWorld.ts';

let world: SignInWorld;
beforeEach(async () => {
  world = await startSignInWorld();
});
afterEach(() => world.stop());

const HOUR_MS = 60 * MINUTE_MS;
const signedIn = async () => {
  const signIn = world.instance();
  await signIn.startDeviceCode({ onCode: () => undefined });
  return signIn;
};
/** An access token that Graph takes. */
const works = async (token: string) => {
  const response = await fetch(`${world.graph.graphBaseUrl}/v1.0/me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return response.status === 200;
};

describe('signing in', () => {
  test('gives an account and a token that Graph takes, to every instance', async () => {
    const signIn = world.instance();
    const codes: unknown[] = [];
    const { account } = await signIn.startDeviceCode({ onCode: (code) => codes.push(code) });
    expect(account).toEqual({
      username: ACCOUNT.userPrincipalName,
      homeAccountId: `${ACCOUNT.id}.${world.settings.tenantId}`,
      userId: ACCOUNT.id,
    });
    expect(codes).toEqual([
      {
        userCode: expect.stringMatching(/^\w{9}$/),
        verificationUri: `${world.graph.authorityHost}/devicelogin`,
        expiresAt: expect.any(Date),
        message: expect.stringContaining('enter the code'),
      },
    ]);
    expect(await works(await signIn.getAccessToken())).toBe(true);
    expect(await works(await world.instance().getAccessToken())).toBe(true);
    expect(await world.instance().account()).toEqual(account);
    // The second instance took its token from the stored cache.
    expect(world.asked(REFRESH)).toBe(0);
  });

  test('asks for the least: each permission has a reason', async () => {
    expect(SIGN_IN_SCOPES.map(({ scope }) => scope)).toEqual(['Chat.Read', 'User.Read', 'offline_access']);
    for (const { reason } of SIGN_IN_SCOPES) expect(reason).toMatch(/^to /);
  });

  test.each([
    ['https://graph.microsoft.com', ['Chat.Read', 'User.Read', 'offline_access']],
    [
      'https://dod-graph.microsoft.us',
      ['https://dod-graph.microsoft.us/Chat.Read', 'https://dod-graph.microsoft.us/User.Read', 'offline_access'],
    ],
  ])('names the permissions of %s', (graphBaseUrl, scopes) => {
    expect(scopesFor({ graphBaseUrl })).toEqual(scopes);
  });

  test('asks nobody where the endpoints are', async () => {
    await (await signedIn()).getAccessToken({ forceRefresh: true });
    const operations = world.graph.requests().map(({ operation }) => operation);
    expect(operations).toEqual(['signIn.deviceCode', 'signIn.token.deviceCode', REFRESH]);
  });

  test('nothing of it can be read in the storage', async () => {
    const token = await (await signedIn()).getAccessToken();
    const row = await world.store.read();
    const stored = JSON.stringify(row?.value);
    expect(stored).not.toContain(token);
    expect(stored.toLowerCase()).not.toContain('nestor');
    expect(openTokenCache(row?.value.sealed ?? '', world.settings.tokenCacheKey)).toContain(token);
  });

  test('a cache far above the limit of a property is kept whole', async () => {
    await signedIn();
    const row = await world.store.read();
    if (!row) throw new Error('not signed in');
    const cache = JSON.parse(openTokenCache(row.value.sealed, world.settings.tokenCacheKey));
    cache.Unknown = randomBytes(200_000).toString('base64');
    const sealed = sealTokenCache(JSON.stringify(cache), world.settings.tokenCacheKey);
    await world.store.replace(row, { ...row.value, sealed });
    expect(await works(await world.instance().getAccessToken({ forceRefresh: true }))).toBe(true);
    const after = openTokenCache((await world.store.read())?.value.sealed ?? '', world.settings.tokenCacheKey);
    expect(JSON.parse(after).Unknown).toBe(cache.Unknown);
  });

  test('nobody signed in', async () => {
    expect(await failureOf(world.instance().getAccessToken())).toMatchObject({ code: 'notSignedIn', kind: 'required' });
    expect(await world.instance().account()).toBeNull();
    expect(world.graph.requests()).toEqual([]);
  });

  test('signing out forgets it', async () => {
    const signIn = await signedIn();
    await signIn.signOut();
    expect(await failureOf(signIn.getAccessToken())).toMatchObject({ code: 'notSignedIn' });
    expect(await world.store.read()).toBeNull();
  });
});

describe('a sign-in that does not come about', () => {
  test.each([
    [53003, 'blockedByPolicy', 'policy'],
    [50097, 'blockedByPolicy', 'policy'],
    [7000218, 'configuration', 'public client flows'],
    [700016, 'configuration', 'CLIENT_ID'],
    [65001, 'configuration', 'admin consent'],
    [90033, 'temporary', 'try again'],
  ] as const)('AADSTS%d while polling is %s', async (code, kind, words) => {
    world.graph.faults.add({ operation: 'signIn.token.deviceCode', effect: { kind: 'aadsts', code } });
    const error = await failureOf(world.instance().startDeviceCode({ onCode: () => undefined }));
    expect(error).toMatchObject({ code: `AADSTS${code}`, kind });
    expect(error.message).toContain(words);
    expect(await world.store.read()).toBeNull();
  });

  test('AADSTS90002 when the code is asked for: there is no such tenant', async () => {
    world.graph.faults.add({ operation: 'signIn.deviceCode', effect: { kind: 'aadsts', code: 90002 } });
    const onCode = jest.fn();
    const error = await failureOf(world.instance().startDeviceCode({ onCode }));
    expect(error).toMatchObject({ code: 'AADSTS90002', kind: 'configuration' });
    expect(error.message).toContain('TENANT_ID');
    expect(onCode).not.toHaveBeenCalled();
  });

  test('declined in the browser', async () => {
    world.graph.faults.add({ operation: 'signIn.token.deviceCode', effect: { kind: 'aadsts', code: 65004 } });
    const error = await failureOf(world.instance().startDeviceCode({ onCode: () => undefined }));
    expect(error).toMatchObject({ code: 'declined', kind: 'required' });
  });

  test('the code expired', async () => {
    world.graph.faults.add({ operation: 'signIn.token.deviceCode', effect: { kind: 'aadsts', code: 70020 } });
    const error = await failureOf(world.instance().startDeviceCode({ onCode: () => undefined }));
    expect(error).toMatchObject({ code: 'expired', kind: 'required' });
  });

  test('cancelled: it ends at once, and nothing is kept', async () => {
    world.graph.faults.add({ operation: 'signIn.token.deviceCode', effect: { kind: 'aadsts', code: 70016 } });
    const cancel = new AbortController();
    const error = await failureOf(
      world.instance().startDeviceCode({ signal: cancel.signal, onCode: () => cancel.abort() }),
    );
    expect(error).toMatchObject({ code: 'cancelled', kind: 'required' });
    expect(await world.store.read()).toBeNull();
  });

  test('cancelled before it began: no code is asked for', async () => {
    const error = await failureOf(
      world.instance().startDeviceCode({ signal: AbortSignal.abort(), onCode: () => undefined }),
    );
    expect(error).toMatchObject({ code: 'cancelled' });
    expect(world.graph.requests()).toEqual([]);
  });
});

describe('another account', () => {
  const asAlex = () => world.instance({ serviceAccount: 'alexw@contoso.com' });

  test('leaves no trace, and is named nowhere that is logged', async () => {
    const error = await failureOf(asAlex().startDeviceCode({ onCode: () => undefined }));
    expect(error).toMatchObject({ code: 'wrongAccount', kind: 'required', signedInAs: ACCOUNT.userPrincipalName });
    expect(`${inspect(error)} ${JSON.stringify(error)}`.toLowerCase()).not.toMatch(/nestor|alex/);
    expect(await world.store.read()).toBeNull();
    expect(await failureOf(asAlex().getAccessToken())).toMatchObject({ code: 'notSignedIn' });
  });

  test('leaves the sign-in that is there as it is', async () => {
    await signedIn();
    const before = await world.store.read();
    await failureOf(asAlex().startDeviceCode({ onCode: () => undefined }));
    expect(await world.store.read()).toEqual(before);
    expect(await works(await world.instance().getAccessToken())).toBe(true);
  });

  test('a stored sign-in is not used once the settings name somebody else', async () => {
    await signedIn();
    expect(await failureOf(asAlex().getAccessToken())).toMatchObject({ code: 'wrongAccount', kind: 'required' });
    expect(await asAlex().account()).toBeNull();
  });
});

describe('a stored sign-in that cannot be read', () => {
  const otherKey = { tokenCacheKey: randomBytes(32) };

  test('with another key: every use says so, and the row stays as it is', async () => {
    await signedIn();
    const before = await world.store.read();
    const signIn = world.instance(otherKey);
    for (const use of [
      () => signIn.getAccessToken(),
      () => signIn.getAccessToken({ forceRefresh: true }),
      () => signIn.account(),
      () => signIn.startDeviceCode({ onCode: () => undefined }),
    ]) {
      const error = await failureOf(use());
      expect(error).toMatchObject({ code: 'TOKEN_CACHE_KEY', kind: 'configuration' });
      expect(error.message).toContain('TOKEN_CACHE_KEY');
    }
    expect(await world.store.read()).toEqual(before);
    expect(world.asked('signIn.deviceCode')).toBe(1);
  });

  test('damaged: the same, and a replacement on purpose mends it', async () => {
    await signedIn();
    const row = await world.store.read();
    if (!row) throw new Error('not signed in');
    const damaged = Buffer.from(row.value.sealed, 'base64');
    damaged.fill(0, 30, 40);
    await world.store.replace(row, { ...row.value, sealed: damaged.toString('base64') });
    const signIn = world.instance();
    expect(await failureOf(signIn.getAccessToken())).toMatchObject({ code: 'TOKEN_CACHE_KEY' });
    await signIn.startDeviceCode({ onCode: () => undefined, replaceUnreadable: true });
    expect(await works(await world.instance().getAccessToken())).toBe(true);
  });

  test('what MSAL cannot read is no reason to sign out either', async () => {
    await signedIn();
    const row = await world.store.read();
    if (!row) throw new Error('not signed in');
    await world.store.replace(row, { ...row.value, sealed: sealTokenCache('not JSON', world.settings.tokenCacheKey) });
    const before = await world.store.read();
    const error = await failureOf(world.instance().getAccessToken());
    expect(error).toMatchObject({ code: 'TOKEN_CACHE_KEY', kind: 'configuration' });
    expect(await world.store.read()).toEqual(before);
  });
});

describe('the token in memory', () => {
  test('is used until five minutes before it expires, and then replaced', async () => {
    const signIn = await signedIn();
    const first = await signIn.getAccessToken();
    world.advance(54 * MINUTE_MS);
    expect(await signIn.getAccessToken()).toBe(first);
    expect(world.asked(REFRESH)).toBe(0);
    world.advance(36 * MINUTE_MS);
    const second = await signIn.getAccessToken();
    expect(second).not.toBe(first);
    expect(await works(second)).toBe(true);
    expect(world.asked(REFRESH)).toBe(1);
  });

  test('a clock far past every expiry: the refresh token still serves', async () => {
    await signedIn();
    world.advance(24 * HOUR_MS);
    expect(await works(await world.instance().getAccessToken())).toBe(true);
    expect(world.asked(REFRESH)).toBe(1);
  });

  test('is replaced on demand', async () => {
    const signIn = await signedIn();
    const first = await signIn.getAccessToken();
    expect(await signIn.getAccessToken({ forceRefresh: true })).not.toBe(first);
  });

  test('many at once share one exchange', async () => {
    await signedIn();
    world.advance(2 * HOUR_MS);
    const signIn = world.instance();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => signIn.getAccessToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(world.asked(REFRESH)).toBe(1);
  });

  test('a forced exchange does not make do with one that may take from the cache', async () => {
    await signedIn();
    world.graph.expireAccessTokens();
    const signIn = world.instance();
    const [, forced] = await Promise.all([signIn.getAccessToken(), signIn.getAccessToken({ forceRefresh: true })]);
    expect(await works(forced)).toBe(true);
  });
});

describe('a refresh that fails for a while', () => {
  const failures = [
    ['503', { kind: 'status', status: 503 }],
    ['500', { kind: 'status', status: 500 }],
    ['a broken connection', { kind: 'reset' }],
  ] as const;

  test.each(failures)('%s: the old token is used while it lives, then the failure shows', async (_what, effect) => {
    const signIn = await signedIn();
    const old = await signIn.getAccessToken();
    const lifeMs = expiryOf(old) - world.now().getTime();
    world.graph.faults.add({ operation: REFRESH, effect });
    world.advance(lifeMs - 2 * MINUTE_MS);
    expect(await signIn.getAccessToken()).toBe(old);
    expect(await signIn.getAccessToken()).toBe(old);
    // Not every call tries anew.
    expect(world.asked(REFRESH)).toBe(1);
    // Whole seconds, rounded: the token may be taken to live one second longer.
    world.advance(2 * MINUTE_MS + 1_000);
    expect(await failureOf(signIn.getAccessToken())).toMatchObject({ kind: 'temporary' });
    world.graph.faults.clear();
    expect(await works(await signIn.getAccessToken())).toBe(true);
  });

  test('a service that does not answer keeps nobody waiting while the old token lives', async () => {
    // Longer than a test may take.
    const signIn = world.instance({}, { timeoutMs: 120_000 });
    await signIn.startDeviceCode({ onCode: () => undefined });
    const old = await signIn.getAccessToken();
    world.graph.faults.add({ operation: REFRESH, effect: { kind: 'hang' } });
    world.advance(expiryOf(old) - world.now().getTime() - MINUTE_MS);
    expect(await signIn.getAccessToken()).toBe(old);
    expect(world.asked(REFRESH)).toBe(1);
  });

  test('no answer within the limit', async () => {
    await signedIn();
    world.graph.faults.add({ operation: REFRESH, effect: { kind: 'hang' } });
    const error = await failureOf(world.instance({}, { timeoutMs: 200 }).getAccessToken({ forceRefresh: true }));
    expect(error).toMatchObject({ code: 'timeout', kind: 'temporary' });
  });

  test('throttled: what the service asks for is waited out, and no longer', async () => {
    await signedIn();
    const effect = { kind: 'status', status: 429, retryAfterSeconds: 20 } as const;
    world.graph.faults.add({ operation: REFRESH, times: 1, effect });
    const signIn = world.instance();
    const force = { forceRefresh: true };
    expect(await failureOf(signIn.getAccessToken(force))).toMatchObject({ kind: 'temporary', retryAfterMs: 20_000 });
    world.advance(10_000);
    expect(await failureOf(signIn.getAccessToken(force))).toMatchObject({ code: 'throttled', kind: 'temporary' });
    expect(world.asked(REFRESH)).toBe(1);
    world.advance(10_000);
    expect(await works(await signIn.getAccessToken(force))).toBe(true);
  });

  test("a page of a proxy in the service's place is no refusal", async () => {
    await signedIn();
    const proxy = createServer((_request, response) => response.writeHead(403).end('<html>blocked</html>'));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const authorityHost = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const error = await failureOf(world.instance({ authorityHost }).startDeviceCode({ onCode: () => undefined }));
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
    expect(error).toMatchObject({ code: 'unexpected_answer', kind: 'temporary' });
  });

  test('storage that does not answer is a failure that passes', async () => {
    const broken: SignInStore = { ...world.store, read: () => Promise.reject(new Error('ECONNREFUSED 10.0.0.4')) };
    const error = await failureOf(world.instance({}, { store: broken }).getAccessToken());
    expect(error).toMatchObject({ code: 'storage', kind: 'temporary' });
    expect(error.message).not.toContain('10.0.0.4');
  });

  test('a refreshed sign-in that cannot be stored is told, and its token used', async () => {
    await signedIn();
    const warn = jest.fn();
    const full: SignInStore = { ...world.store, replace: () => Promise.reject(new Error('no')) };
    const signIn = world.instance({}, { store: full, log: { warn } });
    expect(await works(await signIn.getAccessToken({ forceRefresh: true }))).toBe(true);
    expect(warn).toHaveBeenCalledWith('The refreshed sign-in could not be stored', { error: 'Error' });
  });
});

describe('a refresh that is refused', () => {
  test('a revoked sign-in asks for a new one, also while the old token lives', async () => {
    const signIn = await signedIn();
    const old = await signIn.getAccessToken();
    world.graph.revokeRefreshTokens();
    world.advance(expiryOf(old) - world.now().getTime() - MINUTE_MS);
    const error = await failureOf(signIn.getAccessToken());
    expect(error).toMatchObject({ code: 'AADSTS50173', kind: 'required' });
    expect(error.message).toContain('npm run sign-in');
  });

  test('is not asked for again and again', async () => {
    await signedIn();
    world.graph.revokeRefreshTokens();
    const signIn = world.instance();
    for (let i = 0; i < 5; i += 1) {
      expect(await failureOf(signIn.getAccessToken({ forceRefresh: true }))).toMatchObject({ code: 'AADSTS50173' });
    }
    expect(world.asked(REFRESH)).toBe(1);
    world.advance(MINUTE_MS);
    await failureOf(signIn.getAccessToken({ forceRefresh: true }));
    expect(world.asked(REFRESH)).toBe(2);
  });

  test('a new sign-in elsewhere ends that with the next call', async () => {
    await signedIn();
    world.graph.revokeRefreshTokens();
    const signIn = world.instance();
    await failureOf(signIn.getAccessToken({ forceRefresh: true }));
    await signedIn();
    expect(await works(await signIn.getAccessToken({ forceRefresh: true }))).toBe(true);
  });

  test('a new sign-in while the old one is being refused is used at once', async () => {
    await signedIn();
    world.graph.revokeRefreshTokens();
    let reads = 0;
    const store: SignInStore = {
      ...world.store,
      async read() {
        reads += 1;
        if (reads === 2) await signedIn();
        return world.store.read();
      },
    };
    const signIn = world.instance({}, { store });
    expect(await works(await signIn.getAccessToken({ forceRefresh: true }))).toBe(true);
  });

  test.each([53003, 50097] as const)('AADSTS%d at a refresh is a policy', async (code) => {
    await signedIn();
    world.graph.faults.add({ operation: REFRESH, effect: { kind: 'aadsts', code } });
    const error = await failureOf(world.instance().getAccessToken({ forceRefresh: true }));
    expect(error).toMatchObject({ code: `AADSTS${code}`, kind: 'blockedByPolicy' });
  });

  test('a sign-in unused for 90 days', async () => {
    await signedIn();
    world.advance(91 * 24 * HOUR_MS);
    expect(await failureOf(world.instance().getAccessToken())).toMatchObject({
      code: 'AADSTS700082',
      kind: 'required',
    });
  });
});

describe('two instances over one row', () => {
  test('refresh at once: both get a token, and neither sign-in is lost', async () => {
    await signedIn();
    const force = { forceRefresh: true };
    const tokens = await Promise.all([1, 2, 3, 4].map(() => world.instance().getAccessToken(force)));
    for (const token of tokens) expect(await works(token)).toBe(true);
    expect(await works(await world.instance().getAccessToken(force))).toBe(true);
  });

  test('the second to write reads again and merges: nothing of the first is lost', async () => {
    await signedIn();
    const key = world.settings.tokenCacheKey;
    let hasMeddled = false;
    const store: SignInStore = {
      ...world.store,
      async replace(row, signIn) {
        if (!hasMeddled) {
          hasMeddled = true;
          const other = await world.store.read();
          if (!other) throw new Error('not signed in');
          const cache = { ...JSON.parse(openTokenCache(other.value.sealed, key)), Unknown: { other: 'instance' } };
          await world.store.replace(other, { ...other.value, sealed: sealTokenCache(JSON.stringify(cache), key) });
        }
        return world.store.replace(row, signIn);
      },
    };
    const token = await world.instance({}, { store }).getAccessToken({ forceRefresh: true });
    const stored = JSON.parse(openTokenCache((await world.store.read())?.value.sealed ?? '', key));
    expect(stored.Unknown).toEqual({ other: 'instance' });
    expect(JSON.stringify(stored.AccessToken)).toContain(token);
  });

  test('a refresh of the old sign-in never overwrites a new one', async () => {
    await signedIn();
    let newest: unknown;
    const store: SignInStore = {
      ...world.store,
      async replace(row, signIn) {
        if (newest === undefined) {
          await signedIn();
          newest = await world.store.read();
        }
        return world.store.replace(row, signIn);
      },
    };
    expect(await works(await world.instance({}, { store }).getAccessToken({ forceRefresh: true }))).toBe(true);
    expect(await world.store.read()).toEqual(newest);
  });

  test('a refresh never brings back what was signed out', async () => {
    await signedIn();
    const store: SignInStore = {
      ...world.store,
      async replace(row, signIn) {
        await world.store.remove();
        return world.store.replace(row, signIn);
      },
    };
    await world.instance({}, { store }).getAccessToken({ forceRefresh: true });
    expect(await world.store.read()).toBeNull();
  });

  test('two sign-ins at once: one is kept, and it works', async () => {
    await Promise.all([signedIn(), signedIn(), signedIn()]);
    expect(await works(await world.instance().getAccessToken({ forceRefresh: true }))).toBe(true);
  });
});

/** `exp` of a token of the look-alike, in milliseconds. */
function expiryOf(token: string): number {
  const [, claims = ''] = token.split('.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString()).exp * 1_000;
}
