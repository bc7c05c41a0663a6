import { randomBytes } from 'node:crypto';
import { SignInError } from '../../shared/graph/signInError.ts';
import { mergeTokenCaches, openTokenCache, sealTokenCache } from '../../shared/graph/tokenCache.ts';

const KEY = randomBytes(32);
const CACHE = JSON.stringify({ Account: {}, RefreshToken: { a: { secret: 'a refresh token' } } });

const failure = (open: () => unknown): unknown => {
  try {
    return open();
  } catch (caught) {
    return caught;
  }
};
const spoil = (sealed: string, index: number) => {
  const bytes = Buffer.from(sealed, 'base64');
  bytes[index < 0 ? bytes.length + index : index] = (bytes.at(index) ?? 0) ^ 1;
  return bytes.toString('base64');
};

test('what is sealed can be opened, and nothing of it is to be seen', () => {
  const sealed = sealTokenCache(CACHE, KEY);
  expect(openTokenCache(sealed, KEY)).toBe(CACHE);
  expect(Buffer.from(sealed, 'base64').includes('refresh')).toBe(false);
});

test('the same cache never looks the same twice', () => {
  expect(sealTokenCache(CACHE, KEY)).not.toBe(sealTokenCache(CACHE, KEY));
});

test('the version stands in the first byte', () => {
  expect(Buffer.from(sealTokenCache(CACHE, KEY), 'base64')[0]).toBe(1);
});

test.each([
  ['another key', () => openTokenCache(sealTokenCache(CACHE, KEY), randomBytes(32))],
  ['another version', () => openTokenCache(spoil(sealTokenCache(CACHE, KEY), 0), KEY)],
  ['another key id', () => openTokenCache(spoil(sealTokenCache(CACHE, KEY), 1), KEY)],
  ['a changed nonce', () => openTokenCache(spoil(sealTokenCache(CACHE, KEY), 5), KEY)],
  ['a changed content', () => openTokenCache(spoil(sealTokenCache(CACHE, KEY), 20), KEY)],
  ['a changed tag', () => openTokenCache(spoil(sealTokenCache(CACHE, KEY), -1), KEY)],
  ['a cut', () => openTokenCache(sealTokenCache(CACHE, KEY).slice(0, -8), KEY)],
  ['nothing', () => openTokenCache('', KEY)],
  ['other text', () => openTokenCache('not base64 at all', KEY)],
])('%s is an error that names TOKEN_CACHE_KEY', (_what, open) => {
  const error = failure(open);
  expect(error).toBeInstanceOf(SignInError);
  expect(error).toMatchObject({ code: 'TOKEN_CACHE_KEY', kind: 'configuration' });
  expect(String(error)).toContain('TOKEN_CACHE_KEY');
});

test('two caches are joined: nothing is lost, and what both hold is ours', () => {
  const stored = { Account: { me: 1 }, RefreshToken: { rt: 'theirs', other: 'kept' }, Unknown: { x: 1 } };
  const ours = { RefreshToken: { rt: 'ours' }, AccessToken: { at: 'new' } };
  expect(JSON.parse(mergeTokenCaches(JSON.stringify(stored), JSON.stringify(ours)))).toEqual({
    Account: { me: 1 },
    RefreshToken: { rt: 'ours', other: 'kept' },
    AccessToken: { at: 'new' },
    Unknown: { x: 1 },
  });
});
