import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildPage, PAGE_BASE } from '../../../scripts/buildPage.ts';
import { openPage, startBrowser, untilTitle } from './browser.ts';
import { type FakeApi, startFakeApi } from './fakeApi.ts';
import { ADELE, ADMINISTRATOR, activeCall, detail, liveWith, MEGAN } from './scene.ts';
import { withBrowser } from './withBrowser.ts';

/** The promise is 3 s; a busy machine may take its time, the page may not. */
const SEEN_MS = 10_000;

withBrowser('the page in a browser', () => {
  let dir: string;
  let browser: Browser;
  let api: FakeApi;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'emergency-alerts-page-'));
    await buildPage(dir);
    browser = await startBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    api = await startFakeApi(dir);
    ({ page, complaints } = await openPage(browser));
  });
  afterEach(async () => {
    await page.context().close();
    await api.close();
  });

  const show = (path = '') => page.goto(api.url + PAGE_BASE + path);

  test('a call appears without a reload, in the list, in the title and in the picture of the tab', async () => {
    await show();
    await page.getByText('No call is running').waitFor({ timeout: SEEN_MS });
    expect(await page.title()).toBe('Calls – Emergency calls');
    expect(await page.locator('#favicon').getAttribute('href')).toMatch(/calm\.svg$/);

    api.state.live = liveWith(activeCall());
    await page.getByRole('heading', { name: '1 call that nobody has' }).waitFor({ timeout: SEEN_MS });
    await untilTitle(page, '(1) NOBODY HAS IT');
    expect(await page.locator('#favicon').getAttribute('href')).toMatch(/alarm\.svg$/);
    expect(await page.getByRole('article').innerText()).toMatch(
      /Alex Wilber dialed 911[\s\S]*Adele Vance\s+SMS delivered/,
    );
    expect(complaints).toEqual([]);
  });

  test('an answer shows as given once it is recorded, and not before', async () => {
    const call = activeCall();
    api.state.live = liveWith(call);
    let release = () => undefined as undefined;
    const recorded = new Promise<void>((resolve) => {
      release = () => void resolve();
    });
    await page.route('**/answers', async (route) => {
      await recorded;
      await route.continue();
    });
    api.onChange = () => {
      const taken = { ...call, state: 'acknowledged' as const, holder: MEGAN };
      api.state.live = liveWith(taken);
      const { told: _, ...summary } = taken;
      return { status: 200, body: { verdict: 'done', call: summary } };
    };
    await show();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByText('Recording …').waitFor();
    expect(await page.getByRole('article').innerText()).toContain('Nobody has it');
    release();
    await page.getByText('Recorded: you have it.').waitFor();
    await page.getByText('by Megan Bowen').waitFor({ timeout: SEEN_MS });
    const [change] = api.changes;
    expect(change?.path).toBe(`calls/${call.id}/answers`);
    expect(change?.body).toEqual({ action: 'acknowledge', key: expect.stringMatching(/^[\w-]{8,64}$/) });
    expect(change?.headers['x-emergency-alerts']).toBe('1');
  });

  test('an answer that was not recorded says so; asked again, it is the same answer', async () => {
    api.state.live = liveWith(activeCall());
    api.onChange = () => ({ status: 503, body: { detail: 'The storage does not answer.' } });
    await show();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByText('NOT RECORDED. The storage does not answer.').waitFor();
    expect(await page.getByText('Recorded:').count()).toBe(0);
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.waitForTimeout(300);
    expect(new Set(api.changes.map(({ body }) => (body as { key: string }).key)).size).toBe(1);
    expect(api.changes).toHaveLength(2);
  });

  test('somebody else was faster: it says who', async () => {
    const { told: _, ...call } = activeCall({ state: 'acknowledged', holder: ADELE });
    api.state.live = liveWith(activeCall());
    api.onChange = () => ({ status: 200, body: { verdict: 'taken', call } });
    await show();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByText('Adele Vance has it already.').waitFor();
  });

  test('script in a message stays text', async () => {
    const hostile = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
    const facts = { location: hostile, caller: { name: hostile, upn: null } };
    api.state.live = liveWith(activeCall(facts));
    const procedure = {
      site: null,
      version: 1,
      markdown: `${hostile}\n\n- [ ] ${hostile}\n\n[x](javascript:alert(1))`,
      checklist: [],
    };
    api.state.detail = detail({ ...facts, procedure, reasons: [hostile] });
    await show(`calls/${api.state.detail.id}`);
    await page.getByRole('heading', { level: 1, name: '<img src=x' }).waitFor();
    expect(await page.locator('main img, main script, main a[href^="javascript"]').count()).toBe(0);
    expect(await page.getByText('<script>').count()).toBeGreaterThan(2);
    expect(await page.title()).not.toBe('owned');
    expect(complaints).toEqual([]);
  });

  test('what one may not do is not offered', async () => {
    api.state.me = { ...ADMINISTRATOR, roles: ['Auditor'], rights: ['seeCalls', 'seeStatistics', 'exportRecord'] };
    api.state.live = liveWith(activeCall());
    await show();
    await page.getByRole('article').waitFor();
    expect(await page.getByRole('button', { name: 'I have it' }).count()).toBe(0);
    expect(await page.getByRole('navigation').innerText()).toBe('Calls\nStatistics\nWall display');
    await show('set-up');
    await page.getByRole('heading', { name: 'You may not see this.' }).waitFor();
  });

  test('while the call may still run, the number is dialed only after the warning', async () => {
    await show(`calls/${api.state.detail.id}`);
    expect(await page.locator('a[href="tel:+14255550123"]:visible').count()).toBe(0);
    await page.getByRole('button', { name: 'Call back …' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toContain('calling back can break it off');
    expect(await dialog.getByRole('link', { name: 'Call anyway' }).getAttribute('href')).toBe('tel:+14255550123');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('a step of the procedure is ticked once that is recorded', async () => {
    await show(`calls/${api.state.detail.id}`);
    const box = page.getByRole('checkbox', { name: 'Send somebody' });
    api.onChange = () => ({ status: 503, body: {} });
    await box.click();
    await page.getByText('NOT RECORDED.').waitFor();
    expect(await box.isChecked()).toBe(false);
    expect(api.changes[0]?.body).toMatchObject({ site: 'campus', version: 3, item: 1, isTicked: true });
    api.onChange = () => {
      const { procedure } = api.state.detail;
      const [first, second, ...others] = procedure?.checklist ?? [];
      if (!procedure || !first || !second) throw new Error('The scene has a procedure with boxes');
      const ticked = { ...second, ticked: { by: MEGAN, at: first.ticked?.at ?? '' } };
      api.state.detail = { ...api.state.detail, procedure: { ...procedure, checklist: [first, ticked, ...others] } };
      return { status: 200, body: {} };
    };
    await box.click();
    await page.getByText('Recorded: done.').waitFor();
    await page
      .getByRole('checkbox', { name: 'Send somebody to the main entrance Megan Bowen', checked: true })
      .waitFor();
  });

  test('with the keyboard alone: from the top of the page to the call, and it is answered', async () => {
    api.state.live = liveWith(activeCall());
    api.onChange = () => ({ status: 200, body: { verdict: 'done', call: api.state.live.newest[0] } });
    await show();
    await page.getByRole('button', { name: 'I have it' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('To the content');
    await page.keyboard.press('Enter');
    const passed: string[] = [];
    for (let i = 0; i < 6 && passed.at(-1) !== 'I have it'; i += 1) {
      await page.keyboard.press('Tab');
      passed.push(await page.locator(':focus').innerText());
    }
    expect(passed).toEqual(['Alex Wilber dialed 911', 'I have it']);
    await page.keyboard.press('Enter');
    await page.getByText('Recorded: you have it.').waitFor();
  });

  test('an API that is silent for 15 s is told of, with the time of the last answer', async () => {
    await page.clock.install();
    await show();
    await page.getByText('No call is running').waitFor();
    api.fault = 'hang';
    await page.clock.fastForward(13_000);
    await page.waitForTimeout(1_100);
    expect(await page.getByText('NOT LIVE').count()).toBe(0);
    await page.clock.fastForward(3_000);
    await page.getByText('NOT LIVE').first().waitFor({ timeout: SEEN_MS });
    const said = await page.getByRole('alert').first().innerText();
    expect(said).toMatch(/NOT LIVE\. .* The last answer came at \d\d:\d\d:\d\d\./);
    expect(await page.locator('#favicon').getAttribute('href')).toMatch(/stale\.svg$/);
    api.fault = null;
    api.breakOff();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: SEEN_MS });
  });

  test('a session that ended covers the wall display at once', async () => {
    api.state.live = liveWith(activeCall());
    await show('wall');
    await page.getByText('Building 34').waitFor();
    expect(await page.getByRole('button', { name: 'I have it' }).count()).toBe(0);
    api.fault = 401;
    const cover = page.getByRole('alert');
    await cover.waitFor({ timeout: SEEN_MS });
    expect(await cover.innerText()).toMatch(/^NOT LIVE\s+Your session has ended/);
    expect(await cover.boundingBox()).toEqual({ x: 0, y: 0, width: 1280, height: 900 });
    const back = encodeURIComponent(`${PAGE_BASE}wall`);
    expect(await cover.getByRole('link').getAttribute('href')).toBe(`/.auth/login/aad?post_login_redirect_uri=${back}`);
  });

  test.each(['', 'calls/x', 'wall'])('without a session, %p shows nothing but the way to sign in', async (path) => {
    api.fault = 401;
    await show(path);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    expect(await page.locator('main').innerText()).not.toContain('No call is running');
  });

  test('a page that was opened before the API answers comes up by itself', async () => {
    api.fault = 503;
    await show('wall');
    await page.getByText('The service answered with a failure.').waitFor();
    api.fault = null;
    await page.getByText('No call is running').waitFor({ timeout: SEEN_MS });
  });

  test('first paint within a second', async () => {
    await show();
    await page.getByText('No call is running').waitFor();
    const paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime");
    expect(paint).toBeLessThan(1_000);
  });
});
