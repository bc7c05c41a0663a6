import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildPage, PAGE_BASE } from '../../../scripts/buildPage.ts';
import { openPage, startBrowser } from './browser.ts';
import { type FakeApi, startFakeApi } from './fakeApi.ts';
import { ADMINISTRATOR, activeCall, DEAD_LETTERS, detail, liveWith, SIGN_IN } from './scene.ts';
import { withBrowser } from './withBrowser.ts';

/** Nobody listens there. */
const NO_TILES = 'http://127.0.0.1:1';
/** On a busy machine. */
const SEEN_MS = 20_000;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

interface AxeResult {
  violations: { id: string; nodes: { html: string }[] }[];
}

async function findingsOf(page: Page, rules: readonly string[] = RULES): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(rules)} })`)) as AxeResult;
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

withBrowser('every view', () => {
  let dir: string;
  let browser: Browser;
  let api: FakeApi;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-page-'));
    await buildPage(dir);
    browser = await startBrowser();
    api = await startFakeApi(dir, NO_TILES);
    const taken = activeCall({ code: 'D9Q', state: 'acknowledged', isTest: true, whereabouts: 'offSite' }, 400);
    api.state.live = liveWith(activeCall(), taken);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await api?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const VIEWS = [
    ['', 'Calls'],
    ['calls/8204696257475-0000000000000028', 'Alex Wilber dialed 911'],
    ['chats', 'Chats'],
    ['roster', 'On call'],
    ['status', 'Status'],
    ['set-up', 'Set-up'],
    ['sign-in', 'Sign-in of the service account'],
    ['statistics', 'Statistics'],
    ['wall', '1 call that nobody has'],
    ['no/such/view', 'There is no such page'],
  ] as const;

  test.each(VIEWS)(
    '%p has no finding of axe, light and dark, and nothing to scroll sideways at 360 px',
    async (path, heading) => {
      const { page, complaints } = await openPage(browser, { viewport: { width: 360, height: 740 } });
      await page.goto(api.url + PAGE_BASE + path);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor({ state: 'attached' });
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached', timeout: SEEN_MS });
      expect(await findingsOf(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await findingsOf(page, ['color-contrast'])).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  test('a finding would be noticed', async () => {
    const { page } = await openPage(browser);
    await page.goto(api.url + PAGE_BASE);
    await page.getByRole('button', { name: 'I have it' }).waitFor();
    await page.evaluate("document.querySelector('button').innerHTML = ''");
    expect(await findingsOf(page)).toEqual([expect.stringMatching(/^button-name: /)]);
    await page.context().close();
  });

  test('without its pictures the map says so, and the address and the link are there', async () => {
    api.state.me = { ...ADMINISTRATOR, map: { tileUrl: `${NO_TILES}/{z}/{x}/{y}.png`, attribution: '<b>Tiles</b>' } };
    api.state.detail = detail();
    const { page } = await openPage(browser);
    await page.goto(`${api.url}${PAGE_BASE}calls/${api.state.detail.id}`);
    await page.getByText('The map service cannot be reached.').waitFor();
    const place = page.getByRole('region', { name: 'Where' });
    expect(await place.innerText()).toContain('15010 NE 36th St');
    expect(await place.getByRole('link', { name: 'Open in maps' }).getAttribute('href')).toMatch(/^https:\/\//);
    await page.context().close();
    api.state.me = ADMINISTRATOR;
  });

  test('the map shows the pictures of its service, whose attribution is text', async () => {
    api.state.me = { ...ADMINISTRATOR, map: { tileUrl: `${NO_TILES}/{z}/{x}/{y}.png`, attribution: '<b>Tiles</b>' } };
    const { page, complaints } = await openPage(browser);
    const asked: string[] = [];
    await page.route(`${NO_TILES}/**`, (route) => {
      asked.push(route.request().url());
      const body = '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"></svg>';
      return route.fulfill({ contentType: 'image/svg+xml', body });
    });
    await page.goto(`${api.url}${PAGE_BASE}calls/${api.state.detail.id}`);
    await page.getByText('<b>Tiles</b>').waitFor();
    await page.locator('.leaflet-tile-loaded').first().waitFor({ state: 'attached' });
    expect(asked[0]).toMatch(/\/17\/\d+\/\d+\.png$/);
    expect(await findingsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
    api.state.me = ADMINISTRATOR;
  });

  test('a dead letter is asked for again, and leaves the list', async () => {
    const { page } = await openPage(browser);
    api.onChange = () => {
      api.state.deadLetters = { letters: DEAD_LETTERS.letters.slice(1), isMore: false };
      return { status: 200, body: { isRequested: true } };
    };
    await page.goto(`${api.url}${PAGE_BASE}status`);
    await page.getByRole('button', { name: 'Try again Twilio answered 503 five times' }).click();
    await page.getByText('Asked for. It leaves the list when it worked.').waitFor();
    await page.getByText('Twilio answered 503 five times').waitFor({ state: 'detached' });
    expect(api.changes.map(({ path }) => path)).toEqual(['dead-letters/one/replay']);
    await page.context().close();
  });

  test('a sign-in shows its code and time; one that a policy blocks leads to the other way', async () => {
    const attempt = {
      ...({ id: 'first', way: 'deviceCode', state: 'waiting', userCode: 'CQX7RF2K', failure: null } as const),
      startedAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 890_000).toISOString(),
      url: 'https://microsoft.com/devicelogin',
    };
    api.onChange = (path) => {
      if (path === 'sign-in/device-code') api.state.signIn = { ...SIGN_IN, attempt };
      return { status: 200, body: attempt };
    };
    const { page } = await openPage(browser);
    await page.goto(`${api.url}${PAGE_BASE}sign-in`);
    await page.getByRole('button', { name: 'Sign in with a code' }).click();
    await page.getByText('CQX7RF2K').waitFor();
    expect(await page.getByText(/Remaining time: 14:\d\d/).count()).toBe(1);
    expect(await page.getByRole('link', { name: "Open Microsoft's page" }).getAttribute('href')).toBe(attempt.url);
    const failure = { code: 'AADSTS53003', message: 'Access is blocked.', signedInAs: null, isBlockedByPolicy: true };
    api.state.signIn = { ...SIGN_IN, attempt: { ...attempt, state: 'failed', failure } };
    await page.getByText('A policy of your tenant blocks codes.').waitFor();
    expect(await page.getByText('Access is blocked.').innerText()).toContain('(AADSTS53003)');
    await page.context().close();
  });
});
