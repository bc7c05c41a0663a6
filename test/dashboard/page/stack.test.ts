import type { Browser, Page } from 'playwright-core';
import { placeCall } from '../../../local/control.ts';
import type { Stack } from '../../../local/stack.ts';
import { PAGE_BASE } from '../../../scripts/buildPage.ts';
import type { Services } from '../../../shared/pipeline/services.ts';
import { startTestStack } from '../../harness/testStack.ts';
import { openPage, startBrowser, untilTitle } from './browser.ts';
import { withBrowser } from './withBrowser.ts';

/** The promise is 3 s after the record; a busy machine takes its time to record. */
const SEEN_MS = 20_000;
const ADELE = '+14255550111';
const MEGAN = '+14255550112';

withBrowser('the page on the embedded stack', () => {
  let stack: Stack;
  let services: Services;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    ({ stack, services } = await startTestStack());
    browser = await startBrowser();
    ({ page, complaints } = await openPage(browser));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  }, 60_000);

  const smsTo = (phone: string) => stack.twilio?.messages().filter(({ to }) => to === phone) ?? [];

  test('a call appears, is taken, the others are told of it, and the timeline shows it', async () => {
    await page.goto(`${stack.frontDoor.url}${PAGE_BASE}?as=responder`);
    await page.getByText('No call is running').waitFor({ timeout: SEEN_MS });

    await placeCall(stack, { number: '911', caller: 'alex@contoso.com', place: 'Building 34, Room 2210' });
    const call = page.getByRole('article');
    await call.waitFor({ timeout: SEEN_MS });
    expect(await call.innerText()).toMatch(/Nobody has it[\s\S]*Building 34, Room 2210/);
    await call.getByText('Adele Vance').waitFor({ timeout: SEEN_MS });
    await untilTitle(page, '(1) NOBODY HAS IT');

    await call.getByRole('button', { name: 'I have it' }).click();
    await page.getByText('Recorded: you have it.').waitFor({ timeout: SEEN_MS });
    await call.getByText('Acknowledged').waitFor({ timeout: SEEN_MS });
    await expect(told()).resolves.toEqual([true, true]);

    await call.getByRole('heading').getByRole('link').click();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText('Acknowledged').waitFor({ timeout: SEEN_MS });
    expect(await timeline.innerText()).toMatch(
      /Notification received[\s\S]*Message (handed over|sent)[\s\S]*Acknowledged/,
    );
    expect(complaints).toEqual([]);
  }, 90_000);

  /** Whether each of those who were told hears who has it. */
  async function told(): Promise<boolean[]> {
    const hears = () => [ADELE, MEGAN].map((phone) => smsTo(phone).some(({ body }) => body.includes('Nestor Wilke')));
    for (let tries = 0; tries < 100 && hears().includes(false); tries += 1) await page.waitForTimeout(100);
    return hears();
  }

  test('script in the place of a call stays text on every view', async () => {
    const place = '<img src=x onerror="document.title=1">';
    await placeCall(stack, { number: '911', caller: 'adele@contoso.com', place });
    await page.goto(`${stack.frontDoor.url}${PAGE_BASE}?as=administrator`);
    await page.getByText(place).first().waitFor({ timeout: SEEN_MS });
    expect(await page.locator('main img').count()).toBe(0);
    await page.goto(`${stack.frontDoor.url}${PAGE_BASE}chats`);
    await page.getByText(place).first().waitFor({ timeout: SEEN_MS });
    expect(await page.locator('main img').count()).toBe(0);
    expect(complaints).toEqual([]);
  }, 60_000);

  test.each(['roster', 'status', 'set-up', 'sign-in', 'statistics', 'wall'])(
    'the view %s shows what the API says, without a complaint',
    async (path) => {
      await page.goto(`${stack.frontDoor.url}${PAGE_BASE}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached', timeout: SEEN_MS });
      expect(await page.getByText(/answered with a failure|does not answer|was refused/).count()).toBe(0);
      expect(complaints).toEqual([]);
    },
    60_000,
  );

  test('an alert that was given up is asked for again on the page, and leaves the list', async () => {
    const [call] = await services.store.calls.listNewest(1);
    const raw = { kind: 'alert', callId: call?.id, alertKey: 'first' };
    const reason = 'Twilio did not answer';
    await services.store.deadLetters.add({ reason, raw, at: new Date().toISOString(), source: 'notifyOnCall' });
    await page.goto(`${stack.frontDoor.url}${PAGE_BASE}status?as=administrator`);
    await page.getByRole('button', { name: `Try again ${reason}` }).click();
    await page.getByText('Asked for. It leaves the list when it worked.').waitFor({ timeout: SEEN_MS });
    await page.getByRole('button', { name: `Try again ${reason}` }).waitFor({ state: 'detached', timeout: 30_000 });
    expect(await services.store.deadLetters.list(10)).toEqual([]);
  }, 60_000);

  test('the wrong account is refused by name, the right one signs in with the code that the page shows', async () => {
    await page.goto(`${stack.frontDoor.url}${PAGE_BASE}sign-in?as=administrator`);
    const approve = async (upn: string) => {
      await page.getByRole('button', { name: 'Sign in with a code' }).click();
      const code = page.locator('.user-code');
      await code.waitFor({ timeout: SEEN_MS });
      stack.graph?.devices.approve(await code.innerText(), upn);
      await code.waitFor({ state: 'detached', timeout: 30_000 });
    };
    await approve('alex@contoso.com');
    const refused = await page.getByText('The sign-in failed.').locator('../..').innerText();
    expect(refused).toContain('alex@contoso.com');
    await approve(stack.settings.SERVICE_ACCOUNT ?? '');
    await page.getByText('The sign-in worked.').waitFor({ timeout: SEEN_MS });
    await page.getByText(`Signed in as ${stack.settings.SERVICE_ACCOUNT}.`).waitFor({ timeout: SEEN_MS });
  }, 120_000);

  test('a responder is not offered, and not given, what only an administrator may do', async () => {
    await page.goto(`${stack.frontDoor.url}${PAGE_BASE}sign-in?as=responder`);
    await page.getByRole('heading', { name: 'You may not see this.' }).waitFor({ timeout: SEEN_MS });
    expect(await page.getByRole('link', { name: 'Set-up' }).count()).toBe(0);
    const refused = await page.evaluate("fetch('/api/page/sign-in').then((answer) => answer.status)");
    expect(refused).toBe(403);
  });
});
