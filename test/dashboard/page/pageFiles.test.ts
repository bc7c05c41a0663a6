import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createPageFiles, type PageFiles } from '../../../shared/dashboard/pageFiles.ts';

let dir: string;
let files: PageFiles;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-page-'));
  await mkdir(join(dir, 'dashboard/assets'), { recursive: true });
  await writeFile(join(dir, 'secret.txt'), 'not of the page');
  await writeFile(join(dir, 'dashboard/index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(dir, 'dashboard/assets/index-Ab12.js'), 'run()');
  files = createPageFiles(join(dir, 'dashboard'), null);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function ask(path: string | undefined, headers: Record<string, string> = {}, from = files) {
  return from({ params: path === undefined ? {} : { path }, headers: { get: (name) => headers[name] ?? null } });
}

test.each([[undefined], [''], ['calls/8204696257475-0000000000000028'], ['status'], ['nothing/of/the/kind']])(
  'the address %p is a view: the page answers, and is asked for anew each time',
  async (path) => {
    const { status, headers, body } = await ask(path);
    expect(status).toBe(200);
    expect(headers['Content-Type']).toBe('text/html; charset=utf-8');
    expect(headers['Cache-Control']).toBe('no-cache');
    expect(String(body)).toContain('<title>page</title>');
  },
);

test('an asset is kept for good, since its name changes with what it holds', async () => {
  const { status, headers } = await ask('assets/index-Ab12.js');
  expect(status).toBe(200);
  expect(headers['Cache-Control']).toBe('public, max-age=31536000, immutable');
  expect(headers['Content-Type']).toBe('text/javascript; charset=utf-8');
});

test.each([
  '../secret.txt',
  'assets/../../secret.txt',
  '..\\secret.txt',
  '/etc/hosts.conf',
  'assets/gone-Zz99.js',
  'assets/index-Ab12.js.map',
  '%2e%2e/secret.txt',
])('%s is no file of the page', async (path) => {
  const { status, body } = await ask(path);
  expect(status).toBe(404);
  expect(String(body)).toBe('There is no such file.');
});

test('a browser that has it already is told so, and what is packed comes out the same', async () => {
  const plain = await ask('assets/index-Ab12.js');
  const packed = await ask('assets/index-Ab12.js', { 'accept-encoding': 'br, gzip' });
  expect(packed.headers['Content-Encoding']).toBe('gzip');
  expect(gunzipSync(packed.body ?? '').toString()).toBe('run()');
  expect(String(plain.body)).toBe('run()');
  const again = await ask('assets/index-Ab12.js', { 'if-none-match': plain.headers.ETag ?? '' });
  expect({ status: again.status, body: again.body }).toEqual({ status: 304, body: undefined });
});

test('every answer, also a refusal, says what a browser may do with it', async () => {
  for (const path of ['', 'assets/index-Ab12.js', 'gone.js']) {
    const { headers } = await ask(path);
    const policy = headers['Content-Security-Policy'] ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
    expect(headers['X-Content-Type-Options']).toBe('nosniff');
    expect(headers['X-Frame-Options']).toBe('DENY');
  }
});

test('pictures of the map come from its own service only', async () => {
  const withMap = createPageFiles(join(dir, 'dashboard'), 'https://atlas.microsoft.com');
  const { headers } = await ask('', {}, withMap);
  expect(headers['Content-Security-Policy']).toContain("img-src 'self' https://atlas.microsoft.com;");
});

test('a package without the page says so', async () => {
  const late = createPageFiles(join(dir, 'later'), null);
  const { status, body } = await ask('', {}, late);
  expect(status).toBe(404);
  expect(body).toBe('The page is not in the package.');
});
